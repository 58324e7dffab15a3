/** @file Options and result of a comparison of coders. */
import type { BlandAltman } from './bland-altman.ts';

/** Options of {@link agreement}. */
export interface AgreementOptions {
  /** Overlap (intersection over union) from which two events are one. @defaultValue 0.5 */
  readonly overlap?: number;
  /** Frames per second in which frames are compared. @defaultValue 25 */
  readonly rate?: number;
  /** Resampled sets of clips. @defaultValue 1000 */
  readonly samples?: number;
  /** Of the resampling. @defaultValue 1 */
  readonly seed?: number;
}

/** A number with its 95 % bootstrap interval over clips; null where it is not defined, or fewer than two clips are there. */
export interface Measure {
  /** The number itself. */
  readonly value: number | null;
  /** Lower end. */
  readonly low: number | null;
  /** Upper end. */
  readonly high: number | null;
}

/** Events and frames of one label, or of all. */
export interface LabelAgreement {
  /** The label; `any` for events of all labels. */
  readonly label: string;
  /** Events of both coders. */
  readonly events: readonly [first: number, second: number];
  /** Events that both found. */
  readonly matched: number;
  /** Matched events of those of the second coder. */
  readonly precision: Measure;
  /** Matched events of those of the first coder. */
  readonly recall: Measure;
  /** Harmonic mean of both. */
  readonly f1: Measure;
  /** Cohen's κ over frames: the label or not; over all labels and none for `any`. */
  readonly kappa: Measure;
}

/** Two coders. */
export interface PairAgreement {
  /** Names of both. */
  readonly coders: readonly [first: string, second: string];
  /** Clips that both coded. */
  readonly clips: number;
  /** `any` first, then each label. */
  readonly labels: readonly LabelAgreement[];
  /** Cohen's κ of the labels of events that both found. */
  readonly eventKappa: Measure;
  /** Differences of the times of events that both found, the second's less the first's; null where there are none. */
  readonly times: Readonly<Record<'onset' | 'apex' | 'offset' | 'duration', BlandAltman | null>>;
  /** The differences themselves, for figures: mean and difference of each pair, seconds. */
  readonly onsets: readonly (readonly [mean: number, difference: number])[];
}

/** All coders together, over frames. */
export interface GroupAgreement {
  /** The label; `any` for all labels and none. */
  readonly label: string;
  /** Fleiss' κ over clips that all coded. */
  readonly fleiss: Measure;
  /** Krippendorff's α over clips that at least two coded. */
  readonly alpha: Measure;
}

/** How far coders agree. Plain JSON. */
export interface Agreement {
  /** Name and version of the format. */
  readonly schema: 'telltale.agreement/1';
  /** Names of the coders. */
  readonly coders: readonly string[];
  /** Number of clips. */
  readonly clips: number;
  /** Labels in alphabetical order. */
  readonly labels: readonly string[];
  /** What was compared, and how. */
  readonly options: Readonly<Required<AgreementOptions>>;
  /** Clips whose duration no file states: they are taken to end with their last event. */
  readonly undated: readonly string[];
  /** Each two coders. */
  readonly pairs: readonly PairAgreement[];
  /** `any` first, then each label. */
  readonly group: readonly GroupAgreement[];
}

/** A label for events and frames of every label. */
export const ANY = 'any';
