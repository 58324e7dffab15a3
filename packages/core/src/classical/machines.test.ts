/** @file Both machines against scikit-learn (golden/svm.py), and what their problems promise. */
import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { fitLinear } from './linear.ts';
import { balancedWeights, type Points } from './points.ts';
import { fitRadial } from './radial.ts';

interface Case {
  readonly cost: number;
  readonly balanced: boolean;
  readonly classes: number;
  readonly train: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly test: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
}
interface Golden {
  readonly linear: readonly Case[];
  readonly radial: readonly (Case & {
    readonly gamma: number;
    readonly pairs: readonly (readonly number[])[];
    readonly verdicts: readonly number[];
  })[];
}
const golden = JSON.parse(
  readFileSync(new URL('../../../../golden/svm.json', import.meta.url), 'utf8'),
) as Golden;

const rowOf = (values: readonly number[]): Float64Array => Float64Array.from(values);
const pointsOf = ({ train, labels, classes }: Case): Points => ({
  rows: train.map(rowOf),
  labels,
  classes,
});
const weightsOf = (one: Case) => (one.balanced ? { weights: balancedWeights(one) } : {});

function compare(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 5));
}

describe('against scikit-learn', () => {
  test.each(golden.linear)('LinearSVC, C $cost, $classes classes', (one) => {
    const machine = fitLinear(pointsOf(one), {
      cost: one.cost,
      ...weightsOf(one),
      tolerance: 1e-9,
      random: createRandom(1),
    });
    one.test.forEach((row, i) => compare(machine.scores(rowOf(row)), one.scores[i]!));
  });

  test.each(golden.radial)('SVC, C $cost, gamma $gamma, $classes classes', (one) => {
    const machine = fitRadial(pointsOf(one), {
      cost: one.cost,
      gamma: one.gamma,
      ...weightsOf(one),
      tolerance: 1e-9,
    });
    one.test.forEach((row, i) => {
      compare(machine.pairs(rowOf(row)), one.pairs[i]!);
      compare(machine.scores(rowOf(row)), one.scores[i]!);
    });
  });
});

/** Two clouds and a third class without points. */
function clouds(seed: number, n: number): Points {
  const random = createRandom(seed);
  const labels = Array.from({ length: n }, (_, i) => i % 2);
  return {
    rows: labels.map((label) => Float64Array.from({ length: 3 }, () => random.normal() + label)),
    labels,
    classes: 3,
  };
}
const best = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores));

describe('both machines', () => {
  test('separate what can be separated, and never choose a class that they have not seen', () => {
    const points = clouds(3, 30);
    const apart = {
      ...points,
      rows: points.rows.map((row, i) => row.map((x) => x + (i % 2) * 20)),
    };
    const machines = [
      fitLinear(apart, { cost: 10, random: createRandom(1) }),
      fitRadial(apart, { cost: 10, gamma: 0.01 }),
    ];
    for (const machine of machines)
      expect(apart.rows.map((row) => best(machine.scores(row)))).toEqual(apart.labels);
  });

  test('a weight of two is a point that comes twice', () => {
    const points = clouds(5, 24);
    const twice = points.labels.flatMap((label, i) => (label === 0 ? [i, i] : [i]));
    const repeated: Points = {
      rows: twice.map((i) => points.rows[i]!),
      labels: twice.map((i) => points.labels[i]!),
      classes: 3,
    };
    const options = { cost: 1, gamma: 0.3, tolerance: 1e-9 };
    const weighted = fitRadial(points, { ...options, weights: [2, 1, 1] });
    const plain = fitRadial(repeated, options);
    for (const row of points.rows) compare(weighted.pairs(row), plain.pairs(row));
  });

  test('the solution does not depend on the order of the points', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const points = clouds(seed, 20);
        const order = createRandom(seed).shuffle(points.labels.map((_, i) => i));
        const mixed: Points = {
          rows: order.map((i) => points.rows[i]!),
          labels: order.map((i) => points.labels[i]!),
          classes: 3,
        };
        const [one, other] = [points, mixed].map((each, k) =>
          fitLinear(each, { cost: 0.1, tolerance: 1e-9, random: createRandom(k) }),
        );
        for (const row of points.rows) compare(one!.scores(row), other!.scores(row));
        const [first, second] = [points, mixed].map((each) =>
          fitRadial(each, { cost: 1, gamma: 0.5, tolerance: 1e-9 }),
        );
        for (const row of points.rows) compare(first!.pairs(row), second!.pairs(row));
      }),
      { numRuns: 20 },
    );
  });

  test('one class alone is chosen everywhere', () => {
    const rows = clouds(1, 6).rows;
    const points: Points = { rows, labels: rows.map(() => 1), classes: 3 };
    const linear = fitLinear(points, { cost: 1, random: createRandom(1) });
    const radial = fitRadial(points, { cost: 1, gamma: 1 });
    for (const row of rows) {
      expect(best(linear.scores(row))).toBe(1);
      expect(best(radial.scores(row))).toBe(1);
    }
  });

  test('balanced weights cost every class that occurs the same', () => {
    expect(balancedWeights({ labels: [0, 0, 0, 2], classes: 3 })).toEqual([4 / 6, 0, 2]);
  });
});
