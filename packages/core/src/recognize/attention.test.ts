/** @file Where MFDAN's attention looks, against a direct computation; the whole of it against PyTorch is in mfdan.test.ts. */
import { flattenParameters, writeSafetensors } from '@telltale/engine';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { inputVersion, mirrorInput } from '../nets/input.ts';
import { mfdanNetwork } from '../nets/mfdan.ts';
import type { MfdanConfig } from '../nets/mfdan-config.ts';
import { openRecognizer, type RecognizerOptions } from './recognizer.ts';

const config = mfdanNetwork.configs.tiny; // 8×8 pixels, 4×4 tokens in windows of 2×2, then 2×2 in one
const planes = ['u', 'v', 'strain', 'apex'] as const;

/** Weights of which some parameters, by the end of their names, are one number. */
function weights(fixed: Readonly<Record<string, number>>, settings: MfdanConfig = config) {
  const params = flattenParameters(mfdanNetwork.init(settings, createRandom(4)));
  const tensors = params.map(({ name, shape, data }) => {
    const [, value] = Object.entries(fixed).find(([end]) => name.endsWith(end)) ?? [];
    return [name, { shape, data: value === undefined ? data : data.map(() => value) }] as const;
  });
  return writeSafetensors({
    tensors: Object.fromEntries(tensors),
    metadata: {
      ...{ network: 'mfdan', config: 'tiny', settings: JSON.stringify(settings) },
      ...{ classes: '["a","b","c"]', input: inputVersion, planes: JSON.stringify(planes) },
      pictures: '["flow","apex"]',
    },
  });
}
const open = (fixed: Readonly<Record<string, number>>, options: RecognizerOptions = {}) =>
  openRecognizer(ort, weights(fixed), { threads: 1, ...options });

const random = createRandom(7);
const input = Float32Array.from({ length: 4 * 64 }, () => random.normal());
const places = Array.from({ length: 16 }, (_, i) => [Math.floor(i / 4), i % 4] as const);

/** Mean of |flow| over a square of pixels. */
function movedIn(y: number, x: number, side: number): number {
  let sum = 0;
  for (let i = 0; i < side * side; i++) {
    const at = 8 * (y * side + Math.floor(i / side)) + x * side + (i % side);
    sum += Math.hypot(input[at]!, input[64 + at]!);
  }
  return sum / side ** 2;
}

test('without queries, attention is the movement to the power of β, over its sum in the window', async () => {
  const beta = 1.7;
  const recognizer = await open({ 'qk.weight': 0, 'drivenAttention.prior': beta });
  const { side, attention, movement } = await recognizer.attention!.look(input);
  expect(side).toBe(4);
  const mean = places.reduce((sum, [y, x]) => sum + movedIn(y, x, 2), 0) / 16;
  const weight = (y: number, x: number, size: number): number =>
    (0.1 + movedIn(y, x, size) / mean) ** beta;
  places.forEach(([y, x], i) => {
    expect(movement[i]).toBeCloseTo(movedIn(y, x, 2) / mean, 4);
    const [top, left] = [y - (y % 2), x - (x % 2)];
    const inWindow = [0, 1].flatMap((j) => [0, 1].map((k) => weight(top + j, left + k, 2)));
    const first = (4 * weight(y, x, 2)) / inWindow.reduce((a, b) => a + b);
    const [row, column] = [Math.floor(y / 2), Math.floor(x / 2)];
    const whole = [0, 1].flatMap((j) => [0, 1].map((k) => weight(j, k, 4)));
    const second = (4 * weight(row, column, 4)) / whole.reduce((a, b) => a + b);
    expect(attention[i]).toBeCloseTo((first + second) / 2, 4);
  });
  await recognizer.release();
});

test('a gate of 0 adds nothing, wherever the map looks, and an open one does', async () => {
  const shut = await open({});
  expect((await shut.attention!.look(input)).share).toBe(0); // gates start at 0
  await shut.release();
  const wide = await open({ 'drivenAttention.gate': 1 });
  const { share, attention } = await wide.attention!.look(input);
  expect(share).toBeGreaterThan(0.01);
  // A mirrored face is looked at in the mirrored places.
  const mirrored = await wide.attention!.look(mirrorInput(input, 8, planes));
  places.forEach(([y, x], i) =>
    expect(mirrored.attention[4 * y + 3 - x]).toBeCloseTo(attention[i]!, 5),
  );
  expect(mirrored.share).toBeCloseTo(share, 5);
  await wide.release();
});

test('what has no such attention shows none', async () => {
  const without = await open({}, { without: ['driven-attention'] });
  expect(without.attention).toBeUndefined();
  await without.release();
  const recognizer = await open({});
  await expect(recognizer.attention!.look(input.subarray(1))).rejects.toMatchObject({
    code: 'MODEL_INPUT_MISMATCH',
  });
  await recognizer.release(); // its graph was never opened
});
