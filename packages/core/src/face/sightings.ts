/**
 * @file Joins what each run of the detector found to sequences of sightings, run by run.
 *
 * Faces of two runs are joined where the position leaves no doubt or where appearance decides; a sequence ends where
 * neither does, and `joinSubjects` decides with the whole clip known.
 */
import { appearanceDistance, type Appearance } from './appearance.ts';
import type { FaceRegion } from './landmarks.ts';

/** A face in one run of the detector. */
export interface SeenFace {
  readonly region: FaceRegion;
  readonly appearance: Appearance;
}

/** Where a face was in a frame. */
export interface Sighting {
  /** Frame index, from 0. */
  readonly frame: number;
  /** Pixels of the frame. */
  readonly region: FaceRegion;
}

/** Sightings of one face, in order. */
export interface Sequence {
  readonly sightings: readonly Sighting[];
  /** First and last run of the detector. */
  readonly runs: readonly [first: number, last: number];
  /** How it looked first, on average and last. */
  readonly looks: readonly [first: Appearance, mean: Appearance, last: Appearance];
}

/** Joins sightings. */
export interface SightingJoiner {
  /** The faces of the next run. */
  add(frame: number, faces: readonly SeenFace[]): void;
  /** All sequences, in order of their starts. */
  sequences(): Sequence[];
}

/** A face that this many runs have missed starts a new sequence when it comes back. */
const MOST_MISSED = 2;
/** From one run to the next a face does not look more different than this. */
const MOST_DIFFERENT = 0.35;
/** Two ways to join are distinguished by this difference of appearance. */
const CLEAR = 0.08;

interface Open {
  readonly sightings: Sighting[];
  readonly first: Appearance;
  readonly sum: Float64Array;
  readonly start: number;
  last: Appearance;
  run: number;
}

/** Starts with no run. */
export function createSightingJoiner(): SightingJoiner {
  const all: Open[] = [];
  let open: Open[] = [];
  let run = -1;
  return {
    add(frame, faces) {
      run += 1;
      open = open.filter((one) => run - one.run <= MOST_MISSED);
      const joined = matches(open, faces);
      for (const [index, { region, appearance }] of faces.entries()) {
        const before = joined.get(index);
        if (before === undefined) {
          const one: Open = {
            ...{ sightings: [{ frame, region }], first: appearance, last: appearance },
            ...{ sum: Float64Array.from(appearance), start: run, run },
          };
          all.push(one);
          open.push(one);
          continue;
        }
        before.sightings.push({ frame, region });
        before.last = appearance;
        before.run = run;
        for (let i = 0; i < appearance.length; i++) before.sum[i]! += appearance[i]!;
      }
    },
    sequences: () =>
      all.map(({ sightings, first, sum, last, start, run: end }) => {
        const mean = Float32Array.from(sum, (value) => value / sightings.length);
        return { sightings, runs: [start, end], looks: [first, mean, last] };
      }),
  };
}

interface Pair {
  readonly face: number;
  readonly before: Open;
  readonly difference: number;
  readonly distance: number;
}

/** Which face continues which sequence, where that is clear. */
function matches(open: readonly Open[], faces: readonly SeenFace[]): Map<number, Open> {
  const pairs = faces.flatMap(({ region, appearance }, face) =>
    open.flatMap((before): Pair[] => {
      const last = before.sightings.at(-1)!.region;
      const difference = appearanceDistance(before.last, appearance);
      if (!isSamePlace(last, region) || difference > MOST_DIFFERENT) return [];
      return [{ face, before, difference, distance: distanceOf(last, region) }];
    }),
  );
  const joined = new Map<number, Open>();
  const taken = new Set<Open>();
  // The most similar first; of those that look alike, the nearest.
  const cost = ({ difference, distance, before }: Pair): number =>
    difference + (CLEAR * distance) / before.sightings.at(-1)!.region.size;
  pairs.sort((a, b) => cost(a) - cost(b));
  for (const pair of pairs) {
    const { face, before } = pair;
    if (joined.has(face) || taken.has(before)) continue;
    const isClear = pairs.every(
      (other) =>
        other === pair ||
        (other.face !== face && other.before !== before) ||
        joined.has(other.face) ||
        taken.has(other.before) ||
        other.difference > pair.difference + CLEAR,
    );
    if (!isClear) continue;
    joined.set(face, before);
    taken.add(before);
  }
  return joined;
}

/** Whether two regions can be one face: a head moves at most half of its region's side from one run to the next. */
export function isSamePlace(a: FaceRegion, b: FaceRegion): boolean {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  return distanceOf(a, b) < small.size / 2 && large.size < 1.6 * small.size;
}

/** Distance between the centers of two regions, pixels. */
export function distanceOf(a: FaceRegion, b: FaceRegion): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
