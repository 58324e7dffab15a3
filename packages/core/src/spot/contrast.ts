/**
 * @file How far the face is away from where it was before and from where it will be after.
 *
 * The sliding reference of Moilanen et al. 2014, "Spotting rapid facial movements from videos using
 * appearance-based feature difference analysis", ICPR (each frame against the mean of the frames half
 * an interval before and after), made for displacements: the two sides are kept apart and the movement
 * must leave both in the same direction. A transient movement within the gap counts in full;
 * a step, which leaves one side only, counts nothing; drift slower than the reach cancels.
 */
import { SAME_TIME } from '../base/same-time.ts';
import type { MotionSample } from './follow.ts';
import { median, slidingMedian, smooth } from './statistics.ts';

/** The time scale of a movement. */
export interface TimeScale {
  /** What is nearer than this, before and after, is part of the movement; seconds. */
  readonly gap: number;
  /** What is farther than this, before and after, no longer matters; seconds. */
  readonly reach: number;
  /** Whether a movement that lasts to the end of the stretch, or from its start, counts. */
  readonly open: boolean;
}

/** Where the face was around each sample, and how far it has left that. */
export interface Contrast {
  /** Displacement smoothed to what lasts 1/25 s; shape `[samples, 2 · regions]`, pixels at an interocular distance of 100. */
  readonly place: readonly Float64Array[];
  /** Median displacement on the near side before; same shape. */
  readonly before: readonly Float64Array[];
  /** Median displacement on the near side after; same shape. */
  readonly after: readonly Float64Array[];
  /** Movement of each region; shape `[samples, regions]`. */
  readonly movement: readonly Float64Array[];
}

/** Standard deviation of the smoothing, seconds: half of the shortest movement, 1/25 s. */
const SMOOTHING = 0.02;
/** A movement is at most this many times the lesser of its sides: jitter before a large step is not a movement. */
const MOST_LOPSIDED = 2;
/** Samples that stand for a side that the stretch does not reach. */
const EDGE = 3;

/** Compares each sample of a stretch with both of its sides. */
export function contrast(
  samples: readonly Pick<MotionSample, 'time' | 'displacement'>[],
  scale: TimeScale,
): Contrast {
  const times = samples.map((sample) => sample.time);
  const channels = samples[0]?.displacement.length ?? 0;
  const [gap, reach] = [scale.gap - SAME_TIME, scale.reach + SAME_TIME];
  const empty = (): Float64Array[] => samples.map(() => new Float64Array(channels));
  const [place, before, after] = [empty(), empty(), empty()];
  for (let channel = 0; channel < channels; channel++) {
    const line = smooth(
      times,
      samples.map((sample) => sample.displacement[channel]!),
      SMOOTHING,
    );
    const [medianBefore, medianAfter] = [slidingMedian(line), slidingMedian(line)];
    const [first, last] = [median(line.subarray(0, EDGE)), median(line.subarray(-EDGE))];
    let [farBefore, nearBefore, nearAfter, farAfter] = [0, 0, 0, 0];
    for (let i = 0; i < times.length; i++) {
      const now = times[i]!;
      // Gap and reach are whole numbers of frames at many rates: what lies on an edge is on the side.
      while (times[farBefore]! < now - reach) farBefore++;
      while (times[nearBefore]! <= now - gap) nearBefore++;
      while (nearAfter < times.length && times[nearAfter]! < now + gap) nearAfter++;
      while (farAfter < times.length && times[farAfter]! <= now + reach) farAfter++;
      place[i]![channel] = line[i]!;
      const start = nearBefore - farBefore >= EDGE;
      const end = farAfter - nearAfter >= EDGE;
      const low = start ? medianBefore(farBefore, nearBefore) : first;
      const high = end ? medianAfter(nearAfter, farAfter) : last;
      before[i]![channel] = scale.open && !start && end ? high : low;
      after[i]![channel] = scale.open && !end && start ? low : high;
    }
  }
  const movement = place.map((here, i) =>
    Float64Array.from({ length: channels / 2 }, (_, region) => {
      const [x, y] = [2 * region, 2 * region + 1];
      const low = [here[x]! - before[i]![x]!, here[y]! - before[i]![y]!] as const;
      const high = [here[x]! - after[i]![x]!, here[y]! - after[i]![y]!] as const;
      const dot = low[0] * high[0] + low[1] * high[1];
      const lesser = Math.min(Math.hypot(...low), Math.hypot(...high));
      return Math.min(Math.sqrt(Math.max(0, dot)), MOST_LOPSIDED * lesser);
    }),
  );
  return { place, before, after, movement };
}
