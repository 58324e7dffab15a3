/** @file Scores against scikit-learn, and what must hold of any score. */
import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { scoreJudgments, spreadOf, standardizedUf1 } from './metrics.ts';
import { measuresOf } from './statistics.ts';

interface Case {
  readonly classes: string[];
  readonly target: number[];
  readonly prediction: number[];
  readonly uf1: number;
  readonly uar: number;
  readonly standardizedUf1: number;
  readonly accuracy: number;
  readonly f1: number[];
  readonly recall: number[];
  readonly precision: number[];
  readonly confusion: number[][];
}
const golden = JSON.parse(
  readFileSync(new URL('../../../../../golden/metrics.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

const CLASSES = ['a', 'b', 'c', 'd'];
const judgments = fc.array(
  fc.record({ target: fc.constantFrom(...CLASSES), prediction: fc.constantFrom(...CLASSES) }),
);

describe('scoreJudgments', () => {
  test('agrees with scikit-learn in 200 cases, absent classes among them', () => {
    let absent = 0;
    for (const { classes, target, prediction, ...expected } of golden.cases) {
      const scores = scoreJudgments(
        target.map((t, i) => ({ target: classes[t]!, prediction: classes[prediction[i]!]! })),
        classes,
      );
      const columns = (name: 'f1' | 'recall' | 'precision'): number[] =>
        scores.classes.map((one) => one[name]);
      for (const name of ['uf1', 'uar', 'standardizedUf1', 'accuracy'] as const) {
        expect(Math.abs(scores[name] - expected[name])).toBeLessThan(1e-12);
      }
      for (const name of ['f1', 'recall', 'precision'] as const) {
        columns(name).forEach((value, c) =>
          expect(Math.abs(value - expected[name][c]!)).toBeLessThan(1e-12),
        );
      }
      expect(scores.confusion).toEqual(expected.confusion);
      if (scores.classes.some(({ support }) => support === 0)) absent += 1;
    }
    expect(golden.cases).toHaveLength(200);
    expect(absent).toBeGreaterThan(20);
  });

  test('does not depend on the order of samples or classes', () => {
    fc.assert(
      fc.property(judgments, (pool) => {
        const forward = scoreJudgments(pool, CLASSES);
        const backward = scoreJudgments([...pool].reverse(), [...CLASSES].reverse());
        expect(backward.uf1).toBeCloseTo(forward.uf1, 12);
        expect(backward.uar).toBeCloseTo(forward.uar, 12);
      }),
    );
  });

  test('standardized UF1 does not move with the sizes of the classes', () => {
    const shares = [
      [8, 1, 1],
      [2, 6, 2],
      [0, 5, 5],
    ];
    const sized = shares.map((row, c) => row.map((count) => count * [1, 7, 3][c]!));
    expect(standardizedUf1(sized)).toBeCloseTo(standardizedUf1(shares), 12);
    expect(measuresOf(sized).uf1).not.toBeCloseTo(measuresOf(shares).uf1, 2);
    expect(measuresOf(shares).uf1).toBeCloseTo(standardizedUf1(shares), 12);
  });

  test('is 1 for the truth and 0 for no judgments', () => {
    const truth = CLASSES.map((name) => ({ target: name, prediction: name }));
    expect(scoreJudgments(truth, CLASSES)).toMatchObject({ uf1: 1, uar: 1, accuracy: 1 });
    expect(scoreJudgments([], CLASSES)).toMatchObject({ uf1: 0, uar: 0, accuracy: 0, samples: 0 });
  });

  test('refuses a class that is not of the list', () => {
    expect(() => scoreJudgments([{ target: 'a', prediction: 'z' }], CLASSES)).toThrow(
      /the class "z" is not among "a", "b"/,
    );
  });
});

test('spread is the sample standard deviation', () => {
  expect(spreadOf([1, 2, 4]).mean).toBeCloseTo(7 / 3, 12);
  expect(spreadOf([1, 2, 4]).deviation).toBeCloseTo(Math.sqrt(7 / 3), 12);
  expect(spreadOf([5])).toEqual({ mean: 5, deviation: 0 });
});
