/**
 * @file How the recognition of units is learned: one linear classifier for each unit, for one side of a face at a time.
 *
 * A face gives two rows: as it is, labeled by what its left side shows, and mirrored, labeled by its right side. So
 * a unit that acts on one side is learned as such, and both sides are recognized by the same weights. Both classes of a
 * unit weigh the same (King and Zeng 2001, "Logistic Regression in Rare Events Data", §4.1), so that how often a unit
 * occurs among those who happen to be trained on does not move its decision. Real and synthetic rows
 * are standardized apart: what differs between them as a whole teaches nothing.
 *
 * Units that coders write together are hard to distinguish: a clip that shows m units counts one m-th for each of them. By
 * the sum of these shares, the evidence, real clips are weighed against the synthetic part, which shows each unit by itself
 * but not on a real face: it counts as {@link SYNTHETIC_CLIPS} clips. So a unit that is rare, or never alone, is learned from
 * synthetic flow above all, and a frequent one from real clips.
 */
import { TelltaleError } from '../base/errors.ts';
import { mirrorFeatures, UNIT_FEATURES } from './features.ts';
import {
  addRows,
  dot,
  factorize,
  solveLower,
  solveUpper,
  unseenAnswers,
  type Gram,
} from './squares.ts';

/** What a unit does on one side: absent, present, or not known. */
export type Shown = 0 | 1 | undefined;

/** A face with its coded units. */
export interface CodedFace {
  /** Whose it is, unique over all datasets. */
  readonly subject: string;
  /** As `unitFeatures` computes them. */
  readonly features: Float64Array;
  /** Of each unit, on the subject's left side. */
  readonly left: readonly Shown[];
  /** Of each unit, on the subject's right side. */
  readonly right: readonly Shown[];
}

/** Decision values: positive where a unit is recognized on that side. */
export interface SideDecisions {
  /** Of each unit, on the subject's left side. */
  readonly left: readonly number[];
  /** Of each unit, on the subject's right side. */
  readonly right: readonly number[];
}

/** A linear classifier of units. */
export interface LinearUnits {
  /** Of each feature. */
  readonly means: Float64Array;
  /** Of each feature: 1 / standard deviation, 0 where it is constant. */
  readonly scales: Float64Array;
  /** Of each unit: a weight per standardized feature, and the threshold last. */
  readonly weights: readonly Float64Array[];
}

/** A fit, with what it answers for subjects that it did not see. */
export interface UnitsFit extends LinearUnits {
  /** Of each face, in order: what a fit without its subject would decide. */
  readonly unseen: readonly SideDecisions[];
}

/** Ridge per row, chosen by the score on CASME II, see docs/experiments.md. */
export const RIDGE: number = 1 / 36;
/** The same where no real clip is coded: synthetic faces, which are many, differ from real ones. */
const SYNTHETIC_RIDGE = 0.12;
/** The constant feature, large: the threshold is hardly regularized. */
export const CONSTANT: number = Math.sqrt(10);
/** Clips showing a unit and no other that the synthetic part counts as, chosen on planted clips, see docs/experiments.md. */
const SYNTHETIC_CLIPS = 6;

/** Rows of a face: as it is, and mirrored. */
const ROWS_OF_A_FACE = 2;

interface Row {
  readonly x: Float64Array;
  readonly labels: readonly Shown[];
  readonly subject: string;
}

/** The synthetic part of every fit: computed once, used in each fold. */
export interface SyntheticPart {
  /** Of each unit, weights summing to 1. */
  readonly moments: readonly {
    /** XᵀWX. */
    readonly gram: Gram;
    /** XᵀWy. */
    readonly target: Float64Array;
  }[];
}

/** Prepares synthetic faces for {@link fitUnits}. */
export function syntheticPart(faces: readonly CodedFace[], units: number): SyntheticPart {
  const rows = rowsOf(faces, standardOf(faces));
  const plain = plainGram(rows);
  return {
    moments: Array.from({ length: units }, (_, unit) => {
      const weights = balanced(rows, unit).map((weight) => weight / rows.length);
      const gram = weightedGram(plain, rows, weights);
      const target = targetOf(rows, unit, (i) => weights[i]!);
      return { gram, target };
    }),
  };
}

/**
 * Learns all units from coded faces, beside synthetic ones.
 *
 * @param faces - real ones; units that are not known are left out, one by one
 * @throws TelltaleError `DATASET_INVALID` where there is no face
 */
export function fitUnits(
  faces: readonly CodedFace[],
  { units, synthetic }: { readonly units: number; readonly synthetic?: SyntheticPart | undefined },
): UnitsFit {
  if (faces.length === 0)
    throw new TelltaleError(
      'DATASET_INVALID',
      'no clip with coded action units to learn from',
      'Give a dataset whose samples.csv or action-units.csv has a column action_units.',
    );
  const standard = standardOf(faces);
  const rows = rowsOf(faces, standard);
  const groups = groupsOf(rows);
  const plain = plainGram(rows);
  const unseen = rows.map(() => new Array<number>(units).fill(0));
  const weights = Array.from({ length: units }, (_, unit) => {
    const shares = sharesOf(rows, unit);
    const evidence = shares.reduce((sum, share) => sum + share, 0) / ROWS_OF_A_FACE;
    const real = synthetic ? evidence / (evidence + SYNTHETIC_CLIPS) : 1;
    const rowWeights = balanced(rows, unit, shares).map((weight) => real * weight);
    const gram = weightedGram(plain, rows, rowWeights);
    const target = targetOf(rows, unit, (i) => rowWeights[i]!);
    if (synthetic) {
      const share = (1 - real) * rows.length;
      const moments = synthetic.moments[unit]!;
      for (let i = 0; i < gram.data.length; i++) gram.data[i]! += share * moments.gram.data[i]!;
      for (let i = 0; i < target.length; i++) target[i]! += share * moments.target[i]!;
    }
    const isCoded = rows.some(({ labels }) => labels[unit] !== undefined);
    const lower = factorize(gram, (isCoded ? RIDGE : SYNTHETIC_RIDGE) * rows.length);
    const weight = solveUpper(lower, solveLower(lower, target));
    const projected = rows.map(({ x }) => solveLower(lower, x));
    for (const group of groups) {
      const answers = unseenAnswers(
        group.map((i) => ({
          projected: projected[i]!,
          weight: rowWeights[i]!,
          target: signOf(rows[i]!.labels[unit]),
          answer: dot(weight, rows[i]!.x),
        })),
      );
      group.forEach((i, at) => (unseen[i]![unit] = answers[at]!));
    }
    return weight;
  });
  return {
    ...standard,
    weights,
    unseen: faces.map((_, i) => ({ left: unseen[2 * i]!, right: unseen[2 * i + 1]! })),
  };
}

/** Decision values of a face. */
export function decideUnits(
  { means, scales, weights }: LinearUnits,
  features: Float64Array,
): SideDecisions {
  const decide = (looked: Float64Array): number[] => {
    const x = standardized(looked, { means, scales });
    return weights.map((weight) => dot(weight, x));
  };
  return { left: decide(features), right: decide(mirrorFeatures(features)) };
}

/**
 * One decision value for the whole face: half the stronger side, half the mean of both. A unit on one side is not lost,
 * and one that both sides show weakly is found.
 */
export function faceDecision(left: number, right: number): number {
  return Math.max(left, right) / 2 + (left + right) / 4;
}

/** How features are standardized. */
export type Standard = Pick<LinearUnits, 'means' | 'scales'>;

/** Mean and scale over the faces and their mirror images. */
export function standardOf(faces: readonly CodedFace[]): Standard {
  const means = new Float64Array(UNIT_FEATURES);
  const squares = new Float64Array(UNIT_FEATURES);
  const count = 2 * faces.length;
  for (const { features } of faces) {
    for (const row of [features, mirrorFeatures(features)]) {
      for (let i = 0; i < UNIT_FEATURES; i++) {
        means[i]! += row[i]! / count;
        squares[i]! += row[i]! ** 2 / count;
      }
    }
  }
  const scales = squares.map((square, i) => {
    const variance = square - means[i]! ** 2;
    return variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  });
  return { means, scales };
}

/** Standardized, so that a row has length 1 on average, with the constant last. */
function standardized(features: Float64Array, { means, scales }: Standard): Float64Array {
  const x = new Float64Array(UNIT_FEATURES + 1);
  const root = Math.sqrt(UNIT_FEATURES);
  for (let i = 0; i < UNIT_FEATURES; i++) x[i] = ((features[i]! - means[i]!) * scales[i]!) / root;
  x[UNIT_FEATURES] = CONSTANT;
  return x;
}

function rowsOf(faces: readonly CodedFace[], standard: Standard): Row[] {
  return faces.flatMap(({ subject, features, left, right }) => [
    { x: standardized(features, standard), labels: left, subject },
    { x: standardized(mirrorFeatures(features), standard), labels: right, subject },
  ]);
}

function groupsOf(rows: readonly Row[]): number[][] {
  const groups = new Map<string, number[]>();
  rows.forEach(({ subject }, i) => {
    const group = groups.get(subject);
    if (group) group.push(i);
    else groups.set(subject, [i]);
  });
  return [...groups.values()];
}

/** XᵀX. */
function plainGram(rows: readonly Row[]): Gram {
  const size = UNIT_FEATURES + 1;
  const gram = { size, data: new Float64Array(size * size) };
  const all = rows.map(({ x }) => x);
  addRows(gram, all, () => 1);
  return gram;
}

/** XᵀWX. Most rows have the same weight: XᵀX once, and what the others differ by, is a tenth of the work. */
function weightedGram(plain: Gram, rows: readonly Row[], weights: readonly number[]): Gram {
  const counts = new Map<number, number>();
  for (const weight of weights) counts.set(weight, (counts.get(weight) ?? 0) + 1);
  const [usual] = [...counts].sort(([, a], [, b]) => b - a)[0]!;
  const gram = { size: plain.size, data: plain.data.map((value) => usual * value) };
  const all = rows.map(({ x }) => x);
  addRows(gram, all, (i) => weights[i]! - usual);
  return gram;
}

const signOf = (label: Shown): number => (label === 1 ? 1 : -1);

/** Of each row that shows a unit, one over the number of units that it shows; 0 of the others. */
function sharesOf(rows: readonly Row[], unit: number): number[] {
  return rows.map(({ labels }) =>
    labels[unit] === 1 ? 1 / labels.filter((label) => label === 1).length : 0,
  );
}

/**
 * Weights by which both classes of a unit count half of all rows; 0 where the unit is not known.
 *
 * @param shares - how much the rows that show the unit weigh against each other; @defaultValue all the same
 */
function balanced(rows: readonly Row[], unit: number, shares?: readonly number[]): number[] {
  const raw = rows.map(({ labels }, i) =>
    labels[unit] === undefined ? 0 : labels[unit] === 1 ? (shares?.[i] ?? 1) : 1,
  );
  const sums = [0, 0];
  rows.forEach(({ labels }, i) => (sums[labels[unit] ?? 0]! += raw[i]!));
  return rows.map(({ labels }, i) =>
    raw[i] === 0 ? 0 : (0.5 * rows.length * raw[i]!) / sums[labels[unit]!]!,
  );
}

function targetOf(
  rows: readonly Row[],
  unit: number,
  weight: (row: number) => number,
): Float64Array {
  const target = new Float64Array(UNIT_FEATURES + 1);
  rows.forEach(({ x, labels }, i) => {
    const factor = weight(i) * signOf(labels[unit]);
    if (factor !== 0) for (let k = 0; k < x.length; k++) target[k]! += factor * x[k]!;
  });
  return target;
}
