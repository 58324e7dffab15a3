/**
 * @file Spotting alone: the first two readings of the analysis, and what was found in frames.
 *
 * A dataset of long videos asks for intervals and for nothing else: no pictures of onset and apex are fetched, no
 * recognizer runs. What is spotted is what `analyze` spots.
 */
import { TelltaleError } from '../base/errors.ts';
import type { Cancellation } from '../base/pause.ts';
import type { FaceModels } from '../face/models.ts';
import { smoothRegions } from '../face/smooth.ts';
import { trackFace } from '../face/track.ts';
import { createTvl1 } from '../motion/tvl1.ts';
import type { Clip } from '../video/frames.ts';
import { spotMovements, type Movement, type SpotOptions } from './spot.ts';
import { watchFace } from './watch.ts';

/** A movement in frames, counted from 0. */
export interface FrameMovement extends Pick<Movement, 'kind' | 'confidence'> {
  readonly onset: number;
  readonly apex: number;
  readonly offset: number;
}

/** What spotting says of a clip. */
export interface SpottedClip {
  /** Seconds from the first frame, one per frame. */
  readonly times: readonly number[];
  /** Movement of each frame, pixels at an interocular distance of 100; null where no face is. */
  readonly curve: readonly (number | null)[];
  /** What the curve must exceed. */
  readonly threshold: number;
  /** In order of onset. */
  readonly movements: readonly FrameMovement[];
  /** Frames that show a face. */
  readonly seen: number;
}

/** Options of {@link spotClip}. */
export interface SpotClipOptions {
  readonly spot?: SpotOptions;
  readonly signal?: Cancellation;
  /** `face`, then `movement`: frames done in this reading. */
  readonly onProgress?: (stage: 'face' | 'movement', done: number) => void;
}

/** Seconds between two looks of the face detector; see `pipeline.ts`. */
const LOOK_INTERVAL = 0.2;
/** A sample farther away than this says nothing about a frame; seconds. */
const MOST_DISTANT = 0.25;

/**
 * Spots the movements of a clip. Reads it twice.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face, `FRAMES_EMPTY`, `CANCELED`, and what the clip
 *   throws while it is decoded
 */
export async function spotClip(
  clip: Clip,
  face: FaceModels,
  { spot = {}, signal, onProgress }: SpotClipOptions = {},
): Promise<SpottedClip> {
  const guard = signal === undefined ? {} : { signal };
  const track = await trackFace(face, clip.frames(), {
    ...guard,
    interval: LOOK_INTERVAL,
    onProgress: (done) => onProgress?.('face', done),
  });
  const { times } = track;
  const regions = smoothRegions(track.regions, times);
  const flow = await createTvl1();
  const watched = await watchFace(
    clip.frames(),
    { times, regions, face, flow },
    { ...guard, onProgress: (done) => onProgress?.('movement', done) },
  );
  const seen = watched.seen.filter(Boolean).length;
  if (seen === 0) {
    throw new TelltaleError(
      'FACE_NOT_FOUND',
      `none of the ${times.length} frames shows a face`,
      'Check that the clip shows a face from the front, at least 100 pixels wide, not lying on its side.',
    );
  }
  const spotting = spotMovements(watched.stretches, spot);
  return {
    times,
    curve: curveOf(spotting, times, watched.seen),
    threshold: spotting.threshold,
    movements: spotting.movements.map(({ onset, apex, offset, kind, confidence }) => ({
      onset: nearestTime(times, onset),
      apex: nearestTime(times, apex),
      offset: nearestTime(times, offset),
      kind,
      confidence,
    })),
    seen,
  };
}

/** The movement of each frame, between the samples around it; null where there is no face or no sample. */
function curveOf(
  {
    times: samples,
    values,
  }: { readonly times: readonly number[]; readonly values: readonly number[] },
  times: readonly number[],
  seen: readonly boolean[],
): (number | null)[] {
  if (samples.length === 0) return times.map(() => null);
  return times.map((time, frame) => {
    if (!seen[frame]) return null;
    const near = nearestTime(samples, time);
    const distance = Math.abs(samples[near]! - time);
    if (distance > MOST_DISTANT) return null;
    const other = samples[near]! <= time ? near + 1 : near - 1;
    const span = Math.abs((samples[other] ?? Infinity) - samples[near]!);
    const part = span > MOST_DISTANT ? 0 : distance / span;
    return values[near]! + (part === 0 ? 0 : part * (values[other]! - values[near]!));
  });
}

/** Index of the time that is nearest. */
export function nearestTime(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle;
    else high = middle;
  }
  return time - times[low]! <= times[high]! - time ? low : high;
}
