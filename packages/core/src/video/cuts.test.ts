import { describe, expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import { change, glimpse, isCutAt, type Changes } from './cuts.ts';
import type { Frame } from './frames.ts';

const SIDE = 96;

/** Waves that differ by their seed, moved by some pixels, in a light and with noise. */
function scene(seed: number, { shift = 0, light = 1, noise = 0, zoom = 1 } = {}): Frame {
  const random = createRandom(seed);
  const waves = Array.from({ length: 6 }, () => [
    random.uniform() / 6,
    random.uniform() / 6,
    6 * random.uniform(),
  ]);
  const grain = createRandom(1000 * seed + shift + 7);
  const data = new Uint8Array(3 * SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const [sx, sy] = [(x + shift) / zoom, y / zoom];
      const value = waves.reduce((sum, [a, b, c]) => sum + Math.sin(a! * sx + b! * sy + c!), 0);
      const gray = light * (128 + 18 * value) + noise * grain.normal();
      data.fill(Math.max(0, Math.min(255, gray)), 3 * (y * SIDE + x), 3 * (y * SIDE + x) + 3);
    }
  }
  return { data, width: SIDE, height: SIDE, channels: 3, index: 0, time: 0 };
}

function cutsOf(frames: readonly Frame[], rate = 25): number[] {
  const glimpses = frames.map((frame) => glimpse(frame));
  const whole = glimpses.map((here, i) => (i === 0 ? 0 : change(glimpses[i - 1]!, here)));
  const changes: Changes = { whole, face: whole.map(() => 0) };
  const times = frames.map((_, i) => i / rate);
  return frames.flatMap((_, i) => (isCutAt(changes, { times, i }) ? [i] : []));
}

const twelve = Array.from({ length: 12 }, (_, i) => i);

describe('a cut', () => {
  it('is found to the frame between two scenes, moving, noisy or still', () => {
    for (const options of [{ noise: 0 }, { noise: 12 }]) {
      const moving = [...twelve.map((i) => scene(1, { shift: i, ...options })), ...twelve.map((i) => scene(2, { shift: i, ...options }))]; // prettier-ignore
      expect(cutsOf(moving)).toEqual([12]);
    }
    expect(cutsOf([...twelve.map(() => scene(1)), ...twelve.map(() => scene(2))])).toEqual([12]);
  });

  it('is a zoom of a few percent from one frame to the next', () => {
    const zoomed = [...twelve.map(() => scene(1)), ...twelve.map(() => scene(1, { zoom: 1.06 }))];
    expect(cutsOf(zoomed)).toEqual([12]);
  });

  it('isolates a single bad frame', () => {
    const frames = twelve.map((i) => scene(1, { shift: i }));
    frames[6] = scene(2);
    expect(cutsOf(frames)).toEqual([6, 7]);
  });

  it('is none of these: light, movement that begins and ends, noise, black, a few frames', () => {
    expect(cutsOf(twelve.map((i) => scene(1, { light: i < 6 ? 1 : 0.5 })))).toEqual([]);
    expect(cutsOf(twelve.map((i) => scene(1, { shift: i < 6 ? 0 : Math.min(i - 5, 5) })))).toEqual([]); // prettier-ignore
    expect(cutsOf(twelve.map((i) => scene(1, { shift: i % 2, noise: 40, light: 0.2 })))).toEqual([]); // prettier-ignore
    expect(cutsOf(twelve.map(() => scene(1, { light: 0 })))).toEqual([]);
    expect(cutsOf([scene(1), scene(1, { shift: 3 }), scene(1, { shift: 5 })])).toEqual([]);
    expect(cutsOf([])).toEqual([]);
  });
});

it('a glimpse is the same from the plane of brightness', () => {
  const frame = scene(3);
  const data = Uint8Array.from(frame.data.filter((_, i) => i % 3 === 0));
  const luma = { data, start: 0, right: 1, down: frame.width };
  expect(change(glimpse(frame), glimpse({ ...frame, luma }))).toBeCloseTo(0, 3);
  // A part at the edge, of which half lies outside, is still a frame.
  const box = { left: -SIDE / 2, top: 0, width: SIDE, height: SIDE };
  expect(glimpse(frame, box).every(Number.isFinite)).toBe(true);
});
