/**
 * @file Fine classes below the classes: which there are, and the targets of a batch.
 *
 * Datasets distinguish other fine emotions: CASME II has disgust and repression where SAMM has anger and contempt, and
 * SMIC has none. So the fine decision of a sample is among the fine classes of its own dataset, and a sample without a
 * fine emotion takes no part in it.
 */
import { TelltaleError } from '../base/errors.ts';
import type { Sample } from '../datasets/sample.ts';
import type { FineClass } from '../nets/index.ts';

/** A sample, as far as its classes go. */
type Annotated = Pick<Sample, 'dataset' | 'emotion' | 'annotation'>;

/** An annotated fine class. */
export interface FineLabel {
  /** Index among the fine classes. */
  readonly label: number;
  /** Indices of the fine classes that the sample's dataset distinguishes. */
  readonly among: readonly number[];
}

/**
 * The fine classes of samples: those annotated below each class, in alphabetical order, and the class itself below one
 * without any.
 *
 * @param classes - names, in the order of the network's outputs
 * @throws TelltaleError `DATASET_INVALID` where no class has two fine classes
 */
export function fineClassesOf(
  samples: readonly Annotated[],
  classes: readonly string[],
): readonly FineClass[] {
  const below = classes.map((name) => [
    ...new Set(
      samples.flatMap(({ emotion, annotation }) =>
        emotion === name && annotation?.fineEmotion !== undefined ? [annotation.fineEmotion] : [],
      ),
    ),
  ]);
  if (below.every((names) => names.length < 2)) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `no class of ${classes.join(', ')} has two fine emotions below it`,
      'Give the fine emotions in a column fine_emotion of samples.csv, or with --fine FILE.',
    );
  }
  return below.flatMap((names, of) =>
    (names.length > 0 ? names.sort() : [classes[of]!]).map((name) => ({ name, of })),
  );
}

/**
 * The fine label of each sample, `undefined` where it has none.
 *
 * @param classes - names, in the order of the network's outputs
 */
export function fineLabelsOf(
  samples: readonly Annotated[],
  classes: readonly string[],
  fine: readonly FineClass[],
): readonly (FineLabel | undefined)[] {
  const indexOf = ({ emotion, annotation }: Annotated): number =>
    fine.findIndex(({ name, of }) => name === annotation?.fineEmotion && classes[of] === emotion);
  const among = new Map<string, Set<number>>();
  for (const sample of samples) {
    const index = indexOf(sample);
    if (index < 0) continue;
    const known = among.get(sample.dataset) ?? new Set();
    among.set(sample.dataset, known.add(index));
  }
  return samples.map((sample) => {
    const label = indexOf(sample);
    if (label < 0) return undefined;
    return { label, among: [...among.get(sample.dataset)!].sort((a, b) => a - b) };
  });
}

/** Inputs of a training step for the fine decision, each `[batch, fine classes]`. */
export interface FineBatch {
  /** Probabilities; a row of zeros where a sample has no fine class. */
  readonly fineTargets: Float32Array;
  /** Added to the scores: 0 for a fine class that the sample's dataset distinguishes, else a large negative number. */
  readonly fineAmong: Float32Array;
}

/** Added to the score of a fine class that is not to choose from: e⁻⁴⁰ vanishes in float32 rounding. */
const EXCLUDED = -40;

/**
 * Targets of a batch, smoothed over the fine classes of the annotated class that the dataset distinguishes.
 *
 * Mixed samples (`mixup`) keep the fine class of the first.
 */
export function fineBatch(
  labels: readonly (FineLabel | undefined)[],
  fine: readonly FineClass[],
  labelSmoothing: number,
): FineBatch {
  const size = fine.length;
  const fineTargets = new Float32Array(labels.length * size);
  const fineAmong = new Float32Array(labels.length * size);
  labels.forEach((one, row) => {
    if (one === undefined) return;
    const { label, among } = one;
    fineAmong.fill(EXCLUDED, row * size, (row + 1) * size);
    for (const index of among) fineAmong[row * size + index] = 0;
    const siblings = among.filter((index) => fine[index]!.of === fine[label]!.of);
    for (const index of siblings)
      fineTargets[row * size + index] = labelSmoothing / siblings.length;
    fineTargets[row * size + label]! += 1 - labelSmoothing;
  });
  return { fineTargets, fineAmong };
}
