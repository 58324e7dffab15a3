/**
 * @file Where the apex lies in a clip that is known to hold one expression, for datasets that annotate none.
 *
 * Liong, See, Wong and Phan 2018, "Less is more: Micro-expression recognition from video using apex frame",
 * Signal Processing: Image Communication 62, take the frame that differs most from the onset, region by
 * region. Here the difference is displacement of the facial regions against the head (`displacement.ts`),
 * projected on the direction that the whole expression takes: noise in other directions has no effect. Of a
 * summit that is held, the middle is taken, as everywhere in this library (`delimit.ts`).
 */
import type { Plane } from '../base/image.ts';
import type { Landmarks } from '../face/landmarks.ts';
import { interocularDistance } from '../face/regions.ts';
import type { Tvl1 } from '../motion/tvl1.ts';
import { FAST } from '../motion/tvl1-options.ts';
import { regionDisplacements } from './displacement.ts';
import { illuminationRadius, normalizeIllumination } from './illumination.ts';
import { LIDS, REGIONS } from './regions.ts';

/** Frames that are looked at, at most: a step between them is a twentieth of the clip. */
const LOOKS = 20;
/** The apex is the middle of what is at least this part of the highest. */
const SUMMIT = 0.85;
/** A clip from the onset of its expression to the offset. */
export interface ApexClip {
  /** Number of frames; the first is the onset. */
  readonly frames: number;
  /** The onset, face cut out, 0–255. */
  readonly onset: Plane;
  /** Pixels of that image. */
  readonly landmarks: Landmarks;
  /** The same part of another frame, from 1. */
  readonly read: (frame: number) => Promise<Plane>;
}

/** Where an apex was found. */
export interface FoundApex {
  /** From 1 to the last frame. */
  readonly frame: number;
  /** How far the regions have gone there, root of the mean of squares, pixels at an interocular distance of 100. */
  readonly movement: number;
}

/**
 * Finds the apex of a clip that begins with the onset.
 *
 * Eyelids do not count: a blink would be taken for the apex. Clips of up to 21 frames are looked at frame by
 * frame, longer ones in 20 even steps, between which the apex is interpolated.
 *
 * @see Liong et al. 2018, section 3.1
 */
export async function findApex(clip: ApexClip, tvl1: Tvl1): Promise<FoundApex> {
  const radius = illuminationRadius(interocularDistance(clip.landmarks));
  const fromOnset = tvl1.from(normalizeIllumination(clip.onset, radius), FAST);
  const looks = lookedAt(clip.frames);
  const movements: Float64Array[] = [];
  for (const frame of looks) {
    const image = normalizeIllumination(await clip.read(frame), radius);
    movements.push(withoutLids(regionDisplacements(fromOnset.to(image), clip.landmarks)));
  }
  const { place, height } = summitOf([0, ...looks], [0, ...alongMain(movements)]);
  const frame = Math.min(clip.frames - 1, Math.max(1, Math.round(place)));
  const measured = movements[0]!.length / 2;
  return { frame, movement: Math.max(0, height) / Math.sqrt(measured) };
}

/** Frames behind the onset, evenly spread, the last one among them. */
export function lookedAt(frames: number): number[] {
  const count = Math.min(LOOKS, frames - 1);
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * (frames - 1)) / count));
}

function withoutLids(displacements: Float64Array): Float64Array {
  const lids = LIDS.map((region) => REGIONS.indexOf(region));
  return displacements.filter((_, channel) => !lids.includes(channel >> 1));
}

/**
 * Each movement's length along the direction that most of all movement takes: the first principal axis through rest,
 * by power iteration from the longest of them.
 *
 * @returns positive where the movement is the strongest
 */
export function alongMain(movements: readonly Float64Array[]): number[] {
  const squares = movements.map(lengthOf);
  const strongest = squares.indexOf(Math.max(...squares));
  if (!(squares[strongest]! > 0)) return movements.map(() => 0);
  let axis = scaled(movements[strongest]!, 1 / squares[strongest]!);
  for (let round = 0; round < 12; round++) {
    const next = new Float64Array(axis.length);
    for (const movement of movements) {
      const along = dot(movement, axis);
      movement.forEach((value, i) => (next[i]! += along * value));
    }
    const length = lengthOf(next);
    if (length === 0) break;
    axis = scaled(next, 1 / length);
  }
  const sign = Math.sign(dot(movements[strongest]!, axis)) || 1;
  return movements.map((movement) => sign * dot(movement, axis));
}

/**
 * The middle of the summit of a line through points: of the stretch around the highest point that stays above 85 % of
 * it. Points are averaged with their neighbors first.
 *
 * @param times - increasing
 */
export function summitOf(
  times: readonly number[],
  values: readonly number[],
): { readonly place: number; readonly height: number } {
  const line = values.map((value, i) => {
    const [before, after] = [values[i - 1] ?? value, values[i + 1] ?? value];
    return (before + 2 * value + after) / 4;
  });
  const peak = line.indexOf(Math.max(...line));
  const level = SUMMIT * line[peak]!;
  const walk = (step: 1 | -1): number => {
    for (let i = peak + step; i >= 0 && i < line.length; i += step) {
      if (line[i]! > level) continue;
      const part = (line[i - step]! - level) / (line[i - step]! - line[i]!);
      return times[i - step]! + part * (times[i]! - times[i - step]!);
    }
    return step > 0 ? times.at(-1)! : times[0]!;
  };
  if (!(line[peak]! > 0)) return { place: times[peak]!, height: 0 };
  return { place: (walk(-1) + walk(1)) / 2, height: line[peak]! };
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const lengthOf = (a: Float64Array): number => Math.sqrt(dot(a, a));
const scaled = (a: Float64Array, by: number): Float64Array => a.map((value) => by * value);
