/**
 * @file First reading: where the face is in every frame of a clip.
 *
 * The detector runs five times per second, and the landmarks of what it finds make
 * its boxes steady. Where it misses a face that it found the time before, the landmarks
 * are asked whether the face is still there, as MediaPipe follows faces (Kartynnik et al. 2019,
 * "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", §2). Afterwards, with the whole clip known, the
 * sightings are joined to subjects, and one of them is followed. Between
 * two sightings the region is interpolated; beyond them it stays, and the
 * presence in the second reading shows frame by frame whether the face is still there.
 */
import { TelltaleError } from '../base/errors.ts';
import { throwIfCanceled } from '../base/pause.ts';
import type { Cancellation } from '../base/pause.ts';
import type { Frame } from '../video/frames.ts';
import { appearanceOf } from './appearance.ts';
import { watchForCuts, type SettledCuts } from './cut-watch.ts';
import { detectFaces, regionOfDetection } from './detect.ts';
import { regionByLandmarks, regionOfFace } from './find.ts';
import { createFramingOrder, framings, type Framing, type FramingOrder } from './framing.ts';
import { between, interpolate } from './interpolate.ts';
import type { FaceRegion } from './landmarks.ts';
import type { FaceModels } from './models.ts';
import { filled, joinSubjects, subjectOf, type FaceChoice, type Subject } from './subjects.ts';
import { createSightingJoiner, isSamePlace, type Sequence, type Sighting } from './sightings.ts';
import { isJump } from './smooth.ts';

/** The face of a clip, frame by frame. */
export interface FaceTrack {
  /** Seconds from the first frame, one per frame. */
  readonly times: readonly number[];
  /** One per frame; null where no face is to be looked for. Not yet smoothed. */
  readonly regions: readonly (FaceRegion | null)[];
  /** Number of faces that the detector last found, one per frame. */
  readonly faces: readonly number[];
  /** What the detector was shown when it found the face that is followed, each framing once, in their order. */
  readonly framings: readonly Framing[];
  /** Which frames are damaged; absent where none is. */
  readonly damaged?: readonly boolean[];
  /** Indices of the frames that do not continue the frame before them, in order. */
  readonly cuts: readonly number[];
  /** Which frames show something else for a moment, between two that continue each other; absent where none does. */
  readonly interrupted?: readonly boolean[];
  /** Who is followed; absent where the clip shows one subject. */
  readonly subject?: FollowedSubject;
}

/** Who is followed in a clip that shows several subjects. */
export interface FollowedSubject {
  /** From 1, those that fill the clip most first. */
  readonly number: number;
  /** Number of subjects. */
  readonly of: number;
}

/** Everyone in a clip; see {@link trackSubjects}. */
export interface Subjects {
  /** Those that fill the clip most first; at least one. */
  readonly subjects: readonly Subject[];
  /** Seconds from the first frame, one per frame. */
  readonly times: readonly number[];
  /** Where a subject is. @throws TelltaleError `OPTION_INVALID` where no subject has that number */
  readonly track: (choice?: FaceChoice) => FaceTrack;
  /**
   * Regions of all faces near a frame, to hide them: those that were missed for up to two seconds by where they were
   * before and afterwards, and for a second before they are found and after they are lost.
   */
  readonly regionsAt: (frame: number) => FaceRegion[];
}

/** Options of {@link trackFace}. */
export interface TrackOptions {
  /** Seconds between two runs of the detector. @defaultValue 0.2 */
  readonly interval?: number;
  /** Stops the work. */
  readonly signal?: Cancellation;
  /** Called after each frame with the number of frames done. */
  readonly onProgress?: (frames: number) => void;
  /** Looks at each frame after this did, and is waited for. */
  readonly onFrame?: ((frame: Frame, seen: SeenInFrame) => void | Promise<void>) | undefined;
}

/** What was seen in a frame while a clip is read. */
export interface SeenInFrame {
  /** The faces in it, those that are followed first; absent where the detector did not run. */
  readonly faces?: readonly FaceRegion[];
  /** What is certain of the cuts so far. */
  readonly cuts: () => SettledCuts;
}

/** What one run of the detector found. */
interface Detections {
  readonly frame: number;
  readonly framing: Framing;
}

/** Seconds between two runs of the face detector. */
export const DETECTION_INTERVAL = 0.2;
/** Faces beyond these many largest ones are found without landmarks. */
const FOLLOWED = 6;

/**
 * Follows the face that fills the clip most, and where that subject is not in the image at all, the next.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face; `CANCELED` after the signal.
 */
export async function trackFace(
  models: FaceModels,
  frames: AsyncIterable<Frame>,
  options: TrackOptions = {},
): Promise<FaceTrack> {
  return (await trackSubjects(models, frames, options)).track();
}

/**
 * Finds everyone in a clip. Subjects are distinguished by what they look like and how they move, so that they are not
 * confused when they cross or come back.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face; `CANCELED` after the signal.
 */
export async function trackSubjects(
  models: FaceModels,
  frames: AsyncIterable<Frame>,
  { interval = DETECTION_INTERVAL, signal, onProgress, onFrame }: TrackOptions = {},
): Promise<Subjects> {
  const times: number[] = [];
  const faces: number[] = [];
  const runs: Detections[] = [];
  const damaged = new Set<number>();
  const watch = watchForCuts();
  let next = -Infinity;
  let count = 0;
  let followed: readonly FaceRegion[] = [];
  const order = createFramingOrder();
  const joiner = createSightingJoiner();
  for await (const frame of frames) {
    throwIfCanceled(signal);
    // Half a frame early, so that rounded times do not delay every run by a frame.
    const half = times.length > 0 ? (frame.time - times.at(-1)!) / 2 : 0;
    if (frame.isDamaged === true) damaged.add(times.length);
    const isNew = watch.add(frame);
    let regions: readonly FaceRegion[] | undefined;
    if (frame.isDamaged !== true && (isNew || frame.time + half >= next)) {
      next = frame.time + interval;
      const seen = await search(models, frame, { followed, order, time: frame.time + half });
      followed = seen.followed;
      watch.look(frame, followed[0]);
      runs.push({ frame: times.length, framing: seen.framing });
      regions = [...followed, ...seen.others];
      joiner.add(
        times.length,
        regions.map((region) => ({ region, appearance: appearanceOf(frame, region) })),
      );
      count = regions.length;
    }
    times.push(frame.time);
    faces.push(count);
    await onFrame?.(frame, { ...(regions && { faces: regions }), cuts: watch.settled });
    onProgress?.(times.length);
  }

  const ended = watch.end();
  const interrupted = new Set(ended.interrupted);
  const all = joiner.sequences();
  // Faces that are seen in an interruption are not followed.
  const sequences = without(all, interrupted);
  if (sequences.length === 0) {
    throw new TelltaleError(
      'FACE_NOT_FOUND',
      `none of the ${times.length} frames shows a face`,
      'Check that the clip shows a face from the front, at least 40 pixels wide, not lying on its side.',
    );
  }
  const subjects = joinSubjects(sequences, runs.length);
  const seen: SeenClip = {
    ...{ times, faces, cuts: ended.cuts, interrupted, damaged, sequences, subjects },
    runs: runs.filter(({ frame }) => !interrupted.has(frame)),
  };
  const known = new Set(subjects.flatMap(({ sightings }) => sightings));
  const isKnown = ({ sightings }: Sequence): boolean => sightings.every((one) => known.has(one));
  const everyone = [...subjects, ...all.filter((sequence) => !isKnown(sequence))];
  return {
    ...{ subjects, times },
    track: (choice = 'largest') => trackOf(seen, choice),
    regionsAt: (frame) => everyone.flatMap(({ sightings }) => regionsNear(sightings, frame, times)),
  };
}

/** Sequences less the sightings of some frames. */
function without(sequences: readonly Sequence[], frames: ReadonlySet<number>): Sequence[] {
  if (frames.size === 0) return [...sequences];
  return sequences
    .map((sequence) => ({
      ...sequence,
      sightings: sequence.sightings.filter(({ frame }) => !frames.has(frame)),
    }))
    .filter(({ sightings }) => sightings.length > 0);
}

/** All that the first reading leaves. */
interface SeenClip extends Pick<FaceTrack, 'times' | 'faces' | 'cuts'> {
  readonly runs: readonly Detections[];
  readonly damaged: ReadonlySet<number>;
  readonly interrupted: ReadonlySet<number>;
  readonly sequences: readonly Sequence[];
  readonly subjects: readonly Subject[];
}

/** Where one subject is, frame by frame. */
function trackOf(seen: SeenClip, choice: FaceChoice): FaceTrack {
  const { times, faces, runs, cuts, damaged, interrupted, subjects } = seen;
  const subject = subjectOf(subjects, choice);
  if (subject === undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `there is no subject ${choice} in the clip: ${subjects.length === 1 ? 'one subject is' : `${subjects.length} subjects are`} seen in it`,
      `Give a number from 1 to ${subjects.length}, largest, left or right.`,
    );
  }
  const sightings = choice === 'largest' ? withOthers(subject, seen.sequences) : subject.sightings;
  const others = subjects.filter((other) => other !== subject).map((other) => interpolate(other.sightings, seen)); // prettier-ignore
  const sighted = new Set(sightings.map(({ frame }) => frame));
  const used = new Set(runs.filter(({ frame }) => sighted.has(frame)).map((run) => run.framing));
  const regions = interpolate(sightings, seen).map((found, i): FaceRegion | null => {
    // What happened in a damaged frame is not known; beyond the last sighting, another subject may be in front.
    if (found === null || damaged.has(i) || interrupted.has(i)) return null;
    const { region, isBetween } = found;
    const isHidden = !isBetween && others.some((other) => other[i]?.isBetween === true && isSamePlace(other[i].region, region)); // prettier-ignore
    return isHidden ? null : region;
  });
  return {
    ...{ times, faces, regions, cuts },
    ...(damaged.size > 0 && { damaged: times.map((_, i) => damaged.has(i)) }),
    ...(interrupted.size > 0 && { interrupted: times.map((_, i) => interrupted.has(i)) }),
    framings: framings.filter((framing) => used.has(framing)),
    ...(subjects.length > 1 && { subject: { number: subject.number, of: subjects.length } }),
  };
}

/** What is known before a frame is searched. */
interface SearchState {
  /** Regions of the last run. */
  readonly followed: readonly FaceRegion[];
  readonly order: FramingOrder;
  readonly time: number;
}

/** The faces of a frame in the first framing that shows one; where none does, those of the first. */
async function search(
  models: FaceModels,
  frame: Frame,
  { followed, order, time }: SearchState,
): Promise<Seen> {
  let first: Seen | undefined;
  for (const framing of order.at(time)) {
    const before = first === undefined ? followed : []; // they were looked for
    const seen = await detectAndFollow(models, frame, { before, framing });
    if (seen.followed.length > 0) {
      order.found(framing);
      return seen;
    }
    first ??= seen;
  }
  return first!;
}

/** The faces of one frame. */
interface Seen {
  readonly framing: Framing;
  /** Those that have landmarks. */
  readonly followed: FaceRegion[];
  /** Smaller ones, as the detector sees them. */
  readonly others: FaceRegion[];
}

/** The faces of a frame: those that have landmarks, and smaller ones as the detector sees them. */
async function detectAndFollow(
  models: FaceModels,
  frame: Frame,
  { before, framing }: { readonly before: readonly FaceRegion[]; readonly framing: Framing },
): Promise<Seen> {
  const followed: FaceRegion[] = [];
  const others: FaceRegion[] = [];
  const isKnown = (region: FaceRegion): boolean =>
    [...followed, ...others].some((other) => isSamePlace(other, region));
  for (const [rank, detection] of (await detectFaces(models, frame, { framing })).entries()) {
    const region =
      rank < FOLLOWED ? await regionOfFace(models, frame, { detection, framing }) : undefined;
    if (region !== undefined) followed.push(region);
    // In other framings a detection counts only where the landmarks confirm it.
    else if (rank >= FOLLOWED && framing === 'whole') others.push(regionOfDetection(detection));
  }
  for (const last of before) {
    if (followed.length >= FOLLOWED || isKnown(last)) continue;
    const region = await regionByLandmarks(models, frame, last);
    if (region !== undefined && !isKnown(region)) followed.push(region);
  }
  return { framing, followed, others };
}

/** The sightings of a subject, and of others as long as they are not in the image at the same time, the largest first. */
function withOthers({ sightings }: Subject, sequences: readonly Sequence[]): Sighting[] {
  const own = new Set(sightings);
  const isOwn = (sequence: Sequence): boolean => own.has(sequence.sightings[0]!);
  const chosen = sequences.filter(isOwn);
  const others = sequences.filter((sequence) => !isOwn(sequence));
  others.sort((a, b) => filled(b.sightings) - filled(a.sightings));
  for (const other of others) {
    const isFree = chosen.every(({ runs }) => other.runs[1] < runs[0] || other.runs[0] > runs[1]);
    if (isFree) chosen.push(other);
  }
  return chosen.flatMap((sequence) => sequence.sightings).sort((a, b) => a.frame - b.frame);
}

/** Seconds for which a face that is not found is taken to be where it was. */
const KEPT = 1;

/** Where a face is or may be in a frame, by the sightings before and after it; nowhere where they are far away in time. */
function regionsNear(
  sightings: readonly Sighting[],
  frame: number,
  times: readonly number[],
): FaceRegion[] {
  let [low, high] = [0, sightings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sightings[middle]!.frame <= frame) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [sightings[low - 1], sightings[low]];
  const away = (one: Sighting): number => Math.abs(times[one.frame]! - times[frame]!);
  if (before?.frame === frame) return [before.region];
  if (
    before &&
    after &&
    away(before) + away(after) <= 2 * KEPT &&
    !isJump(before.region, after.region)
  ) {
    // prettier-ignore
    return [between(before.region, after.region, away(before) / (away(before) + away(after)))];
  }
  // At a cut, or where it moved fast: in both places.
  return [before, after].flatMap((one) => (one && away(one) <= KEPT ? [one.region] : []));
}
