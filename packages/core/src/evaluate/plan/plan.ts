/**
 * @file The plan of an evaluation: which methods run on which samples, so that any process can run any fold.
 *
 * Plain JSON. Every training has an index; the same plan and index give the same result in every process.
 */
import { TelltaleError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import { classesOf } from '../../datasets/sample.ts';
import type { Sample } from '../../datasets/sample.ts';
import type { SplitScheme, ProtocolRecord } from '../../protocols/protocol.ts';
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

/** A sample of a plan. */
export interface PlannedSample extends Sample {
  /** Class of the sample under the protocol. */
  readonly emotion: string;
  /** SHA-256 of its pixels, hexadecimal. */
  readonly picture: string;
}

/** A method of a plan. */
export interface PlannedMethod {
  /** Unique within the plan: `merba`, `svm-linear`. */
  readonly name: string;
  /** Label in tables. */
  readonly label: string;
  /** Reference, as one line of a bibliography. */
  readonly paper: string;
  /** What determines the results, together with data and seed. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** How the number of epochs is chosen. */
export type Selection = 'fixed' | 'inner';

/** The plan of an evaluation. Plain JSON. */
export interface Plan {
  /** Format of the plan and its version. */
  readonly schema: 'telltale.plan/1';
  /** Version of telltale. */
  readonly telltale: string;
  /** Digest of the code that trains and predicts; absent in plans of version 0.1. */
  readonly code?: string;
  /** `loso`, `megc2019`. */
  readonly protocol: string;
  /** How the data compare with a protocol with published numbers. */
  readonly protocolRecord?: ProtocolRecord;
  /** How folds are split. @defaultValue leave one subject out */
  readonly cut?: Exclude<SplitScheme, 'loso'>;
  /** `fixed`: by the recipe, in advance. `inner`: chosen on subjects of each training part. */
  readonly select: Selection;
  /** Whether the score at the best epoch on the tested subject is reported beside the honest result. */
  readonly leaky: boolean;
  /** Whether the methods are an ablation of the first. */
  readonly ablation: boolean;
  /** Names of the classes, in the order of all probabilities. */
  readonly classes: readonly string[];
  /** Seeds of the repetitions; every fold is trained once with each. */
  readonly seeds: readonly number[];
  /** The methods to evaluate, in the order of the table's rows. */
  readonly methods: readonly PlannedMethod[];
  /** Folder of the dataset. It may move: the plan's hash does not depend on it. */
  readonly folder: string;
  /** SHA-256 of ids, emotions and pixels of the dataset. */
  readonly fingerprint: string;
  /** All samples, in the order that folds index. */
  readonly samples: readonly PlannedSample[];
  /** The splits, the same for every method and seed. */
  readonly folds: readonly Fold[];
}

/** Inputs of {@link makePlan}. */
export interface PlanInput {
  /** Version of telltale. */
  readonly telltale: string;
  /** Digest of the code that trains and predicts: a run is resumed by the same code only. */
  readonly code: string;
  /** Folder of the dataset. */
  readonly folder: string;
  /** All samples of the protocol, in the order of the dataset. */
  readonly samples: readonly Sample[];
  /** SHA-256 of each sample's pixels by id. */
  readonly hashes: ReadonlyMap<string, string>;
  /** SHA-256 of ids, emotions and pixels of the dataset, hexadecimal. */
  readonly fingerprint: string;
  /** Seeds of the repetitions. */
  readonly seeds: readonly number[];
  /** How the number of epochs is chosen. */
  readonly select: Selection;
  /** Whether the score at the best epoch on the tested subject is reported, too. */
  readonly leaky: boolean;
  /** Whether the methods are an ablation of the first. */
  readonly ablation: boolean;
  /** @defaultValue leave-one-subject-out over all samples */
  readonly protocol?: PlannedProtocol;
}

/** The protocol of a plan; the samples are those of `applyProtocol`. */
export interface PlannedProtocol {
  /** How the samples are split into folds. */
  readonly cut: SplitScheme;
  /** Number of folds of a `kfold` split. @defaultValue 10 */
  readonly folds?: number;
  /** How the data compare with the protocol's published numbers. */
  readonly record: ProtocolRecord;
}

/** The classes of samples that all have an emotion. */
export function plannedClasses(samples: readonly Sample[]): string[] {
  const unlabeled = samples.find(({ emotion }) => emotion === undefined);
  if (unlabeled !== undefined) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${unlabeled.id} has no emotion`,
      'Evaluation needs the emotion of every sample: fill in the column, or remove the row.',
    );
  }
  const classes = classesOf(samples);
  if (classes.length < 2) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `all samples have the emotion "${classes[0] ?? ''}"`,
      'Evaluation needs samples of at least two emotions.',
    );
  }
  return classes;
}

/**
 * Plans an evaluation and checks that nothing leaks from training to test.
 *
 * @throws TelltaleError `DATASET_INVALID` where a sample has no emotion, there are fewer than two
 *   subjects, or a flow image is on both sides of a fold
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
      `${leak.train} (training) and ${leak.test} (test) of a fold have the same ${leak.kind}`,
      'Remove one of them: the score would be too high.',
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

function foldsOf(samples: readonly Sample[], cut: SplitScheme, options: GroupOptions): Fold[] {
  if (cut === 'kfold') return groupSubjects(samples, options);
  if (cut === 'lodo') return leaveOneDatasetOut(samples);
  return cut === 'hde' ? holdOutDatabase(samples) : leaveOneSubjectOut(samples);
}

/** SHA-256 of a plan, wherever its data lie: folds of another plan are never taken for its own. */
export function planHash(plan: Plan): string {
  return sha256(new TextEncoder().encode(JSON.stringify({ ...plan, folder: '' })));
}
