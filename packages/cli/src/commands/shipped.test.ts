/** @file The recognizer that ships: it says how good it is, and still knows what it was trained on. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { exportOnnx, openRecognizer, verdictOf } from '@telltale/core/recognize';
import { createPredictor, readSafetensors } from '@telltale/engine';
import * as web from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';

import { readFlowFolder } from '../io/dataset.ts';
import { loadRuntime } from '../io/runtime.ts';
import { readWeights } from '../io/weights.ts';

const shared =
  process.env['TELLTALE_SHARED'] ?? resolve(import.meta.dirname, '../../../../../shared/data');
const data = resolve(shared, 'megc2019-flow');
const absent = !existsSync(data);

const bytes = await readWeights();
const recognizer = await openRecognizer(await loadRuntime(), bytes, { threads: 1 });

test('is small, and says its classes, its score and when it is unsure', () => {
  expect(bytes.length).toBeLessThan(4_000_000);
  const { card } = recognizer;
  expect(card.classes).toEqual(['negative', 'positive', 'surprise']);
  expect(card.score).toMatch(/^UF1 0\.\d{3} ± 0\.\d{3}, UAR .* 40 subjects left out/);
  expect(card.unsureBelow).toBeGreaterThan(1 / 3);
  expect(card.unsureBelow).toBeLessThan(1);
  expect(Number(readSafetensors(bytes).metadata['temperature'])).toBeGreaterThan(0);
});

test('its exported file gives the same in a page as here', async () => {
  web.env.wasm.numThreads = 1;
  const predictor = await createPredictor(web, exportOnnx(bytes));
  const image = Float32Array.from({ length: 3 * 28 * 28 }, (_, i) => Math.sin(i * 0.37) / 3);
  const { probabilities } = await predictor.run({ images: image });
  const [here] = await recognizer.classify([image]);
  here!.forEach((p, k) => expect(Math.abs(probabilities![k]! - p)).toBeLessThan(1e-5));
  await predictor.release();
});

describe.skipIf(absent)(`on its training data${absent ? ` (skipped: no ${data})` : ''}`, () => {
  test('is right, or says that it is unsure', async () => {
    const { samples, pictures } = await readFlowFolder(data);
    const some = samples.flatMap((sample, i) =>
      i % 6 === 0 ? [{ sample, picture: pictures[i]! }] : [],
    );
    const answers = await recognizer.classify(some.map(({ picture }) => picture));
    const verdicts = answers.map((answer) => verdictOf(recognizer.card, answer));
    const sure = some.filter((_, i) => verdicts[i] !== 'unsure');
    const right = some.filter(({ sample }, i) => verdicts[i] === sample.emotion);
    expect(sure.length).toBeGreaterThan(some.length / 2);
    expect(right.length / sure.length).toBeGreaterThan(0.85);
  });
});
