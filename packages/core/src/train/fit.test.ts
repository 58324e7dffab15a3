/** @file Training on a tiny problem: it learns, it is the same every time, and it resumes as if never stopped. */
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import type { Ort } from '../base/ort.ts';
import type { Checkpoint, RunOptions, TrainEvent, TrainingSet } from './fit.ts';
import { defaultRecipe } from './recipe.ts';
import { recipeOf } from './recipes.ts';
import { graphOf, openTask } from './task.ts';
import type { Task, TaskTrainer, Weights } from './task.ts';
import { decodeCheckpoint, encodeCheckpoint, encodeWeights } from './weights.ts';
import type { Origin } from './weights.ts';

const SIZE = 8;
const runtime = ort as unknown as Ort;
const task: Task = {
  network: 'merba',
  config: 'tiny',
  classes: ['negative', 'positive', 'surprise'],
  recipe: { ...defaultRecipe, epochs: 12, batch: 16, learningRate: 1e-2, averageDecay: 0.8 },
};
const origin: Origin = {
  ...task,
  graph: 'g',
  seed: 3,
  data: 'abc',
  samples: 42,
  telltale: '0.0.0',
};

/** Three kinds of movement, each in its own third of the image, in noise. */
function movements(seed: number, count = 42): TrainingSet {
  const random = createRandom(seed);
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  const inputs = labels.map((label) =>
    Float32Array.from({ length: 3 * SIZE * SIZE }, (_, i) => {
      const [channel, row] = [Math.floor(i / (SIZE * SIZE)), Math.floor(i / SIZE) % SIZE];
      const moving = channel > 0 && Math.floor(row / 3) === label ? 0.6 : 0;
      return moving + 0.1 * random.normal();
    }),
  );
  return { inputs, labels };
}

let trainer: TaskTrainer;
beforeAll(async () => void (trainer = await openTask(runtime, task, { intraOpNumThreads: 1 })));
afterAll(() => trainer.release());

/** Runs a training to its end. */
async function train(
  run: RunOptions,
  with_: TaskTrainer = trainer,
): Promise<{ events: TrainEvent[]; weights: Weights }> {
  const events: TrainEvent[] = [];
  const running = with_.fit(movements(1), run);
  for (;;) {
    const step = await running.next();
    if (step.done) return { events, weights: step.value };
    events.push(step.value);
  }
}

describe('fit', () => {
  test('lowers the loss, reports it after each epoch, and generalizes', async () => {
    const { events, weights } = await train({ seed: 3 });
    expect(events.map(({ type }) => type)).toEqual([...Array<string>(12).fill('epoch'), 'done']);
    expect(events.at(-1)!.loss).toBeLessThan(events[0]!.loss * 0.8);
    expect(events[11]).toMatchObject({ epoch: 12, epochs: 12 });
    const unseen = movements(2);
    const found = await trainer.predict(weights, unseen.inputs);
    const right = found.filter((p, i) => p.indexOf(Math.max(...p)) === unseen.labels[i]).length;
    expect(right / found.length).toBeGreaterThan(0.8);
    for (const p of found) expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
  });

  test('predicts between epochs with the weights of that moment', async () => {
    const unseen = movements(2).inputs;
    const running = trainer.fit(movements(1), { seed: 3 });
    const moments: Float32Array[][] = [];
    let step = await running.next();
    for (; !step.done; step = await running.next()) {
      moments.push(await trainer.predictNow(unseen));
    }
    const found = await trainer.predict(step.value, unseen);
    found.forEach((row, i) =>
      row.forEach((p, c) => expect(moments.at(-1)![i]![c]).toBeCloseTo(p, 5)),
    );
    expect(moments[0]).not.toEqual(moments[1]);
    expect((await train({ seed: 3 })).weights).toEqual(step.value);
  });

  test('gives the same bits for the same seed, and others for another', async () => {
    const first = await train({ seed: 3 });
    const other = await train({ seed: 4 });
    const again = await train({ seed: 3 });
    expect(again.weights).toEqual(first.weights);
    expect(again.events).toEqual(first.events);
    expect(encodeWeights(again.weights, origin)).toEqual(encodeWeights(first.weights, origin));
    expect(other.weights).not.toEqual(first.weights);
  });

  test('resumes from a checkpoint file with the bits of a training that never stopped', async () => {
    const whole = await train({ seed: 3 });
    let file: Uint8Array | undefined;
    const controller = new AbortController();
    const stopped = train({
      seed: 3,
      signal: controller.signal,
      checkpoint: (epoch, take) => {
        if (epoch !== 3) return;
        file = encodeCheckpoint(take(), origin);
        controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELED' });
    const resume = decodeCheckpoint(file!, origin);
    const another = await openTask(runtime, task, { intraOpNumThreads: 1 });
    const rest = await train({ seed: 3, resume }, another);
    await another.release();
    expect(rest.events).toEqual(whole.events.slice(3));
    expect(rest.weights).toEqual(whole.weights);
  });

  test('a finished checkpoint gives its weights at once', async () => {
    let last: Checkpoint | undefined;
    const whole = await train({ seed: 3, checkpoint: (_, take) => void (last = take()) });
    const rest = await train({ seed: 3, resume: last! });
    expect(rest.events).toEqual(whole.events.slice(-1));
    expect(rest.weights).toEqual(whole.weights);
  });

  test('refuses a set without samples', async () => {
    const run = trainer.fit({ inputs: [], labels: [] }, { seed: 1 });
    await expect(run.next()).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });
});

describe('a checkpoint', () => {
  test('of another training is refused, and the message names what differs', async () => {
    let file: Uint8Array | undefined;
    await train({
      seed: 3,
      checkpoint: (_, take) => void (file = encodeCheckpoint(take(), origin)),
    });
    expect(() => decodeCheckpoint(file!, { ...origin, seed: 9, data: 'xyz' })).toThrow(
      /data "abc", now "xyz"; seed 3, now 9/,
    );
    expect(() => decodeCheckpoint(file!.slice(0, 500), origin)).toThrow(/cannot be read/);
  });
});

test('changes of a configuration make another graph', () => {
  expect(graphOf({ ...task, changes: { scans: ['Hf'] } })).not.toBe(graphOf(task));
  expect(graphOf({ ...task, changes: {} })).toBe(graphOf(task));
});

test('the fingerprint of a graph depends on what is computed, not how long', () => {
  const graph = graphOf(task);
  const changed = (recipe: Partial<Task['recipe']>): string =>
    graphOf({ ...task, recipe: { ...task.recipe, ...recipe } });
  expect(graph).toMatch(/^[0-9a-f]{64}$/);
  expect(changed({ epochs: 99 })).toBe(graph);
  expect(changed({ batch: 8 })).not.toBe(graph);
});

describe('recipes', () => {
  test('a caller changes what it names and nothing else', () => {
    const { config, recipe } = recipeOf('merba', undefined, { epochs: 7 });
    expect(config).toBe('flow28');
    expect(recipe).toEqual({ ...recipeOf('merba').recipe, epochs: 7 });
  });

  test('a configuration can have a recipe of its own', () => {
    const published = recipeOf('ststnet', 'authors').recipe;
    expect(published).toMatchObject({ epochs: 800, batch: 256, balance: 0, labelSmoothing: 0 });
    expect(recipeOf('ststnet').recipe).toMatchObject({ epochs: 60, batch: 32, balance: 1 });
  });

  test.each([
    [() => recipeOf('merbe'), /there is no network 'merbe'/],
    [() => recipeOf('merba', 'flow29'), /no config 'flow29'/],
    [() => recipeOf('merba', undefined, { batch: 0 }), /batch is 0/],
    [() => recipeOf('merba', undefined, { learningRate: NaN }), /learningRate is NaN/],
  ])('refuses what cannot be followed', (make, message) => {
    expect(make).toThrow(message);
  });
});

test('classes are weighed in the loss by the labels of the training set alone', async () => {
  const recipe = { ...task.recipe, epochs: 1, labelSmoothing: 0, effectiveNumber: 0.99 };
  const small = await openTask(runtime, { ...task, recipe }, { intraOpNumThreads: 1 });
  const plain = await openTask(
    runtime,
    { ...task, recipe: { ...recipe, effectiveNumber: 0 } },
    { intraOpNumThreads: 1 },
  );
  const { inputs, labels } = movements(1);
  const lossOf = async (trainer: TaskTrainer, kept: (label: number, i: number) => boolean) => {
    const chosen = labels.flatMap((label, i) => (kept(label, i) ? [i] : []));
    const set = { inputs: chosen.map((i) => inputs[i]!), labels: chosen.map((i) => labels[i]!) };
    const run = trainer.fit(set, { seed: 3 });
    const step = await run.next();
    await run.return({});
    return step.done === true ? NaN : step.value.loss;
  };
  const even = () => true;
  const uneven = (label: number, i: number): boolean => label > 0 || i < 12;
  expect(await lossOf(small, even)).toBeCloseTo(await lossOf(plain, even), 4);
  expect(await lossOf(small, uneven)).not.toBeCloseTo(await lossOf(plain, uneven), 4);
  await Promise.all([small.release(), plain.release()]);
});
