/**
 * @file The magnified apex of an expression, while its clip is read: the same in preparation and in analysis.
 *
 * Gan et al. 2024 (Knowledge-Based Systems 305, 112640) magnifies before recognition. Frames from a quarter of a second
 * before the onset to the apex are cut out by the region of the onset, so that a recognizer sees what it was trained on.
 */
import { SAME_TIME } from '../base/same-time.ts';
import { cropGray } from '../face/crop.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import { openApex } from '../magnify/index.ts';
import type { Plane, RgbImage } from '../base/image.ts';
import type { Recognizer } from '../recognize/recognizer.ts';
import { FACE_CROP_SIZE, cropRegion } from './crop.ts';

/** Seconds before the onset that magnification looks at. */
export const WARM_UP = 0.25;

/** How strongly the movement is magnified, in preparation by default, and in an analysis whose recognizer states no other. */
export const ALPHA = 10;

/** How the apex is magnified for a recognizer; undefined where it takes no magnified one. */
export function magnificationFor(
  recognizer: Pick<Recognizer, 'images' | 'alpha'> | undefined,
  times: readonly number[],
): Magnification | undefined {
  if (recognizer?.images.includes('magnified') !== true) return undefined;
  return { times, alpha: recognizer.alpha };
}

/** How the apex is magnified. */
export interface Magnification {
  /** Times of the frames, seconds. */
  readonly times: readonly number[];
  /** Factor. @defaultValue 10 */
  readonly alpha?: number | undefined;
}

/** A clip whose face is found. */
interface FoundFace {
  /** Where the face is in each frame. */
  readonly regions: readonly (FaceRegion | null)[];
  /** Of each frame, seconds. */
  readonly times: readonly number[];
}

/** The first frame that counts for the magnified apex of an expression with this onset. */
export function firstMagnified(onset: number, { regions, times }: FoundFace): number {
  const earliest = times[onset]! - WARM_UP - SAME_TIME;
  let first = onset;
  while (first > 0 && regions[first - 1] && times[first - 1]! >= earliest) first--;
  return first;
}

/** Adds up the frames of one expression as they are read. */
export interface MagnifyingReader {
  /** Index of the first frame that counts. */
  readonly first: number;
  /** Takes a frame of the clip; others than those that count are left alone. */
  take(index: number, frame: RgbImage): void;
  /** The magnified apex, 224×224; undefined before the apex was taken. */
  result(): Plane | undefined;
}

/**
 * Opens a reader for one expression.
 *
 * @param expression - frame indices in the clip
 * @param clip - `regions`: where the face is; `times`: of each frame, seconds; `alpha`: factor, by default {@link ALPHA}
 * @returns undefined where the onset shows no face
 */
export function openMagnified(
  { onset, apex }: { readonly onset: number; readonly apex: number },
  { regions, times, alpha = ALPHA }: FoundFace & Magnification,
): MagnifyingReader | undefined {
  const region = regions[onset];
  if (!region || apex < onset) return undefined;
  const part = cropRegion(region);
  const first = firstMagnified(onset, { regions, times });
  // One frame alone has no rate, and no movement to magnify.
  const framesPerSecond = apex === first ? 1 : (apex - first) / (times[apex]! - times[first]!);
  const size = { width: FACE_CROP_SIZE, height: FACE_CROP_SIZE };
  const moment = {
    ...{ onset: onset - first, apex: apex - first, frames: apex - first + 1 },
    framesPerSecond,
  };
  const magnifier = openApex(size, moment, { alpha, warmUp: WARM_UP });
  let magnified: Plane | undefined;
  return {
    first,
    take(index, frame) {
      if (index < first || index > apex) return;
      const plane = cropGray(frame, part, { size: FACE_CROP_SIZE });
      magnifier.add(index - first, plane);
      if (index === apex) magnified = magnifier.result(plane);
    },
    result: () => magnified,
  };
}
