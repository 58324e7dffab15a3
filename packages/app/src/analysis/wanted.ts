/** @file Which part of a clip is analyzed, how it is turned, and whose face: the command line's `--from`, `--to`, `--rotate`, `--face`. */
import type { FaceChoice, Report } from '@telltale/core';
import type { ClipPart } from '@telltale/core/video';

/** What a user chose before the analysis; empty: the whole clip as it is, and the largest face. */
export interface Wanted {
  readonly part?: ClipPart | undefined;
  readonly subject?: FaceChoice | undefined;
}

/** Times of a report are rounded to this many seconds. */
const ROUNDED = 1e-4;

/** What a report was made of, so that its clip is read the same way again. */
export function wantedOf({ clip, made, movement }: Report): Wanted {
  const { firstFrame, rotated } = clip;
  const { times } = movement;
  const part: ClipPart = {
    ...(firstFrame !== undefined && {
      from: Math.max(0, times[0]! - ROUNDED),
      to: times.at(-1)! + ROUNDED,
    }),
    ...(rotated !== undefined && { rotate: rotated }),
  };
  const isWhole = Object.keys(part).length === 0;
  const subject = made.find(({ stage }) => stage === 'face')?.options['subject'];
  return { ...(!isWhole && { part }), ...(isFace(subject) && { subject }) };
}

/** Whether nothing was chosen. */
export function isDefault({ part = {}, subject }: Wanted): boolean {
  const { from = 0, to, rotate = 0 } = part;
  return from === 0 && to === undefined && rotate === 0 && subject === undefined;
}

function isFace(value: unknown): value is FaceChoice {
  return typeof value === 'number' || value === 'largest' || value === 'left' || value === 'right';
}
