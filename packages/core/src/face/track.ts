/**
 * @file First reading: where the face is in every frame of a clip.
 *
 * The detector runs five times per second, and the landmarks of what it finds make
 * its boxes steady. Where it misses a face that it found the time before, the landmarks
 * are asked whether the face is still there, as MediaPipe follows faces (Kartynnik et al. 2019,
 * "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", §2). Afterwards, with the whole clip known, the sightings are
 * joined to faces and the face that fills the image most is followed. Between
 * two sightings the region is interpolated; beyond them it stays, and the
 * presence in the second reading shows frame by frame whether the face is still there.
 */
import { TelltaleError } from '../base/errors.ts';
import { throwIfCanceled } from '../base/pause.ts';
import type { Cancellation } from '../base/pause.ts';
import type { Frame } from '../video/frames.ts';
import { detectFaces, regionOfDetection } from './detect.ts';
import { regionByLandmarks, regionOfFace } from './find.ts';
import { createFramingOrder, framings, type Framing, type FramingOrder } from './framing.ts';
import type { FaceRegion } from './landmarks.ts';
import type { FaceModels } from './models.ts';
import { isJump, turn } from './smooth.ts';

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
}

/** Options of {@link trackFace}. */
export interface TrackOptions {
  /** Seconds between two runs of the detector. @defaultValue 0.2 */
  readonly interval?: number;
  /** Stops the work. */
  readonly signal?: Cancellation;
  /** Called after each frame with the number of frames done. */
  readonly onProgress?: (frames: number) => void;
}

/** What one run of the detector found. */
interface Detections {
  readonly frame: number;
  readonly framing: Framing;
  readonly regions: readonly FaceRegion[];
}

interface Sighting {
  readonly frame: number;
  readonly region: FaceRegion;
}

/** Seconds between two runs of the face detector. */
export const DETECTION_INTERVAL = 0.2;
/** Faces beyond these many largest ones are counted but not followed. */
const FOLLOWED = 3;
/** A face that this many runs have missed is a new one when it comes back. */
const MOST_MISSED = 2;

/**
 * Follows the face that fills the clip most.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face; `CANCELED` after the signal.
 */
export async function trackFace(
  models: FaceModels,
  frames: AsyncIterable<Frame>,
  { interval = DETECTION_INTERVAL, signal, onProgress }: TrackOptions = {},
): Promise<FaceTrack> {
  const times: number[] = [];
  const faces: number[] = [];
  const runs: Detections[] = [];
  const damaged = new Set<number>();
  let next = -Infinity;
  let followed: readonly FaceRegion[] = [];
  const order = createFramingOrder();
  for await (const frame of frames) {
    throwIfCanceled(signal);
    // Half a frame early, so that rounded times do not delay every run by a frame.
    const half = times.length > 0 ? (frame.time - times.at(-1)!) / 2 : 0;
    if (frame.isDamaged === true) damaged.add(times.length);
    else if (frame.time + half >= next) {
      next = frame.time + interval;
      const seen = await search(models, frame, { followed, order, time: frame.time + half });
      followed = seen.followed;
      runs.push({
        frame: times.length,
        framing: seen.framing,
        regions: [...followed, ...seen.others],
      });
    }
    times.push(frame.time);
    faces.push(runs.at(-1)?.regions.length ?? 0);
    onProgress?.(times.length);
  }

  const sightings = chooseFace(runs);
  if (sightings.length === 0) {
    throw new TelltaleError(
      'FACE_NOT_FOUND',
      `none of the ${times.length} frames shows a face`,
      'Check that the clip shows a face from the front, at least 40 pixels wide, not lying on its side.',
    );
  }
  const sighted = new Set(sightings.map(({ frame }) => frame));
  const used = new Set(runs.filter(({ frame }) => sighted.has(frame)).map((run) => run.framing));
  return {
    ...{ times, faces },
    // What a damaged frame shows is not known.
    regions: interpolate(sightings, runs, times).map((region, i) =>
      damaged.has(i) ? null : region,
    ),
    ...(damaged.size > 0 && { damaged: times.map((_, i) => damaged.has(i)) }),
    framings: framings.filter((framing) => used.has(framing)),
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
    [...followed, ...others].some((other) => sameFace(other, region));
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

/**
 * Joins the sightings of each face and takes the faces that fill the clip most,
 * as long as they are not in the image at the same time.
 */
function chooseFace(runs: readonly Detections[]): Sighting[] {
  const tracks = joinSightings(runs);
  const weight = (track: readonly Sighting[]): number =>
    track.reduce((sum, { region }) => sum + region.size ** 2, 0);
  tracks.sort((a, b) => weight(b) - weight(a));

  const chosen: Sighting[][] = [];
  for (const track of tracks) {
    const [start, end] = [track[0]!.frame, track.at(-1)!.frame];
    const free = chosen.every((other) => end < other[0]!.frame || start > other.at(-1)!.frame);
    if (free) chosen.push(track);
  }
  return chosen.flat().sort((a, b) => a.frame - b.frame);
}

function joinSightings(runs: readonly Detections[]): Sighting[][] {
  const tracks: { sightings: Sighting[]; run: number }[] = [];
  runs.forEach(({ frame, regions }, run) => {
    const open = tracks.filter((track) => run - track.run <= MOST_MISSED);
    for (const region of regions) {
      const [nearest] = open
        .filter((track) => track.run < run)
        .map((track) => ({ track, last: track.sightings.at(-1)!.region }))
        .filter(({ last }) => sameFace(last, region))
        .sort((a, b) => distance(a.last, region) - distance(b.last, region));
      if (nearest === undefined) {
        tracks.push({ sightings: [{ frame, region }], run });
      } else {
        nearest.track.sightings.push({ frame, region });
        nearest.track.run = run;
      }
    }
  });
  return tracks.map((track) => track.sightings);
}

/** A head moves at most half of its region's side from one run to the next. */
function sameFace(a: FaceRegion, b: FaceRegion): boolean {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  return distance(a, b) < small.size / 2 && large.size < 1.6 * small.size;
}

function distance(a: FaceRegion, b: FaceRegion): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/**
 * A region for every frame that lies between two sightings in consecutive runs, or
 * no farther from a sighting than the next run.
 */
function interpolate(
  sightings: readonly Sighting[],
  runs: readonly Detections[],
  times: readonly number[],
): (FaceRegion | null)[] {
  const regions = times.map((): FaceRegion | null => null);
  const seen = new Map(sightings.map(({ frame, region }) => [frame, region]));
  runs.forEach(({ frame: start }, run) => {
    const end = runs[run + 1]?.frame ?? times.length;
    const from = seen.get(start);
    const to = seen.get(end);
    for (let frame = start; frame < end; frame++) {
      const done = (times[frame]! - times[start]!) / ((times[end] ?? Infinity) - times[start]!);
      if (from && to && !isJump(from, to)) regions[frame] = between(from, to, done);
      else regions[frame] = (done < 0.5 ? (from ?? to) : (to ?? from)) ?? null;
    }
  });
  return regions;
}

function between(a: FaceRegion, b: FaceRegion, done: number): FaceRegion {
  return {
    x: a.x + done * (b.x - a.x),
    y: a.y + done * (b.y - a.y),
    size: a.size + done * (b.size - a.size),
    angle: a.angle + done * turn(b.angle - a.angle),
  };
}
