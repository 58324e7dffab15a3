/** @file An evaluation from the command line: plan, run what is missing, score, write. */
import { join, resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import {
  evaluationResult,
  jobsOf,
  makePlan,
  plannedClasses,
  ensembleRecords,
} from '@telltale/core/evaluate';
import type { NetworkSettings, Plan, PlannedJob } from '@telltale/core/evaluate';
import type { Sample } from '@telltale/core/datasets';
import { flowSize, picturesUsed, planesOf, standsIn } from '@telltale/core/nets';
import { networkOf } from '@telltale/core/train';
import { readWeights } from '@telltale/node';
import { assertWritable } from '@telltale/node/output';

import type { Engine } from '../engines/engine.ts';
import { local } from '../engines/local.ts';
import { slurm } from '../engines/slurm.ts';
import { readFlowFolder, squareOf } from '../io/dataset.ts';
import type { FlowDataset } from '../io/dataset.ts';
import { version } from '../program.ts';
import { openProgress } from '../terminal.ts';
import { NO_START } from '../train/start.ts';
import { doneJobs, keepStart, openRun, readRecords, removeLeftovers } from './folder.ts';
import { chosenRows } from './methods.ts';
import type { MethodChoice, Row } from './methods.ts';
import { underProtocol } from './protocol.ts';
import type { ProtocolChoice } from './protocol.ts';
import { withoutFaces } from '../train/without-faces.ts';
import { scoreLines, writeResult } from './write.ts';

/** What the command takes. */
export interface EvaluateOptions extends Omit<MethodChoice, 'start'>, ProtocolChoice {
  /** Weights that networks begin with in a second row. */
  readonly from?: string | undefined;
  readonly data: string;
  readonly out: string;
  readonly select: 'fixed' | 'inner';
  readonly alsoLeaky: boolean;
  /** First seed; the others follow it. */
  readonly seed: number;
  /** Number of seeds. */
  readonly seeds: number;
  readonly engine: 'local' | 'slurm';
  readonly parallel?: number | undefined;
  readonly sbatch?: string | undefined;
  readonly planOnly: boolean;
  /** Rows whose mean is one more row, separated by commas. */
  readonly ensemble?: string | undefined;
}

/**
 * Evaluates, or goes on with an evaluation.
 *
 * @throws TelltaleError `DATASET_INVALID`, `COUNTS_MISMATCH`, `DATASET_CHANGED`, `CHECKPOINT_MISMATCH`, `FOLD_CORRUPT`,
 *   `FOLDS_MISSING`, `LEAK_FOUND`, `ENGINE_UNAVAILABLE`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runEvaluate(options: EvaluateOptions, signal: AbortSignal): Promise<void> {
  const folder = resolve(options.out);
  const ensemble = (options.ensemble ?? '').split(',').flatMap((name) => name.trim() || []);
  await assertWritable(folder, 'folder');
  const { plan, starts } = await planOf({ ...options, start: await startOf(options) }, signal);
  if (ensemble.length > 0) ensembleRecords(plan, [], ensemble); // one that cannot be is told before the work
  await openRun(folder, plan);
  for (const start of starts) await keepStart(folder, start);
  const jobs = jobsOf(plan);
  await readRecords(folder, plan, jobs); // a damaged one is told before hours of work, not after
  if (options.planOnly) {
    process.stdout.write(`${jobs.length} folds\n`);
    return;
  }
  await runMissing(folder, jobs, { options, signal });
  const records = await readRecords(folder, plan, jobs);
  const result = evaluationResult(plan, records, { ensemble });
  await writeResult(folder, plan, result);
  await removeLeftovers(folder);
  process.stdout.write(scoreLines(result));
}

async function startOf({ from }: EvaluateOptions): Promise<MethodChoice['start']> {
  return from === undefined || from === NO_START ? from : readWeights(from);
}

/** The plan, and the weights that its trainings begin with. */
async function planOf(
  options: EvaluateOptions & MethodChoice,
  signal: AbortSignal,
): Promise<{ readonly plan: Plan; readonly starts: readonly Uint8Array[] }> {
  const data = await readFlowFolder(options.data, { size: 'any', signal });
  const { samples: all, hashes, fingerprint } = data;
  const { samples, planned } = underProtocol(all, options, (line) =>
    process.stderr.write(`${line}\n`),
  );
  const rows = chosenRows(options, plannedClasses(samples));
  assertSizes(rows, data, options.data);
  for (const note of pictureNotes(rows, samples)) process.stderr.write(`${note}\n`);
  const plan = makePlan(
    {
      telltale: version(),
      folder: resolve(options.data),
      samples,
      hashes,
      fingerprint,
      seeds: Array.from({ length: options.seeds }, (_, i) => options.seed + i),
      select: options.select,
      leaky: options.alsoLeaky,
      ablation: options.ablation,
      protocol: planned,
    },
    rows.map(({ name, label, paper, settings }) => ({ name, label, paper, settings })),
  );
  return { plan, starts: rows.flatMap(({ start }) => (start ? [start] : [])) };
}

/**
 * Every method takes pictures of one size.
 *
 * @throws TelltaleError `DATASET_INVALID` where those of the data have another, in the words of `telltale train`
 */
function assertSizes(rows: readonly Row[], { samples, pictures }: FlowDataset, data: string): void {
  const [sample, picture] = [samples[0], pictures[0]];
  if (sample === undefined || picture === undefined) return;
  for (const { settings } of rows) {
    const isNetwork = settings['kind'] === 'network';
    const { size } = isNetwork ? networkOf(settings as unknown as NetworkSettings).config : { size: flowSize }; // prettier-ignore
    squareOf(picture, size, join(data, sample.file));
  }
}

/**
 * What the networks of a plan do without.
 *
 * @throws TelltaleError `DATASET_INVALID` where a network looks at pictures that the samples lack
 */
function pictureNotes(rows: readonly Row[], samples: readonly Sample[]): string[] {
  return rows.flatMap(({ settings }) => {
    if (settings['kind'] !== 'network') return [];
    const { network, config } = networkOf(settings as unknown as NetworkSettings);
    const planes = planesOf(network, config);
    const used = picturesUsed(planes, samples);
    return standsIn(planes, used) ? [withoutFaces(network.name)] : [];
  });
}

async function runMissing(
  folder: string,
  jobs: readonly PlannedJob[],
  { options, signal }: { readonly options: EvaluateOptions; readonly signal: AbortSignal },
): Promise<void> {
  const done = new Set((await doneJobs(folder, jobs)).map(({ name }) => name));
  const indices = jobs.filter(({ name }) => !done.has(name)).map(({ index }) => index);
  if (indices.length === 0) return;
  const progress = openProgress();
  const tell = progressTeller((text) => progress.update(text), jobs.length, done.size);
  const timer = setInterval(() => {
    doneJobs(folder, jobs).then(
      (now) => tell(now.length),
      () => undefined, // the next look will tell
    );
  }, 1000);
  try {
    tell(done.size);
    await engineOf(options).run(
      { folder, indices, total: jobs.length },
      { parallel: options.parallel, signal, note: (text) => progress.note(text) },
    );
  } finally {
    clearInterval(timer);
    progress.end();
  }
  const left = jobs.length - (await doneJobs(folder, jobs)).length;
  if (left > 0) {
    throw new TelltaleError(
      'FOLDS_MISSING',
      `${left} of ${jobs.length} folds are not done`,
      `Run the same command again: it does only what is missing.${options.engine === 'slurm' ? ` What the folds said is in ${folder}/folds/*.log.` : ''}`,
    );
  }
}

function engineOf({ engine, sbatch }: EvaluateOptions): Engine {
  if (engine === 'slurm') return slurm(sbatch?.split(/\s+/).filter((word) => word !== '') ?? []);
  return local;
}

/** Tells how many folds are done, and how long the others will take at the pace of this run. */
function progressTeller(
  say: (text: string) => void,
  total: number,
  atStart: number,
): (done: number) => void {
  const began = performance.now();
  return (done) => {
    const seconds = (performance.now() - began) / 1000;
    const left = ((total - done) * seconds) / (done - atStart);
    say(`${done} of ${total} folds${Number.isFinite(left) ? `, ${duration(left)} left` : ''}`);
  };
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
