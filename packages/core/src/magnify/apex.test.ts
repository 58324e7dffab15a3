/** @file The magnified apex and the window of any α: against the clip they stand for, and against known movement. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Plane } from '../base/image.ts';
import { magnifiedApex } from './apex.ts';
import { clipOf, framesOf, goldenFrames, swayingBars, swayOf } from './clips.cases.ts';
import { magnifyClip } from './clip.ts';
import { openWindow } from './window.ts';

/** Bars that move by `amplitude` pixels between onset and apex, as an expression does. */
function expression(amplitude: number, { onset = 20, apex = 32, wavelength = 32 } = {}): Plane[] {
  return Array.from({ length: 40 }, (_, t) => {
    const progress = Math.max(0, Math.min(1, (t - onset) / (apex - onset)));
    const shift = amplitude * (0.5 - 0.5 * Math.cos(Math.PI * progress));
    const data = Float32Array.from(
      { length: 128 * 64 },
      (_, i) => 128 + 60 * Math.cos((2 * Math.PI * ((i % 128) - shift)) / wavelength),
    );
    return { data, width: 128, height: 64 };
  });
}

/** Shift of the bars, pixels, by their phase over the inner two periods. */
function shiftOf({ data }: Plane, wavelength = 32): number {
  let [re, im] = [0, 0];
  for (let y = 16; y < 48; y++) {
    for (let x = wavelength; x < 3 * wavelength; x++) {
      re += data[y * 128 + x]! * Math.cos((2 * Math.PI * x) / wavelength);
      im += data[y * 128 + x]! * Math.sin((2 * Math.PI * x) / wavelength);
    }
  }
  return (Math.atan2(im, re) * wavelength) / (2 * Math.PI);
}

describe('the magnified apex', () => {
  const moment = { onset: 20, apex: 32, framesPerSecond: 100 };
  it.each(['iir', 'butterworth', 'ideal'] as const)(
    '%s: the movement is several times as large',
    (filter) => {
      const frames = expression(0.2);
      expect(shiftOf(frames[32]!)).toBeCloseTo(0.2, 2);
      const shift = shiftOf(magnifiedApex(frames, moment, { filter, alpha: 8 }));
      // A band-pass keeps part of a rise that does not come back.
      expect(shift).toBeGreaterThan(0.2 * 4);
      expect(shift).toBeLessThan(0.2 * 10);
    },
  );

  it('is the frame of the magnified clip that begins at the warm-up', async () => {
    const frames = goldenFrames({ width: 48, height: 40, frames: 24, rate: 60 });
    const planes = frames.map(({ data, width, height }) => ({
      data: Float32Array.from({ length: width * height }, (_, i) => data[3 * i]!),
      width,
      height,
    }));
    const gray = frames.map((frame) => ({
      ...frame,
      data: frame.data.map((_, i) => frame.data[i - (i % 3)]!),
    }));
    for (const filter of ['iir', 'butterworth'] as const) {
      const clip = await framesOf(magnifyClip(clipOf(gray.slice(5), 60), { filter }));
      const apex = magnifiedApex(
        planes,
        { onset: 8, apex: 20, framesPerSecond: 60 },
        { filter, warmUp: 0.05 },
      );
      const wanted = clip[20 - 5]!.data;
      for (const [i, value] of apex.data.entries()) {
        expect(Math.abs(value - wanted[3 * i]!)).toBeLessThan(0.52); // rounded to bytes
      }
    }
  });

  it('is linear in alpha below the bound, and stands still where nothing moves', () => {
    const frames = expression(0.05);
    const change = (alpha: number): Float32Array => {
      const { data } = magnifiedApex(frames, moment, { alpha, wavelength: 2 });
      return data.map((value, i) => value - frames[32]!.data[i]!);
    };
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 12, noNaN: true }), (alpha) => {
        const [one, many] = [change(1), change(alpha)];
        for (let i = 0; i < many.length; i += 97) expect(many[i]).toBeCloseTo(alpha * one[i]!, 3);
      }),
      { numRuns: 10 },
    );
    const still = expression(0);
    const { data } = magnifiedApex(still, moment, { alpha: 20 });
    for (const [i, value] of data.entries()) expect(value).toBeCloseTo(still[0]!.data[i]!, 3);
  });

  it('mirrors what lies before the first frame, and stays within 0 to 255', () => {
    const frames = expression(3).slice(18);
    const apex = magnifiedApex(frames, { onset: 2, apex: 14, framesPerSecond: 100 }, { alpha: 20 });
    for (const value of apex.data) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(255);
    }
  });

  it('refuses moments that are not there, and frames of other sizes', () => {
    const frames = expression(1);
    for (const [onset, apex] of [
      [5, 3],
      [-1, 3],
      [0, 40],
      [0.5, 3],
    ] as const) {
      expect(() => magnifiedApex(frames, { onset, apex, framesPerSecond: 100 })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
    const odd = { data: new Float32Array(100), width: 10, height: 10 };
    expect(() =>
      magnifiedApex([odd, ...frames], { onset: 1, apex: 3, framesPerSecond: 100 }),
    ).toThrow(expect.objectContaining({ code: 'FRAMES_SIZE_CHANGED' }));
  });
});

describe('a window', () => {
  const frames = goldenFrames({ width: 50, height: 37, frames: 15, rate: 30 });

  it('filtered once gives what the clip magnified by each α gives', async () => {
    for (const options of [
      { filter: 'iir', chroma: 0.5 },
      { filter: 'butterworth' },
      { filter: 'ideal' },
      { mode: 'color', levels: 2 },
    ] as const) {
      const window = await openWindow(frames, { ...options, rate: 30, warmUp: 0 });
      expect(window.length).toBe(15);
      for (const alpha of [2, 15, 7]) {
        const clip = await framesOf(magnifyClip(clipOf(frames, 30), { ...options, alpha }));
        for (const t of [0, 3, 14])
          expect([...window.at(t, alpha).data]).toEqual([...clip[t]!.data]);
      }
      expect([...window.at(5, 0).data]).toEqual([...frames[5]!.data]);
    }
  });

  it('knows the surroundings of its first frame', async () => {
    const sway = { wavelength: 32, amplitude: 0.1, frequency: 2.5, frames: 24, rate: 30 };
    const bars = swayingBars(sway);
    const size = (images: readonly { readonly data: Uint8Array | Uint8ClampedArray }[]): number =>
      swayOf(
        bars.map((frame, t) => ({ ...frame, ...images[t]! })),
        sway,
      );
    const window = await openWindow(bars, { rate: 30, alpha: 10 });
    const grown = size(bars.map((_, t) => window.at(t))) / size(bars);
    expect(grown).toBeGreaterThan(8);
    expect(grown).toBeLessThan(13);
  });

  it('refuses what is not there', async () => {
    await expect(openWindow([], { rate: 30 })).rejects.toMatchObject({ code: 'FRAMES_EMPTY' });
    const window = await openWindow(frames, { rate: 30 });
    for (const [index, alpha] of [
      [15, 5],
      [-1, 5],
      [0, -1],
      [0, NaN],
    ] as const) {
      expect(() => window.at(index, alpha)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
  });
});
