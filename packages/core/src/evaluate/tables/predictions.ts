/** @file Predictions as CSV and as MEGC logs. */
import { csvCell } from '../../base/csv-cell.ts';
import type { Sample } from '../../datasets/sample.ts';
import type { UnitAnswer } from '../../units/model.ts';
import { syntheticUnitsNotation, unitsNotation } from '../../units/notation.ts';
import { verdictOf } from '../scores/evaluation.ts';

/** A sample and its prediction. */
export interface Predicted {
  /** The sample as annotated. */
  readonly sample: Sample;
  /** Probability of each class, in the order of the classes. */
  readonly probabilities: readonly number[];
  /** Probability of each fine class, where the recognizer has fine classes. */
  readonly fine?: readonly number[];
  /** Action units, the same ones in every row; absent where they were not recognized. */
  readonly units?: readonly UnitAnswer[];
}

/**
 * Predictions as CSV: the columns of `samples.csv`, the predicted class, and one probability per class with six digits.
 *
 * The `emotion` column is present only where some sample has one. With fine classes, `fine_prediction` and their
 * probabilities, `fine:NAME`, follow; where units were recognized, `units` as coders write them (`4+L12?`) and a
 * probability of each (`AU4`), and `units_synthetic_only` where some were learned from synthetic movements alone.
 */
export function predictionsCsv(
  rows: readonly Predicted[],
  classes: readonly string[],
  fineClasses: readonly string[] = [],
): string {
  const isLabeled = rows.some(({ sample }) => sample.emotion !== undefined);
  const header = ['dataset', 'subject', 'clip', ...(isLabeled ? ['emotion'] : []), 'prediction'];
  const fineHeader =
    fineClasses.length > 0 ? ['fine_prediction', ...fineClasses.map((name) => `fine:${name}`)] : [];
  const units = rows[0]?.units;
  const learned = units?.filter(({ learnedFrom }) => learnedFrom === undefined) ?? [];
  const hasSynthetic = units !== undefined && learned.length < units.length;
  const unitColumns = units
    ? [
        ...['units', ...learned.map(({ unit }) => `AU${unit}`)],
        ...(hasSynthetic ? ['units_synthetic_only'] : []),
      ]
    : [];
  const lines = rows.map(({ sample, probabilities, fine, units: shown = [] }) =>
    [
      csvCell(sample.dataset),
      csvCell(subjectOf(sample)),
      csvCell(sample.clip),
      ...(isLabeled ? [csvCell(sample.emotion ?? '')] : []),
      csvCell(verdictOf(probabilities, classes)),
      ...probabilities.map((probability) => probability.toFixed(6)),
      ...(fine
        ? [csvCell(verdictOf(fine, fineClasses)), ...fine.map((one) => one.toFixed(6))]
        : []),
      ...(units ? [unitsNotation(shown)] : []),
      ...shown
        .filter(({ learnedFrom }) => learnedFrom === undefined)
        .map(({ probability }) => probability.toFixed(6)),
      ...(hasSynthetic ? [syntheticUnitsNotation(shown)] : []),
    ].join(','),
  );
  return `${[[...header, ...classes, ...fineHeader, ...unitColumns].map(csvCell).join(','), ...lines].join('\n')}\n`;
}

/**
 * Predictions as the log of the MEGC 2019 challenge: for each subject a line
 * with dataset and subject, then one line per clip with its name, the index of
 * its class and the index of the predicted class.
 *
 * White space within a name becomes `_`, because it separates the columns.
 *
 * @see See et al. 2019, "MEGC 2019", recognition challenge, log file
 */
export function megcLog(rows: readonly Predicted[], classes: readonly string[]): string {
  const word = (name: string): string => name.replaceAll(/\s+/g, '_');
  const lines = new Map<string, string[]>();
  for (const { sample, probabilities } of rows) {
    if (sample.emotion === undefined) continue;
    const header = `${word(sample.dataset)} ${word(subjectOf(sample))}`;
    const verdict = classes.indexOf(verdictOf(probabilities, classes));
    const line = `${word(sample.clip)} ${classes.indexOf(sample.emotion)} ${verdict}`;
    lines.set(header, [...(lines.get(header) ?? []), line]);
  }
  return [...lines].flatMap(([header, clips]) => [header, ...clips, '']).join('\n');
}

/** The subject as in `samples.csv`, without the dataset before it. */
function subjectOf(sample: Sample): string {
  return sample.subject.slice(sample.dataset.length + 1);
}
