/**
 * @file Blinks, from how far the eyes are open.
 *
 * Soukupová and Čech 2016, "Real-Time Eye Blink Detection using Facial Landmarks", CVWW: a blink is a
 * dip of the eye aspect ratio. Eyes differ in shape, so the dip is measured against the face's own
 * opening around that time, not against a fixed number.
 */
import { SAME_TIME } from '../base/same-time.ts';
import type { MotionSample } from './follow.ts';
import { median } from './statistics.ts';

/** A stretch of time, seconds. */
export interface TimeSpan {
  readonly start: number;
  readonly end: number;
}

/** A dip of the eyes' opening. */
export interface Blink extends TimeSpan {
  /** When the eyes are most closed, seconds. */
  readonly deepest: number;
  /** How much of the opening is lost at that time, 0 to 1. */
  readonly depth: number;
}

/** Half the window that the usual opening is taken from, seconds. */
const WINDOW = 1.5 + SAME_TIME;
/** A dip loses at least this part of the opening. */
const LEAST_DEPTH = 0.3;
/** A blink begins and ends where this part of its depth is reached. */
const FLANK = 0.15;
/** Eyes that stay down for longer change what is usual; seconds. */
const LONGEST = 2;

/** How much of their usual opening the eyes have lost, one per sample. */
export function openingLosses(samples: readonly MotionSample[]): readonly number[] {
  const openings = samples.map((sample) => sample.opening);
  let [first, end] = [0, 0];
  return samples.map(({ time, opening }) => {
    while (samples[first]!.time < time - WINDOW) first++;
    while (end < samples.length && samples[end]!.time <= time + WINDOW) end++;
    const usual = median(openings.slice(first, end));
    return usual > 0 ? 1 - opening / usual : 0;
  });
}

/**
 * The blinks of a stretch, in order of time.
 *
 * @param loss - from {@link openingLosses}
 * @param shift - of the least depth and the longest duration, a part of them
 */
export function findBlinks(
  samples: readonly MotionSample[],
  loss: readonly number[] = openingLosses(samples),
  shift = 0,
): Blink[] {
  const least = LEAST_DEPTH * (1 + shift);
  const blinks: Blink[] = [];
  for (let i = 0; i < samples.length; i++) {
    if (loss[i]! < least) continue;
    let deepest = i;
    let last = i;
    while (last + 1 < samples.length && loss[last + 1]! >= least) {
      last++;
      if (loss[last]! > loss[deepest]!) deepest = last;
    }
    const edge = FLANK * loss[deepest]!;
    let before = i;
    while (before > 0 && loss[before]! > edge) before--;
    while (last + 1 < samples.length && loss[last]! > edge) last++;
    const [start, end] = [samples[before]!.time, samples[last]!.time];
    if (end - start <= LONGEST * (1 - shift)) {
      blinks.push({ start, end, deepest: samples[deepest]!.time, depth: loss[deepest]! });
    }
    i = last;
  }
  return blinks;
}
