/** @file Noise, light, sharpness and what covers a face, measured on textures of known kind. */
import { describe, expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import { FACE_PARTS } from '../face/regions.ts';
import type { Landmarks } from '../face/landmarks.ts';
import type { FlowField } from '../motion/flow.ts';
import { clipQuality, referenceQuality, sampleQuality, type SampleQuality } from './quality.ts';
import { REGIONS } from './regions.ts';

const SIZE = 144;

/** Eyes 50 pixels apart, the nose in the middle, each region at a place of its own. */
function landmarks(): Landmarks {
  const points = new Float32Array(2 * 478).fill(72);
  const eye = { 33: 36, 133: 58, 362: 86, 263: 108 };
  for (const [index, x] of Object.entries(eye)) points.set([x, 55], 2 * Number(index));
  for (const index of FACE_PARTS.chin) points.set([72, 112], 2 * index);
  for (const index of FACE_PARTS.rightInnerBrow) points.set([60, 44], 2 * index);
  return { points, presence: 1 };
}

/** Waves around 128, with noise. */
function texture({ seed = 1, noise = 0, wave = 9 } = {}): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    const value = Math.sin((2 * Math.PI * x) / wave) + Math.sin((2 * Math.PI * y) / (wave + 2));
    return 128 + 12 * value + noise * random.normal();
  });
}

const plane = (data: Float32Array) => ({ data, width: SIZE, height: SIZE });
const still = (): FlowField => ({
  u: new Float32Array(SIZE * SIZE),
  v: new Float32Array(SIZE * SIZE),
  width: SIZE,
  height: SIZE,
});

function qualityOf(now: Float32Array, before = texture(), flow = still()): SampleQuality {
  const [flat, marks] = [plane(before), landmarks()];
  const reference = { flat, landmarks: marks, quality: referenceQuality(flat, marks) };
  return sampleQuality({ image: plane(now), flat: plane(now), landmarks: marks }, reference, flow);
}

describe('the quality of a sample', () => {
  it('has the noise of both images, in percent of the brightness', () => {
    const { noise, brightness, texture: there } = qualityOf(texture({ seed: 2, noise: 4 }), texture({ seed: 3, noise: 4 })); // prettier-ignore
    expect(noise).toBeCloseTo((100 * 4) / 128, 0);
    expect(brightness).toBeCloseTo(128, -0.5);
    // Two waves of amplitude 12 have a standard deviation of 12, to which the noise adds.
    expect(there).toBeCloseTo((100 * Math.hypot(12, 4)) / 128, 0);
  });

  it('finds what covers a region, and no other', () => {
    const now = texture();
    for (let y = 105; y < 120; y++) now.fill(170, y * SIZE + 62, y * SIZE + 82);
    const { misfit, noise } = qualityOf(now);
    expect(misfit[REGIONS.indexOf('chin')]).toBeGreaterThan(1);
    expect(misfit[REGIONS.indexOf('rightInnerBrow')]).toBeLessThan(0.01);
    expect(noise).toBeLessThan(0.01);
  });

  it('takes no movement for a misfit that the flow explains', () => {
    const shifted = texture().map((_, i, all) => all[i - (i % SIZE) + Math.max(0, (i % SIZE) - 2)]!); // prettier-ignore
    const flow = still();
    flow.u.fill(2);
    expect(Math.max(...qualityOf(shifted, texture(), flow).misfit)).toBeLessThan(0.05);
    expect(Math.max(...qualityOf(shifted).misfit)).toBeGreaterThan(0.3);
  });

  it('is less sharp of longer waves, and knows black', () => {
    const marks = landmarks();
    const sharpness = [9, 16, 48].map((wave) => referenceQuality(plane(texture({ wave })), marks).sharpness); // prettier-ignore
    expect(sharpness[0]).toBeGreaterThan(sharpness[1]!);
    expect(sharpness[1]).toBeGreaterThan(sharpness[2]!);
    expect(sharpness[2]).toBeCloseTo(1 / 3, 1);
    expect(qualityOf(new Float32Array(SIZE * SIZE)).clipped).toBe(1);
  });
});

it('the quality of a clip is what is usual in it', () => {
  const samples = [4, 4, 30].map((noise) => ({ quality: qualityOf(texture({ seed: 5, noise })) }));
  const quality = clipQuality([{ samples }])!;
  expect(quality.noise).toBeCloseTo(samples[0]!.quality.noise, 6);
  expect(quality.yaw).toBe(0);
  expect(clipQuality([])).toBeUndefined();
  expect(clipQuality([{ samples: [{}] }])).toBeUndefined();
});
