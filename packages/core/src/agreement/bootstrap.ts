/**
 * @file Bootstrap intervals over clips (Efron 1979, "Bootstrap methods: another look at the jackknife", The Annals of
 * Statistics 7(1); percentiles).
 *
 * Clips are what is drawn again: events and frames of one clip depend on each other. What a clip adds to a number is a
 * list of counts; those of a set of clips are their sum, so that a resampled set costs one addition per clip.
 */
import { createRandom } from '../base/random.ts';
import type { AgreementOptions, Measure } from './result.ts';

/** What one clip adds; of the same length for all clips. */
export type Counts = readonly number[];

/** How often each clip is drawn, one list per set; the sets are the same for all numbers of a comparison. */
const drawn = new WeakMap<Required<AgreementOptions>, Map<number, readonly Uint32Array[]>>();

/** A number of all clips, and its percentiles over sets of as many clips, drawn with replacement. */
export function bootstrap(
  clips: readonly Counts[],
  of: (sum: Counts) => number | undefined,
  settings: Required<AgreementOptions>,
): Measure {
  const counting = clips.flatMap((counts, i) => (counts.some((one) => one !== 0) ? [i] : []));
  const size = clips[0]?.length ?? 0;
  const total = (timesDrawn?: Uint32Array): Counts => {
    const sum = Array.from({ length: size }, () => 0);
    for (const i of counting) {
      const times = timesDrawn?.[i] ?? 1;
      if (times === 0) continue;
      const counts = clips[i]!;
      for (let k = 0; k < size; k++) sum[k]! += times * counts[k]!;
    }
    return sum;
  };
  const value = clips.length === 0 ? undefined : of(total());
  if (value === undefined || clips.length < 2 || settings.samples === 0) {
    return { value: value ?? null, low: null, high: null };
  }
  const values = setsOf(clips.length, settings).flatMap((times) => of(total(times)) ?? []);
  values.sort((a, b) => a - b);
  const at = (part: number): number | null => values[Math.min(values.length - 1, Math.floor(part * values.length))] ?? null; // prettier-ignore
  return { value, low: at(0.025), high: at(0.975) };
}

function setsOf(clips: number, settings: Required<AgreementOptions>): readonly Uint32Array[] {
  const known = drawn.get(settings) ?? new Map<number, readonly Uint32Array[]>();
  drawn.set(settings, known);
  const there = known.get(clips);
  if (there !== undefined) return there;
  const random = createRandom(settings.seed);
  const sets = Array.from({ length: settings.samples }, () => {
    const times = new Uint32Array(clips);
    for (let i = 0; i < clips; i++) times[random.integer(clips)]! += 1;
    return times;
  });
  known.set(clips, sets);
  return sets;
}
