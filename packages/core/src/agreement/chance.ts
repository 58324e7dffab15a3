/**
 * @file Agreement beyond chance, from counts: Cohen's κ, Fleiss' κ and Krippendorff's α for nominal labels.
 *
 * `undefined` is a coefficient that
 * is not defined, as where all coders use one label throughout.
 */

/** How often two coders gave each pair of labels; shape `[labels][labels]`, the first coder's label first. */
export type Confusion = readonly (readonly number[])[];

/**
 * Cohen's κ of a confusion matrix.
 *
 * @see Cohen 1960, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20(1)
 */
export function cohenKappa(confusion: Confusion): number | undefined {
  const rows = confusion.map(sum);
  const columns = confusion.map((_, i) => sum(confusion.map((row) => row[i]!)));
  return kappaOfSums({ rows, columns, agreeing: sum(confusion.map((row, i) => row[i]!)) });
}

/** All that Cohen's κ needs of a confusion matrix. */
export interface ConfusionSums {
  /** How often the first coder gave each label. */
  readonly rows: readonly number[];
  /** How often the second coder gave each label. */
  readonly columns: readonly number[];
  /** How often both gave the same label. */
  readonly agreeing: number;
}

/** Cohen's κ of the sums of a confusion matrix: {@link cohenKappa} without the matrix, which is large for many labels. */
export function kappaOfSums({ rows, columns, agreeing }: ConfusionSums): number | undefined {
  const total = sum(rows);
  if (total === 0) return undefined;
  const observed = agreeing / total;
  const expected = sum(rows.map((row, i) => (row / total) * (columns[i]! / total)));
  return expected >= 1 ? undefined : (observed - expected) / (1 - expected);
}

/** What Fleiss' κ needs of units that all coders labeled. */
export interface FleissCounts {
  /** Number of units. */
  readonly units: number;
  /** Sum over units of the part of agreeing pairs of coders. */
  readonly agreeing: number;
  /** How often each label was given, all coders together. */
  readonly totals: readonly number[];
}

/** The part of agreeing pairs of coders of one labeled item, and its votes. @param votes - how many coders gave each label; at least two coders in all */
export function fleissUnit(votes: readonly number[]): FleissCounts {
  const coders = sum(votes);
  const pairs = sum(votes.map((count) => count * (count - 1)));
  return { units: 1, agreeing: pairs / (coders * (coders - 1)), totals: votes };
}

/**
 * Fleiss' κ of counted units; 1 is agreement everywhere, 0 that of chance.
 *
 * @see Fleiss 1971, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76(5), eq. 7
 */
export function fleissKappa({ units, agreeing, totals }: FleissCounts): number | undefined {
  const votes = sum(totals);
  if (units === 0 || votes === 0) return undefined;
  const expected = sum(totals.map((count) => (count / votes) ** 2));
  return expected >= 1 ? undefined : (agreeing / units - expected) / (1 - expected);
}

/**
 * Coincidences of one unit: each ordered pair of its coders' labels, by one less than their number. Units with fewer
 * than two labels have none.
 *
 * @param votes - how many coders gave each label
 */
export function coincidencesOf(votes: readonly number[]): number[][] {
  const coders = sum(votes);
  return votes.map((a, i) =>
    votes.map((b, j) => (coders < 2 ? 0 : (a * (i === j ? b - 1 : b)) / (coders - 1))),
  );
}

/**
 * Krippendorff's α for nominal labels, from the coincidences of all units.
 *
 * @see Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania, section C
 */
export function krippendorffAlpha(coincidences: Confusion): number | undefined {
  const agreeing = sum(coincidences.map((row, i) => row[i]!));
  return alphaOfSums({ totals: coincidences.map(sum), agreeing });
}

/** All that Krippendorff's α needs of coincidences. */
export interface CoincidenceSums {
  /** Coincidences of each label with any label. */
  readonly totals: readonly number[];
  /** Coincidences of a label with itself, all labels together. */
  readonly agreeing: number;
}

/** Krippendorff's α of the sums of coincidences: {@link krippendorffAlpha} without the matrix. */
export function alphaOfSums({ totals, agreeing }: CoincidenceSums): number | undefined {
  const all = sum(totals);
  const expected = all ** 2 - sum(totals.map((total) => total ** 2));
  return expected === 0 ? undefined : 1 - ((all - 1) * (all - agreeing)) / expected;
}

/** Adds numbers up; 0 of none. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
