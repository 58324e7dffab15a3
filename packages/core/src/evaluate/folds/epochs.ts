/**
 * @file The number of epochs, chosen on people of the training part.
 *
 * Some subjects of the training part are set aside, the rest is trained on, and
 * the epoch that serves those subjects best is the one to train everybody to.
 * The tested subject is in neither part. Nested validation, as Varanka, Li,
 * Peng and Zhao 2023, "Data Leakage and Evaluation Issues in Micro-Expression
 * Analysis", IEEE TAFFC, ask for.
 */
import { createRandom } from '../../base/random.ts';
import { scoreJudgments } from '../scores/metrics.ts';
import type { FoldPart, Moment, TestData, TrainingData } from './method.ts';

/** Share of the training samples that is set aside, at least. */
const SET_ASIDE = 0.2;

/** Epochs that are compared, at most; more would only cost predictions. */
const COMPARED = 100;

/** Stream of the inner split; trainings use those below it. */
const STREAM = 7;

/** The training part of a fold, divided once more along its subjects. */
export interface InnerSplit {
  readonly part: FoldPart;
  /** Class indices of the subjects that are set aside, in the order of `part.test`. */
  readonly labels: readonly number[];
  /** Subjects that are set aside. */
  readonly subjects: readonly string[];
}

/**
 * Sets subjects aside in random order until they have a fifth of the samples,
 * and as many classes as can be had while two subjects are left to train on.
 *
 * @param seed - the same seed sets the same subjects aside
 */
export function splitInside(train: TrainingData, seed: number): InnerSplit {
  const all = [...new Set(train.subjects)].sort();
  const order = createRandom(seed).fork(STREAM).shuffle(all);
  const classes = new Set(train.labels).size;
  const aside = new Set<string>();
  const indicesOf = (kept: (subject: string) => boolean): number[] =>
    train.subjects.flatMap((subject, i) => (kept(subject) ? [i] : []));
  for (const subject of order) {
    const held = indicesOf((one) => aside.has(one));
    const seen = new Set(held.map((i) => train.labels[i])).size;
    const enough = held.length >= SET_ASIDE * train.labels.length && seen === classes;
    if (aside.size > 0 && (enough || aside.size + 2 >= order.length)) break;
    aside.add(subject);
  }
  const held = indicesOf((subject) => aside.has(subject));
  return {
    part: {
      train: trainingSubset(
        train,
        indicesOf((subject) => !aside.has(subject)),
      ),
      test: testSubset(train, held),
    },
    labels: held.map((i) => train.labels[i]!),
    subjects: [...aside].sort(),
  };
}

/** Some of the samples, without labels. */
export function testSubset(data: TestData, indices: readonly number[]): TestData {
  return {
    ids: indices.map((i) => data.ids[i]!),
    pictures: indices.map((i) => data.pictures[i]!),
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
  };
}

/** The epochs that are compared: all of them, or a hundred at equal distances with the last among them. */
export function comparedEpochs(epochs: number): number[] {
  const count = Math.min(epochs, COMPARED);
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * epochs) / count));
}

/** An epoch and how good it was. */
export interface Choice {
  readonly epoch: number;
  /** The measure of each compared epoch, in their order. */
  readonly measures: readonly number[];
}

/**
 * The epoch with the highest UF1 over the samples that were set aside; among
 * equals the one with the highest likelihood, then the earliest.
 */
export function chooseEpoch(
  moments: readonly Moment[],
  labels: readonly number[],
  classes: readonly string[],
): Choice {
  const measures = moments.map(({ probabilities }) => pooledF1(probabilities, labels, classes));
  const likelihoods = moments.map(({ probabilities }) =>
    labels.reduce((sum, label, i) => sum + Math.log(Math.max(probabilities[i]![label]!, 1e-12)), 0),
  );
  let best = 0;
  moments.forEach((_, i) => {
    const [gain, likelier] = [measures[i]! - measures[best]!, likelihoods[i]! - likelihoods[best]!];
    if (gain > 0 || (gain === 0 && likelier > 0)) best = i;
  });
  return { epoch: moments[best]!.epoch, measures };
}

/**
 * The field's bad habit: the epoch at which most samples of the **tested**
 * subject are right, the last of equals, as in the released code of HTNet.
 * What comes of it is no result; it explains published ones.
 *
 * @see Varanka, Li, Peng and Zhao 2023, "Data Leakage and Evaluation Issues", §4, early stopping
 */
export function chooseOnTest(moments: readonly Moment[], labels: readonly number[]): Moment {
  const hits = moments.map(
    ({ probabilities }) => labels.filter((label, i) => largest(probabilities[i]!) === label).length,
  );
  return moments[hits.lastIndexOf(Math.max(...hits))]!;
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
