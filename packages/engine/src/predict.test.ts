/**
 * @file Export: what the file computes, where it runs, what it carries.
 */
import fc from 'fast-check';
import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import { expect, test } from 'vitest';

import { createRandom } from '../../core/src/base/random.ts';
import {
  compilePrediction,
  compileTraining,
  createPredictor,
  createTrainer,
  inferenceContext,
  readModelMetadata,
  relu,
  softmax,
  withParameterData,
  type Tensor,
} from './index.ts';
import { emitGraph } from './emit.ts';
import { batch, BATCH, forward, initNetwork, objective, shapes } from './network.cases.ts';
import { flattenParameters, symbolicParameters } from './parameters.ts';
import { distance, evaluate } from './reference.cases.ts';
import { leaf } from './tensor.ts';

const params = await trained();

/** The network after a few steps, so that running statistics are not those of the start. */
async function trained(): Promise<ReturnType<typeof initNetwork>> {
  const start = initNetwork(1);
  const program = compileTraining({ params: start, inputs: shapes, loss: objective });
  const trainer = await createTrainer(native, program, {
    random: createRandom(2),
    intraOpNumThreads: 1,
  });
  for (let i = 0; i < 15; i++) await trainer.train({ inputs: batch(i), learningRate: 0.01 });
  const result = withParameterData(start, trainer.parameters());
  await trainer.release();
  return result;
}

const exported = (n: number): Uint8Array =>
  compilePrediction({
    params,
    inputs: { images: [n, 3, 8, 8] },
    forward: (context, p, { images }) => ({ probabilities: softmax(forward(context, p, images)) }),
    metadata: { classes: 'negative,positive,surprise', note: 'größer als ASCII' },
  });

/** The forward pass in inference mode through the operators of training. */
async function trainingForward(): Promise<Float32Array> {
  const { tree, leaves } = symbolicParameters(params, 'weight.');
  const images = leaf('images', shapes.images);
  const output = softmax(forward(inferenceContext(), tree, images));
  const values = [batch(77).images, ...flattenParameters(params).map(({ data }) => data)];
  const [result] = await evaluate(native, [output], {
    inputs: [images, ...leaves.keys()],
    values: values.map((data) => ({ shape: [data.length], data: Float64Array.from(data) })),
    target: 'native',
  });
  return result!;
}

test.each([
  ['onnxruntime-node', native],
  ['onnxruntime-web', web],
])('the file computes what the network computes, run by %s', async (_, ort) => {
  const predictor = await createPredictor(ort, exported(BATCH));
  expect(predictor.inputs).toEqual({ images: [BATCH, 3, 8, 8] });
  expect(predictor.outputNames).toEqual(['probabilities']);
  const { probabilities } = await predictor.run({ images: batch(77).images });
  expect(distance(probabilities!, await trainingForward())).toBeLessThan(1e-5);
  await predictor.release();
});

test('a sample alone gets what it gets in a batch', async () => {
  const [one, many] = [
    await createPredictor(native, exported(1)),
    await createPredictor(native, exported(BATCH)),
  ];
  const { images } = batch(78);
  const all = (await many.run({ images }))['probabilities']!;
  for (let i = 0; i < BATCH; i++) {
    const alone = await one.run({ images: images.slice(i * 192, (i + 1) * 192) });
    expect(distance(alone['probabilities']!, all.slice(i * 3, i * 3 + 3))).toBeLessThan(1e-6);
  }
  await Promise.all([one.release(), many.release()]);
});

test('the same network gives the same bytes, with its metadata', () => {
  const [a, b] = [exported(1), exported(1)];
  expect(Buffer.from(a).equals(Buffer.from(b))).toBe(true);
  expect(readModelMetadata(a)).toEqual({
    classes: 'negative,positive,surprise',
    note: 'größer als ASCII',
  });
});

test('the file has standard operators only, and no work for training', () => {
  const { tree, leaves } = symbolicParameters(params, 'weight.');
  const images = leaf('images', [1, 3, 8, 8]);
  const output: Tensor = forward(inferenceContext(), tree, images);
  const constants = [...leaves].map(([tensor, { data }]) => ({ tensor, data }));
  const graph = emitGraph([['y', output]], [{ tensor: images }, ...constants], {
    target: 'portable',
  });
  expect(new Set(graph.nodes.map(({ domain }) => domain))).toEqual(new Set(['']));
  const kinds = new Set(graph.nodes.map(({ operator }) => operator));
  expect(kinds).toContain('BatchNormalization');
  expect(kinds).toContain('LayerNormalization');
  expect(kinds).toContain('Scan');
  for (const name of ['HardSigmoid', 'ConvTranspose', 'Resize']) expect(kinds).not.toContain(name);
});

test('bytes that are not a model are refused, whatever they are', () => {
  const file = exported(1);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.integer({ min: 0, max: file.length }),
      (noise, length) => {
        for (const bytes of [noise, new Uint8Array([...file.subarray(0, length), ...noise])]) {
          try {
            readModelMetadata(bytes);
          } catch (error) {
            expect(error).toMatchObject({ name: 'EngineError', code: 'FILE_CORRUPT' });
          }
        }
      },
    ),
    { seed: 6, numRuns: 200 },
  );
});

test('mistakes are named', async () => {
  const inputs = { images: [1, 3, 8, 8] } as const;
  expect(() =>
    compilePrediction({
      params: {},
      inputs,
      forward: (_, __, { images }) => ({ images: relu(images) }),
    }),
  ).toThrow(expect.objectContaining({ code: 'INPUT_MISMATCH' }));
  expect(() =>
    compilePrediction({
      params: {},
      inputs,
      forward: (context, _, { images }) => ({ y: context.mask(images.shape, () => undefined) }),
    }),
  ).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  expect(() =>
    compilePrediction({ params: {}, inputs, forward: () => ({ y: relu(leaf('stranger', [2])) }) }),
  ).toThrow(/'stranger', which is neither an input nor a parameter/);

  const file = exported(1);
  expect(() => readModelMetadata(file.subarray(0, file.length - 3))).toThrow(
    expect.objectContaining({ code: 'FILE_CORRUPT' }),
  );
  await expect(createPredictor(native, file.subarray(0, 100))).rejects.toMatchObject({
    code: 'SESSION_FAILED',
  });
  const predictor = await createPredictor(native, file);
  await expect(predictor.run({ images: new Float32Array(3) })).rejects.toMatchObject({
    message: "input 'images': got 3 numbers for shape [1, 3, 8, 8]",
  });
  await predictor.release();
});
