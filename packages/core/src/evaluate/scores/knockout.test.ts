/** @file What a knockout counts, on answers whose effect is known. */
import { expect, test } from 'vitest';

import { knockoutMarkdown } from '../tables/knockout.ts';
import { scoreKnockout, type KnockedOut } from './knockout.ts';

const classes = ['a', 'b'];
const samples = Array.from({ length: 12 }, (_, i) => ({
  subject: `s${i % 6}`,
  emotion: classes[i % 2],
}));
/** All right, with probability .8. */
const whole = samples.map(({ emotion }) => (emotion === 'a' ? [0.8, 0.2] : [0.2, 0.8]));
const part = (name: string, probabilities: KnockedOut['probabilities']): KnockedOut => ({
  name,
  title: `the ${name} part`,
  neutral: 'adds 0',
  probabilities,
});

test('counts verdicts, probabilities and scores without each part', () => {
  const { parts, ...all } = scoreKnockout({
    ...{ classes, samples, whole },
    parts: [
      part('idle', whole),
      part(
        'half',
        whole.map((row, i) => (i < 6 ? [...row].reverse() : row)),
      ),
    ],
  });
  expect(all).toMatchObject({ samples: 12, scored: 12, subjects: 6 });
  expect(all.whole!.scores).toEqual({ uf1: 1, uar: 1, standardizedUf1: 1, accuracy: 1 });
  expect(parts[0]).toMatchObject({ name: 'idle', changed: 0, meanChange: 0 });
  expect(parts[0]!.difference!.intervals.uf1).toEqual([0, 0]);
  expect(parts[1]!.changed).toBe(6);
  expect(parts[1]!.meanChange).toBeCloseTo(0.3, 6); // .6 for half of the samples
  expect(parts[1]!.scores!.uf1).toBeCloseTo(0.5, 6);
  // Every subject has one clip that became wrong, so every draw of subjects is worse.
  expect(parts[1]!.difference!.measured.uf1).toBeCloseTo(-0.5, 6);
  expect(parts[1]!.difference!.intervals.uf1[1]).toBeLessThan(-0.1);
});

test('samples without an emotion of the network count for the verdicts only', () => {
  const found = scoreKnockout({
    classes,
    samples: samples.map(({ subject }) => ({ subject, emotion: 'fear' })),
    whole,
    parts: [part('x', whole.map((row) => [...row].reverse()))], // prettier-ignore
  });
  expect(found).toMatchObject({ scored: 0, subjects: 0 });
  expect(found.parts[0]).toMatchObject({ changed: 12 });
  expect(found.parts[0]).not.toHaveProperty('difference');
  const text = knockoutMarkdown({
    ...{ schema: 'telltale.knockout/1', telltale: '0', network: 'n', config: 'c' },
    ...{ weights: 'w', data: 'd', classes, ...found },
  });
  expect(text).toContain('| the x part | adds 0 | 12 of 12 | 0.6000 |');
  expect(text).not.toContain('UF1 without it');
});

test('answers that are missing are an error', () => {
  expect(() =>
    scoreKnockout({ classes, samples, whole, parts: [part('x', whole.slice(1))] }),
  ).toThrow(/11 answers for 12 samples/);
});
