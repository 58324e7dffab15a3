/** @file Whether a video file has an audio stream. */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

import { hasProgram } from './ffmpeg.ts';
import { loadNodeAv } from './node-av.ts';

/**
 * Whether a video file has an audio stream.
 *
 * @param path - a file or folder
 * @returns false also for a folder, for a file that is not a video, and where there is no decoder
 */
export async function hasSound(path: string): Promise<boolean> {
  if ((await stat(path)).isDirectory()) return false;
  const file = `file:${resolve(path)}`;
  const av = await loadNodeAv();
  if (av !== undefined) {
    const container = new av.lib.FormatContext();
    try {
      if ((await container.openInput(file)) < 0 || (await container.findStreamInfo()) < 0)
        return false;
      return container.findBestStream(av.constants.AVMEDIA_TYPE_AUDIO) >= 0;
    } finally {
      await container.closeInput();
    }
  }
  if (!(await hasProgram('ffprobe'))) return false;
  const words = ['-v', 'error', '-select_streams', 'a', '-show_entries', 'stream=index'];
  try {
    const probe = await promisify(execFile)('ffprobe', [...words, '-of', 'csv=p=0', file]);
    return probe.stdout.trim() !== '';
  } catch {
    return false;
  }
}
