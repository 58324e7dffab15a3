/** @file The exported file: what it promises of mirrored faces and of temperature, and that it runs in every runtime. */
import { createPredictor, readModelMetadata } from '@telltale/engine';
import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { exportNetwork } from './export.ts';
import { mirrorInput } from './input.ts';
import { merbaNetwork } from './merba.ts';

const config = merbaNetwork.configs['flow28']!;
const params = merbaNetwork.init(config, createRandom(4));
const random = createRandom(9);
const image = Float32Array.from({ length: 3 * 28 * 28 }, () => 0.3 * random.normal());

async function probabilities(
  ort: typeof native | typeof web,
  input: Float32Array,
  temperature = 1,
): Promise<number[]> {
  const bytes = exportNetwork(merbaNetwork, { config, params }, { batch: 1, temperature });
  const predictor = await createPredictor(ort, bytes, { intraOpNumThreads: 1 });
  const results = await predictor.run({ images: input });
  await predictor.release();
  return [...results['probabilities']!];
}

test('a face and its mirror get the same probabilities', async () => {
  const plain = await probabilities(native, image);
  const mirrored = await probabilities(native, mirrorInput(image));
  expect(plain.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  plain.forEach((p, k) => expect(mirrored[k]).toBeCloseTo(p, 5));
});

test('temperature flattens and keeps the order', async () => {
  const sure = await probabilities(native, image, 0.25);
  const unsure = await probabilities(native, image, 4);
  expect(Math.max(...sure)).toBeGreaterThan(Math.max(...unsure));
  expect(sure.indexOf(Math.max(...sure))).toBe(unsure.indexOf(Math.max(...unsure)));
});

test('the WebAssembly runtime computes what the native one computes', async () => {
  web.env.wasm.numThreads = 1;
  const there = await probabilities(web, image);
  const here = await probabilities(native, image);
  here.forEach((p, k) => expect(Math.abs(there[k]! - p)).toBeLessThan(1e-5));
});

test('metadata travel in the file', () => {
  const options = { batch: 1, metadata: { classes: 'negative,positive,surprise' } };
  const bytes = exportNetwork(merbaNetwork, { config, params }, options);
  expect(readModelMetadata(bytes)).toMatchObject(options.metadata);
});
