/** @file An ONNX file with its description becomes a recognizer, whatever program wrote it; what does not agree is named. */
import { readFileSync } from 'node:fs';

import { add, compilePrediction, matmul, mul, reshape, softmax } from '@telltale/engine';
import type { Shape } from '@telltale/engine';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';

import { sha256 } from '../base/sha256.ts';
import { readDescription, type ModelDescription } from './description.ts';
import { exportModel } from './export.ts';
import { openExported } from './exported.ts';
import { openRecognizer } from './recognizer.ts';
import { encodeCalibrated } from './weights.cases.ts';

const classes = ['negative', 'positive', 'surprise'];
const weights = encodeCalibrated('ststnet', {
  classes,
  temperature: '1.5',
  unsureBelow: '0.4',
  score: 'UF1 0.5',
});
const { onnx, description } = exportModel(weights);
const described = JSON.parse(description) as ModelDescription;
type Changes = { readonly [K in keyof ModelDescription]?: unknown };
const changed = (changes: Changes): string => JSON.stringify({ ...described, ...changes });

/** A graph of one's own: flow planes times a matrix, through a softmax unless it is to end in raw numbers. */
function own(count: number, shape: Shape = [1, 3, 28, 28], end = softmax): Uint8Array {
  const size = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from({ length: size * count }, (_, i) => Math.sin(i) / 50);
  return compilePrediction({
    params: { w: { shape: [size, count], data } },
    inputs: { images: shape },
    forward: (_, { w }, { images }) => ({
      probabilities: end(matmul(reshape(images, [1, size]), w)),
    }),
  });
}
const withFile = (bytes: Uint8Array, changes: Changes = {}): string =>
  changed({ onnx: { file: 'own.onnx', sha256: sha256(bytes) }, ...changes });

test('what is exported opens as the recognizer that it was', async () => {
  const there = await openExported(ort, { onnx, description }, { threads: 1 });
  const here = await openRecognizer(ort, weights, { threads: 1 });
  expect({ ...there.card }).toEqual({ ...here.card });
  const input = Float32Array.from({ length: 3 * 28 * 28 }, (_, i) => Math.sin(i));
  expect(await there.classify([input])).toEqual(await here.classify([input]));
  await expect(there.classify([new Float32Array(5)])).rejects.toMatchObject({
    code: 'MODEL_INPUT_MISMATCH',
  });
  await Promise.all([there.release(), here.release()]);
});

test('a graph of another maker opens, of any size and any number of classes', async () => {
  const bytes = own(2, [1, 3, 12, 12]);
  const recognizer = await openExported(ort, {
    onnx: bytes,
    description: withFile(bytes, {
      network: 'mine',
      input: { ...described.input, shape: [1, 3, 12, 12] },
      output: { name: 'probabilities', classes: ['calm', 'tense'] },
      score: 'never measured',
      weights: undefined,
      made: undefined,
    }),
  });
  expect(recognizer).toMatchObject({
    size: 12,
    card: { network: 'mine', classes: ['calm', 'tense'], weights: sha256(bytes) },
  });
  const [answer] = await recognizer.classify([new Float32Array(3 * 144).fill(0.5)]);
  expect(answer![0]! + answer![1]!).toBeCloseTo(1, 5);
  await recognizer.release();
});

test('an axis that is left open is run with 1, and the answer is the reference evaluator’s', async () => {
  const { openAxis } = JSON.parse(
    readFileSync(new URL('../../../../golden/export.json', import.meta.url), 'utf8'),
  ) as { readonly openAxis: { readonly onnx: string; readonly reference: readonly number[] } };
  const bytes = new Uint8Array(Buffer.from(openAxis.onnx, 'base64'));
  const recognizer = await openExported(ort, {
    onnx: bytes,
    description: withFile(bytes, {
      input: { ...described.input, name: 'pixels' },
      output: { name: 'chances', classes },
    }),
  });
  const gains = [1, 2, 0.5];
  const input = Float32Array.from(
    { length: 3 * 784 },
    (_, i) => Math.fround((i % 11) / 5) * gains[Math.floor(i / 784)]!,
  );
  const [answer] = await recognizer.classify([input]);
  openAxis.reference.forEach((p, k) => expect(Math.abs(answer![k]! - p)).toBeLessThan(1e-6));
  await recognizer.release();
});

describe('what does not agree is refused', () => {
  const three = own(3);
  const raw = own(3, [1, 3, 28, 28], (x) => add(mul(x, 0), 0.5));
  const input = described.input;
  test.each<[string, string, Uint8Array, string]>([
    ['a description that is not JSON', 'MODEL_DESCRIPTION_INVALID', onnx, '{'],
    ['a report', 'MODEL_DESCRIPTION_INVALID', onnx, '{"schema":"telltale.report/1"}'],
    ['no classes', 'MODEL_DESCRIPTION_INVALID', onnx, changed({ output: { name: 'p' } })],
    ['a hash that is none', 'MODEL_DESCRIPTION_INVALID', onnx, changed({ onnx: { file: 'a', sha256: 'b' } })], // prettier-ignore
    ['another file', 'MODEL_CHANGED', three, description],
    ['one byte changed', 'MODEL_CHANGED', onnx.with(onnx.length >> 1, 0x55), description],
    ['no ONNX file', 'MODEL_UNREADABLE', new Uint8Array(9).fill(0xff), description],
    ['ONNX in name only', 'MODEL_UNREADABLE', new Uint8Array(), withFile(new Uint8Array())],
    ['another preparation', 'MODEL_INPUT_MISMATCH', onnx, changed({ input: { ...input, preparation: 'flow/0' } })], // prettier-ignore
    ['planes beyond its shape', 'MODEL_INPUT_MISMATCH', onnx, changed({ input: { ...input, planes: ['u'] } })], // prettier-ignore
    ['a shape that is not square', 'MODEL_INPUT_MISMATCH', onnx, changed({ input: { ...input, shape: [1, 3, 28, 14] } })], // prettier-ignore
    ['a shape that the graph has not', 'MODEL_INPUT_MISMATCH', onnx, changed({ input: { ...input, shape: [1, 3, 32, 32] } })], // prettier-ignore
    ['an input of another name', 'MODEL_INPUT_MISMATCH', onnx, changed({ input: { ...input, name: 'x' } })], // prettier-ignore
    ['an output of another name', 'MODEL_OUTPUT_MISMATCH', onnx, changed({ output: { name: 'logits', classes } })], // prettier-ignore
    ['fewer classes than numbers', 'MODEL_OUTPUT_MISMATCH', three, withFile(three, { output: { name: 'probabilities', classes: ['a', 'b'] } })], // prettier-ignore
    ['numbers that are not probabilities', 'MODEL_OUTPUT_MISMATCH', raw, withFile(raw)],
  ])('%s: %s', async (_, code, bytes, text) => {
    await expect(openExported(ort, { onnx: bytes, description: text })).rejects.toMatchObject({
      code,
    });
  });

  test('no byte can be changed without being noticed', async () => {
    const place = fc.integer({ min: 0, max: onnx.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, async (at) => {
        const other = onnx.with(at, onnx[at]! ^ 1);
        await expect(openExported(ort, { onnx: other, description })).rejects.toMatchObject({
          code: expect.stringMatching(/^MODEL_(?:CHANGED|UNREADABLE)$/) as string,
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe('the reader of model.json and its JSON Schema', () => {
  const conforms = new Ajv2020({ strict: true }).compile(
    JSON.parse(
      readFileSync(new URL('../../schema/model.schema.json', import.meta.url), 'utf8'),
    ) as object,
  );
  test('take what is exported', () => {
    expect(conforms(described), JSON.stringify(conforms.errors)).toBe(true);
    expect(readDescription(description)).toEqual(described);
  });

  test('refuse the same: every member missing, or of another kind', () => {
    const paths = Object.entries(described).flatMap(([name, value]: [string, unknown]) => [
      [name],
      ...(typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.keys(value).map((inner) => [name, inner])
        : []),
    ]);
    for (const [name, inner] of paths) {
      for (const wrong of [undefined, null, 7, 'x', [7], {}]) {
        const copy = JSON.parse(description) as Record<string, Record<string, unknown>>;
        if (inner === undefined) copy[name!] = wrong as never;
        else copy[name!]![inner] = wrong;
        const text = JSON.stringify(copy);
        let isRead = true;
        try {
          readDescription(text);
        } catch {
          isRead = false;
        }
        expect({ name, inner, wrong, ok: isRead }).toEqual({
          name,
          inner,
          wrong,
          ok: conforms(JSON.parse(text)),
        });
      }
    }
  });
});
