/** @file Folds of a planned run in this process: one compilation for all folds and seeds of a network. */
import { resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { assertSameData, jobsOf, planHash, runFold } from '@telltale/core/evaluate';
import type { Plan, PlannedJob, PlannedSample, TrainingData } from '@telltale/core/evaluate';
import { flowInput } from '@telltale/core/nets';
import { loadRuntime } from '@telltale/node';
import { writeWhole } from '@telltale/node/output';

import { readFlowFolder } from '../io/dataset.ts';
import type { FlowDataset } from '../io/dataset.ts';
import { doneJobs, foldPath, readPlan, readStart } from './folder.ts';
import { plannedMethod } from './methods.ts';
import { replannedSamples } from './protocol.ts';

/** Which folds, and how. */
export interface FoldChoice {
  readonly index?: string | undefined;
  readonly share?: string | undefined;
  readonly data?: string | undefined;
  readonly threads: number;
}

/**
 * Runs folds that are not done yet, and writes the file of each.
 *
 * @throws TelltaleError `FILE_MISSING`, `OPTION_INVALID`, `DATASET_CHANGED`, `CHECKPOINT_MISMATCH`,
 *   `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runFolds(
  folder: string,
  choice: FoldChoice,
  signal: AbortSignal,
): Promise<void> {
  const plan = await readPlan(folder);
  const jobs = chosenJobs(jobsOf(plan), choice);
  const done = new Set((await doneJobs(folder, jobs)).map(({ name }) => name));
  const missing = jobs.filter(({ name }) => !done.has(name));
  if (missing.length === 0) return;
  const dataset = await readFlowFolder(choice.data ?? plan.folder, { size: 'any', signal });
  assertSameData(plannedData(dataset, choice.data ?? plan.folder, plan), plan, folder);
  const data = trainingData(dataset, plan);
  const [hash, ort] = [planHash(plan), await loadRuntime()];
  for (const [place, planned] of plan.methods.entries()) {
    const mine = missing.filter(({ method }) => method === place);
    if (mine.length === 0) continue;
    const method = plannedMethod(planned, plan.classes);
    const trainable = await method.open(plan.classes, {
      ort,
      threads: choice.threads,
      weights: (start) => readStart(folder, start),
    });
    try {
      for (const job of mine) {
        signal.throwIfAborted();
        const record = await runFold(
          job,
          {
            plan,
            planHash: hash,
            method,
            trainable,
            data,
            hashes: dataset.hashes,
            now: processorTime,
          },
          { signal },
        );
        await writeWhole(foldPath(folder, job), `${JSON.stringify(record)}\n`);
      }
    } finally {
      await trainable.release();
    }
  }
}

/** Processor seconds of this process: with one thread, the same however busy the machine is. */
function processorTime(): number {
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
  const pictures = places.map((place) => dataset.pictures[place]!);
  const faces = places.map((place) => dataset.faces[place]!);
  const { samples } = plan;
  return {
    ids: samples.map(({ id }) => id),
    subjects: samples.map(({ subject }) => subject),
    labels: samples.map(({ emotion }) => plan.classes.indexOf(emotion)),
    pictures,
    ...(faces.some((face) => Object.keys(face).length > 0) && { faces }),
    inputs: pictures.map((picture) => flowInput(picture, picture.width)),
  };
}

function chosenJobs(jobs: readonly PlannedJob[], { index, share }: FoldChoice): PlannedJob[] {
  if (index !== undefined && share !== undefined) {
    throw invalid('--index and --share are both given', 'Give one of them.');
  }
  if (share !== undefined) {
    const [, part, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(share) ?? [];
    if (part === undefined || Number(part) < 1 || Number(part) > Number(of)) {
      throw invalid(`--share ${share} is no share`, 'Write it as i/n with i from 1 to n: 2/8.');
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
      `--index ${word} is no fold of this run`,
      `Choose from 0 to ${total - 1}, such as 3 or 3,4,5 or 0-9.`,
    );
  }
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function invalid(message: string, hint: string): TelltaleError {
  return new TelltaleError('OPTION_INVALID', message, hint);
}
