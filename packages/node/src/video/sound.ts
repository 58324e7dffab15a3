/** @file Whether a video file has an audio stream. */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

import { openBuiltin } from './builtin/decode.ts';
import { hasBuiltin } from './builtin/native.ts';
import { hasProgram } from './ffmpeg.ts';

/**
 * Whether a video file has an audio stream.
 *
 * @param path - a file or folder
 * @returns false also for a folder, for a file that is not a video, and where there is no decoder
 */
export async function hasSound(path: string): Promise<boolean> {
  if ((await stat(path)).isDirectory()) return false;
  if (hasBuiltin()) {
    try {
      const opened = await openBuiltin(path);
      if ('stream' in opened) {
        await opened.release();
        return opened.hasSound;
      }
    } catch {
      return false;
    }
  }
  if (!(await hasProgram('ffprobe'))) return false;
  const words = ['-v', 'error', '-select_streams', 'a', '-show_entries', 'stream=index'];
  try {
    const probe = await promisify(execFile)('ffprobe', [
      ...words,
      '-of',
      'csv=p=0',
      `file:${resolve(path)}`,
    ]);
    return probe.stdout.trim() !== '';
  } catch {
    return false;
  }
}
