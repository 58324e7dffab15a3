/** @file An evaluation from the command line: plan, run what is missing, score, write. */
import { join, resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import {
  evaluationResult,
  jobsOf,
  makePlan,
  plannedClasses,
  UNITS_METHOD,
  allEnsembles,
} from '@telltale/core/evaluate';
import type { NetworkSettings, Plan, PlannedJob } from '@telltale/core/evaluate';
import type { Sample } from '@telltale/core/datasets';
import { alphaUsed, flowSize, imagesUsed, planesOf, standsIn } from '@telltale/core/nets';
import { fineClassesOf, networkOf } from '@telltale/core/train';
import { readWeights } from '@telltale/node';
import { assertWritable } from '@telltale/node/output';

import { codeDigest } from '../cache/code.ts';
import { withCodedUnits } from '../io/coded-units.ts';
import { readFlowFolder, squareOf } from '../io/dataset.ts';
import type { FlowDataset } from '../io/dataset.ts';
import { withFineEmotions } from '../io/fine.ts';
import type { FineSource } from '../io/fine.ts';
import type { Launcher } from '../jobs/job.ts';
import { launcherOf, runJobs } from '../jobs/run.ts';
import type { LauncherChoice } from '../jobs/run.ts';
import { version } from '../overview.ts';
import { openProgress } from '../terminal.ts';
import { NO_START } from '../train/start.ts';
import type { FoldRunJob } from './fold.ts';
import { doneJobs, keepStart, openRun, readRecords, removeLeftovers } from './folder.ts';
import { assertNetworks, chosenRows, ensemblesOf } from './methods.ts';
import type { MethodChoice, Row } from './methods.ts';
import { underProtocol } from './protocol.ts';
import type { ProtocolChoice } from './protocol.ts';
import { withoutFaces } from '../train/without-faces.ts';
import { scoreLines, writeResult } from './write.ts';

/** What the command takes. */
export interface EvaluateOptions
  extends Omit<MethodChoice, 'start' | 'fine'>, ProtocolChoice, LauncherChoice {
  /** Weights that initialize networks in a second row. */
  readonly from?: string | undefined;
  readonly data: string;
  readonly out: string;
  /** Fine emotions below the classes: of the sheet (`true`), or of a CSV file. */
  readonly fine?: FineSource;
  readonly select: 'fixed' | 'inner';
  readonly alsoLeaky: boolean;
  /** First seed; the others follow it. */
  readonly seed: number;
  /** Number of seeds. */
  readonly seeds: number;
  readonly parallel?: number | undefined;
  readonly planOnly: boolean;
  /** Each the rows whose mean is one more row, separated by commas. */
  readonly ensemble?: readonly string[] | undefined;
}

/**
 * Evaluates, or resumes an evaluation.
 *
 * @throws TelltaleError `DATASET_INVALID`, `COUNTS_MISMATCH`, `DATASET_CHANGED`, `CHECKPOINT_MISMATCH`, `FOLD_CORRUPT`,
 *   `FOLDS_MISSING`, `LEAK_FOUND`, `LAUNCHER_UNAVAILABLE`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runEvaluate(options: EvaluateOptions, signal: AbortSignal): Promise<void> {
  const folder = resolve(options.out);
  const launcher = launcherOf(options);
  const ensembles = ensemblesOf(options.ensemble);
  await assertWritable(folder, 'folder');
  const { plan: planned, starts } = await planOf(options, await startOf(options), signal);
  allEnsembles(planned, [], ensembles); // an invalid one is reported before the work
  const plan = await openRun(folder, planned);
  for (const start of starts) await keepStart(folder, start);
  const jobs = jobsOf(plan);
  await readRecords(folder, plan, jobs); // a damaged one is reported before hours of work, not after
  if (options.planOnly) {
    process.stdout.write(`${jobs.length} folds\n`);
    return;
  }
  await runMissing(folder, jobs, { options, launcher, signal });
  const records = await readRecords(folder, plan, jobs);
  const result = evaluationResult(plan, records, { ensembles });
  await writeResult(folder, plan, result);
  await removeLeftovers(folder);
  process.stdout.write(scoreLines(result));
}

async function startOf({ from }: EvaluateOptions): Promise<MethodChoice['start']> {
  return from === undefined || from === NO_START ? from : readWeights(from);
}

/** The plan, and the initial weights of its trainings. */
async function planOf(
  options: EvaluateOptions,
  start: MethodChoice['start'],
  signal: AbortSignal,
): Promise<{ readonly plan: Plan; readonly starts: readonly Uint8Array[] }> {
  const data = await readFlowFolder(options.data, { size: 'any', signal });
  const { hashes, fingerprint } = data;
  const all = await withFineEmotions(data.samples, options.fine);
  const { samples, planned } = underProtocol(all, options, (line) =>
    process.stderr.write(`${line}\n`),
  );
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  const classes = plannedClasses(samples);
  const fine = options.fine ? fineClassesOf(samples, classes) : undefined;
  const rows = chosenRows({ ...options, start, note, fine }, classes);
  const needsUnits = rows.some(({ name }) => name === UNITS_METHOD);
  assertNetworks(rows, [
    ...(options.epochs === undefined ? [] : ['--epochs']),
    ...(options.select === 'inner' ? ['--select'] : []),
    ...(options.alsoLeaky ? ['--also-leaky'] : []),
    ...(options.from === undefined ? [] : ['--from']),
  ]);
  assertSizes(rows, data, options.data);
  for (const note of imageNotes(rows, samples)) process.stderr.write(`${note}\n`);
  const plan = makePlan(
    {
      telltale: version(),
      code: codeDigest('fold'),
      folder: resolve(options.data),
      samples: needsUnits ? await withCodedUnits(samples, options.data) : samples,
      hashes,
      fingerprint,
      seeds: Array.from({ length: options.seeds }, (_, i) => options.seed + i),
      select: options.select,
      leaky: options.alsoLeaky,
      ablation: options.ablation !== false,
      protocol: planned,
    },
    rows.map(({ name, label, paper, settings }) => ({ name, label, paper, settings })),
  );
  return { plan, starts: rows.flatMap(({ start }) => (start ? [start] : [])) };
}

/**
 * Checks that images have the size of every method.
 *
 * @throws TelltaleError `DATASET_INVALID` where they have another, with the message of `telltale train`
 */
function assertSizes(rows: readonly Row[], { samples, images }: FlowDataset, data: string): void {
  const [sample, image] = [samples[0], images[0]];
  if (sample === undefined || image === undefined) return;
  for (const { settings } of rows) {
    const isNetwork = settings['kind'] === 'network';
    const { size } = isNetwork ? networkOf(settings as unknown as NetworkSettings).config : { size: flowSize }; // prettier-ignore
    squareOf(image, size, join(data, sample.file));
  }
}

/**
 * Notes on images that the networks of a plan lack.
 *
 * @throws TelltaleError `DATASET_INVALID` where a network needs images that the samples lack, or that are magnified by
 *   several factors
 */
function imageNotes(rows: readonly Row[], samples: readonly Sample[]): string[] {
  return rows.flatMap(({ settings }) => {
    if (settings['kind'] !== 'network') return [];
    const { network, config } = networkOf(settings as unknown as NetworkSettings);
    const planes = planesOf(network, config);
    const used = imagesUsed(planes, samples);
    alphaUsed(used, samples);
    return standsIn(planes, used) ? [withoutFaces(network.name)] : [];
  });
}

interface MissingOptions {
  readonly options: EvaluateOptions;
  readonly launcher: Launcher;
  readonly signal: AbortSignal;
}

async function runMissing(
  folder: string,
  jobs: readonly PlannedJob[],
  { options, launcher, signal }: MissingOptions,
): Promise<void> {
  const done = new Set((await doneJobs(folder, jobs)).map(({ name }) => name));
  const folds = jobs.filter(({ name }) => !done.has(name)).map(({ index }) => index);
  if (folds.length === 0) return;
  const progress = openProgress();
  try {
    await runJobs(
      {
        kind: 'folds',
        folder,
        jobs: folds.map((fold, index): FoldRunJob => ({ index, run: folder, fold })),
      },
      {
        ...{ launcher, parallel: options.parallel, signal, progress },
        ...{ label: 'training fold', before: done.size },
      },
    );
  } finally {
    progress.end();
  }
  const left = jobs.length - (await doneJobs(folder, jobs)).length;
  if (left > 0) {
    throw new TelltaleError(
      'FOLDS_MISSING',
      `${left} of ${jobs.length} folds are missing`,
      `Run the same command again: it runs only the missing folds.${launcher.name === 'slurm' ? ` Log files of the tasks are in ${folder}/jobs.` : ''}`,
    );
  }
}
