/**
 * @file The first two readings of a clip, with which every analysis begins, and spotting alone.
 *
 * A dataset of long videos asks for intervals and for nothing else: no pictures of onset and apex are fetched, no
 * recognizer runs. What is spotted is what `analyze` spots.
 */
import { TelltaleError } from '../base/errors.ts';
import type { Cancellation } from '../base/pause.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import type { FaceModels } from '../face/models.ts';
import { smoothRegions } from '../face/smooth.ts';
import { trackFace, type FaceTrack } from '../face/track.ts';
import { createTvl1, type Tvl1 } from '../motion/tvl1.ts';
import type { Clip } from '../video/frames.ts';
import { curveOf, nearestTime } from './curve.ts';
import { spotMovements, type Movement, type SpotOptions } from './spot.ts';
import { watchFace, type Watched } from './watch.ts';

/** What the first two readings of a clip give. */
export interface WatchedClip {
  readonly track: FaceTrack;
  /** Where the face is, one per frame, smoothed over time; null where there is none. */
  readonly regions: readonly (FaceRegion | null)[];
  readonly watched: Watched;
  /** Ready for more. */
  readonly flow: Tvl1;
}

/** Options of {@link watchClip}. */
export interface WatchClipOptions {
  readonly signal?: Cancellation | undefined;
  /** `face`, then `movement`: frames done in this reading, and frames in all where known. */
  readonly onProgress?:
    ((stage: 'face' | 'movement', done: number, total?: number) => void) | undefined;
}

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

/** Seconds between two looks of the face detector. */
export const LOOK_INTERVAL = 0.2;

/**
 * Finds the face of a clip and watches it. Reads the clip twice.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face, `FRAMES_EMPTY`, `CANCELED`, and what the clip
 *   throws while it is decoded
 */
export async function watchClip(
  clip: Clip,
  face: FaceModels,
  { signal, onProgress }: WatchClipOptions = {},
): Promise<WatchedClip> {
  const track = await trackFace(face, clip.frames(), {
    ...(signal === undefined ? {} : { signal }),
    interval: LOOK_INTERVAL,
    onProgress: (done) => onProgress?.('face', done, clip.expectedFrames),
  });
  const { times } = track;
  const regions = smoothRegions(track.regions, times);
  const flow = await createTvl1();
  const watched = await watchFace(
    clip.frames(),
    { times, regions, face, flow },
    { signal, onProgress: (done) => onProgress?.('movement', done, times.length) },
  );
  if (!watched.seen.includes(true)) {
    throw new TelltaleError(
      'FACE_NOT_FOUND',
      `none of the ${times.length} frames shows a face`,
      'Check that the clip shows a face from the front, at least 100 pixels wide, not lying on its side.',
    );
  }
  return { track, regions, watched, flow };
}

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
  const { track, watched } = await watchClip(clip, face, { signal, onProgress });
  const { times } = track;
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
    seen: watched.seen.filter(Boolean).length,
  };
}
