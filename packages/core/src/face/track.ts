/**
 * @file Pass 1: where the face is in every frame of a clip.
 *
 * The detector looks ten times a second, and the landmarks of what it finds make
 * its boxes steady. Where it misses a face that it saw at the look before, the landmarks
 * are asked whether the face is still there, as MediaPipe follows faces (Kartynnik et al. 2019,
 * "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", §2). Afterwards, with the whole clip known, the sightings are
 * joined to faces and the face that fills the picture most is followed. Between
 * two sightings the region is interpolated; beyond them it stays, and the
 * presence of pass 2 says frame by frame whether the face is still there.
 */
import { TelltaleError } from '../base/errors.ts';
import { throwIfCanceled } from '../base/pause.ts';
import type { Cancellation } from '../base/pause.ts';
import type { Frame } from '../video/frames.ts';
import { detectFaces, regionOfDetection } from './detect.ts';
import type { FaceRegion } from './landmarks.ts';
import { findLandmarks, LEAST_PRESENCE, regionOfLandmarks } from './mesh.ts';
import type { FaceModels } from './models.ts';
import { isJump, turn } from './smooth.ts';

/** The face of a clip, frame by frame. */
export interface FaceTrack {
  /** Seconds from the first frame, one per frame. */
  readonly times: readonly number[];
  /** One per frame; null where no face is to be looked for. Not yet smoothed. */
  readonly regions: readonly (FaceRegion | null)[];
  /** Number of faces at the last look, one per frame. */
  readonly faces: readonly number[];
}

/** Options of {@link trackFace}. */
export interface TrackOptions {
  /** Seconds from one look of the detector to the next. @defaultValue 0.1 */
  readonly interval?: number;
  /** Stops the work. */
  readonly signal?: Cancellation;
  /** Told after each frame how many are done. */
  readonly onProgress?: (frames: number) => void;
}

/** What one look of the detector found. */
interface Look {
  readonly frame: number;
  readonly regions: readonly FaceRegion[];
}

interface Sighting {
  readonly frame: number;
  readonly region: FaceRegion;
}

/** Faces beyond these many largest ones are counted but not followed. */
const FOLLOWED = 3;
/** A face that is not seen for this many looks is a new one when it comes back. */
const MOST_MISSED = 2;

/**
 * Follows the face that fills the clip most.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no frame shows a face; `CANCELED` after the signal.
 */
export async function trackFace(
  models: FaceModels,
  frames: AsyncIterable<Frame>,
  { interval = 0.1, signal, onProgress }: TrackOptions = {},
): Promise<FaceTrack> {
  const times: number[] = [];
  const faces: number[] = [];
  const looks: Look[] = [];
  let next = -Infinity;
  let followed: readonly FaceRegion[] = [];
  for await (const frame of frames) {
    throwIfCanceled(signal);
    // Half a frame early, so that rounded times do not delay every look by a frame.
    const half = times.length > 0 ? (frame.time - times.at(-1)!) / 2 : 0;
    if (frame.time + half >= next) {
      next = frame.time + interval;
      const seen = await lookForFaces(models, frame, followed);
      followed = seen.followed;
      looks.push({ frame: times.length, regions: [...followed, ...seen.others] });
    }
    times.push(frame.time);
    faces.push(looks.at(-1)!.regions.length);
    onProgress?.(times.length);
  }

  const sightings = chooseFace(looks);
  if (sightings.length === 0) {
    throw new TelltaleError(
      'FACE_NOT_FOUND',
      `none of the ${times.length} frames shows a face`,
      'Check that the clip shows a face from the front, at least 100 pixels wide, not lying on its side.',
    );
  }
  return { times, faces, regions: interpolate(sightings, looks, times) };
}

/** The faces of a frame: those that have landmarks, and smaller ones as the detector sees them. */
async function lookForFaces(
  models: FaceModels,
  frame: Frame,
  before: readonly FaceRegion[],
): Promise<{ readonly followed: FaceRegion[]; readonly others: FaceRegion[] }> {
  const followed: FaceRegion[] = [];
  const others: FaceRegion[] = [];
  const meet = async (rough: FaceRegion): Promise<FaceRegion | undefined> => {
    const landmarks = await findLandmarks(models, frame, rough);
    return landmarks.presence >= LEAST_PRESENCE ? regionOfLandmarks(landmarks) : undefined;
  };
  const isKnown = (region: FaceRegion): boolean =>
    [...followed, ...others].some((other) => sameFace(other, region));
  for (const [rank, detection] of (await detectFaces(models, frame)).entries()) {
    const rough = regionOfDetection(detection);
    const region = rank < FOLLOWED ? await meet(rough) : undefined;
    if (region !== undefined) followed.push(region);
    else if (rank >= FOLLOWED) others.push(rough);
  }
  for (const last of before) {
    if (followed.length >= FOLLOWED || isKnown(last)) continue;
    const region = await meet(last);
    if (region !== undefined && !isKnown(region)) followed.push(region);
  }
  return { followed, others };
}

/**
 * Joins the sightings of each face and takes the faces that fill the clip most,
 * as long as they are not in the picture at the same time.
 */
function chooseFace(looks: readonly Look[]): Sighting[] {
  const tracks = joinSightings(looks);
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

function joinSightings(looks: readonly Look[]): Sighting[][] {
  const tracks: { sightings: Sighting[]; look: number }[] = [];
  looks.forEach(({ frame, regions }, look) => {
    const open = tracks.filter((track) => look - track.look <= MOST_MISSED);
    for (const region of regions) {
      const [nearest] = open
        .filter((track) => track.look < look)
        .map((track) => ({ track, last: track.sightings.at(-1)!.region }))
        .filter(({ last }) => sameFace(last, region))
        .sort((a, b) => distance(a.last, region) - distance(b.last, region));
      if (nearest === undefined) {
        tracks.push({ sightings: [{ frame, region }], look });
      } else {
        nearest.track.sightings.push({ frame, region });
        nearest.track.look = look;
      }
    }
  });
  return tracks.map((track) => track.sightings);
}

/** A head moves at most half of its region's side from one look to the next. */
function sameFace(a: FaceRegion, b: FaceRegion): boolean {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  return distance(a, b) < small.size / 2 && large.size < 1.6 * small.size;
}

function distance(a: FaceRegion, b: FaceRegion): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/**
 * A region for every frame that lies between two sightings in a row of looks, or
 * no farther from a sighting than the next look.
 */
function interpolate(
  sightings: readonly Sighting[],
  looks: readonly Look[],
  times: readonly number[],
): (FaceRegion | null)[] {
  const regions = times.map((): FaceRegion | null => null);
  const seen = new Map(sightings.map(({ frame, region }) => [frame, region]));
  looks.forEach(({ frame: start }, look) => {
    const end = looks[look + 1]?.frame ?? times.length;
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
