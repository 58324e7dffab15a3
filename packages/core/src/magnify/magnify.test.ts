/** @file Magnified clips against NumPy (golden/magnify.py), against the plain way, and against movement that is known. */
import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { clipOf, framesOf, goldenFrames, makeFrames, swayingBars, swayOf } from './clips.cases.ts';
import { magnifyClip } from './clip.ts';
import { createMagnifier } from './magnifier.ts';
import { resolveMagnification, type MagnifyOptions } from './options.ts';
import { magnifyReference } from './reference.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 }); // a busy machine is not a failure

const golden = JSON.parse(
  readFileSync(new URL('../../../../golden/magnify.json', import.meta.url), 'utf8'),
) as {
  readonly size: {
    readonly width: number;
    readonly height: number;
    readonly frames: number;
    readonly rate: number;
  };
  readonly cases: readonly {
    readonly options: MagnifyOptions;
    readonly frames: Readonly<Record<string, string>>;
  }[];
};

describe('as NumPy', () => {
  const frames = goldenFrames(golden.size);
  it.each(golden.cases)('$options', async ({ options, frames: shown }) => {
    const out = await framesOf(magnifyClip(clipOf(frames, golden.size.rate), options));
    let [signal, noise] = [0, 0];
    for (const [t, base64] of Object.entries(shown)) {
      const wanted = Buffer.from(base64, 'base64');
      const [before, after] = [frames[Number(t)]!.data, out[Number(t)]!.data];
      expect(after).toHaveLength(wanted.length);
      for (const [i, value] of wanted.entries()) {
        signal += (value - before[i]!) ** 2; // of the change, which is harder than of the image
        noise += (value - after[i]!) ** 2;
      }
    }
    expect(signal).toBeGreaterThan(1e4);
    expect(10 * Math.log10(signal / noise)).toBeGreaterThan(40);
  });
});

describe('as the paper writes it', () => {
  it('for any size, filter and gain', async () => {
    const cases = fc.record({
      width: fc.integer({ min: 16, max: 70 }),
      height: fc.integer({ min: 16, max: 70 }),
      frames: fc.integer({ min: 1, max: 19 }),
      channels: fc.constantFrom(3 as const, 4 as const),
      seed: fc.integer({ min: 1, max: 1000 }),
      options: fc.record({
        mode: fc.constantFrom('motion' as const, 'color' as const),
        filter: fc.constantFrom('iir' as const, 'butterworth' as const, 'ideal' as const),
        order: fc.integer({ min: 1, max: 4 }),
        // With less, long wavelengths leave nothing to magnify in small images, which is refused.
        alpha: fc.double({ min: 2, max: 20, noNaN: true }),
        low: fc.double({ min: 0.3, max: 2, noNaN: true }),
        high: fc.double({ min: 3, max: 12, noNaN: true }),
        wavelength: fc.double({ min: 4, max: 24, noNaN: true }),
        chroma: fc.constantFrom(0, 0.3, 1),
        finest: fc.boolean(),
      }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ options, channels, seed, ...size }) => {
        const frames = makeFrames(
          { ...size, rate: 30 },
          (t, y, x, c) =>
            c === 3
              ? (x * y + t) % 256
              : 128 +
                60 * Math.sin(x / (3 + c) + 0.4 * Math.sin(0.7 * t + c)) +
                40 * Math.cos(y / 4 + 0.1 * seed * t),
          channels,
        );
        const out = await framesOf(magnifyClip(clipOf(frames, 30), options));
        const wanted = magnifyReference(frames, 30, options);
        let [different, farthest] = [0, 0];
        for (const [t, { data }] of out.entries()) {
          for (const [i, value] of data.entries()) {
            const off = Math.abs(value - wanted[t]!.data[i]!);
            farthest = Math.max(farthest, off);
            if (off > 0) different++;
          }
        }
        expect(farthest).toBeLessThanOrEqual(1); // where a value lies between two bytes
        expect(different / (frames.length * frames[0]!.data.length)).toBeLessThan(0.005);
      }),
      { numRuns: 25 },
    );
  });
});

describe('movement that is known', () => {
  const sway = { wavelength: 48, amplitude: 0.1, frequency: 2.5, frames: 120, rate: 30 };
  it.each(['iir', 'butterworth', 'ideal'] as const)(
    '%s: grows by 1 + alpha below the bound',
    async (filter) => {
      const frames = swayingBars(sway);
      const settled = 60; // the recursive filters have forgotten the beginning
      const before = swayOf(frames.slice(settled), sway);
      expect(before).toBeCloseTo(sway.amplitude, 2);
      for (const alpha of [4, 10]) {
        expect((1 + alpha) * sway.amplitude).toBeLessThan(sway.wavelength / 8);
        const out = await framesOf(magnifyClip(clipOf(frames, sway.rate), { filter, alpha }));
        const growth = swayOf(out.slice(settled), sway) / before;
        expect(growth / (1 + alpha)).toBeGreaterThan(0.9);
        expect(growth / (1 + alpha)).toBeLessThan(1.1);
      }
    },
  );

  it('at 200 frames per second too, and not outside the band', async () => {
    const fast = { ...sway, frames: 480, rate: 200 };
    const frames = swayingBars(fast);
    const before = swayOf(frames.slice(240), fast);
    const grown = async (options: MagnifyOptions): Promise<number> => {
      const out = await framesOf(magnifyClip(clipOf(frames, fast.rate), options));
      return swayOf(out.slice(240), fast) / before;
    };
    expect(await grown({})).toBeGreaterThan(9.9);
    expect(await grown({})).toBeLessThan(12.1);
    expect(await grown({ filter: 'ideal', low: 20, high: 60 })).toBeLessThan(1.1);
    expect(await grown({ filter: 'butterworth', low: 20, high: 60 })).toBeLessThan(1.2);
  });
});

describe('what must not change', () => {
  const flat = makeFrames(
    { width: 40, height: 30, frames: 12, rate: 30 },
    (_, y, x, c) => (x * 5 + y * 3 + c * 40) % 256,
  );
  const moving = goldenFrames({ width: 40, height: 30, frames: 12, rate: 30 });

  it.each(['iir', 'butterworth', 'ideal'] as const)('%s: a constant clip', async (filter) => {
    const out = await framesOf(magnifyClip(clipOf(flat, 30), { filter, alpha: 20, chroma: 1 }));
    for (const [t, { data }] of out.entries()) expect([...data]).toEqual([...flat[t]!.data]);
  });

  it('anything, as alpha goes to 0', async () => {
    for (const filter of ['iir', 'butterworth', 'ideal'] as const) {
      // Two levels are left by the λ/8 rule only where the bound is far away.
      const options = { filter, alpha: 1e-6, wavelength: 1, chroma: 1 };
      const out = await framesOf(magnifyClip(clipOf(moving, 30), options));
      for (const [t, { data }] of out.entries()) expect([...data]).toEqual([...moving[t]!.data]);
    }
  });

  it('times, indices, the number of frames, and the fourth channel', async () => {
    const four = makeFrames(
      { width: 33, height: 17, frames: 9, rate: 25 },
      (t, y, x, c) => (c === 3 ? (x + y + t) % 256 : 99 + ((t * x) % 30)),
      4,
    );
    const out = await framesOf(magnifyClip(clipOf(four, 25)));
    expect(out.map(({ index, time }) => [index, time])).toEqual(
      four.map(({ index, time }) => [index, time]),
    );
    for (const [t, { data }] of out.entries()) {
      for (let i = 3; i < data.length; i += 4) expect(data[i]).toBe(four[t]!.data[i]);
    }
  });

  it('the result, by reading a clip twice', async () => {
    const clip = magnifyClip(clipOf(moving, 30), { chroma: 0.4 });
    const [one, other] = [await framesOf(clip), await framesOf(clip)];
    expect(other.map(({ data }) => [...data])).toEqual(one.map(({ data }) => [...data]));
  });
});

describe('the λ/8 rule', () => {
  it('gives full alpha to wavelengths above λc and less below, never more', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.double({ min: 2, max: 60, noNaN: true }),
        (alpha, wavelength) => {
          const options = { alpha, wavelength, levels: 6, finest: true };
          const { gains } = resolveMagnification({ width: 640, height: 480, rate: 30 }, options);
          expect(gains.at(-1)).toBe(0);
          for (const [level, gain] of gains.slice(0, -1).entries()) {
            const lambda = 2 ** (level + 2.5);
            expect(gain).toBeLessThanOrEqual(alpha);
            if (lambda >= wavelength) expect(gain).toBeCloseTo(alpha, 9);
            // δ is what α may be used for at λc; the gain keeps to (1 + gain) δ ≤ λ/8.
            const delta = wavelength / 8 / (1 + alpha);
            if (gain > 0) expect((1 + gain) * delta).toBeLessThanOrEqual((lambda / 8) * (1 + 1e-9));
          }
        },
      ),
    );
  });
});

describe('refuses', () => {
  const footage = { width: 64, height: 48, rate: 30 };
  it.each([
    ['alpha 0', { alpha: 0 }],
    ['a negative alpha', { alpha: -3 }],
    ['alpha that is not a number', { alpha: NaN }],
    ['a band above half of the rate', { low: 1, high: 15 }],
    ['a band that begins at 0', { low: 0, high: 5 }],
    ['a band the wrong way round', { low: 5, high: 2 }],
    ['chroma above 1', { chroma: 1.5 }],
    ['more levels than there are', { levels: 7 }],
    ['half a level', { levels: 2.5 }],
    ['order 0', { order: 0 }],
    ['a wavelength that leaves nothing', { wavelength: 10_000, alpha: 1 }],
  ] as const)('%s', (_, options) => {
    expect(() => resolveMagnification(footage, options)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });

  it('frames too small for a pyramid', () => {
    expect(() => resolveMagnification({ width: 6, height: 5, rate: 30 })).toThrow(/too small/);
  });

  it('a band by its values, with the range that would fit', () => {
    expect(() => resolveMagnification(footage, { low: 2, high: 40 })).toThrow(
      expect.objectContaining({
        message: 'a band from 2 to 40 Hz does not fit 30 frames per second',
        hint: expect.stringContaining('below 15 Hz') as string,
      }),
    );
  });

  it('the ideal filter frame by frame, and a clip too long for it', async () => {
    await expect(createMagnifier(footage, { filter: 'ideal' })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
    const frames = goldenFrames({ ...footage, frames: 20 });
    const clip = clipOf(frames, 30);
    const limited = { filter: 'ideal', memory: 30_000 } as const;
    await expect(framesOf(magnifyClip(clip, limited))).rejects.toMatchObject({
      code: 'MEMORY_LIMIT',
    });
    const { expectedFrames, ...silent } = clip; // a clip of unknown length
    expect(expectedFrames).toBe(20);
    await expect(framesOf(magnifyClip(silent, limited))).rejects.toMatchObject({
      code: 'MEMORY_LIMIT',
    });
  });

  it('frames of another size, and goes no further once canceled', async () => {
    const magnifier = await createMagnifier(footage);
    const [odd] = goldenFrames({ width: 60, height: 48, frames: 1, rate: 30 });
    expect(() => magnifier.next(odd!)).toThrow(
      expect.objectContaining({ code: 'FRAMES_SIZE_CHANGED' }),
    );
    for (const filter of ['iir', 'ideal'] as const) {
      const clip = clipOf(goldenFrames({ ...footage, frames: 3 }), 30);
      const canceled = magnifyClip(clip, { filter, signal: { aborted: true } });
      await expect(framesOf(canceled)).rejects.toMatchObject({ code: 'CANCELED' });
    }
  });
});
