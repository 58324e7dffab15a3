/**
 * @file Bootstrap intervals over clips (Efron 1979, "Bootstrap methods: another look at the jackknife", The Annals of
 * Statistics 7(1); percentiles), and sums of tables of counts.
 *
 * Clips are what is drawn again: events and frames of one clip depend on each other.
 */
import { createRandom } from '../base/random.ts';
import type { AgreementOptions, Measure } from './result.ts';

/** A number of all clips, and its percentiles over sets of as many clips, drawn with replacement. */
export function bootstrap<T>(
  clips: readonly T[],
  of: (clips: readonly T[]) => number | undefined,
  { samples, seed }: Required<AgreementOptions>,
): Measure {
  const value = clips.length === 0 ? undefined : of(clips);
  if (value === undefined || clips.length < 2 || samples === 0) {
    return { value: value ?? null, low: null, high: null };
  }
  const random = createRandom(seed);
  const drawn: number[] = [];
  for (let i = 0; i < samples; i++) {
    const one = of(clips.map(() => clips[random.integer(clips.length)]!));
    if (one !== undefined) drawn.push(one);
  }
  drawn.sort((a, b) => a - b);
  const at = (part: number): number | null => drawn[Math.min(drawn.length - 1, Math.floor(part * drawn.length))] ?? null; // prettier-ignore
  return { value, low: at(0.025), high: at(0.975) };
}

/** A square table of zeros. */
export function zeros(size: number): number[][] {
  return Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
}

/** Adds one table to another, in place. */
export function addTo(total: number[][], more: readonly (readonly number[])[], times = 1): void {
  more.forEach((row, i) => {
    row.forEach((count, j) => (total[i]![j]! += times * count));
  });
}
