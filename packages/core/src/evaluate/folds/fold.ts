/**
 * @file What the training of one fold leaves behind, and the proof that it read what it should.
 *
 * A record says which samples were learned from, with the hash of the pixels
 * that were read, so that leaks are looked for in what happened and not only in
 * what was planned.
 */
import { TelltaleError } from '../../base/errors.ts';
import { createRandom } from '../../base/random.ts';
import { sha256 } from '../../base/sha256.ts';
import { findLeaks } from '../plan/leakage.ts';
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

/** A sample that was read. */
export type Read = readonly [id: string, picture: string];

/** The best epoch on the tested subject: no result. */
export interface LeakyPick {
  readonly epoch: number;
  /** Shape `[test samples, classes]`. */
  readonly probabilities: readonly (readonly number[])[];
}

/** How the number of epochs was chosen inside the training part. */
export interface InnerPick {
  /** Subjects that were set aside for it. */
  readonly subjects: readonly string[];
  readonly epoch: number;
  /** What the other subjects' samples were, by which it was trained. */
  readonly train: readonly string[];
}

/** The file of a fold. Plain JSON. */
export interface FoldRecord {
  readonly schema: 'telltale.fold/1';
  /** Hash of the plan. */
  readonly plan: string;
  /** Name of the job. */
  readonly name: string;
  readonly method: string;
  readonly seed: number;
  readonly subject: string;
  /** What was learned from, in order. */
  readonly train: readonly Read[];
  /** What was predicted, in order. */
  readonly test: readonly Read[];
  /** Honest; shape `[test samples, classes]`. */
  readonly probabilities: readonly (readonly number[])[];
  /** Epochs that were trained; 0 for what does not learn in epochs. */
  readonly epochs: number;
  readonly losses: readonly number[];
  readonly chosen?: Readonly<Record<string, number | string>>;
  readonly inner?: InnerPick;
  readonly leaky?: LeakyPick;
  /** Processor time, seconds. */
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

/** What {@link runFold} works with. */
export interface FoldTools {
  readonly plan: Plan;
  /** Hash of the plan. */
  readonly planHash: string;
  readonly method: Method;
  readonly trainable: Trainable;
  /** All samples, in the plan's order. */
  readonly data: TrainingData;
  /** Hash of the pixels of each sample, as they were read. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Seconds that only grow; those of the processor are the fairest. */
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
  const began = now();
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
    { ...options, seed: job.trainingSeed, ...(inner !== undefined || plan.leaky ? at : {}) },
  );
  const honest = momentOf(outcome, last);
  const best =
    plan.leaky && outcome.moments.length > 1 ? chooseOnTest(outcome.moments, labels) : undefined;
  const readOf = (ids: readonly string[]): Read[] => ids.map((id) => [id, hashes.get(id)!]);
  const record: Omit<FoldRecord, 'digest'> = {
    schema: 'telltale.fold/1',
    plan: tools.planHash,
    name: job.name,
    method: method.name,
    seed: job.seed,
    subject: job.fold.subject,
    train: readOf(train.ids),
    test: readOf(test.ids),
    probabilities: honest.probabilities,
    epochs: honest.epoch,
    losses: outcome.losses.slice(0, honest.epoch),
    ...(outcome.chosen && { chosen: outcome.chosen }),
    ...(inner && { inner }),
    ...(best && { leaky: { epoch: best.epoch, probabilities: best.probabilities } }),
    seconds: now() - began,
  };
  return { ...record, digest: digestOf(record) };
}

function momentOf({ moments }: FoldOutcome, epoch: number | undefined): FoldOutcome['moments'][0] {
  return moments.find((moment) => moment.epoch === epoch) ?? moments.at(-1)!;
}

async function pickInside(
  train: TrainingData,
  job: PlannedJob,
  { method, trainable, plan }: FoldTools,
  options: Pick<FoldOptions, 'signal' | 'progress'>,
): Promise<InnerPick> {
  const { part, labels, subjects } = splitInside(train, job.trainingSeed);
  const { moments } = await trainable.trainFold(part, {
    ...(options.signal && { signal: options.signal }),
    seed: createRandom(job.trainingSeed)
      .fork(0)
      .integer(2 ** 31),
    at: comparedEpochs(method.epochs!),
  });
  const { epoch } = chooseEpoch(moments, labels, plan.classes);
  return { subjects, epoch, train: part.train.ids };
}

/**
 * Refuses a record that is damaged, of another plan, or of a fold that read something else than
 * planned; and any that let something cross from training to test.
 *
 * @param path - for the message
 * @throws TelltaleError `FOLD_CORRUPT`, `CHECKPOINT_MISMATCH`, `LEAK_FOUND`
 */
export function checkRecord(value: unknown, job: PlannedJob, where: RecordPlace): FoldRecord {
  const record = value as Partial<FoldRecord> | null;
  const { path, plan, planHash } = where;
  if (record?.schema !== 'telltale.fold/1' || record.digest !== digestOf(record as FoldRecord)) {
    throw new TelltaleError(
      'FOLD_CORRUPT',
      `${path} is not what telltale wrote`,
      'Remove the file and run the same command again: this fold is then done anew.',
    );
  }
  const whole = record as FoldRecord;
  if (whole.plan !== planHash || whole.name !== job.name) {
    throw new TelltaleError(
      'CHECKPOINT_MISMATCH',
      `${path} is a fold of another plan`,
      'Remove the file and run the same command again: this fold is then done anew.',
    );
  }
  assertNoLeak(whole, job, plan);
  return whole;
}

/** Where a record was found. */
export interface RecordPlace {
  readonly path: string;
  readonly plan: Plan;
  readonly planHash: string;
}

/** What a fold really read is held against the plan: ids, pixels, subjects on both sides. */
function assertNoLeak(record: FoldRecord, job: PlannedJob, plan: Plan): void {
  const known = new Map(plan.samples.map((sample) => [sample.id, sample]));
  const ids = (read: readonly Read[]): string[] => read.map(([id]) => id);
  const fail = (what: string): never => {
    throw new TelltaleError(
      'LEAK_FOUND',
      `the fold ${record.name}, which tests ${record.subject}, ${what}`,
      'Its result would not be honest. Remove the file of the fold and run the same command again; if it comes back, report it.',
    );
  };
  for (const [id, picture] of [...record.train, ...record.test]) {
    if (known.get(id)?.picture !== picture) fail(`read other pixels of ${id} than were planned`);
  }
  const [train, test] = [ids(record.train), ids(record.test)];
  if (JSON.stringify(train) !== JSON.stringify(job.fold.train))
    fail('learned from other samples than planned');
  if (JSON.stringify(test) !== JSON.stringify(job.fold.test))
    fail('predicted other samples than planned');
  const pictures = new Map([...record.train, ...record.test]);
  const [leak] = findLeaks([{ ...job.fold, train, test }], plan.samples, pictures);
  if (leak) fail(`learned from ${leak.train}, which has the same ${leak.kind} as ${leak.test}`);
  const { inner } = record;
  if (inner === undefined) return;
  const inTraining = new Set(train);
  const aside = new Set(inner.subjects);
  if (aside.has(record.subject)) fail('chose its number of epochs on the tested subject');
  for (const id of inner.train) {
    if (!inTraining.has(id))
      fail(`chose its number of epochs with ${id}, which it must not learn from`);
    if (aside.has(known.get(id)!.subject))
      fail(`learned from ${id} and chose its number of epochs on the same person`);
  }
}
