/** @file Pulses that were planted come back. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { createRandom } from '../base/random.ts';
import { clipOf, framesOf, makeFrames } from './clips.cases.ts';
import { magnifyClip } from './clip.ts';
import { meanColor, pulseRate } from './pulse.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 }); // a busy machine is not a failure

/** Skin that follows a pulse by half a gray level of green, with noise, drifting light and a still background. */
function pulsingSkin(beatsPerMinute: number, seed: number, { rate = 30, seconds = 10 } = {}) {
  const random = createRandom(seed);
  const size = { width: 48, height: 36, frames: Math.round(rate * seconds), rate };
  const depths = [0.15, 0.5, 0.2];
  return makeFrames(size, (t, y, x, c) => {
    const isSkin = x >= 12 && x < 36;
    const beat = Math.sin((2 * Math.PI * beatsPerMinute * t) / rate / 60 + seed);
    const light = 2 * Math.sin((2 * Math.PI * t) / (rate * seconds));
    return (
      [170, 120, 100][c]! + y / 4 + light + (isSkin ? depths[c]! * beat : 0) + 1.5 * random.normal()
    );
  });
}

const skin = { x: 12, y: 0, width: 24, height: 36 };

describe('the pulse', () => {
  it('is found within 2 beats a minute', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 50, max: 170, noNaN: true }),
        fc.constantFrom(15, 25, 30, 60),
        fc.integer({ min: 1, max: 99 }),
        (planted, rate, seed) => {
          const colors = pulsingSkin(planted, seed, { rate }).map((frame) =>
            meanColor(frame, skin),
          );
          const pulse = pulseRate(colors, rate)!;
          expect(Math.abs(pulse.beatsPerMinute - planted)).toBeLessThan(2);
          expect(pulse.signalToNoise).toBeGreaterThan(0);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('is seen after magnification: its color varies many times as much, and the background no more', async () => {
    const frames = pulsingSkin(72, 5);
    const out = await framesOf(
      magnifyClip(clipOf(frames, 30), { mode: 'color', low: 1, high: 1.4, alpha: 30 }),
    );
    const swing = (clip: typeof frames, region: typeof skin): number => {
      const green = clip.map((frame) => meanColor(frame, region)[1]);
      const wave = [Math.cos, Math.sin].map((turn) =>
        green.reduce((sum, g, t) => sum + g * turn((2 * Math.PI * 1.2 * t) / 30), 0),
      );
      return (2 * Math.hypot(...wave)) / green.length;
    };
    const inner = { x: 20, y: 10, width: 8, height: 16 };
    expect(swing(out, inner) / swing(frames, inner)).toBeGreaterThan(15);
    expect(
      pulseRate(
        out.map((frame) => meanColor(frame, inner)),
        30,
      )!.beatsPerMinute,
    ).toBeCloseTo(72, -0.3);
  });

  it('of a still clip is none, and a short clip or a band outside half the rate is refused', () => {
    const still = Array.from({ length: 300 }, () => [100, 90, 80] as const);
    expect(pulseRate(still, 30)).toBeUndefined();
    expect(() => pulseRate(still.slice(0, 100), 30)).toThrow(
      expect.objectContaining({ code: 'CLIP_TOO_SHORT' }),
    );
    expect(() => pulseRate(still, 5)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('is measured in the given region', () => {
    const [frame] = makeFrames(
      { width: 10, height: 8, frames: 1, rate: 30 },
      (_, y, x, c) => 10 * x + y + 50 * c,
    );
    expect(meanColor(frame!)).toEqual([48.5, 98.5, 148.5]);
    expect(meanColor(frame!, { x: 2, y: 3, width: 2, height: 1 })).toEqual([28, 78, 128]);
    expect(meanColor(frame!, { x: -5, y: -5, width: 6, height: 6 })).toEqual([0, 50, 100]);
  });
});
