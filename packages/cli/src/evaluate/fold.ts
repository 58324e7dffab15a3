/** @file Folds of a planned run in this process: one compilation for all folds and seeds of a network. */
import { resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import type { Ort } from '@telltale/core';
import { assertSameData, jobsOf, planHash, runFold } from '@telltale/core/evaluate';
import type { Plan, PlannedJob, PlannedSample, TrainingData } from '@telltale/core/evaluate';
import { flowInput } from '@telltale/core/nets';
import { loadRuntime } from '@telltale/node';
import { writeWhole } from '@telltale/node/output';

import { codeDigest } from '../cache/code.ts';
import { readFlowFolder } from '../io/dataset.ts';
import type { FlowDataset } from '../io/dataset.ts';
import type { Job, Outcome, Worker } from '../jobs/job.ts';
import { doneJobs, foldPath, readPlan, readStart } from './folder.ts';
import { plannedMethod } from './methods.ts';
import { replannedSamples } from './protocol.ts';

/** Which folds to run, and how. */
export interface FoldChoice {
  readonly index?: string | undefined;
  readonly share?: string | undefined;
  readonly data?: string | undefined;
  readonly threads: number;
}

/** One fold of a planned run. */
export interface FoldRunJob extends Job {
  /** Folder of the run. */
  readonly run: string;
  /** Index of the fold in the plan. */
  readonly fold: number;
}

/**
 * Runs folds that are not done yet in this process, and writes the file of each.
 *
 * @throws TelltaleError `FILE_MISSING`, `OPTION_INVALID`, `DATASET_CHANGED`, `CHECKPOINT_MISMATCH`,
 *   `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runFolds(
  folder: string,
  choice: FoldChoice,
  signal: AbortSignal,
): Promise<void> {
  const jobs = chosenJobs(jobsOf(await readPlan(folder)), choice);
  if ((await doneJobs(folder, jobs)).length === jobs.length) return;
  const worker = openFoldWorker(choice);
  try {
    for (const { index: fold } of jobs) {
      signal.throwIfAborted();
      const job: FoldRunJob = { index: fold, run: folder, fold };
      await worker.work(job, signal);
    }
  } finally {
    await worker.close();
  }
}

/** What a run is trained with, read once for all of its folds. */
interface OpenRun {
  readonly plan: Plan;
  readonly planHash: string;
  readonly jobs: readonly PlannedJob[];
  readonly hashes: FlowDataset['hashes'];
  readonly data: TrainingData;
  readonly ort: Ort;
}

/** A method as it was compiled. */
interface OpenMethod {
  readonly place: number;
  readonly method: ReturnType<typeof plannedMethod>;
  readonly trainable: Awaited<ReturnType<ReturnType<typeof plannedMethod>['open']>>;
}

/**
 * Opens what does folds: it compiles a method once for all of its folds that come in a row.
 *
 * @param options - where the data lie where that is not as planned, and threads of the networks
 */
export function openFoldWorker({ data, threads }: Pick<FoldChoice, 'data' | 'threads'>): Worker {
  const runs = new Map<string, Promise<OpenRun>>();
  let current: OpenMethod | undefined;
  const close = async (): Promise<void> => {
    await current?.trainable.release();
    current = undefined;
  };
  const methodOf = async (
    folder: string,
    place: number,
    { plan, ort }: OpenRun,
  ): Promise<OpenMethod> => {
    if (current?.place === place) return current;
    await close();
    const method = plannedMethod(plan.methods[place]!, plan.classes);
    const weights = (start: string): Promise<Uint8Array> => readStart(folder, start);
    const trainable = await method.open(plan.classes, { ort, threads, weights });
    return (current = { place, method, trainable });
  };
  return {
    async work(given, signal): Promise<Outcome> {
      const { index, run, fold } = given as FoldRunJob;
      if (!runs.has(run)) {
        await close();
        runs.set(run, openPlannedRun(run, data, signal));
      }
      const open = await runs.get(run)!;
      const job = open.jobs[fold]!;
      if ((await doneJobs(run, [job])).length > 0) return { index };
      const { plan, planHash: hash, hashes, data: samples } = open;
      const { method, trainable } = await methodOf(run, job.method, open);
      const record = await runFold(
        job,
        { plan, planHash: hash, method, trainable, data: samples, hashes, now: cpuTime },
        { signal },
      );
      await writeWhole(foldPath(run, job), `${JSON.stringify(record)}\n`);
      return { index };
    },
    close,
  };
}

/** A fold by other code than the rest would make a result of two programs. */
function assertSameCode({ code, telltale }: Plan, folder: string): void {
  if (code === codeDigest('fold')) return;
  throw new TelltaleError(
    'CHECKPOINT_MISMATCH',
    `${folder} was planned by telltale ${telltale}, whose code trains differently`,
    'Run its folds with the telltale that planned it, or plan again into another --out.',
  );
}

async function openPlannedRun(
  folder: string,
  moved: string | undefined,
  signal: AbortSignal,
): Promise<OpenRun> {
  const plan = await readPlan(folder);
  assertSameCode(plan, folder);
  const place = moved ?? plan.folder;
  const dataset = await readFlowFolder(place, { size: 'any', signal });
  assertSameData(plannedData(dataset, place, plan), plan, folder);
  return {
    plan,
    planHash: planHash(plan),
    jobs: jobsOf(plan),
    hashes: dataset.hashes,
    data: trainingData(dataset, plan),
    ort: await loadRuntime(),
  };
}

/** CPU seconds of this process: with one thread, the same however busy the machine is. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The data as a plan made now would name them. */
export function plannedData(
  { samples, hashes, fingerprint }: FlowDataset,
  folder: string,
  plan: Pick<Plan, 'protocol'>,
): Pick<Plan, 'fingerprint' | 'folder' | 'samples'> {
  return {
    folder: resolve(folder),
    fingerprint,
    samples: replannedSamples(samples, plan).map((sample): PlannedSample => ({
      ...sample,
      emotion: sample.emotion ?? '',
      picture: hashes.get(sample.id)!,
    })),
  };
}

/** The samples of a plan, in its order and under its classes. */
function trainingData(dataset: FlowDataset, plan: Plan): TrainingData {
  const at = new Map(dataset.samples.map(({ id }, i) => [id, i]));
  const places = plan.samples.map(({ id }) => at.get(id)!);
  const images = places.map((place) => dataset.images[place]!);
  const faces = places.map((place) => dataset.faces[place]!);
  const { samples } = plan;
  return {
    ids: samples.map(({ id }) => id),
    subjects: samples.map(({ subject }) => subject),
    labels: samples.map(({ emotion }) => plan.classes.indexOf(emotion)),
    images,
    annotated: samples,
    ...(faces.some((face) => Object.keys(face).length > 0) && { faces }),
    inputs: images.map((image) => flowInput(image, image.width)),
  };
}

function chosenJobs(jobs: readonly PlannedJob[], { index, share }: FoldChoice): PlannedJob[] {
  if (index !== undefined && share !== undefined) {
    throw invalid('--index and --share are both given', 'Give one of them.');
  }
  if (share !== undefined) {
    const [, part, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(share) ?? [];
    if (part === undefined || Number(part) < 1 || Number(part) > Number(of)) {
      throw invalid(`--share ${share} is not a share`, 'Write it as i/n with i from 1 to n: 2/8.');
    }
    return jobs.filter((_, i) => i % Number(of) === Number(part) - 1);
  }
  if (index === undefined) return [...jobs];
  const wanted = new Set(index.split(',').flatMap((word) => rangeOf(word, jobs.length)));
  return jobs.filter((job) => wanted.has(job.index));
}

function rangeOf(word: string, total: number): number[] {
  const [, first, last = first] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(word.trim()) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from > to || to >= total) {
    throw invalid(
      `--index ${word} is not a fold of this run`,
      `Choose from 0 to ${total - 1}, such as 3 or 3,4,5 or 0-9.`,
    );
  }
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function invalid(message: string, hint: string): TelltaleError {
  return new TelltaleError('OPTION_INVALID', message, hint);
}
