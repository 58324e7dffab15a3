/** @file A network in a fold: predictions in between change nothing, and it stops where requested. */
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createRandom } from '../../base/random.ts';
import { networkMethod, networkSettings } from './network.ts';
import type { FoldPart, Trainable } from './method.ts';

const classes = ['negative', 'positive', 'surprise'];
const settings = networkSettings('merba', classes, { config: 'tiny', epochs: 4 });
const method = networkMethod('small', 'a paper', settings);
const random = createRandom(8);
const inputs = Array.from({ length: 40 }, () =>
  Float32Array.from({ length: 3 * 8 * 8 }, () => 0.3 * random.normal()),
);
const image = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 } as const;
const all = inputs.map((_, i) => i);
const side = (kept: readonly number[]) => ({
  ids: kept.map(String),
  images: kept.map(() => image),
  inputs: kept.map((i) => inputs[i]!),
});
const train = all.slice(6);
const part: FoldPart = {
  train: {
    ...side(train),
    labels: train.map((i) => i % 3),
    subjects: train.map((i) => `s${i % 5}`),
  },
  test: side(all.slice(0, 6)),
};

let trainable: Trainable;
beforeAll(async () => {
  trainable = await method.open(classes, { ort: ort, threads: 1 });
});
afterAll(() => trainable.release());

test('looks in between change no bit of the last prediction', async () => {
  const plain = await trainable.trainFold(part, { seed: 5 });
  const watched = await trainable.trainFold(part, { seed: 5, at: [1, 2, 4] });
  expect(plain.predictions).toHaveLength(1);
  expect(watched.predictions.map(({ epoch }) => epoch)).toEqual([1, 2, 4]);
  expect(watched.predictions.at(-1)).toEqual(plain.predictions[0]);
  expect(watched.losses).toEqual(plain.losses);
  expect(watched.predictions[0]!.probabilities).not.toEqual(watched.predictions[1]!.probabilities);
});

test('stops at the last epoch that was requested, on the schedule of the whole', async () => {
  const whole = await trainable.trainFold(part, { seed: 5, at: [2, 4] });
  const progress: number[] = [];
  const short = await trainable.trainFold(part, {
    seed: 5,
    at: [2],
    progress: (share) => progress.push(share),
  });
  expect(short.predictions).toEqual([whole.predictions[0]]);
  expect(short.losses).toEqual(whole.losses.slice(0, 2));
  expect(progress).toEqual([0.25, 0.5]);
});

test('can be canceled', async () => {
  await expect(
    trainable.trainFold(part, { seed: 5, signal: { aborted: true } }),
  ).rejects.toMatchObject({ code: 'CANCELED' });
});
