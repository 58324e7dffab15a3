/** @file Coefficients against R (golden/agreement.R), scikit-learn and published worked examples. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { blandAltman } from './bland-altman.ts';
import {
  cohenKappa,
  coincidencesOf,
  fleissKappa,
  fleissUnit,
  krippendorffAlpha,
} from './chance.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../../../golden/agreement.json', import.meta.url), 'utf8'),
) as { readonly counts: number[][]; readonly psych: number; readonly vcd: number }[];

describe("Cohen's κ", () => {
  test.each(golden.map((one, i) => [i, one] as const))(
    'is that of psych and vcd, table %i',
    (_, one) => {
      expect(cohenKappa(one.counts)).toBeCloseTo(one.psych, 10);
      expect(cohenKappa(one.counts)).toBeCloseTo(one.vcd, 10);
    },
  );

  const hasSklearn = spawnSync('/usr/bin/python3', ['-c', 'import sklearn']).status === 0;
  test.skipIf(!hasSklearn)(
    'is that of scikit-learn (skipped where python3-sklearn is absent)',
    () => {
      const code = `import json, sys
from sklearn.metrics import cohen_kappa_score as kappa
print(json.dumps([kappa(*zip(*[(i, j) for i, row in enumerate(m) for j, n in enumerate(row) for _ in range(n)])) for m in json.load(sys.stdin)]))`;
      const text = execFileSync('/usr/bin/python3', ['-c', code], {
        encoding: 'utf8',
        input: JSON.stringify(golden.map(({ counts }) => counts)),
      });
      const theirs = JSON.parse(text) as number[];
      golden.forEach(({ counts }, i) => expect(cohenKappa(counts)).toBeCloseTo(theirs[i]!, 10));
    },
  );

  test('is 1 of agreement, 0 of chance, and not defined of a single label', () => {
    expect(cohenKappa([[3, 0], [0, 5]])).toBe(1); // prettier-ignore
    expect(cohenKappa([[4, 4], [2, 2]])).toBeCloseTo(0, 12); // prettier-ignore
    expect(cohenKappa([[7, 0], [0, 0]])).toBeUndefined(); // prettier-ignore
    expect(cohenKappa([[0, 0], [0, 0]])).toBeUndefined(); // prettier-ignore
  });
});

/** Coincidences of a table with a row per coder; `.` is missing. */
function alphaOf(...coders: readonly string[]): number | undefined {
  const rows = coders.map((text) => text.split(' '));
  const labels = [...new Set(rows.flat())].filter((label) => label !== '.').sort();
  const total = labels.map(() => labels.map(() => 0));
  rows[0]!.forEach((_, unit) => {
    const votes = labels.map((label) => rows.filter((row) => row[unit] === label).length);
    coincidencesOf(votes).forEach((row, i) => row.forEach((value, j) => (total[i]![j]! += value)));
  });
  return krippendorffAlpha(total);
}

describe("Krippendorff's α, worked examples of Krippendorff 2011", () => {
  test('A: two observers, binary data', () => {
    expect(alphaOf('0 1 0 0 0 0 0 0 1 0', '1 1 1 0 0 1 0 0 0 0')).toBeCloseTo(0.095, 3);
  });
  test('B: two observers, nominal data', () => {
    expect(alphaOf('a a b b d c c c e d d a', 'b a b b b c c c e d d d')).toBeCloseTo(0.692, 3);
  });
  test('C: any number of observers, missing data', () => {
    const alpha = alphaOf(
      ...['1 2 3 3 2 1 4 1 2 . . .', '1 2 3 3 2 2 4 1 2 5 . 3'],
      ...['. 3 3 3 2 3 4 2 2 5 1 .', '1 2 3 3 2 4 4 1 2 5 1 .'],
    );
    expect(alpha).toBeCloseTo(0.743, 3);
  });
});

test("Fleiss' κ: a published worked example (14 raters, 10 subjects, 5 categories: .210)", () => {
  const table = [
    ...[[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1]], // prettier-ignore
    ...[[7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]], // prettier-ignore
  ];
  const units = table.map(fleissUnit);
  const kappa = fleissKappa({
    units: 10,
    agreeing: units.reduce((total, { agreeing }) => total + agreeing, 0),
    totals: table[0]!.map((_, i) => table.reduce((total, row) => total + row[i]!, 0)),
  });
  expect(kappa).toBeCloseTo(0.21, 3);
});

test('of two coders, α is close to κ of Scott, and to 1 of agreement', () => {
  const votes = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 5, maxLength: 40 });
  fc.assert(
    fc.property(votes, (pairs) => {
      const total = [0, 1, 2].map(() => [0, 0, 0]);
      for (const [a, b] of pairs) {
        const unit = [0, 1, 2].map((label) => Number(a === label) + Number(b === label));
        coincidencesOf(unit).forEach((row, i) => row.forEach((value, j) => (total[i]![j]! += value))); // prettier-ignore
      }
      const alpha = krippendorffAlpha(total);
      if (alpha === undefined) return;
      expect(alpha).toBeLessThanOrEqual(1 + 1e-12);
      if (pairs.every(([a, b]) => a === b)) expect(alpha).toBeCloseTo(1, 12);
      // Krippendorff 2011: α = 1 − (n − 1) / n · (1 − π), where n counts all labels.
      const n = 2 * pairs.length;
      const shares = total.map((row) => row.reduce((x, y) => x + y) / n);
      const observed = total.reduce((sum, row, i) => sum + row[i]!, 0) / n;
      const expected = shares.reduce((sum, share) => sum + share ** 2, 0);
      const pi = (observed - expected) / (1 - expected);
      expect(alpha).toBeCloseTo(1 - ((n - 1) / n) * (1 - pi), 10);
    }),
  );
});

test('limits of agreement: peak flow of Bland and Altman 1986, table 1 (bias −2.1, standard deviation 38.8)', () => {
  const large = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]; // prettier-ignore
  const mini = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]; // prettier-ignore
  const result = blandAltman(large.map((value, i) => value - mini[i]!))!;
  expect(result.pairs).toBe(17);
  expect(result.bias).toBeCloseTo(-2.1, 1);
  expect(result.standardDeviation).toBeCloseTo(38.8, 1);
  // The paper takes 2 for 1.96: −79.7 and 75.5.
  expect(result.lower).toBeCloseTo(-2.12 - 1.96 * 38.77, 0);
  expect(result.upper).toBeCloseTo(-2.12 + 1.96 * 38.77, 0);
  // Standard errors of the paper: 9.4 and 16.3.
  expect(result.biasError / 1.96).toBeCloseTo(9.4, 1);
  expect(result.limitError / 1.96).toBeCloseTo(16.3, 1);
  expect(blandAltman([])).toBeUndefined();
  expect(blandAltman([0.5])).toMatchObject({ bias: 0.5, standardDeviation: 0, lower: 0.5 });
});
