/** @file Emotions from units: against scikit-learn (golden/unit-emotions.py), and what holds of any. */
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { emotionProbabilities, fitEmotions } from './emotions.ts';

interface Golden {
  readonly cases: readonly {
    readonly classes: number;
    readonly rows: readonly (readonly number[])[];
    readonly labels: readonly number[];
    readonly test: readonly (readonly number[])[];
    readonly probabilities: readonly (readonly number[])[];
  }[];
}
const { cases } = JSON.parse(
  readFileSync(new URL('../../../../golden/unit-emotions.json', import.meta.url), 'utf8'),
) as Golden;

test('probabilities are those of scikit-learn, a constant decision included', () => {
  for (const { classes, rows, labels, test: unseen, probabilities } of cases) {
    const fit = fitEmotions(
      rows.map((decisions, i) => ({ decisions, label: labels[i]! })),
      classes,
    );
    unseen.forEach((decisions, i) => {
      const found = emotionProbabilities(fit, decisions);
      const present = found.filter((_, c) => labels.includes(c));
      present.forEach((p, c) => expect(p).toBeCloseTo(probabilities[i]![c]!, 4));
    });
  }
});

test('no face is an error', () => {
  expect(() => fitEmotions([], 3)).toThrow(expect.objectContaining({ code: 'DATASET_INVALID' }));
});
