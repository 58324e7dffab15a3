/** @file The first two readings of a clip, with which every analysis begins: where the face is, and how it moves. */
import { TelltaleError } from '../base/errors.ts';
import type { Cancellation } from '../base/pause.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import type { FaceModels } from '../face/models.ts';
import { smoothRegions } from '../face/smooth.ts';
import type { FaceChoice } from '../face/subjects.ts';
import { trackSubjects, type FaceTrack, type Subjects } from '../face/track.ts';
import { createTvl1, type Tvl1 } from '../motion/tvl1.ts';
import type { OpenFollower } from '../spot/follow.ts';
import { measureMotion, type FaceMotion } from '../spot/measure.ts';
import type { Clip } from '../video/frames.ts';

/** The result of {@link measureClip}. */
export interface MeasuredClip {
  readonly track: FaceTrack;
  /** Where the face is, one per frame, smoothed over time; null where there is none. */
  readonly regions: readonly (FaceRegion | null)[];
  readonly motion: FaceMotion;
  /** Ready for more. */
  readonly tvl1: Tvl1;
}

/** Whose face is analyzed. */
export interface WhoOptions {
  /** Of several subjects in the clip, one. @defaultValue 'largest' */
  readonly subject?: FaceChoice | undefined;
  /** Everyone in the clip, from `findSubjects`: the first reading, when it was done before. */
  readonly subjects?: Subjects | undefined;
}

/** Options of {@link measureClip}. */
export interface MeasureClipOptions extends WhoOptions {
  /** Where movement is measured. @defaultValue in this thread */
  readonly openFollower?: OpenFollower | undefined;
  readonly signal?: Cancellation | undefined;
  /** `face`, then `movement`: frames done in this reading, and frames in all where known. */
  readonly onProgress?:
    ((stage: 'face' | 'movement', done: number, total?: number) => void) | undefined;
}

/**
 * Finds everyone in a clip: the first reading of an analysis, to choose whose face is analyzed.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face, `CANCELED`, and what the clip throws while it is
 *   decoded
 */
export async function findSubjects(
  clip: Clip,
  face: FaceModels,
  { signal, onProgress }: Pick<MeasureClipOptions, 'signal' | 'onProgress'> = {},
): Promise<Subjects> {
  return trackSubjects(face, clip.frames(), {
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done) => onProgress?.('face', done, clip.expectedFrames),
  });
}

/**
 * Finds the face of a clip and measures its movement. Reads the clip twice, or once
 * where its subjects are known.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face, `OPTION_INVALID` where no subject has that number,
 *   `FRAMES_EMPTY`, `CANCELED`, and what the clip throws while it is decoded
 */
export async function measureClip(
  clip: Clip,
  face: FaceModels,
  { openFollower, subject, signal, onProgress, ...options }: MeasureClipOptions = {},
): Promise<MeasuredClip> {
  const subjects = options.subjects ?? (await findSubjects(clip, face, { signal, onProgress }));
  const track = subjects.track(subject);
  const { times } = track;
  const regions = smoothRegions(track.regions, times, { cuts: track.cuts });
  const tvl1 = await createTvl1();
  const follower = openFollower?.();
  let motion: FaceMotion;
  try {
    motion = await measureMotion(
      clip.frames(),
      { times, regions, cuts: track.cuts, face, tvl1, follower },
      { signal, onProgress: (done) => onProgress?.('movement', done, times.length) },
    );
  } finally {
    await follower?.close();
  }
  if (!motion.seen.includes(true)) {
    throw new TelltaleError(
      'FACE_NOT_FOUND',
      `none of the ${times.length} frames shows a face`,
      'Check that the clip shows a face from the front, at least 100 pixels wide, not lying on its side.',
    );
  }
  return { track, regions, motion, tvl1 };
}
