/** @file Options of every command that analyzes a clip: which part of it, how it is turned, how sensitive spotting is. */
import { TelltaleError } from '@telltale/core/errors';
import { clipPart } from '@telltale/core/video';
import type { ClipPart } from '@telltale/core/video';
import { SPOT_DEFAULTS } from '@telltale/core/spot';
import type { SpotOptions } from '@telltale/core';
import { openClip } from '@telltale/node';
import type { OpenClip } from '@telltale/node';

/** Which part of a clip is read, and how. */
export interface PartChoice extends ClipPart {
  /** Frames per second. */
  readonly fps?: number | undefined;
}

/**
 * Checks before any work that a part is not empty.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function assertPart({ from = 0, to = Infinity }: PartChoice): void {
  if (to > from) return;
  throw new TelltaleError(
    'OPTION_INVALID',
    `the part from --from ${from} to --to ${to} s is empty`,
    'Give a start before the end, in seconds or as minutes and seconds, such as 1:20.',
  );
}

/**
 * Opens a clip, or the part of it that is wanted.
 *
 * @throws TelltaleError as `openClip`, and `OPTION_INVALID` where the part is empty
 */
export async function openPart(
  path: string,
  { fps, from, to, rotate }: PartChoice,
): Promise<OpenClip> {
  const clip = await openClip(path, { rate: fps });
  try {
    return clipPart(clip, { from, to, rotate });
  } catch (error) {
    await clip.close();
    throw error;
  }
}

/** What a sensitivity means: both of what a movement must exceed are divided by it. */
export function spotOf(sensitivity: number | undefined): SpotOptions {
  if (sensitivity === undefined || sensitivity === 1) return {};
  const { least, strictness } = SPOT_DEFAULTS;
  return { least: least / sensitivity, strictness: strictness / sensitivity };
}
