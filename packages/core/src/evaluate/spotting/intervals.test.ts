/** @file Measures of spotting against NumPy, SciPy and scikit-learn, and what must hold of any intervals. */
import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  annotatedKinds,
  countVideo,
  intervalOverlap,
  matchIntervals,
  scoreCounts,
  sumCounts,
} from './intervals.ts';
import type { IntervalKind, SpottedVideo, SpottingCounts } from './intervals.ts';
import { findPeaks, halfLength, movingMean, spottedPeaks } from './peaks.ts';
import { averagePrecision, OVERLAPS, precisionAt } from './average-precision.ts';
import { scoreHits, scoreSpotting } from './scores.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../../../../golden/spotting.json', import.meta.url), 'utf8'),
) as {
  readonly videos: readonly SpottedVideo[];
  readonly counts: Readonly<Record<IntervalKind, SpottingCounts>>;
  readonly average: Readonly<Record<IntervalKind, readonly number[]>>;
  readonly recognition: Readonly<Record<'hits' | 'precision' | 'recall' | 'f1' | 'strs', number>>;
  readonly peaks: readonly {
    readonly curve: number[];
    readonly least: number;
    readonly distance: number;
    readonly peaks: number[];
  }[];
};

const interval = fc
  .record({ onset: fc.integer({ min: 0, max: 60 }), length: fc.integer({ min: 1, max: 20 }) })
  .map(({ onset, length }) => ({ onset, offset: onset + length - 1 }));
const scored = fc
  .tuple(interval, fc.integer({ min: 0, max: 9 }))
  .map(([one, score]) => ({ ...one, score }));

/** One video of one kind. */
const videoOf = (
  truth: readonly { readonly onset: number; readonly offset: number }[],
  spotted: readonly { readonly onset: number; readonly offset: number; readonly score: number }[],
): SpottedVideo => ({
  id: 'd/s/v',
  dataset: 'd',
  subject: 'd/s',
  truth: truth.map((one) => ({ ...one, kind: 'micro' })),
  spotted: spotted.map((one) => ({ ...one, kind: 'micro' })),
});

describe('against other programs', () => {
  test.each(['micro', 'macro'] as const)('counts of %s are those of the best matching', (kind) => {
    expect(sumCounts(golden.videos.map((video) => countVideo(video, kind)))).toEqual(
      golden.counts[kind],
    );
  });

  test.each(['micro', 'macro'] as const)('average precision of %s is that of COCO', (kind) => {
    for (const [i, least] of OVERLAPS.entries()) {
      expect(precisionAt(golden.videos, kind, least)).toBeCloseTo(golden.average[kind][i]!, 10);
    }
    const mean = golden.average[kind].reduce((sum, value) => sum + value, 0) / OVERLAPS.length;
    expect(averagePrecision(golden.videos, kind).mean).toBeCloseTo(mean, 10);
  });

  test('recognition of the hits and STRS are those of scikit-learn', () => {
    const { recognition } = scoreSpotting(golden.videos, { draws: 50 });
    expect(recognition!.hits).toBe(golden.recognition.hits);
    for (const key of ['precision', 'recall', 'f1', 'strs'] as const) {
      expect(recognition![key]).toBeCloseTo(golden.recognition[key], 10);
    }
  });

  test('peaks are those of SciPy', () => {
    for (const { curve, least, distance, peaks } of golden.peaks) {
      expect(findPeaks(curve, least, distance)).toEqual(peaks);
    }
  });
});

describe('overlap', () => {
  test('counts frames, both ends inside', () => {
    expect(intervalOverlap({ onset: 1, offset: 10 }, { onset: 6, offset: 15 })).toBe(5 / 15);
    expect(intervalOverlap({ onset: 3, offset: 3 }, { onset: 3, offset: 3 })).toBe(1);
    expect(intervalOverlap({ onset: 1, offset: 2 }, { onset: 3, offset: 4 })).toBe(0);
  });

  test('is the share of frames that both have', () => {
    fc.assert(
      fc.property(interval, interval, (a, b) => {
        const frames = ({ onset, offset }: typeof a): number[] =>
          Array.from({ length: offset - onset + 1 }, (_, i) => onset + i);
        const union = new Set([...frames(a), ...frames(b)]);
        const both = frames(a).filter((frame) => frames(b).includes(frame));
        expect(intervalOverlap(a, b)).toBeCloseTo(both.length / union.size, 12);
        expect(intervalOverlap(a, b)).toBe(intervalOverlap(b, a));
      }),
    );
  });
});

describe('matching', () => {
  test('is one to one, and every pair overlaps enough', () => {
    fc.assert(
      fc.property(fc.array(interval), fc.array(scored), (truth, spotted) => {
        const matches = matchIntervals(truth, spotted);
        expect(new Set(matches.map((match) => match.truth)).size).toBe(matches.length);
        expect(new Set(matches.map((match) => match.spotted)).size).toBe(matches.length);
        for (const match of matches) {
          const overlap = intervalOverlap(truth[match.truth]!, spotted[match.spotted]!);
          expect(overlap).toBeGreaterThanOrEqual(0.5);
          expect(match.overlap).toBe(overlap);
        }
      }),
    );
  });

  test('an exact answer is all hits; the same answer twice is as many false alarms', () => {
    const apart = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })))
      .map((steps) => {
        let at = 0;
        return steps.map(([gap, length]) => {
          const onset = at + gap;
          at = onset + length;
          return { onset, offset: at - 1 };
        });
      });
    fc.assert(
      fc.property(apart, (truth) => {
        const answer = truth.map((one, i) => ({ ...one, score: i }));
        const n = truth.length;
        expect(countVideo(videoOf(truth, answer), 'micro')).toEqual({
          hits: n,
          falseAlarms: 0,
          misses: 0,
        });
        expect(countVideo(videoOf(truth, [...answer, ...answer]), 'micro')).toEqual({
          hits: n,
          falseAlarms: n,
          misses: 0,
        });
        if (n > 0) {
          expect(averagePrecision([videoOf(truth, answer)], 'micro')).toEqual({ at50: 1, mean: 1 });
        }
      }),
    );
  });

  test('half of an interval is found, less than half is not', () => {
    const truth = [{ onset: 11, offset: 20 }];
    const found = (offset: number): number =>
      matchIntervals(truth, [{ onset: 11, offset, score: 1 }]).length;
    expect([found(15), found(14)]).toEqual([1, 0]);
  });
});

describe('scores', () => {
  test('count over the database: splitting a video changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(interval), fc.array(scored))), (parts) => {
        const videos = parts.map(([truth, spotted]) => videoOf(truth, spotted));
        const far = (i: number) => (one: { onset: number; offset: number }) => ({
          ...one,
          onset: one.onset + 1000 * i,
          offset: one.offset + 1000 * i,
        });
        const long = videoOf(
          parts.flatMap(([truth], i) => truth.map(far(i))),
          parts.flatMap(([, spotted], i) =>
            spotted.map((one) => ({ ...far(i)(one), score: one.score })),
          ),
        );
        expect(sumCounts(videos.map((video) => countVideo(video, 'micro')))).toEqual(
          countVideo(long, 'micro'),
        );
      }),
    );
  });

  test('are 0 and not nothing where there is nothing', () => {
    expect(scoreCounts({ hits: 0, falseAlarms: 0, misses: 0 })).toMatchObject({
      precision: 0,
      recall: 0,
      f1: 0,
    });
    expect(averagePrecision([videoOf([], [{ onset: 1, offset: 2, score: 1 }])], 'micro').mean).toBe(
      0,
    );
    expect(scoreHits([])).toEqual({ classes: [], precision: 0, recall: 0, f1: 0 });
  });

  test('score only what is annotated', () => {
    const video: SpottedVideo = {
      ...videoOf([{ onset: 1, offset: 9 }], [{ onset: 1, offset: 9, score: 1 }]),
    };
    const more = {
      ...video,
      spotted: [...video.spotted, { onset: 50, offset: 90, kind: 'macro' as const, score: 2 }],
    };
    expect(annotatedKinds([more])).toEqual(['micro']);
    const { lines } = scoreSpotting([more], { draws: 10 });
    expect(lines.overall).toMatchObject({ hits: 1, falseAlarms: 0, misses: 0, f1: 1 });
    expect(lines.macro).toBeUndefined();
  });

  test('have an interval around them that a single subject makes a point', () => {
    const all = scoreSpotting(golden.videos, { draws: 400 });
    const { f1, intervals } = all.lines.micro!;
    expect(intervals.f1[0]).toBeLessThanOrEqual(f1);
    expect(intervals.f1[1]).toBeGreaterThanOrEqual(f1);
    expect(intervals.f1[1] - intervals.f1[0]).toBeGreaterThan(0.01);
    const one = scoreSpotting(
      golden.videos.filter(({ subject }) => subject === 'd/s0'),
      { draws: 20 },
    );
    const line = one.lines.overall!;
    expect(line.intervals.f1).toEqual([line.f1, line.f1]);
  });
});

describe('peaks', () => {
  test('half the mean length, of training intervals alone', () => {
    expect(halfLength([])).toBeUndefined();
    expect(
      halfLength([
        { onset: 1, offset: 10 },
        { onset: 5, offset: 24 },
      ]),
    ).toBe(8);
    expect(halfLength([{ onset: 4, offset: 4 }])).toBe(1);
  });

  test('a hill becomes an interval around its top', () => {
    const curve = Array.from({ length: 100 }, (_, i) => Math.max(0, 10 - Math.abs(i - 40)));
    const [found, ...others] = spottedPeaks(curve, { half: 8, first: 1, kind: 'micro' });
    expect(others).toEqual([]);
    expect(Math.abs(found!.apex! - 41)).toBeLessThanOrEqual(1);
    expect(found!.offset - found!.onset).toBe(16);
    expect(spottedPeaks([], { half: 8, first: 0, kind: 'micro' })).toEqual([]);
  });

  test('stay within the curve and apart', () => {
    const numbers = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 20 }), (curve, half) => {
        const found = spottedPeaks(curve, { half, first: 5, kind: 'micro' });
        for (const [i, { onset, offset, apex }] of found.entries()) {
          expect(onset).toBeGreaterThanOrEqual(5);
          expect(offset).toBeLessThan(5 + curve.length);
          if (i > 0) expect(apex! - found[i - 1]!.apex!).toBeGreaterThanOrEqual(half);
        }
        expect(movingMean(curve, half)).toHaveLength(curve.length);
      }),
    );
  });
});
