/**
 * @file Training: it learns, repeats itself bit by bit, resumes from a
 * checkpoint bit for bit, and reports what is wrong.
 */
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';

import { createRandom } from '../../core/src/base/random.ts';
import {
  compileTraining,
  concat,
  cosineSchedule,
  createTrainer,
  div,
  initialState,
  linear,
  mul,
  readSafetensors,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  writeSafetensors,
  type Trainer,
  type TrainerSettings,
  type TrainerState,
} from './index.ts';
import { batch, initNetwork, objective, shapes } from './network.cases.ts';
import { distance } from './reference.cases.ts';

const program = compileTraining({
  params: initNetwork(1),
  inputs: shapes,
  loss: objective,
  optimizer: { clipNorm: 5, averageDecay: 0.9 },
});

const open = (seed: number, settings: TrainerSettings = {}): Promise<Trainer> =>
  createTrainer(ort, program, { random: createRandom(seed), intraOpNumThreads: 1, ...settings });

async function run(trainer: Trainer, steps: number): Promise<number[]> {
  const rate = cosineSchedule({ peak: 0.01, warmup: 5, steps: 60 });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { step } = trainer;
    const { loss } = await trainer.train({
      inputs: batch(step % 4),
      learningRate: rate(step),
      weightDecay: 0.05,
    });
    losses.push(loss);
  }
  return losses;
}

function expectSameBits(a: TrainerState, b: TrainerState): void {
  expect(a.step).toBe(b.step);
  expect(Object.keys(a.tensors)).toEqual(Object.keys(b.tensors));
  for (const [name, { data }] of Object.entries(a.tensors)) {
    expect(Buffer.from(data.buffer).equals(Buffer.from(b.tensors[name]!.data.buffer)), name).toBe(
      true,
    );
  }
}

test('the network learns a separable problem', async () => {
  const trainer = await open(1);
  const losses = await run(trainer, 60);
  const mean = (values: readonly number[]): number =>
    values.reduce((a, b) => a + b, 0) / values.length;
  expect(mean(losses.slice(0, 4))).toBeGreaterThan(0.9);
  expect(mean(losses.slice(-4))).toBeLessThan(0.3);
  await trainer.release();
});

test('the same seed gives the same bits, another seed others', async () => {
  const [a, b, c] = await Promise.all([open(3), open(3), open(4)]);
  for (const trainer of [a, b, c]) await run(trainer, 6);
  expectSameBits(a.state(), b.state());
  expect(
    distance(a.state().tensors['weight.conv']!.data, c.state().tensors['weight.conv']!.data),
  ).toBeGreaterThan(0);
  await Promise.all([a.release(), b.release(), c.release()]);
});

test('a checkpoint resumes with the same bits, through a file', async () => {
  const [whole, before, after] = await Promise.all([open(5), open(5), open(5)]);
  await run(whole, 9);
  await run(before, 4);
  const { step, tensors } = before.state();
  const file = writeSafetensors({ tensors, metadata: { step: String(step) } });
  const read = readSafetensors(file);
  after.restore({ step: Number(read.metadata['step']), tensors: read.tensors });
  await run(after, 5);
  expectSameBits(whole.state(), after.state());
  await Promise.all([whole.release(), before.release(), after.release()]);
});

test('a large parameter is trained like its parts, which the optimizer takes together', async () => {
  const random = createRandom(8);
  const [rows, columns] = [128, 130];
  const data = Float32Array.from({ length: rows * columns }, () => random.normal());
  const part = (from: number, count: number) => ({
    shape: [count, columns],
    data: data.slice(from * columns, (from + count) * columns),
  });
  const train = async (sizes: readonly number[]): Promise<number[]> => {
    let from = 0;
    const parts = sizes.map((count) => part((from += count) - count, count));
    const { 0: first, 1: second } = parts;
    const trainer = await createTrainer(
      ort,
      compileTraining({
        params: { first: first!, ...(second && { second }) },
        inputs: { x: [rows, columns] },
        loss: (_, p, { x }) => {
          const whole = 'second' in p ? concat([p.first, p.second], 0) : p.first;
          return { loss: sum(square(sub(whole, x))) };
        },
        optimizer: { clipNorm: 1, averageDecay: 0.5 },
      }),
      { intraOpNumThreads: 1 },
    );
    const x = new Float32Array(rows * columns).fill(0.5);
    for (let i = 0; i < 3; i++) {
      await trainer.train({ inputs: { x }, learningRate: 0.1, weightDecay: 0.2 });
    }
    const found = Object.values(trainer.parameters({ averaged: true }));
    await trainer.release();
    return found.flatMap((tensor) => [...tensor.data]);
  };
  expect(distance(await train([28, 100]), await train([128]))).toBeLessThan(1e-6);
});

test('the average follows the weights, and a rate of 0 leaves them alone', async () => {
  const trainer = await open(6);
  const start = trainer.parameters();
  await trainer.train({ inputs: batch(0), learningRate: 0.01 });
  const moved = trainer.parameters();
  const averaged = trainer.parameters({ averaged: true });
  const expected = start['head.weight']!.data.map(
    (value, i) => 0.9 * value + 0.1 * moved['head.weight']!.data[i]!,
  );
  expect(distance(averaged['head.weight']!.data, expected)).toBeLessThan(1e-7);
  expect(averaged['norm.mean']).toEqual(moved['norm.mean']);

  await trainer.train({ inputs: batch(0), learningRate: 0, weightDecay: 0.5 });
  const still = trainer.parameters();
  expect(still['conv']).toEqual(moved['conv']);
  expect(still['norm.mean']).not.toEqual(moved['norm.mean']);
  await trainer.release();
});

test('samples of weight 0 do not count', async () => {
  const [a, b] = await Promise.all([0, 1].map(() => createTrainer(ort, plain)));
  const inputs = batch(0);
  const half = inputs.weights.map((_, i) => (i < 6 ? 1 : 0));
  const targets = inputs.targets.map((value, i) => (i < 18 ? value : 1 / 3));
  const first = await a!.train({ inputs: { ...inputs, weights: half }, learningRate: 0.01 });
  const second = await b!.train({
    inputs: { ...inputs, targets, weights: half },
    learningRate: 0.01,
  });
  expect(second.loss).toBeCloseTo(first.loss, 6);
  expect(distance(a!.parameters()['w']!.data, b!.parameters()['w']!.data)).toBeLessThan(1e-6);
  await Promise.all([a!.release(), b!.release()]);
});

const plain = compileTraining({
  params: { w: { shape: [3, 192], data: new Float32Array(576) } },
  inputs: shapes,
  loss: (_, { w }, { images, targets, weights }) => {
    const error = sub(linear(reshape(images, [-1, 192]), w), targets);
    const each = sum(mul(error, error), [1]);
    return { loss: div(sum(mul(each, weights)), sum(weights)) };
  },
});

test('a training starts again from other parameters, whatever was trained before', async () => {
  const [used, fresh] = [await open(3), await open(3)];
  await run(used, 2);
  const start = initialState(program, initNetwork(9));
  used.restore(start);
  fresh.restore(start);
  const losses = [await run(used, 2), await run(fresh, 2)];
  expect(losses[0]).toEqual(losses[1]);
  expectSameBits(used.state(), fresh.state());
  expect(start.tensors['first.conv']!.data.every((value) => value === 0)).toBe(true);
  expect(start.tensors['average.conv']!.data).toEqual(start.tensors['weight.conv']!.data);
  expect(() => initialState(program, {})).toThrow(
    expect.objectContaining({ code: 'PARAMETER_MISMATCH' }),
  );
  await used.release();
  await fresh.release();
});

test('a loss that is not finite stops the training and keeps the weights', async () => {
  const trainer = await open(7);
  await run(trainer, 2);
  const before = trainer.state();
  const broken = batch(0);
  broken.images[5] = NaN;
  await expect(trainer.train({ inputs: broken, learningRate: 0.01 })).rejects.toMatchObject({
    code: 'LOSS_NOT_FINITE',
    message: 'the loss of step 3 is NaN',
  });
  expectSameBits(before, trainer.state());
  await trainer.release();
});

test('gradients that are not finite stop a training that clips them', async () => {
  const steep = compileTraining({
    params: { w: { shape: [1, 192], data: new Float32Array(192) } },
    inputs: { images: shapes.images },
    loss: (_, { w }, { images }) => ({
      loss: sum(sqrt(square(linear(reshape(images, [-1, 192]), w)))),
    }),
    optimizer: { clipNorm: 1 },
  });
  const trainer = await createTrainer(ort, steep);
  const { images } = batch(0);
  await expect(trainer.train({ inputs: { images }, learningRate: 0.1 })).rejects.toMatchObject({
    code: 'LOSS_NOT_FINITE',
    message: 'the norm of the gradients of step 1 is NaN',
  });
  expect(trainer.step).toBe(0);
  await trainer.release();
});

test('a second step waits for the first', async () => {
  const trainer = await open(9);
  const first = trainer.train({ inputs: batch(0), learningRate: 0.01 });
  await expect(trainer.train({ inputs: batch(0), learningRate: 0.01 })).rejects.toMatchObject({
    code: 'SESSION_BUSY',
  });
  expect((await first).loss).toBeGreaterThan(0);
  expect(trainer.step).toBe(1);
  await trainer.release();
});

test('mistakes are named', async () => {
  await expect(createTrainer(ort, program)).rejects.toMatchObject({ code: 'OPTION_INVALID' });

  const trainer = await open(8);
  const inputs = batch(0);
  await expect(
    trainer.train({ inputs: { ...inputs, images: new Float32Array(5) }, learningRate: 0.1 }),
  ).rejects.toMatchObject({
    code: 'INPUT_MISMATCH',
    message: "input 'images': got 5 numbers for shape [12, 3, 8, 8]",
  });
  const { images, targets } = inputs;
  await expect(
    trainer.train({ inputs: { images, targets }, learningRate: 0.1 }),
  ).rejects.toMatchObject({ message: "input 'weights': it is missing" });
  await expect(
    trainer.train({ inputs: { ...inputs, extra: images }, learningRate: 0.1 }),
  ).rejects.toMatchObject({ message: "input 'extra': the graph has no such input" });
  await expect(trainer.train({ inputs, learningRate: -1 })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: 'learningRate is -1',
  });

  const state = trainer.state();
  const refuse = (tensors: TrainerState['tensors'], message: RegExp): void => {
    expect(() => trainer.restore({ step: 1, tensors })).toThrow(
      expect.objectContaining({
        code: 'CHECKPOINT_MISMATCH',
        message: expect.stringMatching(message) as string,
      }),
    );
  };
  const { 'weight.conv': removed, ...rest } = state.tensors;
  refuse(rest, /lacks 'weight\.conv'/);
  refuse({ ...state.tensors, other: removed! }, /has 'other'/);
  refuse(
    { ...state.tensors, 'weight.conv': { shape: [2], data: new Float32Array(2) } },
    /'weight\.conv' is \[2\], the training has \[8, 3, 3, 3\]/,
  );

  await trainer.release();
  await trainer.release();
  await expect(trainer.train({ inputs, learningRate: 0.1 })).rejects.toMatchObject({
    code: 'SESSION_RELEASED',
  });
});

test('the cosine schedule rises, peaks and falls', () => {
  const rate = cosineSchedule({ peak: 2, warmup: 4, steps: 24, final: 0.5 });
  expect([0, 1, 3].map(rate)).toEqual([0.5, 1, 2]);
  expect(rate(4)).toBe(2);
  expect(rate(14)).toBeCloseTo(1.25, 12);
  expect(rate(24)).toBeCloseTo(0.5, 12);
  expect(rate(100)).toBeCloseTo(0.5, 12);
});
