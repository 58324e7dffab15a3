/** @file `frames.csv` and `landmarks.csv`: a row for every frame of a clip, written while the clip is read once more. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

import { frameColumns, landmarkColumns, measureFrames } from '@telltale/core';
import type { Analysis, Clip, FrameTableOptions } from '@telltale/core';
import { writeThrough } from '@telltale/node/output';

/** Which tables are wanted. */
export interface FrameTables {
  /** `frames.csv`. */
  readonly frames?: boolean | undefined;
  /** `landmarks.csv`. */
  readonly landmarks?: boolean | undefined;
}

/** Names of the files that are written. */
export function frameFiles({ frames, landmarks }: FrameTables): string[] {
  return [...(frames === true ? ['frames.csv'] : []), ...(landmarks === true ? ['landmarks.csv'] : [])]; // prettier-ignore
}

/** What {@link writeFrames} works with. */
export interface WriteFramesOptions extends FrameTableOptions {
  readonly tables: FrameTables;
  /** The analysis of the clip. */
  readonly analysis: Analysis;
}

/**
 * Writes the tables that are wanted into a folder, whole or not at all. Reads the clip once, and not at all where none is.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`, `CANCELED`, and what the clip throws
 */
export async function writeFrames(
  folder: string,
  clip: Clip,
  { tables, analysis, ...options }: WriteFramesOptions,
): Promise<void> {
  const { frames = false, landmarks = false } = tables;
  if (!frames && !landmarks) return;
  await through(frames, join(folder, 'frames.csv'), (first) =>
    through(landmarks, join(folder, 'landmarks.csv'), async (second) => {
      await first?.(line(frameColumns));
      await second?.(line(['frame', 'time', ...landmarkColumns]));
      for await (const { cells, points } of measureFrames(clip, analysis, options)) {
        await first?.(line(cells));
        const empty = landmarkColumns.map(() => undefined);
        const values = points === undefined ? empty : Array.from(points, (value) => Number(value.toFixed(2))); // prettier-ignore
        await second?.(line([...cells.slice(0, 2), ...values]));
      }
    }),
  );
}

type Write = (text: string) => Promise<void>;

/** Opens a file that takes its place when the work is done; none where it is not wanted. */
async function through(
  isWanted: boolean,
  path: string,
  work: (write: Write | undefined) => Promise<void>,
): Promise<void> {
  if (!isWanted) {
    await work(undefined);
    return;
  }
  await writeThrough(path, async (temporary) => {
    const file: WriteStream = createWriteStream(temporary);
    const ended = finished(file);
    ended.catch(() => undefined); // awaited below
    try {
      await work(async (text) => {
        if (!file.write(text)) await Promise.race([once(file, 'drain'), ended]);
      });
      file.end();
    } catch (error) {
      file.destroy();
      throw error;
    }
    await ended;
  });
}

/** Numbers and names only: nothing needs quotes. */
function line(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map((cell) => cell ?? '').join(',')}\r\n`;
}
