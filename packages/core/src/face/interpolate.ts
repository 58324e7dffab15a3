/** @file Where a face is in the frames between two runs of the detector, and near them. */
import type { FaceRegion } from './landmarks.ts';
import type { Sighting } from './sightings.ts';
import { isJump, turn } from './smooth.ts';

/** When the detector ran. */
export interface RunTimes {
  /** Frames in which the detector ran, in order. */
  readonly runs: readonly { readonly frame: number }[];
  /** Seconds, one per frame. */
  readonly times: readonly number[];
  /** Indices of the frames that do not continue the frame before them, in order. */
  readonly cuts: readonly number[];
}

/** A region that was interpolated. */
export interface FoundRegion {
  readonly region: FaceRegion;
  /** Whether it was seen before and after. */
  readonly isBetween: boolean;
}

/**
 * A region for every frame that lies between two sightings in consecutive runs, or
 * no farther from a sighting than the next run. What is beyond a cut does not count.
 */
export function interpolate(
  sightings: readonly Sighting[],
  { runs, times, cuts }: RunTimes,
): (FoundRegion | null)[] {
  const regions = times.map((): FoundRegion | null => null);
  const seen = new Map(sightings.map(({ frame, region }) => [frame, region]));
  runs.forEach(({ frame: start }, run) => {
    const end = runs[run + 1]?.frame ?? times.length;
    const ends = { from: seen.get(start), to: seen.get(end) };
    const shots = cuts.filter((cut) => cut > start && cut <= end);
    for (let frame = start; frame < end; frame++) {
      regions[frame] = regionIn({ start, end, frame }, ends, { times, shots });
    }
  });
  return regions;
}

/**
 * The region of one frame between two runs of the detector.
 *
 * @param place - the frames of both runs, the second the end of the clip where there is no other, and a frame between
 * @param ends - the sightings of both
 * @param around - times of the frames, and the cuts behind the first run up to the second
 */
export function regionIn(
  { start, end, frame }: { readonly start: number; readonly end: number; readonly frame: number },
  { from, to }: { readonly from: FaceRegion | undefined; readonly to: FaceRegion | undefined },
  { times, shots }: { readonly times: readonly number[]; readonly shots: readonly number[] },
): FoundRegion | null {
  const done = (times[frame]! - times[start]!) / ((times[end] ?? Infinity) - times[start]!);
  const isBetween = shots.length === 0 && from !== undefined && to !== undefined && !isJump(from, to); // prettier-ignore
  const nearest = done < 0.5 ? (from ?? to) : (to ?? from);
  // Of several cuts, what is between them was not looked at.
  const ownSide = frame < shots[0]! ? from : frame >= shots.at(-1)! ? to : undefined;
  const region = isBetween ? between(from, to, done) : shots.length > 0 ? ownSide : nearest;
  return region === undefined ? null : { region, isBetween };
}

/** A region on the way from one to another. */
export function between(a: FaceRegion, b: FaceRegion, done: number): FaceRegion {
  return {
    x: a.x + done * (b.x - a.x),
    y: a.y + done * (b.y - a.y),
    size: a.size + done * (b.size - a.size),
    angle: a.angle + done * turn(b.angle - a.angle),
  };
}
