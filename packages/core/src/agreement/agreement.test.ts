/** @file Coders that agree, that do not, that coded other clips; matches; intervals over clips. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { agreement } from './agreement.ts';
import { coincidencesOf, fleissKappa, fleissUnit, krippendorffAlpha } from './chance.ts';
import { labelsOfFrames, matchEvents, overlapOf } from './events.ts';
import type { CodedClip, CodedEvent, Coder } from './events.ts';
import { ANY } from './result.ts';
import type { Agreement } from './result.ts';

const event = (onset: number, offset: number, label = 'micro', apex?: number): CodedEvent => ({
  ...{ onset, offset, label },
  ...(apex !== undefined && { apex }),
});
const clip = (name: string, ...events: CodedEvent[]): CodedClip => ({ clip: name, events, duration: 10 }); // prettier-ignore
const coder = (name: string, ...clips: CodedClip[]): Coder => ({ name, clips });

describe('events', () => {
  test('overlap is intersection over union', () => {
    expect(overlapOf(event(0, 2), event(1, 3))).toBeCloseTo(1 / 3, 12);
    expect(overlapOf(event(0, 1), event(2, 3))).toBe(0);
    expect(overlapOf(event(1, 1), event(1, 1))).toBe(1);
  });

  test('are matched one to one, the greatest overlap first', () => {
    const first = [event(0, 10), event(20, 21)];
    const second = [event(0, 6), event(0, 9), event(20.2, 21)];
    const matches = matchEvents(first, second, 0.5);
    expect(matches.map((one) => [first.indexOf(one.first), second.indexOf(one.second)])).toEqual([[0, 1], [1, 2]]); // prettier-ignore
    expect(matchEvents(first, second, 0.95)).toEqual([]);
  });

  const times = fc.tuple(fc.nat(100), fc.nat(30)).map(([onset, length]) => event(onset / 10, (onset + length) / 10)); // prettier-ignore
  test('no event is in two matches, and exchanging the coders changes nothing', () => {
    fc.assert(
      fc.property(fc.array(times, { maxLength: 8 }), fc.array(times, { maxLength: 8 }), (a, b) => {
        const matches = matchEvents(a, b, 0.3);
        expect(new Set(matches.map(({ first }) => first)).size).toBe(matches.length);
        expect(new Set(matches.map(({ second }) => second)).size).toBe(matches.length);
        for (const { overlap } of matches) expect(overlap).toBeGreaterThanOrEqual(0.3);
        const turned = matchEvents(b, a, 0.3).map(({ overlap }) => overlap);
        expect(turned.sort()).toEqual(matches.map(({ overlap }) => overlap).sort());
      }),
    );
  });

  test('frames take the label of the event that began last; a moment takes one frame', () => {
    const events = [event(0.2, 0.6, 'a'), event(0.4, 0.5, 'b'), event(0.9, 0.9, 'c')];
    expect(labelsOfFrames(events, 10, 10).map((one) => one ?? '.').join('')).toBe('..aaba...c'); // prettier-ignore
    expect(labelsOfFrames([event(5, 6)], 10, 10)).toEqual(Array(10).fill(undefined));
  });
});

const of = (result: Agreement, label: string): Agreement['pairs'][0]['labels'][0] =>
  result.pairs[0]!.labels.find((one) => one.label === label)!;

describe('two coders', () => {
  test('who agree have 1 everywhere', () => {
    const clips = ['a', 'b', 'c'].map((name, i) => clip(name, event(i, i + 0.4, 'micro', i + 0.2), event(5, 7, 'macro'))); // prettier-ignore
    const result = agreement([coder('A', ...clips), coder('B', ...clips)]);
    expect(result).toMatchObject({ clips: 3, labels: ['macro', 'micro'], undated: [] });
    for (const label of [ANY, 'micro', 'macro']) {
      const one = of(result, label);
      for (const measure of [one.precision, one.recall, one.f1, one.kappa]) {
        expect(measure).toEqual({ value: 1, low: 1, high: 1 });
      }
    }
    expect(result.pairs[0]!.eventKappa.value).toBe(1);
    expect(result.pairs[0]!.times.onset).toMatchObject({ pairs: 6, bias: 0, standardDeviation: 0 });
    expect(result.pairs[0]!.times.apex).toMatchObject({ pairs: 3 });
    for (const { fleiss, alpha } of result.group) {
      expect(fleiss.value).toBe(1);
      expect(alpha.value).toBe(1);
    }
  });

  test('where one is late and misses some', () => {
    const a = coder(
      'A',
      clip('a', event(1, 2), event(5, 6)),
      clip('b', event(3, 4, 'macro')),
      clip('c'),
    );
    const b = coder(
      'B',
      clip('a', event(1.1, 2.1)),
      clip('b', event(3.1, 4.3, 'micro')),
      clip('c', event(8, 9)),
    );
    const result = agreement([a, b], { samples: 200 });
    const any = of(result, ANY);
    expect(any).toMatchObject({ events: [3, 3], matched: 2 });
    expect(any.precision.value).toBeCloseTo(2 / 3, 12);
    expect(any.recall.value).toBeCloseTo(2 / 3, 12);
    expect(any.f1.value).toBeCloseTo(2 / 3, 12);
    expect(any.f1.low).toBeLessThan(any.f1.value!);
    expect(any.f1.high).toBeGreaterThanOrEqual(any.f1.value!);
    expect(of(result, 'micro')).toMatchObject({ events: [2, 3], matched: 1 });
    expect(of(result, 'macro')).toMatchObject({ events: [1, 0], matched: 0 });
    expect(of(result, 'macro').precision.value).toBeNull(); // of no event
    const { onset, offset } = result.pairs[0]!.times;
    expect(onset!.bias).toBeCloseTo(0.1, 12);
    expect(offset!.bias).toBeCloseTo(0.2, 12);
    expect(result.pairs[0]!.eventKappa.value).toBe(0);
    expect(of(result, ANY).kappa.value).toBeGreaterThan(0);
    expect(of(result, ANY).kappa.value).toBeLessThan(0.7);
  });

  test('κ of frames is that of the frames', () => {
    // 100 frames: both 10, first alone 10, second alone 5, neither 75.
    const a = coder('A', clip('a', event(0, 2, 'x')));
    const b = coder('B', clip('a', event(1, 2.5, 'x')));
    const { kappa } = of(agreement([a, b], { rate: 10 }), 'x');
    const [observed, expected] = [0.85, 0.2 * 0.15 + 0.8 * 0.85];
    expect(kappa.value).toBeCloseTo((observed - expected) / (1 - expected), 12);
    expect(kappa).toMatchObject({ low: null, high: null }); // of one clip
  });

  test('the same seed gives the same intervals', () => {
    const clips = (shift: number): CodedClip[] =>
      Array.from({ length: 6 }, (_, i) => clip(`c${i}`, event(i + shift * (i % 2), i + 1)));
    const once = (seed: number): Agreement =>
      agreement([coder('A', ...clips(0)), coder('B', ...clips(0.3))], { seed, samples: 100 });
    expect(once(1)).toEqual(once(1));
    expect(of(once(1), ANY).kappa).not.toEqual(of(once(2), ANY).kappa);
  });
});

test('three coders with gaps: α takes clips of two, Fleiss those of all', () => {
  const both = clip('a', event(1, 3, 'x'));
  const result = agreement(
    [
      coder('A', both, clip('b', event(2, 4, 'x'))),
      coder('B', both, clip('b', event(2, 4, 'x'))),
      coder('C', clip('a', event(1, 3, 'y'))),
    ],
    { rate: 10 },
  );
  const [any, x] = result.group;
  expect(x!.label).toBe('x');
  expect(any!.fleiss.value).not.toBeNull();
  expect(any!.alpha.value).toBeGreaterThan(any!.fleiss.value!);
  expect(result.pairs.map(({ coders, clips }) => [...coders, clips])).toEqual([['A', 'B', 2], ['A', 'C', 1], ['B', 'C', 1]]); // prettier-ignore
});

const near = (value: number | null, wanted: number | undefined): void => {
  if (wanted === undefined) expect(value).toBeNull();
  else expect(value).toBeCloseTo(wanted, 9);
};

test('α and κ of sums are those of the matrices, of three coders with many labels', () => {
  const labels = ['a', 'b', 'c', 'd'];
  const coded = fc.array(fc.tuple(fc.nat(80), fc.nat(20), fc.constantFrom(...labels)), { maxLength: 6 }); // prettier-ignore
  fc.assert(
    fc.property(fc.tuple(coded, coded, coded), (three) => {
      const clips = three.map((list) => clip('a', ...list.map(([onset, length, label]) => event(onset / 10, (onset + length) / 10, label)))); // prettier-ignore
      const result = agreement(clips.map((one, i) => coder(`${i}`, one)), { rate: 10, samples: 0 }); // prettier-ignore
      const rows = clips.map(({ events }) => labelsOfFrames(events, 100, 10));
      for (const { label, alpha, fleiss } of result.group) {
        const named = label === ANY ? [undefined, ...result.labels] : [false, true];
        const votes = Array.from({ length: 100 }, (_, frame) =>
          named.map((name) => rows.filter((row) => (label === ANY ? row[frame] : row[frame] === label) === name).length)); // prettier-ignore
        const total = (of: (one: readonly number[]) => readonly number[]): number[] =>
          votes.map(of).reduce<number[]>((sum, one) => one.map((value, i) => (sum[i] ?? 0) + value), []); // prettier-ignore
        const matrix = named.map((_, i) => total((one) => coincidencesOf(one)[i]!));
        near(alpha.value, krippendorffAlpha(matrix));
        const agreeing = total((one) => [fleissUnit(one).agreeing])[0]!;
        const wanted = fleissKappa({ units: 100, agreeing, totals: total((one) => one) });
        near(fleiss.value, wanted);
      }
    }),
    { numRuns: 60 },
  );
});

test('clips without a stated duration are named, and end with their last event', () => {
  const undated = { clip: 'a', events: [event(0, 1)] };
  const result = agreement([coder('A', undated), coder('B', undated)], { rate: 10 });
  expect(result.undated).toEqual(['a']);
  expect(of(result, ANY).kappa.value).toBeNull(); // nothing but the event
});

test.each([
  [[coder('A', clip('a'))], {}, '1 coder is given'],
  [[coder('A', clip('a')), coder('A', clip('a'))], {}, 'two coders are called "A"'],
  [[coder('A', clip('a')), coder('B', clip('b'))], {}, 'by two coders: A has a; B has b'],
  [
    [coder('A'), coder('B', ...['b', 'c', 'd', 'e'].map((name) => clip(name)))],
    {},
    'A has none; B has b, c, d and 1 more',
  ],
  [[coder('A', clip('a')), coder('B', clip('a'))], { overlap: 0 }, 'the overlap is 0'],
  [[coder('A', clip('a')), coder('B', clip('a'))], { rate: NaN }, 'the rate is NaN'],
  [[coder('A', clip('a')), coder('B', clip('a'))], { samples: 1.5 }, '1.5 samples'],
] as const)('refuses %#', (coders, options, message) => {
  expect(() => agreement(coders, options)).toThrow(message);
});
