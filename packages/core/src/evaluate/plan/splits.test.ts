/** @file Folds partition the samples and share no subject; planted leaks are found. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Sample } from '../../datasets/sample.ts';
import {
  groupSubjects,
  holdOutDatabase,
  leaveOneDatasetOut,
  leaveOneSubjectOut,
} from './splits.ts';
import type { Fold } from './splits.ts';
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

  test('finds a subject, a sample and an image on both sides', () => {
    const planted = [
      { index: 0, subject: 'd/a', train: [ay], test: [ax] },
      { index: 1, subject: 'd/b', train: [ax, bz], test: [bz] },
      { index: 2, subject: 'd/b', train: [ax, ay], test: [bz] },
    ];
    const hashes = new Map([
      [ax, 'p'],
      [ay, 'q'],
      [bz, 'q'],
    ]);
    expect(findLeaks(planted, samples, hashes)).toEqual([
      { fold: 0, kind: 'subject', train: ay, test: ax },
      { fold: 1, kind: 'sample', train: bz, test: bz },
      { fold: 1, kind: 'subject', train: bz, test: bz },
      { fold: 2, kind: 'image', train: ay, test: bz },
    ]);
  });
});

describe('other cuts', () => {
  /** As the sheets give them: subjects belong to their dataset. */
  const several = fc
    .array(fc.tuple(fc.constantFrom('d', 'e', 'f'), fc.constantFrom('a', 'b', 'c')), {
      minLength: 8,
    })
    .map((who) =>
      who.map(([dataset, name], i): Sample => ({
        ...sampleOf(`${dataset}/${name}`, `clip${i}`),
        dataset,
      })),
    )
    .filter((samples) => new Set(samples.map(({ dataset }) => dataset)).size > 1);

  function partition(folds: readonly Fold[], samples: readonly Sample[]): void {
    const ids = samples.map(({ id }) => id).sort();
    expect(folds.flatMap(({ test: tested }) => tested).sort()).toEqual(ids);
    for (const { train, test: tested } of folds) {
      expect([...train, ...tested].sort()).toEqual(ids);
    }
    expect(findLeaks(folds, samples)).toEqual([]);
  }

  test('leaveOneDatasetOut tests each dataset once', () => {
    fc.assert(
      fc.property(several, (samples) => {
        const folds = leaveOneDatasetOut(samples);
        partition(folds, samples);
        expect(folds.map(({ subject }) => subject)).toEqual(
          [...new Set(samples.map(({ dataset }) => dataset))].sort(),
        );
      }),
    );
    expect(() => leaveOneDatasetOut([sampleOf('d/a', '1')])).toThrow(/there is one, d$/);
  });

  test('holdOutDatabase wants two datasets', () => {
    const two = ['d', 'e'].map((dataset) => ({ ...sampleOf(`${dataset}/a`, '1'), dataset }));
    expect(holdOutDatabase(two).map(({ train, test: tested }) => [train, tested])).toEqual([
      [['e/a/1'], ['d/a/1']],
      [['d/a/1'], ['e/a/1']],
    ]);
    const third = { ...sampleOf('f/a', '1'), dataset: 'f' };
    expect(() => holdOutDatabase([...two, third])).toThrow(/there are 3: d, e, f/);
  });

  test('groupSubjects keeps subjects together, in groups of about one size', () => {
    fc.assert(
      fc.property(several, fc.integer({ min: 2, max: 3 }), fc.nat(99), (samples, folds, seed) => {
        const subjects = samples.map(({ subject }) => subject);
        fc.pre(new Set(subjects).size >= folds);
        const groups = groupSubjects(samples, { folds, seed });
        partition(groups, samples);
        expect(groups).toHaveLength(folds);
        const most = Math.max(
          ...subjects.map((one) => subjects.filter((other) => other === one).length),
        );
        const sizes = groups.map(({ test: tested }) => tested.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(most);
        expect(groupSubjects([...samples].reverse(), { folds, seed }).map(setOf)).toEqual(
          groups.map(setOf),
        );
      }),
    );
    const few = [sampleOf('d/a', '1'), sampleOf('d/b', '2')];
    expect(() => groupSubjects(few, { folds: 3, seed: 1 })).toThrow(/need 3 subjects or more/);
  });

  test('another seed draws other groups', () => {
    const samples = Array.from({ length: 20 }, (_, i) => sampleOf(`d/${i}`, '1'));
    const groups = (seed: number): string =>
      JSON.stringify(groupSubjects(samples, { folds: 5, seed }));
    expect(groups(1)).toBe(groups(1));
    expect(groups(2)).not.toBe(groups(1));
  });
});

function setOf({ test: tested }: Fold): string[] {
  return [...tested].sort();
}
