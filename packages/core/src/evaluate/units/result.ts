/** @file The result of an evaluation of units: what `telltale evaluate units` writes, and as a table in Markdown. */
import { actionUnitOf, type UnitSide } from '../../units/vocabulary.ts';
import type { SyntheticUnitScore } from './alone.ts';
import { FEWEST, type Measured, type UnitsScores } from './scores.ts';

/** Name and version of the format of an evaluation of units. */
export const UNITS_RESULT = 'telltale.units-evaluation/2';

/** What `result.json` of `telltale evaluate units` holds. */
export interface UnitsResult extends UnitsScores {
  /** Name and version of the format. */
  readonly schema: typeof UNITS_RESULT;
  /** Version of telltale that measured. */
  readonly telltale: string;
  /** `loso`: one subject left out at a time; `cd6me`: one dataset. */
  readonly protocol: 'loso' | 'cd6me';
  /** What was measured on. */
  readonly data: {
    /** Clips whose units are coded. */
    readonly clips: number;
    /** Their subjects. */
    readonly subjects: number;
    /** Coded clips by dataset. */
    readonly datasets: Readonly<Record<string, number>>;
    /** SHA-256 over the samples and their pixels, hexadecimal. */
    readonly fingerprint: string;
  };
  /** Synthetic flow images in every training. */
  readonly synthetic: number;
  /** Seeds of the synthetic images. */
  readonly seedNumbers: readonly number[];
  /** Units learned from synthetic movements alone, by the first seed. Absent in results of versions that had none. */
  readonly syntheticUnits?: readonly SyntheticUnitScore[];
}

/** A published result of the CD6ME protocol: twelve units, six datasets, one left out at a time. */
export interface PublishedUnits {
  /** As the table names it. */
  readonly method: string;
  /** Mean binary F1 over the units. */
  readonly f1: number;
}

/**
 * Published results of CD6ME.
 *
 * @see Varanka, Li, Peng and Zhao 2024, "Data Leakage and Evaluation Issues in Micro-Expression Analysis", IEEE TAFFC
 *   15(1), table of the benchmark: mean of the F1 of each unit over five seeds
 */
export const CD6ME_PUBLISHED: readonly PublishedUnits[] = [
  { method: 'SSSNet', f1: 0.405 },
  { method: 'OFF-ApexNet', f1: 0.395 },
  { method: 'linear SVM on flow', f1: 0.362 },
  { method: 'STSTNet', f1: 0.318 },
  { method: 'every unit in every clip', f1: 0.178 },
  { method: 'LBP-TOP', f1: 0.121 },
];

const points = (value: number): string => value.toFixed(3);
const count = (value: number): string => value.toFixed(1).replace(/\.0$/, '');
const measured = (score: Measured | null): string =>
  score === null
    ? '—'
    : `${points(score.value)} [${points(score.interval[0])}, ${points(score.interval[1])}]`;

/** One line for the terminal and the card: `mean F1 0.616 …`. */
export function unitsScoreLine(result: UnitsResult): string {
  const { mean, data, protocol, seedNumbers } = result;
  const datasets = Object.entries(data.datasets).map(([name, clips]) => `${name} ${clips}`);
  const left = protocol === 'loso' ? `one of ${data.subjects} subjects` : 'one dataset';
  return (
    `mean F1 ${measured(mean.f1)}, mean AUC ${measured(mean.auc)} over ${mean.units.length} units: ` +
    `${left} left out at a time, ${seedNumbers.length} ${seedNumbers.length === 1 ? 'seed' : 'seeds'}; ${data.clips} clips (${datasets.join(', ')})` +
    (datasets.length === 1 ? '; one dataset, one laboratory' : '')
  );
}

/** The table of an evaluation in Markdown. */
export function unitsMarkdown(result: UnitsResult): string {
  const rows = result.units.map(({ unit, support, f1, auc, precision, recall }) => [
    `AU${unit} ${actionUnitOf(unit)?.name ?? ''}`.trim(),
    ...[String(support), measured(f1), measured(auc), points(precision), points(recall)],
  ]);
  const { mean, sides, protocol, synthetic } = result;
  rows.push([
    `mean of ${mean.units.length}`,
    ...['', measured(mean.f1), measured(mean.auc), '', ''],
  ]);
  const lines = [
    ['unit', 'clips', 'F1', 'AUC', 'precision', 'recall'],
    ['---', '---:', '---', '---', '---:', '---:'],
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  const published = CD6ME_PUBLISHED.map(({ method, f1 }) => `${method} ${points(f1)}`).join(', ');
  return [
    '# Action units',
    '',
    `${unitsScoreLine(result)}.`,
    '',
    `F1 counts a unit as named from decision 0 on, on either side; no fold learned from its tested subjects; the method's settings were chosen on CASME II (docs/units.md). In brackets: 95 % ` +
      `over the choice of subjects. Means are over units with at least ${FEWEST} clips. ${synthetic} synthetic flow images ` +
      `take part in every training.`,
    '',
    ...lines,
    '',
    `Sides: of ${count(sides.oneSided)} units coded on one side, ${count(sides.right)} were reported on that side and ${count(sides.wrong)} on the other ` +
      `(${count(sides.larger)} leaned to that side); of ${count(sides.twoSided)} coded on both, ${count(sides.both)} were reported on both.`,
    '',
    ...syntheticLines(result),
    protocol === 'cd6me'
      ? `Published for CD6ME (six datasets; mean binary F1 over twelve units): ${published}. They are comparable only where all six datasets are.`
      : `Other subjects, cameras and laboratories: see the protocol cd6me, whose published means (six datasets, twelve units) are: ${published}.`,
    '',
  ].join('\n');
}

/** Units learned from synthetic movements alone. */
function syntheticLines({ syntheticUnits = [], data }: UnitsResult): string[] {
  if (syntheticUnits.length === 0) return [];
  const rows = syntheticUnits.map(({ unit, auc, found, coded, named, agreed }) => [
    `AU${unit} ${actionUnitOf(unit)?.name ?? ''}`.trim(),
    ...[auc === null ? '—' : points(auc), points(found), String(coded), String(named)],
    String(agreed),
  ]);
  const table = [
    ['unit', 'AUC', 'found', 'clips coded', 'clips named', 'both'],
    ['---', '---:', '---:', '---:', '---:', '---:'],
    ...rows,
  ];
  return [
    `Learned from synthetic movements alone: AUC and share found on other synthetic faces, and what was named in the ${data.clips} real clips, on which thresholds were set, too. How often these units are right on real faces is not known.`,
    '',
    ...table.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ];
}

/** Decisions and probabilities of every clip and unit as CSV, one row per clip, unit and seed. */
export function unitsCsv(
  units: readonly number[],
  clips: readonly { readonly id: string; readonly shown: readonly (0 | 1 | undefined)[] }[],
  seeds: readonly {
    readonly seed: number;
    readonly predictions: readonly {
      readonly left: readonly number[];
      readonly right: readonly number[];
      readonly probability: readonly number[];
      readonly asymmetry: readonly number[];
      readonly side: readonly UnitSide[];
    }[];
  }[],
): string {
  const lines = ['seed,clip,unit,coded,decision_left,decision_right,probability,asymmetry,side'];
  for (const { seed, predictions } of seeds) {
    clips.forEach(({ id, shown }, i) => {
      units.forEach((unit, at) => {
        const { left, right, probability, asymmetry, side } = predictions[i]!;
        const numbers = [left[at]!, right[at]!, probability[at]!, asymmetry[at]!];
        lines.push(
          [
            ...[seed, `"${id.replaceAll('"', '""')}"`, unit, shown[at] ?? ''],
            ...[...numbers.map((value) => value.toFixed(4)), side[at]!],
          ].join(','),
        );
      });
    });
  }
  return `${lines.join('\n')}\n`;
}
