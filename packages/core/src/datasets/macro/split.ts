/**
 * @file Which faces of a dataset are learned from, and which are only asked about.
 *
 * Where the dataset has a validation part, that is it. Else a tenth is held out: whole subjects where
 * the dataset names them, else images of every class. No subject and no image is in both parts.
 */
import { TelltaleError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import type { Random } from '../../base/random.ts';
import type { MacroSample } from './sample.ts';

/** Share that is held out where the dataset has no validation part. */
const HELD_OUT = 0.1;

/** Indices of a dataset's samples. */
export interface MacroSplit {
  /** Indices of the samples to train on. */
  readonly train: readonly number[];
  /** Indices of the samples to validate on. */
  readonly validation: readonly number[];
  /** In neither part: the same image or subject is in the validation part. */
  readonly dropped: readonly number[];
}

/** What is looked at of a sample. */
export interface SplitSample extends Pick<MacroSample, 'label' | 'subject' | 'part'> {
  /** Equal for equal images. */
  readonly hash: string;
}

/**
 * Splits each of several datasets; an image in the validation part of one is in the training part of none.
 *
 * @param sources - the samples of each dataset, by its name in messages
 * @param seed - decides what is held out where a dataset has no part for it
 * @throws TelltaleError `DATASET_INVALID` where nothing can be held out, or nothing is left to learn from
 */
export function splitMacro(
  sources: ReadonlyMap<string, readonly SplitSample[]>,
  seed: number,
): ReadonlyMap<string, MacroSplit> {
  const random = createRandom(seed);
  const chosen = [...sources].map(([name, samples], i) => {
    const own = samples.flatMap(({ part }, at) => (part === 'validation' ? [at] : []));
    const validation = own.length > 0 ? own : heldOut(samples, random.fork(i));
    return { name, samples, validation: new Set(validation) };
  });
  const asked = new Set(
    chosen.flatMap(({ samples, validation }) => [...validation].map((at) => samples[at]!.hash)),
  );
  return new Map(
    chosen.map(({ name, samples, validation }) => {
      const subjects = new Set([...validation].map((at) => samples[at]!.subject));
      subjects.delete(undefined);
      const rest = samples.map((_, at) => at).filter((at) => !validation.has(at));
      const crosses = (at: number): boolean =>
        asked.has(samples[at]!.hash) || subjects.has(samples[at]!.subject);
      const train = rest.filter((at) => !crosses(at));
      if (validation.size === 0 || new Set(train.map((at) => samples[at]!.label)).size < 2) {
        throw new TelltaleError(
          'DATASET_INVALID',
          `${name} has too few subjects or images to hold some out and learn two classes from the others: ${validation.size} held out, ${train.length} left of ${samples.length}`,
          'Add images of more subjects, or remove the dataset.',
        );
      }
      return [name, { train, validation: [...validation], dropped: rest.filter(crosses) }] as const;
    }),
  );
}

/** Whole subjects, or images of each class, until the fraction is reached. */
function heldOut(samples: readonly SplitSample[], random: Random): number[] {
  const bySubject = samples.every(({ subject }) => subject !== undefined);
  const strata = bySubject
    ? [samples.map((_, at) => at)]
    : [...new Set(samples.map(({ label }) => label))]
        .sort()
        .map((label) => samples.flatMap((one, at) => (one.label === label ? [at] : [])));
  return strata.flatMap((members, stratum) => {
    const groups = new Map<string, number[]>();
    for (const at of members) {
      const key = bySubject ? samples[at]!.subject! : samples[at]!.hash;
      groups.set(key, [...(groups.get(key) ?? []), at]);
    }
    const order = random.fork(stratum).shuffle([...groups.keys()].sort());
    const found: number[] = [];
    for (const key of order.slice(0, -1)) {
      if (found.length >= HELD_OUT * members.length) break;
      found.push(...groups.get(key)!);
    }
    return found;
  });
}
