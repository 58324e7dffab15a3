/**
 * @file Scores of a classification in two granularities: the coarse decision, the fine one within the annotated class,
 * and both together.
 */
import type { FineClass } from '../../train/index.ts';
import type { FoldRecord } from '../folds/fold.ts';
import type { Plan } from '../plan/plan.ts';
import { scoreJudgments, spreadOf, type Judgment, type Spread } from './metrics.ts';

/** Scores of one of the decisions, over seeds. */
export interface DecisionScores {
  /** Number of samples. */
  readonly samples: number;
  /** Names of the classes that are distinguished. */
  readonly classes: readonly string[];
  /** Unweighted F1, 0 to 1. */
  readonly uf1: Spread;
  /** Unweighted average recall, 0 to 1. */
  readonly uar: Spread;
}

/** Scores of the decisions, over the samples that have a fine emotion. */
export interface FineScores {
  /** Which class it is. */
  readonly coarse: DecisionScores;
  /** Which fine class it is, given the annotated class; over the samples of classes with several fine classes. */
  readonly fine: DecisionScores;
  /** Which fine class it is. */
  readonly joint: DecisionScores;
}

/** A prediction of a sample with a fine emotion. */
interface FinePrediction {
  /** Index of the annotated fine class. */
  readonly label: number;
  /** Probabilities of the classes. */
  readonly coarse: readonly number[];
  /** Probabilities of the fine classes. */
  readonly fine: readonly number[];
}

/**
 * Scores the coarse, the fine and the joint decision, pooled over the folds of each seed.
 *
 * Only fine classes that are annotated in the sample's dataset are chosen from.
 *
 * @param records - of one method, all folds and seeds
 */
export function fineScores(
  plan: Pick<Plan, 'samples' | 'classes' | 'seeds'>,
  classes: readonly FineClass[],
  records: readonly FoldRecord[],
): FineScores {
  const nameOf = (index: number): string => `${plan.classes[classes[index]!.of]!}/${classes[index]!.name}`; // prettier-ignore
  const labelOf = new Map(
    plan.samples.map(({ id, emotion, annotation }) => [
      id,
      classes.findIndex(
        ({ name, of }) => name === annotation?.fineEmotion && plan.classes[of] === emotion,
      ),
    ]),
  );
  const among = new Map<string, Set<number>>();
  const datasetOf = new Map(plan.samples.map(({ id, dataset }) => [id, dataset]));
  for (const [id, label] of labelOf) {
    const dataset = datasetOf.get(id)!;
    if (label >= 0) among.set(dataset, (among.get(dataset) ?? new Set()).add(label));
  }
  const predictionsOf = (seed: number): FinePrediction[] =>
    records
      .filter((record) => record.seed === seed)
      .flatMap(({ test, probabilities, fine }) =>
        test.flatMap(([id], i) => {
          const label = labelOf.get(id)!;
          if (label < 0) return [];
          const known = among.get(datasetOf.get(id)!)!;
          const row = fine![i]!.map((value, index) => (known.has(index) ? value : -1));
          return [{ label, coarse: probabilities[i]!, fine: row }];
        }),
      );
  const bySeed = plan.seeds.map(predictionsOf);
  const siblings = (label: number): number =>
    classes.filter(({ of }) => of === classes[label]!.of).length;
  const score = (
    names: readonly string[],
    judgmentOf: (one: FinePrediction) => Judgment | undefined,
  ): DecisionScores => {
    const all = bySeed.map((predictions) => {
      const judgments = predictions.flatMap((one) => judgmentOf(one) ?? []);
      return scoreJudgments(judgments, names);
    });
    return {
      samples: all[0]?.samples ?? 0,
      classes: names,
      uf1: spreadOf(all.map(({ uf1 }) => uf1)),
      uar: spreadOf(all.map(({ uar }) => uar)),
    };
  };
  const occurring = [...new Set(labelOf.values())]
    .filter((label) => label >= 0)
    .sort((a, b) => a - b);
  const split = occurring.filter((label) => siblings(label) > 1);
  const coarseNames = plan.classes.filter((_, k) => occurring.some((label) => classes[label]!.of === k)); // prettier-ignore
  return {
    coarse: score(coarseNames, ({ label, coarse }) => {
      const target = plan.classes[classes[label]!.of]!;
      const allowed = coarse.map((value, k) =>
        coarseNames.includes(plan.classes[k]!) ? value : -1,
      );
      return { target, prediction: plan.classes[largest(allowed)]! };
    }),
    fine: score(split.map(nameOf), ({ label, fine }) => {
      if (!split.includes(label)) return undefined;
      const within = fine.map((value, i) =>
        split.includes(i) && classes[i]!.of === classes[label]!.of ? value : -1,
      );
      return { target: nameOf(label), prediction: nameOf(largest(within)) };
    }),
    joint: score(occurring.map(nameOf), ({ label, fine }) => {
      const allowed = fine.map((value, i) => (occurring.includes(i) ? value : -1));
      return { target: nameOf(label), prediction: nameOf(largest(allowed)) };
    }),
  };
}

function largest(row: readonly number[]): number {
  return row.indexOf(Math.max(...row));
}
