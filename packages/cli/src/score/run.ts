/**
 * @file Leave-one-subject-out from the command line: plan, train what is missing, score.
 *
 * Trainings run in this process, or in several processes that share the folder
 * of results. Each compiles its training graph once and uses it for all of its
 * folds and seeds.
 */
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import type { FlowDataset } from '../io/dataset.ts';
import { classesOf } from '@telltale/core/datasets';
import { flowInput } from '@telltale/core/nets';
import {
  findLeaks,
  leaveOneSubjectOut,
  megcLog,
  planJobs,
  runJobs,
  scoreEvaluation,
} from '@telltale/core/evaluate';
import type { Evaluation, FoldJob, FoldResult, FoldStore, Summary } from '@telltale/core/evaluate';
import { graphOf, openTask, recipeOf } from '@telltale/core/train';
import type { Task } from '@telltale/core/train';

import { readFlowFolder } from '../io/dataset.ts';
import { assertWritable, writeWhole } from '../io/output.ts';
import { loadRuntime } from '../io/runtime.ts';
import { version } from '../program.ts';
import { openProgress } from '../terminal.ts';
import type { Progress } from '../terminal.ts';
import { runShares } from './shares.ts';
import { countDone, openStore } from './store.ts';

/** What the command takes. */
export interface ScoreOptions {
  readonly data: string;
  readonly out: string;
  readonly network: string;
  readonly config?: string;
  readonly epochs?: number;
  /** First seed; the others follow it. */
  readonly seed: number;
  /** Number of seeds. */
  readonly seeds: number;
  /** Processes. */
  readonly parallel: number;
  /** `i/n`: only these trainings. */
  readonly share?: string;
}

/** An evaluation that is about to run. */
interface Plan {
  readonly data: FlowDataset;
  readonly task: Task;
  readonly jobs: readonly FoldJob[];
  readonly folder: string;
  readonly store: FoldStore;
  readonly identity: Readonly<Record<string, unknown>>;
}

/**
 * Runs an evaluation, or a share of it.
 *
 * @throws TelltaleError `DATASET_INVALID` where a sample has no emotion or a picture stands on both
 *   sides of a fold; `CHECKPOINT_MISMATCH`; `CANCELED`
 */
export async function runScore(options: ScoreOptions, signal: AbortSignal): Promise<void> {
  await assertWritable(options.out, 'file');
  const share = parseShare(options.share);
  const plan = await makePlan(options, signal);
  const mine = plan.jobs.filter((_, i) => i % share.of === share.part);
  const progress = openProgress();
  try {
    if (options.parallel > 1 && options.share === undefined) {
      const tell = progressTeller(progress, plan.jobs.length);
      const count = (): Promise<number> => countDone(plan.folder, plan.jobs);
      tell(await count());
      await runShares(options.parallel, { tick: async () => tell(await count()), signal });
    } else {
      await trainHere(plan, mine, {
        options,
        signal,
        tell: progressTeller(progress, mine.length),
      });
    }
  } finally {
    progress.end();
  }
  if (options.share === undefined) await writeScores(plan, options);
}

async function makePlan(options: ScoreOptions, signal: AbortSignal): Promise<Plan> {
  const data = await readFlowFolder(options.data, signal);
  const unlabeled = data.samples.find(({ emotion }) => emotion === undefined);
  if (unlabeled !== undefined) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${unlabeled.id} has no emotion`,
      'A recipe is measured on samples whose emotion is known: fill the column, or remove the line.',
    );
  }
  const folds = leaveOneSubjectOut(data.samples);
  const [leak] = findLeaks(folds, data.samples, data.hashes);
  if (leak !== undefined) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${leak.train} and ${leak.test} stand on both sides of a fold with the same ${leak.kind}`,
      'Remove one of them: a score with it in would not be honest.',
    );
  }
  const seeds = Array.from({ length: options.seeds }, (_, i) => options.seed + i);
  const classes = classesOf(data.samples);
  const { config, recipe } = recipeOf(options.network, options.config, {
    ...(options.epochs === undefined ? {} : { epochs: options.epochs }),
  });
  const task = { network: options.network, config, classes, recipe };
  const identity = {
    schema: 'telltale.score/1',
    telltale: version(),
    ...task,
    graph: graphOf(task),
    seeds,
    data: data.fingerprint,
  };
  const folder = `${options.out.replace(/\.json$/, '')}.folds`;
  return {
    data,
    task,
    jobs: planJobs(folds, seeds),
    folder,
    store: await openStore(folder, identity),
    identity,
  };
}

/** Tells how many trainings are done, and how long the others will take at the pace of this run. */
function progressTeller(progress: Progress, total: number): (done: number) => void {
  const began = performance.now();
  let atStart: number | undefined;
  return (done) => {
    atStart ??= done;
    const seconds = (performance.now() - began) / 1000;
    const left = ((total - done) * seconds) / (done - atStart);
    const time = Number.isFinite(left) ? `, ${duration(left)} left` : '';
    progress.update(`${done} of ${total} trainings${time}`);
  };
}

/** What a run in this process needs besides its plan. */
interface HereOptions {
  readonly options: ScoreOptions;
  readonly signal: AbortSignal;
  readonly tell: (done: number) => void;
}

async function trainHere(plan: Plan, jobs: readonly FoldJob[], here: HereOptions): Promise<void> {
  const { data, task, store } = plan;
  const { classes, recipe } = task;
  const { options, signal, tell } = here;
  if ((await countDone(plan.folder, jobs)) === jobs.length) return;
  const indexOf = new Map(data.samples.map(({ id }, index) => [id, index]));
  const inputs = data.pictures.map((picture) => flowInput(picture));
  const labels = data.samples.map(({ emotion }) => classes.indexOf(emotion!));
  const trainer = await openTask(
    await loadRuntime(),
    task,
    options.share === undefined ? {} : { intraOpNumThreads: 1 },
  );
  const train = async (job: FoldJob): Promise<FoldResult> => {
    const began = performance.now();
    const part = job.fold.train.map((id) => indexOf.get(id)!);
    const set = { inputs: part.map((i) => inputs[i]!), labels: part.map((i) => labels[i]!) };
    let loss = NaN;
    const run = trainer.fit(set, { seed: job.trainingSeed, signal });
    let step = await run.next();
    for (; !step.done; step = await run.next()) loss = step.value.loss;
    const tested = job.fold.test.map((id) => indexOf.get(id)!);
    const probabilities = await trainer.predict(
      step.value,
      tested.map((i) => inputs[i]!),
    );
    return {
      name: job.name,
      seed: job.seed,
      subject: job.fold.subject,
      predictions: tested.map((index, i) => ({
        id: data.samples[index]!.id,
        target: data.samples[index]!.emotion!,
        probabilities: [...probabilities[i]!],
      })),
      epochs: recipe.epochs,
      loss,
      seconds: (performance.now() - began) / 1000,
    };
  };
  try {
    let done = 0;
    tell(await countDone(plan.folder, jobs));
    for await (const { fresh } of runJobs(jobs, { train, store, signal })) {
      done += 1;
      if (fresh) tell(done);
    }
  } finally {
    await trainer.release();
  }
}

async function writeScores(plan: Plan, { out }: ScoreOptions): Promise<void> {
  const { data, identity } = plan;
  const { classes } = plan.task;
  const results: FoldResult[] = [];
  for (const job of plan.jobs) {
    const result = await plan.store.read(job);
    if (result !== undefined) results.push(result);
  }
  const evaluation = scoreEvaluation(results, data.samples, classes);
  const seconds = results.reduce((sum, result) => sum + (result.seconds ?? 0), 0);
  await writeWhole(
    out,
    `${JSON.stringify({ ...identity, ...evaluation, seconds, results }, null, 1)}\n`,
  );
  const base = out.replace(/\.json$/, '');
  for (const { seed } of evaluation.seeds) {
    const byId = new Map(
      results
        .filter((result) => result.seed === seed)
        .flatMap(({ predictions }) => predictions.map((one) => [one.id, one.probabilities])),
    );
    const rows = data.samples.map((sample) => ({ sample, probabilities: byId.get(sample.id)! }));
    await writeWhole(`${base}.seed-${seed}.megc.txt`, megcLog(rows, classes));
  }
  process.stdout.write(scoreTable(evaluation));
}

/** UF1 and UAR over everything and over each dataset, as mean ± standard deviation over the seeds. */
export function scoreTable(evaluation: Evaluation): string {
  const rows: [string, Summary][] = [['all', evaluation.all], ...Object.entries(evaluation.parts)];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, { samples, uf1, uar }]) => {
    const told = [uf1, uar].map(
      ({ mean, deviation }) => `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`,
    );
    return `${name.padEnd(width)}  ${String(samples).padStart(5)}  ${told.join('  ')}`;
  });
  const header = `${''.padEnd(width)}  clips  UF1              UAR`;
  return `${[header, ...lines].join('\n')}\n`;
}

function parseShare(text: string | undefined): { readonly part: number; readonly of: number } {
  if (text === undefined) return { part: 0, of: 1 };
  const [, part, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (part === undefined || Number(part) < 1 || Number(part) > Number(of)) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `--share ${text} is no share`,
      'Write it as i/n with i from 1 to n, such as 2/8.',
    );
  }
  return { part: Number(part) - 1, of: Number(of) };
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
