/** @file The recognizers that ship: they state their scores, and classify their training data. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import {
  exportOnnx,
  NEVER_MEASURED,
  NEVER_SURE,
  openRecognizer as openWeights,
  readModel,
  shippedEnsembles,
  shippedNames,
  shippedRecognizers,
  type Recognizer,
  verdictOf,
} from '@telltale/core/recognize';
import { createPredictor, readSafetensors } from '@telltale/engine';
import * as web from 'onnxruntime-web';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadRuntime, openRecognizer, recognizerNames } from '@telltale/node';

import { readFlowFolder } from '../io/dataset.ts';

const shared =
  process.env['TELLTALE_SHARED'] ?? resolve(import.meta.dirname, '../../../../../shared/data');
const data = resolve(shared, 'megc2019-flow');
const absent = !existsSync(data);
const models = resolve(import.meta.dirname, '../../../core/models');
const opened = new Map<string, Recognizer>();

/** They learned rendered movements, and were measured on no real ones: what they look at. */
const UNMEASURED: Readonly<Record<string, object>> = {
  'mfdan-faces': { images: ['flow', 'apex', 'onset'], size: 112 },
  densemix: { images: ['flow', 'onset', 'magnified'], alpha: 10, size: 28 },
};

describe.each(Object.entries(shippedRecognizers))('%s', (name, file) => {
  let bytes: Uint8Array;
  let recognizer: Recognizer;
  beforeAll(async () => {
    bytes = await readFile(resolve(models, file));
    recognizer = await openWeights(await loadRuntime(), bytes, { threads: 1 });
    opened.set(name, recognizer);
  });

  test('is small, and states its classes, its score and when it is unsure', () => {
    expect(bytes.length).toBeLessThan(4_000_000);
    const { card } = recognizer;
    expect(file).toBe(`${card.network}-${card.config}.safetensors`);
    expect(card.classes).toEqual(['negative', 'positive', 'surprise']);
    if (name in UNMEASURED) {
      expect(recognizer).toMatchObject(UNMEASURED[name]!);
      expect(card).toMatchObject({ score: NEVER_MEASURED, unsureBelow: NEVER_SURE });
      expect(card.elsewhere).toBeUndefined();
      expect(verdictOf(card, Float32Array.of(0, 1, 0))).toBe('unsure');
      return;
    }
    expect(card.score).toMatch(
      /^UF1 0\.\d{3}( ± 0\.\d{3})?, UAR .*one of (\d+ groups of )?40 subjects left out/,
    );
    expect(card.elsewhere?.right).toBeGreaterThan(0.6);
    expect(card.elsewhere!.uf1).toBeGreaterThan(0.65);
    expect(card.unsureBelow).toBeGreaterThan(1 / 3);
    expect(card.unsureBelow).toBeLessThan(1);
    expect(Number(readSafetensors(bytes).metadata['temperature'])).toBeGreaterThan(0);
  });

  test('its exported file gives the same in a page as here', async () => {
    web.env.wasm.numThreads = 1;
    const predictor = await createPredictor(web, exportOnnx(bytes));
    const { planes } = readModel(bytes);
    const length = planes.length * recognizer.size ** 2;
    const images = Float32Array.from({ length }, (_, i) => Math.sin(i * 0.37) / 3);
    const { probabilities } = await predictor.run({ images });
    const [here] = await recognizer.classify([images]);
    here!.forEach((p, k) => expect(Math.abs(probabilities![k]! - p)).toBeLessThan(1e-5));
    await predictor.release();
  });

  const isLeftOut = absent || name in UNMEASURED;
  test.skipIf(isLeftOut)(
    `is right on its training data, or reports that it is unsure${absent ? ` (skipped: no ${data})` : isLeftOut ? ' (skipped: the real clips at hand are flow images, without the faces that it looks at)' : ''}`,
    async () => {
      const { samples, images } = await readFlowFolder(data);
      const some = samples.flatMap((sample, i) =>
        i % 6 === 0 ? [{ sample, image: images[i]! }] : [],
      );
      const answers = await recognizer.classify(some.map(({ image }) => image));
      const verdicts = answers.map((answer) => verdictOf(recognizer.card, answer));
      const sure = some.filter((_, i) => verdicts[i] !== 'unsure');
      const right = some.filter(({ sample }, i) => verdicts[i] === sample.emotion);
      expect(sure.length).toBeGreaterThan(some.length / 2);
      expect(right.length / sure.length).toBeGreaterThan(0.8);
    },
  );
});

test('all of them can be asked by name, and together', async () => {
  expect(recognizerNames).toEqual(shippedNames);
  const first = await openRecognizer({ threads: 1 });
  expect(first.card.network).toBe(shippedNames[0]);
  await first.release();
  for (const [name, ensemble] of Object.entries(shippedEnsembles)) {
    const whole = await openRecognizer({ network: name, threads: 1 });
    expect(whole.card.members).toEqual(ensemble.members.map((member) => opened.get(member)!.card));
    expect(whole.card.elsewhere?.right).toBeGreaterThan(0.75);
    expect(ensemble.score).toMatch(
      /^UF1 0\.\d{3}( ± 0\.\d{3})?, UAR 0\.\d{3}.*: one of 40 subjects/,
    );
    expect(whole.card.unsureBelow).toBe(ensemble.unsureBelow);
    await whole.release();
  }
  await expect(openRecognizer({ network: 'resnet' })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
});
