/**
 * @file Spotting alone: when something moves in a clip.
 *
 * Evaluation on long videos needs intervals and nothing else: onset and apex are not fetched, no recognizer runs.
 * The movements are those that `analyze` spots.
 */
import type { Cancellation } from '../base/pause.ts';
import type { FaceModels } from '../face/models.ts';
import { curveOf, nearestTime } from '../spot/curve.ts';
import { spotMovements, type Movement, type SpotOptions } from '../spot/spot.ts';
import type { Clip } from '../video/frames.ts';
import { measureClip, type WhoOptions } from './measure-clip.ts';
import { spotUnits, type UnitInterval } from './spot-units.ts';

/** A movement in frames, counted from 0. */
export interface FrameMovement extends Pick<Movement, 'kind' | 'confidence'> {
  /** Index of the frame before the movement. */
  readonly onset: number;
  /** Index of the frame at its height. */
  readonly apex: number;
  /** Index of the frame after it. */
  readonly offset: number;
}

/** The result of {@link spotClip}. */
export interface SpottedClip {
  /** Seconds from the first frame, one per frame. */
  readonly times: readonly number[];
  /** Movement of each frame, pixels at an interocular distance of 100; null where no face is. */
  readonly curve: readonly (number | null)[];
  /** What the curve must exceed. */
  readonly threshold: number;
  /** In order of onset. */
  readonly movements: readonly FrameMovement[];
  /** When each action unit moved, in order of onset; only with the option `units`. */
  readonly units?: readonly UnitInterval[];
  /** Frames that show a face. */
  readonly seen: number;
}

/** Options of {@link spotClip}. */
export interface SpotClipOptions extends WhoOptions {
  /** How spotting decides. */
  readonly spot?: SpotOptions;
  /** Whether action units are spotted one by one, too. @defaultValue false */
  readonly units?: boolean;
  /** Stops the work: an `AbortSignal`. */
  readonly signal?: Cancellation | undefined;
  /** `face`, then `movement`: frames done in this reading. */
  readonly onProgress?: ((stage: 'face' | 'movement', done: number) => void) | undefined;
}

/**
 * Spots the movements of a clip. Reads it once where the face is alone; of several faces, movement is measured in a second
 * reading.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face, `FRAMES_EMPTY`, `CANCELED`, and what the clip
 *   throws while it is decoded
 */
export async function spotClip(
  clip: Clip,
  face: FaceModels,
  { spot = {}, units = false, ...options }: SpotClipOptions = {},
): Promise<SpottedClip> {
  const { track, motion } = await measureClip(clip, face, options);
  const { times } = track;
  const spotting = spotMovements(motion.stretches, spot);
  return {
    times,
    curve: curveOf(spotting, times, motion.seen),
    threshold: spotting.threshold,
    movements: spotting.movements.map(({ onset, apex, offset, kind, confidence }) => ({
      onset: nearestTime(times, onset),
      apex: nearestTime(times, apex),
      offset: nearestTime(times, offset),
      kind,
      confidence,
    })),
    ...(units ? { units: spotUnits({ motion, times }, spotting, spot) } : {}),
    seen: motion.seen.filter(Boolean).length,
  };
}
