/** @file What accompanies a recognizer wherever its answers appear. */
import * as is from '../base/shape.ts';

/**
 * What to expect on subjects of another laboratory: measured on each dataset by recognizers that were trained on the others
 * alone (leave-one-dataset-out).
 */
export interface ElsewhereScore {
  /** Number of clips. */
  readonly clips: number;
  /** Unweighted F1, 0 to 1. */
  readonly uf1: number;
  /** Unweighted average recall, 0 to 1. */
  readonly uar: number;
  /** Unweighted F1 standardized to equal class sizes, 0 to 1. */
  readonly standardizedUf1: number;
  /** Share of the clips whose verdict is not `unsure`, with the threshold of the other datasets. */
  readonly sure: number;
  /** Share of those whose verdict is right. */
  readonly right: number;
  /** Expected calibration error of the most probable class, ten bins: by how much its probability is off. */
  readonly calibrationError: number;
}

/** Which model gave the class probabilities, and how good it honestly is. */
export interface RecognizerCard {
  /** Name of the network, such as `merba`, or `ensemble`. */
  readonly network: string;
  /** Name of its configuration, such as `flow28`. */
  readonly config: string;
  /** Names of its classes, in the order of its probabilities. */
  readonly classes: readonly string[];
  /** SHA-256 of the weights file, hexadecimal. */
  readonly weights: string;
  /** One line: data, protocol and score, as in the model card. */
  readonly score: string;
  /** What to expect on subjects of another laboratory; absent where that was not measured. */
  readonly elsewhere?: ElsewhereScore;
  /**
   * The verdict is `unsure` where the largest probability is below this; always where it is 1, as for a recognizer that
   * was never calibrated.
   */
  readonly unsureBelow: number;
  /** What else must be known of its answers. */
  readonly note?: string;
  /** Name of a user-supplied file; absent where the recognizer ships with telltale. Its score is what the file claims. */
  readonly file?: string;
  /** Of an ensemble: those whose probabilities were averaged. */
  readonly members?: readonly RecognizerCard[];
}

const share: is.Shape = is.number(0, 1);

/** Schema of {@link ElsewhereScore}. */
export const elsewhereScore: is.Shape = is.members({
  clips: is.integer(1),
  ...{ uf1: share, uar: share, standardizedUf1: share },
  ...{ sure: share, right: share, calibrationError: share },
});

/** The score of a recognizer that was never measured. */
export const NEVER_MEASURED = 'never measured';

/** `unsureBelow` of a recognizer whose verdict is always `unsure`. */
export const NEVER_SURE = 1;

/** The most probable class, or `unsure` where it is not probable enough. */
export function verdictOf(card: RecognizerCard, probabilities: Float32Array): string {
  const best = Math.max(...probabilities);
  const isUnsure = best < card.unsureBelow || card.unsureBelow >= NEVER_SURE;
  return isUnsure ? 'unsure' : card.classes[probabilities.indexOf(best)]!;
}
