/**
 * @file The plan of an evaluation: what is run on what, so that any process can do any part of it.
 *
 * Plain JSON. A fold's training is named by an index; the same plan and index
 * give the same result in every process.
 */
import { TelltaleError } from '../base/errors.ts';
import { sha256 } from '../base/sha256.ts';
import { classesOf } from '../datasets/sample.ts';
import type { Sample } from '../datasets/sample.ts';
import { planJobs } from './evaluation.ts';
import type { FoldJob } from './evaluation.ts';
import type { Cut, ProtocolRecord } from '../protocols/protocol.ts';
import { groupSubjects, holdOutDatabase, leaveOneDatasetOut, leaveOneSubjectOut } from './folds.ts';
import type { Fold, GroupOptions } from './folds.ts';
import { findLeaks } from './leakage.ts';
import type { Method } from './trainable.ts';

/** Every JavaScript host has it; the language's own library does not declare it. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/** A sample as the plan knows it. */
export interface PlannedSample extends Sample {
  readonly emotion: string;
  /** SHA-256 of its pixels, hexadecimal. */
  readonly picture: string;
}

/** What is evaluated, as the plan keeps it. */
export interface PlannedMethod {
  readonly name: string;
  /** As tables say it. */
  readonly label: string;
  readonly paper: string;
  /** What, with data and seed, determines the results. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** How the number of epochs comes about. */
export type Selection = 'fixed' | 'inner';

/** A whole evaluation. */
export interface Plan {
  readonly schema: 'telltale.plan/1';
  /** Version of telltale. */
  readonly telltale: string;
  /** `loso`, `megc2019`. */
  readonly protocol: string;
  /** What became of the data under a protocol with published numbers. */
  readonly protocolRecord?: ProtocolRecord;
  /** How folds are cut, where it is not by leaving one subject out. */
  readonly cut?: Exclude<Cut, 'loso'>;
  /** `fixed`: by the recipe, in advance. `inner`: chosen on subjects of each training part. */
  readonly select: Selection;
  /** Whether the best epoch on the tested subject is told beside the honest result. */
  readonly leaky: boolean;
  /** Whether the methods are an ablation of the first. */
  readonly ablation: boolean;
  readonly classes: readonly string[];
  readonly seeds: readonly number[];
  readonly methods: readonly PlannedMethod[];
  /** Where the dataset lies. It may move: this is no part of the plan's identity. */
  readonly folder: string;
  /** SHA-256 of ids, emotions and pixels of the dataset. */
  readonly fingerprint: string;
  readonly samples: readonly PlannedSample[];
  readonly folds: readonly Fold[];
}

/** What a plan is made of. */
export interface PlanInput {
  readonly telltale: string;
  /** Where the dataset lies. */
  readonly folder: string;
  readonly samples: readonly Sample[];
  /** SHA-256 of each sample's pixels by id. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly fingerprint: string;
  readonly seeds: readonly number[];
  readonly select: Selection;
  readonly leaky: boolean;
  readonly ablation: boolean;
  /** @defaultValue leave-one-subject-out over all samples */
  readonly protocol?: PlannedProtocol;
}

/** Under which protocol a plan is made; its samples are those that `applyProtocol` gave. */
export interface PlannedProtocol {
  readonly cut: Cut;
  /** Number of folds of a `kfold` cut. @defaultValue 10 */
  readonly folds?: number;
  readonly record: ProtocolRecord;
}

/** The classes of samples that all have an emotion. */
export function plannedClasses(samples: readonly Sample[]): string[] {
  const unlabeled = samples.find(({ emotion }) => emotion === undefined);
  if (unlabeled !== undefined) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${unlabeled.id} has no emotion`,
      'A recipe is measured on samples whose emotion is known: fill the column, or remove the line.',
    );
  }
  const classes = classesOf(samples);
  if (classes.length < 2) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `the samples have one emotion only, "${classes[0] ?? ''}"`,
      'An evaluation needs samples of at least two emotions.',
    );
  }
  return classes;
}

/**
 * Plans an evaluation, and proves that nothing crosses from training to test.
 *
 * @throws TelltaleError `DATASET_INVALID` where a sample has no emotion, there are fewer than two
 *   subjects, or a picture stands on both sides of a fold
 */
export function makePlan(
  input: PlanInput,
  methods: readonly (Pick<Method, 'name' | 'paper' | 'settings'> & { readonly label?: string })[],
): Plan {
  const { telltale, folder, samples, hashes, fingerprint, seeds, select, leaky, ablation } = input;
  const classes = plannedClasses(samples);
  const { cut = 'loso', record } = input.protocol ?? {};
  const folds = foldsOf(samples, cut, { folds: input.protocol?.folds ?? 10, seed: seeds[0]! });
  const [leak] = findLeaks(folds, samples, hashes);
  if (leak !== undefined) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${leak.train} and ${leak.test} stand on both sides of a fold with the same ${leak.kind}`,
      'Remove one of them: a score with it in would not be honest.',
    );
  }
  return {
    schema: 'telltale.plan/1',
    telltale,
    protocol: record?.name ?? 'loso',
    ...(record !== undefined && record.name !== 'loso' && { protocolRecord: record }),
    ...(cut !== 'loso' && { cut }),
    select,
    leaky,
    ablation,
    classes,
    seeds,
    methods: methods.map(({ name, label = name, paper, settings }) => ({
      name,
      label,
      paper,
      settings,
    })),
    folder,
    fingerprint,
    samples: samples.map((sample) => ({
      ...sample,
      emotion: sample.emotion!,
      picture: hashes.get(sample.id)!,
    })),
    folds,
  };
}

function foldsOf(samples: readonly Sample[], cut: Cut, options: GroupOptions): Fold[] {
  if (cut === 'kfold') return groupSubjects(samples, options);
  if (cut === 'lodo') return leaveOneDatasetOut(samples);
  return cut === 'hde' ? holdOutDatabase(samples) : leaveOneSubjectOut(samples);
}

/** One training of a plan: the unit that a process runs. */
export interface PlannedJob extends FoldJob {
  /** Place among all trainings of the plan. */
  readonly index: number;
  /** Place of the method in the plan. */
  readonly method: number;
}

/** All trainings of a plan, method by method, seed by seed, fold by fold. */
export function jobsOf(plan: Plan): PlannedJob[] {
  const jobs = planJobs(plan.folds, plan.seeds);
  return plan.methods.flatMap(({ name }, method) =>
    jobs.map((job, i) => ({
      ...job,
      name: `${name}-${job.name}`,
      index: method * jobs.length + i,
      method,
    })),
  );
}

/** SHA-256 of a plan, wherever its data lie: folds of another plan are never taken for its own. */
export function planHash(plan: Plan): string {
  return sha256(new TextEncoder().encode(JSON.stringify({ ...plan, folder: '' })));
}

/**
 * Refuses to go on with a plan that was made of something else.
 *
 * @param now - what would be planned now
 * @param kept - what the run was begun with
 * @param path - of the run, for the message
 * @throws TelltaleError `DATASET_CHANGED` naming what changed, `CHECKPOINT_MISMATCH` naming every difference
 */
export function assertSamePlan(now: Plan, kept: Plan, path: string): void {
  assertSameData(now, kept, path);
  const names = (methods: readonly PlannedMethod[]): string =>
    methods.map(({ name }) => name).join(', ');
  const told: string[] = [];
  for (const key of ['telltale', 'protocol', 'select', 'leaky', 'ablation', 'seeds'] as const) {
    const [here, there] = [now[key], kept[key]].map((value) => JSON.stringify(value));
    if (here !== there) told.push(`${key}: ${there!} there, ${here!} now`);
  }
  if (names(now.methods) !== names(kept.methods)) {
    told.push(`methods: ${names(kept.methods)} there, ${names(now.methods)} now`);
  } else {
    now.methods.forEach((method, i) => told.push(...settingsDiffering(method, kept.methods[i]!)));
  }
  if (told.length === 0 && planHash(now) !== planHash(kept)) told.push('the plan as a whole');
  if (told.length === 0) return;
  throw new TelltaleError(
    'CHECKPOINT_MISMATCH',
    `${path} was begun with something else: ${told.join('; ')}`,
    `Repeat the command as it was, give another --out, or remove ${path} to begin anew.`,
  );
}

/** Each setting of a method that is not what it was. */
export function settingsDiffering(now: PlannedMethod, kept: PlannedMethod): string[] {
  const keys = [...new Set([...Object.keys(now.settings), ...Object.keys(kept.settings)])];
  return keys.flatMap((key) => {
    const [here, there] = [now.settings[key], kept.settings[key]].map((value) =>
      value === undefined ? 'nothing' : JSON.stringify(value),
    );
    if (here === there) return [];
    const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
    return [`${now.name} ${key}: ${short(there!)} there, ${short(here!)} now`];
  });
}

/**
 * Refuses data that are not those of the plan.
 *
 * @throws TelltaleError `DATASET_CHANGED`
 */
export function assertSameData(
  now: Pick<Plan, 'fingerprint' | 'folder' | 'samples'>,
  kept: Plan,
  path: string,
): void {
  if (now.fingerprint === kept.fingerprint) return;
  const before = new Map(kept.samples.map((sample) => [sample.id, sample]));
  const after = new Map(now.samples.map((sample) => [sample.id, sample]));
  const changes = [
    ...now.samples.flatMap((sample) => {
      const old = before.get(sample.id);
      if (old === undefined) return [`${sample.id} is new`];
      if (old.emotion !== sample.emotion)
        return [`${sample.id} was ${old.emotion}, is ${sample.emotion}`];
      return old.picture === sample.picture ? [] : [`the picture of ${sample.id} changed`];
    }),
    ...kept.samples.flatMap(({ id }) => (after.has(id) ? [] : [`${id} is gone`])),
  ];
  const shown = changes.slice(0, 3).join(', ') || 'the order of its lines changed';
  const more = changes.length > 3 ? `, and ${changes.length - 3} more` : '';
  throw new TelltaleError(
    'DATASET_CHANGED',
    `${now.folder} is not what it was when ${path} was planned: ${shown}${more}`,
    'Restore the data, or give another --out to evaluate what is there now.',
  );
}
