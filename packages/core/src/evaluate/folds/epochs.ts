/**
 * @file The number of epochs, chosen on subjects of the training part.
 *
 * Nested validation: some subjects of the training part are held out, the network is trained on the rest, and the
 * epoch with the best score on the held-out subjects is the number of epochs for the whole training part. The tested
 * subject is in neither part (Varanka, Li, Peng and Zhao 2023, "Data Leakage and Evaluation Issues in Micro-Expression
 * Analysis", IEEE TAFFC).
 */
import { createRandom } from '../../base/random.ts';
import { scoreJudgments } from '../scores/metrics.ts';
import type { FoldPart, EpochPrediction, TestData, TrainingData } from './method.ts';

/** Least share of the training samples that is held out. */
const HELD_OUT = 0.2;

/** Most epochs that are compared; each costs a prediction. */
const COMPARED = 100;

/** Random stream of the inner split; trainings use the streams below it. */
const STREAM = 7;

/** The training part of a fold, split once more by subject. */
export interface InnerSplit {
  /** The remaining subjects to train on, and the held-out subjects to test. */
  readonly part: FoldPart;
  /** Class index of each held-out sample, in the order of `part.test`. */
  readonly labels: readonly number[];
  /** Held-out subjects, sorted. */
  readonly subjects: readonly string[];
}

/**
 * Holds out subjects in random order until they have a fifth of the samples and every class, as far as two subjects
 * remain to train on.
 *
 * @param seed - the same seed holds out the same subjects
 */
export function splitInside(train: TrainingData, seed: number): InnerSplit {
  const all = [...new Set(train.subjects)].sort();
  const order = createRandom(seed).fork(STREAM).shuffle(all);
  const classes = new Set(train.labels).size;
  const heldOut = new Set<string>();
  const indicesOf = (kept: (subject: string) => boolean): number[] =>
    train.subjects.flatMap((subject, i) => (kept(subject) ? [i] : []));
  for (const subject of order) {
    const held = indicesOf((one) => heldOut.has(one));
    const seen = new Set(held.map((i) => train.labels[i])).size;
    const enough = held.length >= HELD_OUT * train.labels.length && seen === classes;
    if (heldOut.size > 0 && (enough || heldOut.size + 2 >= order.length)) break;
    heldOut.add(subject);
  }
  const held = indicesOf((subject) => heldOut.has(subject));
  return {
    part: {
      train: trainingSubset(
        train,
        indicesOf((subject) => !heldOut.has(subject)),
      ),
      test: testSubset(train, held),
    },
    labels: held.map((i) => train.labels[i]!),
    subjects: [...heldOut].sort(),
  };
}

/** Some of the samples, without labels. */
export function testSubset(data: TestData, indices: readonly number[]): TestData {
  return {
    ids: indices.map((i) => data.ids[i]!),
    images: indices.map((i) => data.images[i]!),
    ...(data.faces && { faces: indices.map((i) => data.faces![i]!) }),
    inputs: indices.map((i) => data.inputs[i]!),
  };
}

/** Some of the samples, with labels. */
export function trainingSubset(data: TrainingData, indices: readonly number[]): TrainingData {
  return {
    ...testSubset(data, indices),
    labels: indices.map((i) => data.labels[i]!),
    subjects: indices.map((i) => data.subjects[i]!),
    ...(data.annotated && { annotated: indices.map((i) => data.annotated![i]!) }),
  };
}

/** The epochs that are compared: all of them, or a hundred at equal distances that end with the last. */
export function comparedEpochs(epochs: number): number[] {
  const count = Math.min(epochs, COMPARED);
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * epochs) / count));
}

/** The chosen epoch. */
export interface EpochChoice {
  /** Number of epochs to train, from 1. */
  readonly epoch: number;
  /** UF1 of each compared epoch, in their order. */
  readonly measures: readonly number[];
}

/**
 * The epoch with the highest UF1 over the held-out samples; among equals the one with the highest likelihood, then the
 * earliest.
 */
export function chooseEpoch(
  predictions: readonly EpochPrediction[],
  labels: readonly number[],
  classes: readonly string[],
): EpochChoice {
  const measures = predictions.map(({ probabilities }) => pooledF1(probabilities, labels, classes));
  const likelihoods = predictions.map(({ probabilities }) =>
    labels.reduce((sum, label, i) => sum + Math.log(Math.max(probabilities[i]![label]!, 1e-12)), 0),
  );
  let best = 0;
  predictions.forEach((_, i) => {
    const [gain, likelihoodGain] = [
      measures[i]! - measures[best]!,
      likelihoods[i]! - likelihoods[best]!,
    ];
    if (gain > 0 || (gain === 0 && likelihoodGain > 0)) best = i;
  });
  return { epoch: predictions[best]!.epoch, measures };
}

/**
 * The epoch at which most samples of the **tested** subject are right, the last of equals, as in the released code of
 * HTNet. It leaks the test data, so its score is not a result; it explains published ones.
 *
 * @see Varanka, Li, Peng and Zhao 2023, "Data Leakage and Evaluation Issues", §4, early stopping
 */
export function chooseOnTest(
  predictions: readonly EpochPrediction[],
  labels: readonly number[],
): EpochPrediction {
  const hits = predictions.map(
    ({ probabilities }) => labels.filter((label, i) => largest(probabilities[i]!) === label).length,
  );
  return predictions[hits.lastIndexOf(Math.max(...hits))]!;
}

function pooledF1(
  probabilities: readonly (readonly number[])[],
  labels: readonly number[],
  classes: readonly string[],
): number {
  const judgments = labels.map((label, i) => ({
    target: classes[label]!,
    prediction: classes[largest(probabilities[i]!)]!,
  }));
  return scoreJudgments(judgments, classes).uf1;
}

function largest(row: readonly number[]): number {
  return row.indexOf(Math.max(...row));
}
