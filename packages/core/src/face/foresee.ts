/**
 * @file Where the only face of a clip is, while the clip is still being read: the regions that the whole clip will give,
 * as soon as nothing that comes later can change them. That is about a second later: the next run of the detector, the
 * cuts before it and the reach of smoothing must be known.
 *
 * Whether it is the only face that is followed in the end is known at the end: see `measure-ahead.ts`.
 */
import type { SettledCuts } from './cut-watch.ts';
import { regionIn } from './interpolate.ts';
import type { FaceRegion } from './landmarks.ts';
import { SMOOTHING_REACH, smoothRegions } from './smooth.ts';

/** Where the face is in a frame. */
export interface ForeseenRegion {
  /** Index of the frame. */
  readonly index: number;
  /** Smoothed over time; null where there is no face. */
  readonly region: FaceRegion | null;
  /** Whether the frame does not continue the one before it. */
  readonly isCut: boolean;
}

/** What is seen in a frame. */
export interface SeenFrame {
  /** Seconds. */
  readonly time: number;
  readonly isDamaged: boolean;
  /** The face that the detector found; null where it found none, absent where it did not run. */
  readonly face?: FaceRegion | null;
  /** The cuts that are certain so far. */
  readonly cuts: SettledCuts;
}

/** Takes frame by frame, and gives back what has become certain, in order. */
export interface Foresight {
  add(frame: SeenFrame): ForeseenRegion[];
}

/** Starts before the first frame. */
export function foreseeRegions(): Foresight {
  const times: number[] = [];
  /** Frames that are damaged or interrupt the clip: what happens in them is not known. */
  const unknown = new Set<number>();
  /** How many of the interrupting ones are among them. */
  let passed = 0;
  const runs: { readonly frame: number; readonly face: FaceRegion | null }[] = [];
  /** Certain, and not smoothed. */
  const regions: (FaceRegion | null)[] = [];
  let run = 0;
  let done = 0;
  let first = 0;

  const interpolate = ({ until, cuts, interrupted }: SettledCuts): void => {
    for (; passed < interrupted.length; passed++) unknown.add(interrupted[passed]!);
    while (runs.length > run + 1 && runs[run + 1]!.frame < until) {
      const [{ frame: start, face: from }, { frame: end, face: to }] = [runs[run]!, runs[run + 1]!];
      if (unknown.has(end)) {
        runs.splice(run + 1, 1);
        continue;
      }
      const shots = cuts.filter((cut) => cut > start && cut <= end);
      const ends = { from: from ?? undefined, to: to ?? undefined };
      for (let frame = start; frame < end; frame++) {
        const found = unknown.has(frame) ? null : regionIn({ start, end, frame }, ends, { times, shots }); // prettier-ignore
        regions.push(found?.region ?? null);
      }
      run++;
    }
  };
  const smooth = ({ cuts }: SettledCuts): ForeseenRegion[] => {
    const begin = done;
    const known = times[regions.length] ?? -Infinity;
    while (done < regions.length && times[done]! + SMOOTHING_REACH < known) done++;
    if (done === begin) return [];
    while (times[first]! < times[begin]! - SMOOTHING_REACH) first++;
    const start = first;
    const near = cuts.filter((cut) => cut >= start);
    const smoothed = smoothRegions(regions.slice(start), times.slice(start, regions.length), {
      cuts: near.map((cut) => cut - start),
      wanted: [begin - start, done - start],
    });
    return smoothed.slice(begin - start, done - start).map((region, i) => {
      const index = begin + i;
      return { index, region, isCut: near.includes(index) };
    });
  };
  return {
    add({ time, isDamaged, face, cuts }) {
      if (isDamaged) unknown.add(times.length);
      if (face !== undefined) runs.push({ frame: times.length, face });
      times.push(time);
      if (face === undefined && run + 1 >= runs.length) return [];
      const before = regions.length;
      interpolate(cuts);
      return regions.length === before ? [] : smooth(cuts);
    },
  };
}
