/** @file Medians, and what is built on them. */
import { SAME_TIME } from '../base/same-time.ts';

/** The middle value; the mean of the middle two; 0 for none. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/**
 * The value below which a part of the values lies, with linear interpolation; 0 for no values.
 *
 * @param part - 0 to 1
 */
export function quantile(values: ArrayLike<number>, part: number): number {
  if (values.length === 0) return 0;
  return quantileOfSorted(Float64Array.from(values).sort(), values.length, part);
}

function quantileOfSorted(sorted: Float64Array, count: number, part: number): number {
  const place = part * (count - 1);
  const low = sorted[Math.floor(place)]!;
  return low + (place - Math.floor(place)) * (sorted[Math.ceil(place)]! - low);
}

/**
 * The medians of windows that move forward over a line of numbers: each what {@link median} gives of it, without sorting
 * what two of them share again.
 *
 * @param line - without NaN
 * @returns the median from one index to before another; neither may be less than in the call before
 */
export function slidingMedian(line: Float64Array): (from: number, to: number) => number {
  const sorted = new Float64Array(line.length);
  let [start, end] = [0, 0];
  const placeOf = (value: number): number => {
    let [low, high] = [0, end - start];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (from, to) => {
    for (; end < to; end++) {
      const place = placeOf(line[end]!);
      sorted.copyWithin(place + 1, place, end - start);
      sorted[place] = line[end]!;
    }
    for (; start < from; start++) {
      const place = placeOf(line[start]!);
      sorted.copyWithin(place, place + 1, end - start);
    }
    return end === start ? 0 : quantileOfSorted(sorted, end - start, 0.5);
  };
}

/** Indices of the largest sample of each run above a cut. */
export function peaksOf(values: readonly number[], cut: number): number[] {
  const peaks: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i]! <= cut) continue;
    let peak = i;
    for (; i < values.length && values[i]! > cut; i++) if (values[i]! > values[peak]!) peak = i;
    peaks.push(peak);
  }
  return peaks;
}

/** Median absolute deviation, scaled to the standard deviation of a normal distribution. */
export function scaledMad(values: ArrayLike<number>): number {
  const middle = median(values);
  return 1.4826 * median(Float64Array.from(values, (value) => Math.abs(value - middle)));
}

/**
 * Gaussian smoothing of a signal sampled at uneven times.
 *
 * @param times - seconds, increasing
 * @param sigma - standard deviation, seconds
 */
export function smooth(
  times: ArrayLike<number>,
  values: ArrayLike<number>,
  sigma: number,
): Float64Array {
  const out = new Float64Array(values.length);
  const reach = 3 * sigma + SAME_TIME;
  let first = 0;
  for (let i = 0; i < values.length; i++) {
    const now = times[i]!;
    while (times[first]! < now - reach) first++;
    let [sum, weights] = [0, 0];
    for (let j = first; j < values.length && times[j]! <= now + reach; j++) {
      const weight = Math.exp(-0.5 * ((times[j]! - now) / sigma) ** 2);
      sum += weight * values[j]!;
      weights += weight;
    }
    out[i] = sum / weights;
  }
  return out;
}
