/**
 * @file The plan of an evaluation: what is run on what, so that any process can do any part of it.
 *
 * Plain JSON. A fold's training is named by an index; the same plan and index
 * give the same result in every process.
 */
import { TelltaleError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import { classesOf } from '../../datasets/sample.ts';
import type { Sample } from '../../datasets/sample.ts';
import type { Cut, ProtocolRecord } from '../../protocols/protocol.ts';
import {
  groupSubjects,
  holdOutDatabase,
  leaveOneDatasetOut,
  leaveOneSubjectOut,
} from './splits.ts';
import type { Fold, GroupOptions } from './splits.ts';
import { findLeaks } from './leakage.ts';

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
  /** Digest of the code that trains and predicts; absent in plans of version 0.1. */
  readonly code?: string;
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
  /** Digest of the code that trains and predicts: a run is resumed by the same code only. */
  readonly code: string;
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
  methods: readonly (Omit<PlannedMethod, 'label'> & Partial<Pick<PlannedMethod, 'label'>>)[],
): Plan {
  const { telltale, code, folder, samples, hashes, fingerprint, seeds, select, leaky, ablation } =
    input;
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
    code,
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

/** SHA-256 of a plan, wherever its data lie: folds of another plan are never taken for its own. */
export function planHash(plan: Plan): string {
  return sha256(new TextEncoder().encode(JSON.stringify({ ...plan, folder: '' })));
}
