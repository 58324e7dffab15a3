/** @file Intervals and tests against SciPy and NumPy, and what must hold of any. */
import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../../base/random.ts';
import { scoreJudgments } from './metrics.ts';
import { bootstrap, mcnemar, measuresOf, pairedBootstrap, quantile } from './statistics.ts';
import type { SubjectCounts } from './statistics.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../../../../golden/statistics.json', import.meta.url), 'utf8'),
) as {
  readonly mcnemar: readonly { readonly b: number; readonly c: number; readonly p: number }[];
  readonly quantiles: readonly { values: number[]; share: number; quantile: number }[];
};

/** Subjects with a given share of correct predictions of ten clips, over two classes and one seed. */
function subjects(shares: readonly number[]): SubjectCounts[] {
  return shares.map((share) => {
    const right = Math.round(5 * share);
    return [
      [
        [right, 5 - right],
        [5 - right, right],
      ],
    ];
  });
}

test('McNemar and quantiles are those of SciPy and NumPy', () => {
  for (const { b, c, p } of golden.mcnemar) {
    const first = [...Array<boolean>(b).fill(true), ...Array<boolean>(c).fill(false), true, false];
    const second = [...Array<boolean>(b).fill(false), ...Array<boolean>(c).fill(true), true, false];
    const found = mcnemar(first, second);
    expect(found).toMatchObject({ onlyFirst: b, onlySecond: c });
    expect(Math.abs(found.p - p)).toBeLessThan(1e-12);
  }
  for (const one of golden.quantiles) {
    expect(quantile(one.values, one.share)).toBeCloseTo(one.quantile, 12);
  }
});

test('measures of counts are those of the judgments they count', () => {
  const names = ['a', 'b', 'c'];
  const judgment = fc.record({
    target: fc.constantFrom(...names),
    prediction: fc.constantFrom(...names),
  });
  fc.assert(
    fc.property(fc.array(judgment), (judgments) => {
      const scores = scoreJudgments(judgments, names);
      const { uf1, uar, standardizedUf1, accuracy } = measuresOf(scores.confusion);
      expect(uf1).toBeCloseTo(scores.uf1, 12);
      expect(uar).toBeCloseTo(scores.uar, 12);
      expect(standardizedUf1).toBeCloseTo(scores.standardizedUf1, 12);
      expect(accuracy).toBeCloseTo(scores.accuracy, 12);
    }),
  );
});

describe('the bootstrap', () => {
  const random = createRandom(3);
  const mixed = subjects(Array.from({ length: 30 }, () => 0.3 + 0.6 * random.uniform()));

  test('holds the score, and is narrower for more subjects', () => {
    const all = measuresOf(
      mixed.reduce(
        (sum, [table]) => sum.map((row, i) => row.map((n, j) => n + table![i]![j]!)),
        [
          [0, 0],
          [0, 0],
        ],
      ),
    );
    const { uf1, accuracy } = bootstrap(mixed);
    expect(uf1[0]).toBeLessThan(all.uf1);
    expect(uf1[1]).toBeGreaterThan(all.uf1);
    const four = bootstrap([...mixed, ...mixed, ...mixed, ...mixed]);
    const width = ([low, high]: readonly [number, number]): number => high - low;
    expect(width(four.accuracy) / width(accuracy)).toBeCloseTo(0.5, 1);
  });

  test('covers the true share about 95 times in a hundred', () => {
    const world = createRandom(11);
    let covered = 0;
    for (let i = 0; i < 200; i++) {
      const drawn = subjects(Array.from({ length: 30 }, () => world.uniform()));
      const [low, high] = bootstrap(drawn, { draws: 300, seed: i }).accuracy;
      if (low <= 0.5 && 0.5 <= high) covered += 1;
    }
    expect(covered).toBeGreaterThan(175);
    expect(covered).toBeLessThan(200);
  });

  test('is the same each time, and has no width where all subjects are alike', () => {
    expect(bootstrap(mixed)).toEqual(bootstrap(mixed));
    const { uar } = bootstrap(subjects(Array<number>(9).fill(0.6)));
    expect(uar[1] - uar[0]).toBeLessThan(1e-12);
  });

  test('distinguishes a difference from none', () => {
    const better = mixed.map(([table]) => [
      table!.map((row, i) =>
        row.map((n, j) => (i === j ? Math.min(n + 1, 5) : Math.max(n - 1, 0))),
      ),
    ]);
    const { measured, intervals, p } = pairedBootstrap(better, mixed);
    expect(measured.uf1).toBeGreaterThan(0);
    expect(intervals.uf1[0]).toBeGreaterThan(0);
    expect(p.uf1).toBeLessThan(0.01);
    const none = pairedBootstrap(mixed, mixed);
    expect(none.measured).toEqual({ uf1: 0, uar: 0, standardizedUf1: 0, accuracy: 0 });
    expect(none.p.uf1).toBe(1);
  });
});
