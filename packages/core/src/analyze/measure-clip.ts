/** @file The first two readings of a clip, with which every analysis begins: where the face is, and how it moves. */
import { TelltaleError } from '../base/errors.ts';
import type { Cancellation } from '../base/pause.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import type { FaceModels } from '../face/models.ts';
import { smoothRegions } from '../face/smooth.ts';
import type { FaceChoice } from '../face/subjects.ts';
import { trackSubjects, type FaceTrack, type Subjects } from '../face/track.ts';
import { createTvl1, type Tvl1 } from '../motion/tvl1.ts';
import { createFollower, type OpenFollower } from '../spot/follow.ts';
import { measureMotion, type FaceMotion } from '../spot/measure.ts';
import type { Clip } from '../video/frames.ts';
import { isSame, measureAhead } from './measure-ahead.ts';

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
  readonly subjects?: FoundSubjects | undefined;
}

/** Everyone in a clip, and how the only one moved, where that was measured at the same time. */
export interface FoundSubjects extends Subjects {
  /** Absent where several are seen, or where the clip has to be read again for another reason. */
  readonly measured?: Pick<MeasuredClip, 'track' | 'regions' | 'motion'>;
}

/** Options of {@link findSubjects}. */
export interface FindSubjectsOptions extends Pick<MeasureClipOptions, 'signal' | 'onProgress'> {
  /**
   * Whether the movement of a face that is alone is measured in the same reading. The numbers are the same.
   *
   * @defaultValue false
   */
  readonly measure?: boolean | undefined;
  /** Where movement is measured. @defaultValue in this thread */
  readonly openFollower?: OpenFollower | undefined;
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
  { measure = false, openFollower, signal, onProgress }: FindSubjectsOptions = {},
): Promise<FoundSubjects> {
  const options = {
    ...(signal && { signal }),
    onProgress: (done: number) => onProgress?.('face', done, clip.expectedFrames),
  };
  if (!measure) return trackSubjects(face, clip.frames(), options);
  const opened = openFollower?.();
  try {
    const follower = opened ?? createFollower(await createTvl1());
    const ahead = measureAhead({ face, follower, rate: clip.rate, signal });
    const subjects = await trackSubjects(face, clip.frames(), { ...options, onFrame: ahead.take });
    const track = subjects.track();
    const regions = regionsOf(track);
    const motion = await ahead.end({ ...track, regions });
    return { ...subjects, ...(motion && { measured: { track, regions, motion } }) };
  } finally {
    await opened?.close();
  }
}

/** The regions of a face, smoothed over time. */
function regionsOf({ regions, times, cuts }: FaceTrack): (FaceRegion | null)[] {
  return smoothRegions(regions, times, { cuts });
}

/**
 * Finds the face of a clip and measures its movement. Reads the clip once
 * where one face is seen in it, else twice.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face, `OPTION_INVALID` where no subject has that number,
 *   `FRAMES_EMPTY`, `CANCELED`, and what the clip throws while it is decoded
 */
export async function measureClip(
  clip: Clip,
  face: FaceModels,
  { openFollower, subject, signal, onProgress, ...options }: MeasureClipOptions = {},
): Promise<MeasuredClip> {
  const subjects =
    options.subjects ??
    (await findSubjects(clip, face, { measure: true, openFollower, signal, onProgress }));
  const tvl1 = await createTvl1();
  const track = subjects.track(subject);
  const { times } = track;
  const before = subjects.measured;
  if (before !== undefined && isSameTrack(before.track, track)) {
    onProgress?.('movement', times.length, times.length);
    assertSeen(before.motion);
    return { ...before, track, tvl1 };
  }
  const regions = regionsOf(track);
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
  assertSeen(motion);
  return { track, regions, motion, tvl1 };
}

/** Whether a choice among the subjects leads to the face that was measured. */
function isSameTrack(a: FaceTrack, b: FaceTrack): boolean {
  return a.regions.every((region, i) => isSame(region, b.regions[i]!));
}

/**
 * Refuses a clip in which there is nothing to be measured.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face
 */
function assertSeen({ seen }: FaceMotion): void {
  if (seen.includes(true)) return;
  throw new TelltaleError(
    'FACE_NOT_FOUND',
    `none of the ${seen.length} frames shows a face`,
    'Check that the clip shows a face from the front, at least 100 pixels wide, not lying on its side.',
  );
}
