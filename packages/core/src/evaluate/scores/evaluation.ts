/**
 * @file An evaluation: every fold with every seed, then one score over all.
 *
 * A fold gives back predictions, never scores. Scores are computed once, from
 * the predictions of all folds of a seed together (See et al. 2019, "MEGC
 * 2019", IEEE FG), and their spread is that over seeds. How many epochs a fold
 * trains is fixed before it starts: nothing here shows a training its test.
 */
import { TelltaleError } from '../../base/errors.ts';
import { own } from '../../base/own.ts';
import type { Sample } from '../../datasets/sample.ts';
import { scoreJudgments, spreadOf } from './metrics.ts';
import type { Judgment, Scores, Spread } from './metrics.ts';

/** The prediction of one sample. */
export interface Prediction {
  /** Id of the sample. */
  readonly id: string;
  /** The label. */
  readonly target: string;
  /** Probability of each class, in the evaluation's order of classes. */
  readonly probabilities: readonly number[];
}

/** The predictions of one training. Plain JSON. */
export interface FoldResult {
  /** Name of the job. */
  readonly name: string;
  /** Seed of this repetition. */
  readonly seed: number;
  /** What the fold tested: a subject, a dataset or a group. */
  readonly subject: string;
  /** One per test sample of the fold, in its order. */
  readonly predictions: readonly Prediction[];
  /** Number of trained epochs; 0 for methods without epochs. */
  readonly epochs: number;
  /** Mean loss of the last epoch. */
  readonly loss: number;
}

/** Scores of one seed. */
export interface SeedScores {
  /** Seed of the repetition. */
  readonly seed: number;
  /** Scores over the predictions of all folds together. */
  readonly all: Scores;
  /** The same predictions, restricted to each dataset. */
  readonly parts: Readonly<Record<string, Scores>>;
}

/** Mean and spread over seeds. */
export interface Summary {
  /** Number of samples. */
  readonly samples: number;
  /** Unweighted F1, 0 to 1. */
  readonly uf1: Spread;
  /** Unweighted average recall, 0 to 1. */
  readonly uar: Spread;
  /** Unweighted F1 standardized to equal class sizes, 0 to 1. */
  readonly standardizedUf1: Spread;
  /** Share of correct predictions, 0 to 1. */
  readonly accuracy: Spread;
}

/** The result of an evaluation. */
export interface Evaluation {
  /** Names of the classes, in the order of all scores and confusion matrices. */
  readonly classes: readonly string[];
  /** Number of subjects. */
  readonly subjects: number;
  /** Scores over all samples. */
  readonly all: Summary;
  /** Scores by dataset, from the same predictions. */
  readonly parts: Readonly<Record<string, Summary>>;
  /** Scores of each seed. */
  readonly seeds: readonly SeedScores[];
}

/**
 * Scores an evaluation from the results of all its jobs.
 *
 * @param samples - the evaluated samples
 * @param classes - order of the probabilities
 * @throws TelltaleError `DATASET_INVALID` where a sample of some seed has no prediction, or two
 */
export function scoreEvaluation(
  results: readonly FoldResult[],
  samples: readonly Sample[],
  classes: readonly string[],
): Evaluation {
  const seeds = [...new Set(results.map(({ seed }) => seed))].sort((a, b) => a - b);
  const datasets = [...new Set(samples.map(({ dataset }) => dataset))].sort();
  const perSeed = seeds.map((seed): SeedScores => {
    const judgments = judgmentsOf(
      results.filter((result) => result.seed === seed),
      classes,
    );
    assertComplete(judgments, samples, seed);
    const pool = (kept: (sample: Sample) => boolean): Scores =>
      scoreJudgments(
        samples.filter(kept).map(({ id }) => judgments.get(id)!),
        classes,
      );
    return {
      seed,
      all: pool(() => true),
      parts: Object.fromEntries(
        datasets.map((name) => [name, pool(({ dataset }) => dataset === name)]),
      ),
    };
  });
  return {
    classes,
    subjects: new Set(samples.map(({ subject }) => subject)).size,
    all: summarize(perSeed.map(({ all }) => all)),
    parts: Object.fromEntries(
      datasets.map((name) => [name, summarize(perSeed.map(({ parts }) => own(parts, name)!))]),
    ),
    seeds: perSeed,
  };
}

/** The most probable class; the first of equals. */
export function verdictOf(probabilities: readonly number[], classes: readonly string[]): string {
  return classes[probabilities.indexOf(Math.max(...probabilities))]!;
}

function judgmentsOf(
  results: readonly FoldResult[],
  classes: readonly string[],
): Map<string, Judgment> {
  const judgments = new Map<string, Judgment>();
  for (const { predictions, name } of results) {
    for (const { id, target, probabilities } of predictions) {
      if (judgments.has(id)) {
        throw new TelltaleError(
          'DATASET_INVALID',
          `${id} was predicted twice, the second time by ${name}`,
          'Evaluate into an empty folder.',
        );
      }
      judgments.set(id, { target, prediction: verdictOf(probabilities, classes) });
    }
  }
  return judgments;
}

function assertComplete(
  judgments: ReadonlyMap<string, Judgment>,
  samples: readonly Sample[],
  seed: number,
): void {
  const missing = samples.filter(({ id }) => !judgments.has(id));
  if (missing.length === 0) return;
  throw new TelltaleError(
    'DATASET_INVALID',
    `${missing.length} of ${samples.length} samples have no prediction with seed ${seed}, the first is ${missing[0]!.id}`,
    'Run the evaluation again: it does only what is missing.',
  );
}

function summarize(scores: readonly Scores[]): Summary {
  return {
    samples: scores[0]?.samples ?? 0,
    uf1: spreadOf(scores.map(({ uf1 }) => uf1)),
    uar: spreadOf(scores.map(({ uar }) => uar)),
    standardizedUf1: spreadOf(scores.map((one) => one.standardizedUf1)),
    accuracy: spreadOf(scores.map(({ accuracy }) => accuracy)),
  };
}
