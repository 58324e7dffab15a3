/**
 * @file The record of one fold: what was read, what was predicted, and the check that nothing leaked.
 *
 * A record lists the training samples with the hash of the pixels that were read, so that leaks are searched for in what
 * was read and not only in the plan.
 */
import { TelltaleError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { sha256 } from '../../base/sha256.ts';
import { findLeaks } from '../plan/leakage.ts';
import { recordProblem } from './shape.ts';
import type { PlannedJob } from '../plan/jobs.ts';
import type { Plan } from '../plan/plan.ts';
import {
  chooseEpoch,
  chooseOnTest,
  comparedEpochs,
  splitInside,
  testSubset,
  trainingSubset,
} from './epochs.ts';
import type { FoldOptions, FoldOutcome, Method, Trainable, TrainingData } from './method.ts';

/** A sample that was read, with the hash of its pixels. */
export type ReadSample = readonly [id: string, pixels: string];

/** The best epoch on the tested subject. It leaks, so it is not a result. */
export interface LeakyPick {
  /** Epochs after which the score on the tested subject was best, from 1. */
  readonly epoch: number;
  /** Shape `[test samples, classes]`. */
  readonly probabilities: readonly (readonly number[])[];
}

/** How the number of epochs was chosen inside the training part. */
export interface InnerPick {
  /** Held-out subjects. */
  readonly subjects: readonly string[];
  /** Epochs after which UF1 on the held-out subjects was best, from 1. */
  readonly epoch: number;
  /** Ids of the samples of the other subjects, which it was trained on. */
  readonly train: readonly string[];
}

/** The file of a fold. Plain JSON. */
export interface FoldRecord {
  /** Format of the file and its version. */
  readonly schema: 'telltale.fold/1';
  /** Hash of the plan. */
  readonly plan: string;
  /** Name of the job. */
  readonly name: string;
  /** Name of the method in the plan. */
  readonly method: string;
  /** Seed of this repetition of the evaluation. */
  readonly seed: number;
  /** What the fold tests: a subject, a dataset or a group, as in the plan. */
  readonly subject: string;
  /** Training samples, in order. */
  readonly train: readonly ReadSample[];
  /** Test samples, in order. */
  readonly test: readonly ReadSample[];
  /** Without leaks; shape `[test samples, classes]`. */
  readonly probabilities: readonly (readonly number[])[];
  /** Probabilities of the fine classes, shape `[test samples, fine classes]`; absent where the method has none. */
  readonly fine?: readonly (readonly number[])[];
  /** Number of trained epochs; 0 for methods without epochs. */
  readonly epochs: number;
  /** Mean training loss of each epoch, from the first; empty for methods without epochs. */
  readonly losses: readonly number[];
  /** What the method chose within the training part, such as a regularization; absent where it chose nothing. */
  readonly chosen?: Readonly<Record<string, number | string>>;
  /** Present where the plan selects epochs inside the training part. */
  readonly inner?: InnerPick;
  /** Present where the plan includes the score at the best epoch on the tested subject. */
  readonly leaky?: LeakyPick;
  /** CPU time, seconds. */
  readonly seconds: number;
  /** SHA-256 of all the above. */
  readonly digest: string;
}

/** Every JavaScript host has it; the language's own library does not declare it. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/** Hash of a record without its `digest`. */
export function digestOf(record: Omit<FoldRecord, 'digest'>): string {
  return sha256(new TextEncoder().encode(JSON.stringify({ ...record, digest: undefined })));
}

/** Inputs of {@link runFold}. */
export interface FoldTools {
  /** The evaluation that the fold belongs to. */
  readonly plan: Plan;
  /** Hash of the plan. */
  readonly planHash: string;
  /** The method of the job. */
  readonly method: Method;
  /** The opened method, which trains and predicts. */
  readonly trainable: Trainable;
  /** All samples, in the plan's order. */
  readonly data: TrainingData;
  /** Hash of the pixels of each sample, as they were read. */
  readonly hashes: ReadonlyMap<string, string>;
  /** A monotonic clock in seconds, such as the CPU time of the process. */
  readonly now: () => number;
}

/**
 * Trains one fold of a plan and predicts its test part.
 *
 * @throws TelltaleError `DATASET_INVALID`, `CANCELED`
 */
export async function runFold(
  job: PlannedJob,
  tools: FoldTools,
  options: Pick<FoldOptions, 'signal' | 'progress'> = {},
): Promise<FoldRecord> {
  const { plan, method, trainable, data, hashes, now } = tools;
  const start = now();
  const placeOf = new Map(data.ids.map((id, i) => [id, i]));
  const places = (ids: readonly string[]): number[] => ids.map((id) => placeOf.get(id)!);
  const tested = places(job.fold.test);
  const train = trainingSubset(data, places(job.fold.train));
  const test = testSubset(data, tested);
  const labels = tested.map((i) => data.labels[i]!);

  const inner =
    plan.select === 'inner' && method.epochs !== undefined
      ? await pickInside(train, job, tools, options)
      : undefined;
  const last = inner?.epoch ?? method.epochs;
  const compared = plan.leaky && method.epochs !== undefined ? comparedEpochs(method.epochs) : [];
  const at =
    last === undefined ? {} : { at: [...new Set([...compared, last])].sort((a, b) => a - b) };
  const outcome = await trainable.trainFold(
    { train, test },
    {
      ...options,
      seed: job.trainingSeed,
      repetition: job.seed,
      ...(inner !== undefined || plan.leaky ? at : {}),
    },
  );
  const final = predictionAt(outcome, last);
  const best =
    plan.leaky && outcome.predictions.length > 1
      ? chooseOnTest(outcome.predictions, labels)
      : undefined;
  const readOf = (ids: readonly string[]): ReadSample[] => ids.map((id) => [id, hashes.get(id)!]);
  const record: Omit<FoldRecord, 'digest'> = {
    schema: 'telltale.fold/1',
    plan: tools.planHash,
    name: job.name,
    method: method.name,
    seed: job.seed,
    subject: job.fold.subject,
    train: readOf(train.ids),
    test: readOf(test.ids),
    probabilities: final.probabilities,
    ...(final.fine && { fine: final.fine }),
    epochs: final.epoch,
    losses: outcome.losses.slice(0, final.epoch),
    ...(outcome.chosen && { chosen: outcome.chosen }),
    ...(inner && { inner }),
    ...(best && { leaky: { epoch: best.epoch, probabilities: best.probabilities } }),
    seconds: now() - start,
  };
  return { ...record, digest: digestOf(record) };
}

function predictionAt(
  { predictions }: FoldOutcome,
  epoch: number | undefined,
): FoldOutcome['predictions'][0] {
  return predictions.find((one) => one.epoch === epoch) ?? predictions.at(-1)!;
}

async function pickInside(
  train: TrainingData,
  job: PlannedJob,
  { method, trainable, plan }: FoldTools,
  options: Pick<FoldOptions, 'signal' | 'progress'>,
): Promise<InnerPick> {
  const { part, labels, subjects } = splitInside(train, job.trainingSeed);
  const { predictions } = await trainable.trainFold(part, {
    ...(options.signal && { signal: options.signal }),
    seed: createRandom(job.trainingSeed)
      .fork(0)
      .integer(2 ** 31),
    at: comparedEpochs(method.epochs!),
  });
  const { epoch } = chooseEpoch(predictions, labels, plan.classes);
  return { subjects, epoch, train: part.train.ids };
}

/**
 * Refuses a record that is damaged, that belongs to another plan, whose fold read other samples than planned, or in
 * which something leaked from training to test.
 *
 * @param path - for the message
 * @throws TelltaleError `FOLD_CORRUPT`, `CHECKPOINT_MISMATCH`, `LEAK_FOUND`
 */
export function checkRecord(value: unknown, job: PlannedJob, where: RecordPlace): FoldRecord {
  const { path, plan, planHash } = where;
  const wrong =
    recordProblem(value, plan.classes.length) ??
    ((value as FoldRecord).digest === digestOf(value as FoldRecord)
      ? undefined
      : 'its digest is of other content');
  if (wrong !== undefined) {
    throw new TelltaleError(
      'FOLD_CORRUPT',
      `${path} is damaged or was not written by telltale: ${wrong}`,
      'Remove the file and run the same command again: the fold is then run again.',
    );
  }
  const whole = value as FoldRecord;
  if (whole.plan !== planHash || whole.name !== job.name) {
    throw new TelltaleError(
      'CHECKPOINT_MISMATCH',
      `${path} belongs to another plan`,
      'Remove the file and run the same command again: the fold is then run again.',
    );
  }
  assertNoLeak(whole, job, plan);
  return whole;
}

/** Where a record was found. */
export interface RecordPlace {
  /** Path of the file, for messages. */
  readonly path: string;
  /** The plan that the record has to match. */
  readonly plan: Plan;
  /** SHA-256 of the plan, hexadecimal. */
  readonly planHash: string;
}

/** Compares what a fold read with the plan: ids, pixels, subjects on both sides. */
function assertNoLeak(record: FoldRecord, job: PlannedJob, plan: Plan): void {
  const known = new Map(plan.samples.map((sample) => [sample.id, sample]));
  const ids = (read: readonly ReadSample[]): string[] => read.map(([id]) => id);
  const fail = (what: string): never => {
    throw new TelltaleError(
      'LEAK_FOUND',
      `the fold ${record.name}, which tests ${record.subject}, ${what}`,
      'Its score would be too high. Remove the file of the fold and run the same command again; if the error persists, report it.',
    );
  };
  for (const [id, pixels] of [...record.train, ...record.test]) {
    if (known.get(id)?.picture !== pixels) fail(`read other pixels of ${id} than were planned`);
  }
  const [train, test] = [ids(record.train), ids(record.test)];
  if (JSON.stringify(train) !== JSON.stringify(job.fold.train))
    fail('was trained on other samples than planned');
  if (JSON.stringify(test) !== JSON.stringify(job.fold.test))
    fail('predicted other samples than planned');
  const hashes = new Map([...record.train, ...record.test]);
  const [leak] = findLeaks([{ ...job.fold, train, test }], plan.samples, hashes);
  if (leak) fail(`was trained on ${leak.train}, which has the same ${leak.kind} as ${leak.test}`);
  const { inner } = record;
  if (inner === undefined) return;
  const inTraining = new Set(train);
  const heldOut = new Set(inner.subjects);
  if (heldOut.has(record.subject)) fail('chose its number of epochs on the tested subject');
  for (const id of inner.train) {
    if (!inTraining.has(id))
      fail(`chose its number of epochs with ${id}, which is not in its training part`);
    if (heldOut.has(known.get(id)?.subject ?? ''))
      fail(`was trained on ${id} and chose its number of epochs on the same subject`);
  }
}
