/** @file Folds partition the samples and share no subject; planted leaks are found. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Sample } from '../datasets/sample.ts';
import { leaveOneSubjectOut } from './folds.ts';
import { findLeaks } from './leakage.ts';

function sampleOf(subject: string, clip: string): Sample {
  const id = `${subject}/${clip}`;
  return { id, dataset: 'd', subject, clip, file: `${id}.png` };
}
/** Samples of at least two subjects, in any order. */
const datasets = fc
  .array(fc.constantFrom('d/a', 'd/b', 'd/c', 'e/a'), { minLength: 2, maxLength: 30 })
  .filter((subjects) => new Set(subjects).size > 1)
  .map((subjects) => subjects.map((subject, i) => sampleOf(subject, `clip${i}`)));

describe('leaveOneSubjectOut', () => {
  test('tests every sample once, trains on all others of other subjects, leaks nothing', () => {
    fc.assert(
      fc.property(datasets, (samples) => {
        const folds = leaveOneSubjectOut(samples);
        const ids = samples.map(({ id }) => id).sort();
        expect(folds.flatMap(({ test: tested }) => tested).sort()).toEqual(ids);
        for (const { train, test: tested } of folds) {
          expect([...train, ...tested].sort()).toEqual(ids);
        }
        expect(folds.map(({ index }) => index)).toEqual(folds.map((_, i) => i));
        expect(findLeaks(folds, samples)).toEqual([]);
      }),
    );
  });

  test('does not depend on the order of the samples', () => {
    fc.assert(
      fc.property(datasets, (samples) => {
        const subjects = (list: readonly Sample[]): string[] =>
          leaveOneSubjectOut(list).map(({ subject }) => subject);
        expect(subjects([...samples].reverse())).toEqual(subjects(samples));
      }),
    );
  });

  test('refuses a single subject', () => {
    expect(() => leaveOneSubjectOut([sampleOf('d/a', 'x'), sampleOf('d/a', 'y')])).toThrow(
      /at least two subjects; there is 1/,
    );
  });
});

describe('findLeaks', () => {
  const samples = [sampleOf('d/a', 'x'), sampleOf('d/a', 'y'), sampleOf('d/b', 'z')];
  const [ax, ay, bz] = samples.map(({ id }) => id) as [string, string, string];

  test('finds a subject, a sample and a picture on both sides', () => {
    const planted = [
      { index: 0, subject: 'd/a', train: [ay], test: [ax] },
      { index: 1, subject: 'd/b', train: [ax, bz], test: [bz] },
      { index: 2, subject: 'd/b', train: [ax, ay], test: [bz] },
    ];
    const pictures = new Map([
      [ax, 'p'],
      [ay, 'q'],
      [bz, 'q'],
    ]);
    expect(findLeaks(planted, samples, pictures)).toEqual([
      { fold: 0, kind: 'subject', train: ay, test: ax },
      { fold: 1, kind: 'sample', train: bz, test: bz },
      { fold: 1, kind: 'subject', train: bz, test: bz },
      { fold: 2, kind: 'picture', train: ay, test: bz },
    ]);
  });
});
