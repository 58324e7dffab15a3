/** @file Band-passes against SciPy (golden/magnify.py) and against what they promise. */
import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { butterworth, filterSeries, lowPasses, response, type TemporalFilter } from './temporal.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../../../golden/magnify.json', import.meta.url), 'utf8'),
) as {
  readonly butterworth: readonly {
    readonly order: number;
    readonly low: number;
    readonly high: number;
    readonly rate: number;
    readonly impulse: readonly number[];
  }[];
};

/** A band that fits a rate. */
const bands = fc
  .record({
    rate: fc.double({ min: 20, max: 300, noNaN: true }),
    low: fc.double({ min: 0.01, max: 0.2, noNaN: true }),
    wide: fc.double({ min: 1.5, max: 2.2, noNaN: true }),
  })
  .map(({ rate, low, wide }) => ({ rate, low: low * rate, high: wide * low * rate }));

const filtersOf = ({
  rate,
  ...band
}: {
  rate: number;
  low: number;
  high: number;
}): TemporalFilter[] => [
  lowPasses(band, rate),
  ...[1, 2, 3, 4].map((order) => butterworth(band, rate, order)),
  { kind: 'ideal', ...band, rate },
];

describe('Butterworth band-passes', () => {
  it.each(golden.butterworth)('order $order, $low to $high Hz at $rate: as SciPy', (one) => {
    const filter = butterworth(one, one.rate, one.order);
    expect(filter.sections).toHaveLength(one.order);
    const impulse = one.impulse.map((_, t) => (t === 4 ? 1 : 0));
    const out = filterSeries(filter, Float64Array.from(impulse));
    for (const [t, value] of one.impulse.entries()) expect(out[t]).toBeCloseTo(value, 9);
  });
});

describe('every band-pass', () => {
  it('leaves the middle of its band and removes what stands still', () => {
    fc.assert(
      fc.property(bands, (band) => {
        for (const filter of filtersOf(band)) {
          expect(response(filter, Math.sqrt(band.low * band.high), band.rate)).toBeCloseTo(1, 1);
          expect(response(filter, 0, band.rate)).toBeCloseTo(0, 9);
        }
      }),
    );
  });

  it('is linear, and gives nothing for a constant', () => {
    const series = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
      minLength: 12,
      maxLength: 12,
    });
    fc.assert(
      fc.property(bands, series, series, (band, a, b) => {
        for (const filter of filtersOf(band)) {
          const [one, other] = [a, b].map((x) => filterSeries(filter, Float64Array.from(x)));
          const both = filterSeries(
            filter,
            Float64Array.from(a, (x, i) => 3 * x - b[i]!),
          );
          both.forEach((y, t) => expect(y).toBeCloseTo(3 * one![t]! - other![t]!, 6));
          const still = filterSeries(filter, new Float64Array(12).fill(a[0]!));
          still.forEach((y) => expect(y).toBeCloseTo(0, 6));
        }
      }),
    );
  });

  it('means the same at every frame rate: hertz, not frames', () => {
    for (const frequency of [1, 2, 4]) {
      const answers = [60, 120, 240, 480].map((rate) =>
        response(lowPasses({ low: 0.5, high: 10 }, rate), frequency, rate),
      );
      for (const answer of answers) expect(Math.abs(answer - answers[3]!)).toBeLessThan(0.05);
    }
  });

  it('passes a sinusoid with the gain of its frequency response', () => {
    fc.assert(
      fc.property(bands, fc.double({ min: 0.02, max: 0.45, noNaN: true }), (band, share) => {
        const frequency = share * band.rate;
        const count = 4000;
        const wave = Float64Array.from({ length: count }, (_, t) =>
          Math.sin(2 * Math.PI * share * t),
        );
        for (const filter of filtersOf(band).slice(0, 3)) {
          const out = filterSeries(filter, wave).slice(count / 2);
          const size = Math.sqrt((2 * out.reduce((sum, y) => sum + y * y, 0)) / out.length);
          expect(size).toBeCloseTo(response(filter, frequency, band.rate), 1);
        }
      }),
      { numRuns: 20 },
    );
  });
});
