/**
 * @file The result of an evaluation: scores with their intervals, computed once from all folds.
 */
import { TelltaleError } from '../../base/errors.ts';
import { own } from '../../base/own.ts';
import type { FineClass } from '../../train/index.ts';
import { scoreEvaluation, verdictOf } from './evaluation.ts';
import { fineScores } from './fine.ts';
import type { FineScores } from './fine.ts';
import type { Evaluation, FoldResult } from './evaluation.ts';
import { spreadOf } from './metrics.ts';
import type { Spread } from './metrics.ts';
import type { Plan, PlannedMethod } from '../plan/plan.ts';
import type { FoldRecord } from '../folds/fold.ts';
import { bootstrap, mcnemar, pairedBootstrap } from './statistics.ts';
import type { Difference, Intervals, Mcnemar, SubjectCounts } from './statistics.ts';
import { allEnsembles } from './ensemble.ts';
import type { MethodRecords } from './ensemble.ts';

/** Accuracy on one subject. */
export interface SubjectResult {
  /** Unique over all datasets: `CASME II/sub01`. */
  readonly subject: string;
  /** Name of the subject's dataset. */
  readonly dataset: string;
  /** Number of clips. */
  readonly samples: number;
  /** Share of correct clips, over seeds. */
  readonly accuracy: Spread;
}

/** The loss over a training, over all folds and seeds. */
export interface LossPoint {
  /** Epoch, from 1. */
  readonly epoch: number;
  /** Mean loss over folds and seeds. */
  readonly mean: number;
  /** Smallest loss of a fold. */
  readonly low: number;
  /** Largest loss of a fold. */
  readonly high: number;
}

/** Scores with the epoch chosen on the tested subject. They leak, so they are not a result. */
export interface LeakyResult {
  /** Scores with each fold's epoch chosen on its own test part. */
  readonly scores: Evaluation;
}

/** One row of the table. */
export interface MethodResult extends PlannedMethod {
  /** Scores over all folds, by seed and by dataset. */
  readonly scores: Evaluation;
  /** 95 %, over the choice of subjects; `all`, and each dataset. */
  readonly intervals: Readonly<Record<string, Intervals>>;
  /** Accuracy by subject, in the order of the subjects' names. */
  readonly subjects: readonly SubjectResult[];
  /** One point per epoch; empty for methods without epochs. */
  readonly losses: readonly LossPoint[];
  /** Number of trained epochs, over all folds. */
  readonly epochs: {
    /** Fewest epochs of a fold. */
    readonly least: number;
    /** Most epochs of a fold. */
    readonly most: number;
    /** Mean over folds and seeds. */
    readonly mean: number;
  };
  /** Present where the plan includes it. */
  readonly leaky?: LeakyResult;
  /** Scores of the coarse, the fine and the joint decision; absent for methods without fine classes. */
  readonly fine?: FineScores;
  /** Predictions of every fold and seed. */
  readonly results: readonly FoldResult[];
}

/** Two methods on the same folds. */
export interface Comparison {
  /** Name of the method that the other is subtracted from. */
  readonly first: string;
  /** Name of the method that is subtracted. */
  readonly second: string;
  /** Difference of the scores, from a paired bootstrap over subjects. */
  readonly difference: Difference;
  /** One test per seed that both have. */
  readonly mcnemar: readonly (Mcnemar & {
    /** Seed whose predictions are compared. */
    readonly seed: number;
  })[];
}

/** The result of an evaluation. Plain JSON. */
export interface EvaluationResult {
  /** Format of the result and its version. */
  readonly schema: 'telltale.evaluation/1';
  /** Version of telltale. */
  readonly telltale: string;
  /** Name of the evaluation protocol: `loso`, `megc2019`. */
  readonly protocol: string;
  /** How the data compare with a protocol with published numbers. */
  readonly protocolRecord?: Plan['protocolRecord'];
  /** How folds were split. @defaultValue leave one subject out */
  readonly cut?: Plan['cut'];
  /** How the number of epochs was chosen. */
  readonly select: Plan['select'];
  /** Whether the methods are an ablation of the first. */
  readonly ablation: boolean;
  /** Names of the classes, in the order of all probabilities. */
  readonly classes: readonly string[];
  /** Seeds of the repetitions. */
  readonly seeds: readonly number[];
  /** SHA-256 of the dataset's ids, emotions and pixels. */
  readonly data: string;
  /** Number of samples. */
  readonly samples: number;
  /** Number of subjects. */
  readonly subjects: number;
  /** The search for leaks in what every fold read. */
  readonly leaks: {
    /** Number of checked folds, over all methods and seeds. */
    readonly folds: number;
    /** Always 0: a fold with a leak is refused. */
    readonly found: 0;
  };
  /** One per row of the table, in the plan's order. */
  readonly methods: readonly MethodResult[];
  /** Every pair of methods; in an ablation, the first method with each other one. */
  readonly comparisons: readonly Comparison[];
  /** CPU time of all trainings of each method, seconds; differs between runs. */
  readonly time: Readonly<Record<string, number>>;
}

/**
 * Scores a plan from the records of all its folds.
 *
 * @param records - checked by `checkRecord`, in any order
 * @param options - `ensembles`: each the names of methods whose mean is one more row
 * @throws TelltaleError `FOLDS_MISSING`; `OPTION_INVALID` for an invalid ensemble
 */
export function evaluationResult(
  plan: Plan,
  records: readonly FoldRecord[],
  { ensembles = [] }: { readonly ensembles?: readonly (readonly string[])[] } = {},
): EvaluationResult {
  const expected = plan.methods.length * plan.seeds.length * plan.folds.length;
  if (records.length !== expected) {
    throw new TelltaleError(
      'FOLDS_MISSING',
      `${expected - records.length} of ${expected} folds are missing`,
      'Run the same command again: it runs only the missing folds.',
    );
  }
  const byName = new Map(records.map((record) => [record.name, record]));
  const ordered = [...byName.keys()].sort().map((name) => byName.get(name)!);
  const lines: MethodRecords[] = plan.methods.map((method) => ({
    method,
    records: ordered.filter((record) => record.method === method.name),
  }));
  lines.push(...allEnsembles(plan, ordered, ensembles));
  const methods = lines.map((line) => methodResult(plan, line.method, line.records));
  return {
    schema: 'telltale.evaluation/1',
    telltale: plan.telltale,
    protocol: plan.protocol,
    ...(plan.protocolRecord && { protocolRecord: plan.protocolRecord }),
    ...(plan.cut && { cut: plan.cut }),
    select: plan.select,
    ablation: plan.ablation,
    classes: plan.classes,
    seeds: plan.seeds,
    data: plan.fingerprint,
    samples: plan.samples.length,
    subjects: new Set(plan.samples.map(({ subject }) => subject)).size,
    leaks: { folds: records.length, found: 0 },
    methods,
    comparisons: compareAll(plan, methods),
    time: Object.fromEntries(
      lines.map((line) => [
        line.method.name,
        line.records.reduce((sum, { seconds }) => sum + seconds, 0),
      ]),
    ),
  };
}

function methodResult(
  plan: Plan,
  method: PlannedMethod,
  records: readonly FoldRecord[],
): MethodResult {
  const emotionOf = new Map(plan.samples.map(({ id, emotion }) => [id, emotion]));
  const resultOf = (record: FoldRecord, table: FoldRecord['probabilities']): FoldResult => ({
    name: record.name,
    seed: record.seed,
    subject: record.subject,
    predictions: record.test.map(([id], i) => ({
      id,
      target: emotionOf.get(id)!,
      probabilities: table[i]!,
    })),
    epochs: record.epochs,
    loss: record.losses.at(-1) ?? 0,
  });
  const results = records.map((record) => resultOf(record, record.probabilities));
  const scores = scoreEvaluation(results, plan.samples, plan.classes);
  const datasets = Object.keys(scores.parts);
  const epochs = records.map((record) => record.epochs);
  const leaky = records.every((record) => record.leaky !== undefined)
    ? records.map((record) => resultOf(record, record.leaky!.probabilities))
    : undefined;
  return {
    ...method,
    scores,
    intervals: Object.fromEntries([
      ['all', bootstrap([...countsBySubject(plan, results).values()])],
      ...datasets.map((name) => [
        name,
        bootstrap([...countsBySubject(plan, results, name).values()]),
      ]),
    ]) as Record<string, Intervals>,
    subjects: subjectResults(plan, results),
    losses: lossCurve(records),
    epochs: {
      least: Math.min(...epochs),
      most: Math.max(...epochs),
      mean: epochs.reduce((sum, one) => sum + one, 0) / epochs.length,
    },
    ...(leaky && { leaky: { scores: scoreEvaluation(leaky, plan.samples, plan.classes) } }),
    ...fineOf(plan, method, records),
    results,
  };
}

function fineOf(
  plan: Plan,
  { settings }: PlannedMethod,
  records: readonly FoldRecord[],
): { readonly fine?: FineScores } {
  const changes = own(settings, 'changes') as { readonly fine?: readonly FineClass[] } | undefined;
  const fine = changes?.fine;
  return fine ? { fine: fineScores(plan, fine, records) } : {};
}

/** Counts of right and wrong by subject, one matrix per seed. */
function countsBySubject(
  plan: Plan,
  results: readonly FoldResult[],
  dataset?: string,
): Map<string, SubjectCounts> {
  const k = plan.classes.length;
  const sampleOf = new Map(plan.samples.map((sample) => [sample.id, sample]));
  const counts = new Map<string, number[][][]>();
  for (const { seed, predictions } of results) {
    for (const { id, target, probabilities } of predictions) {
      const { subject, dataset: own } = sampleOf.get(id)!;
      if (dataset !== undefined && own !== dataset) continue;
      const tables =
        counts.get(subject) ??
        plan.seeds.map(() => Array.from({ length: k }, () => new Array<number>(k).fill(0)));
      counts.set(subject, tables);
      const verdict = plan.classes.indexOf(verdictOf(probabilities, plan.classes));
      tables[plan.seeds.indexOf(seed)]![plan.classes.indexOf(target)]![verdict]! += 1;
    }
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function subjectResults(plan: Plan, results: readonly FoldResult[]): SubjectResult[] {
  const datasetOf = new Map(plan.samples.map(({ subject, dataset }) => [subject, dataset]));
  return [...countsBySubject(plan, results)].map(([subject, tables]) => {
    const totals = tables.map((table) => table.flat().reduce((sum, n) => sum + n, 0));
    const right = tables.map((table) => table.reduce((sum, row, c) => sum + row[c]!, 0));
    return {
      subject,
      dataset: datasetOf.get(subject)!,
      samples: totals[0]!,
      accuracy: spreadOf(right.map((hits, s) => hits / totals[s]!)),
    };
  });
}

function lossCurve(records: readonly FoldRecord[]): LossPoint[] {
  const longest = Math.max(0, ...records.map(({ losses }) => losses.length));
  return Array.from({ length: longest }, (_, i) => {
    const here = records.flatMap(({ losses }) => (i < losses.length ? [losses[i]!] : []));
    return {
      epoch: i + 1,
      mean: here.reduce((sum, loss) => sum + loss, 0) / here.length,
      low: Math.min(...here),
      high: Math.max(...here),
    };
  });
}

/** The first method against each other one in an ablation; every pair otherwise. */
function compareAll(plan: Plan, methods: readonly MethodResult[]): Comparison[] {
  const pairs = methods.flatMap((first, i) =>
    methods.slice(i + 1).flatMap((second) => (i === 0 || !plan.ablation ? [[first, second]] : [])),
  ) as [MethodResult, MethodResult][];
  return pairs.map(([first, second]) => {
    const counts = [first, second].map(({ results }) => [
      ...countsBySubject(plan, results).values(),
    ]);
    return {
      first: first.name,
      second: second.name,
      difference: pairedBootstrap(counts[0]!, counts[1]!),
      mcnemar: plan.seeds.map((seed) => ({
        seed,
        ...mcnemar(rightOf(plan, first, seed), rightOf(plan, second, seed)),
      })),
    };
  });
}

function rightOf(plan: Plan, { results }: MethodResult, seed: number): boolean[] {
  const right = new Map(
    results
      .filter((result) => result.seed === seed)
      .flatMap(({ predictions }) =>
        predictions.map(({ id, target, probabilities }) => [
          id,
          verdictOf(probabilities, plan.classes) === target,
        ]),
      ) as [string, boolean][],
  );
  return plan.samples.map(({ id }) => right.get(id)!);
}
