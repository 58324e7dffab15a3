/** @file Joint pretraining on made faces, and trainings that begin with its trunk. */
import { writeSafetensors } from '@telltale/engine';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Ort } from '../base/ort.ts';
import { createRandom } from '../base/random.ts';
import { facePlaneOf, findConfig, findNetwork } from '../nets/index.ts';
import type { Checkpoint, RunOptions, TrainEvent } from './fit.ts';
import { openJointTask, pretrainRecipe, type JointTask, type JointTrainer } from './joint.ts';
import { jointClasses, jointInput, meanFace, type JointSample } from './joint-batch.ts';
import { defaultRecipe } from './recipe.ts';
import { openTask, type Task, type Weights } from './task.ts';
import { stagesOf, transferOf, trunkOf } from './transfer.ts';

const SIDE = 12;
const runtime = ort as unknown as Ort;
const one = { intraOpNumThreads: 1 } as const;
const task: JointTask = {
  network: 'densemix',
  config: 'tiny-faces',
  sources: [
    { name: 'ROWS', classes: ['high', 'low', 'middle'] },
    { name: 'LIGHT', classes: ['inner', 'outer'] },
  ],
  recipe: {
    ...pretrainRecipe,
    epochs: 10,
    batch: 16,
    learningRate: 1e-2,
    augment: { mirror: 0, shift: 1, amplitude: 0, mixup: 0 },
  },
};

/** Gray images with something bright, in a third of the rows or in the inner or outer columns, on noise. */
function faces(seed: number, count: number): JointSample[] {
  const random = createRandom(seed);
  const noise = (): number => 90 + random.integer(20);
  const neutral = Uint8Array.from({ length: SIDE * SIDE }, noise);
  return Array.from({ length: count }, (_, i) => {
    const source = i % 2;
    const label = random.integer(source === 0 ? 3 : 2);
    const outer = (x: number): boolean => Math.abs(x - (SIDE - 1) / 2) > SIDE / 4;
    const bright = (y: number, x: number): boolean =>
      source === 0 ? Math.floor((3 * y) / SIDE) === label : Number(outer(x)) === label;
    const peak = Uint8Array.from({ length: SIDE * SIDE }, (_, at) =>
      bright(Math.floor(at / SIDE), at % SIDE) ? noise() + 80 : noise(),
    );
    return { source, label, peak, neutral };
  });
}

let trainer: JointTrainer;
beforeAll(async () => void (trainer = await openJointTask(runtime, task, one)));
afterAll(() => trainer.release());

async function drain<T>(
  running: AsyncGenerator<TrainEvent, T>,
): Promise<{ events: TrainEvent[]; result: T }> {
  const events: TrainEvent[] = [];
  for (;;) {
    const step = await running.next();
    if (step.done) return { events, result: step.value };
    events.push(step.value);
  }
}

const pretrain = (run: RunOptions): Promise<{ events: TrainEvent[]; result: Weights }> =>
  drain(trainer.fit(faces(1, 96), run));

/** A weights file of pretraining, as far as a transfer looks at it. */
const fileOf = (tensors: Weights, network = 'densemix'): Uint8Array =>
  writeSafetensors({ tensors, metadata: { network, config: 'tiny-faces' } });

describe('joint pretraining', () => {
  test('teaches every head its own labels, on faces it has not seen', async () => {
    const { events, result } = await pretrain({ seed: 1 });
    expect(events.at(-1)).toMatchObject({ type: 'done', epochs: 10 });
    const shares = await trainer.accuracy(result, faces(2, 60));
    expect(shares).toHaveLength(2);
    expect(Math.min(...shares)).toBeGreaterThan(0.8);
    const alone = faces(2, 60).filter(({ source }) => source === 1);
    expect((await trainer.accuracy(result, alone))[0]).toBeNaN();
  }, 60_000);

  test('a head is taught by its own dataset alone', async () => {
    const only = faces(1, 96).filter(({ source }) => source === 0);
    const { result } = await drain(trainer.fit(only, { seed: 1 }));
    const start = findNetwork('densemix');
    const config = { ...findConfig(start, 'tiny-faces'), classes: 5 };
    const fresh = start.init(config, createRandom(1).fork(0)) as {
      readonly head: { readonly bias: { readonly data: Float32Array } };
    };
    const bias = result['head.bias']!.data;
    expect([...bias.subarray(3)]).toEqual([...fresh.head.bias.data.subarray(3)]);
    expect([...bias.subarray(0, 3)]).not.toEqual([...fresh.head.bias.data.subarray(0, 3)]);
  }, 60_000);

  test('resumes from a checkpoint with the bits of a training that never stopped', async () => {
    const kept: Checkpoint[] = [];
    const whole = await pretrain({ seed: 3, checkpoint: (_, take) => void kept.push(take()) });
    const { events, result } = await pretrain({ seed: 3, resume: kept[6]! });
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(3);
    expect(result).toEqual(whole.result);
    expect((await pretrain({ seed: 4 })).result).not.toEqual(whole.result);
  }, 60_000);

  test('stops at the given epoch', async () => {
    await expect(pretrain({ seed: 1, signal: { aborted: true } })).rejects.toMatchObject({
      code: 'CANCELED',
    });
  });

  test.each([
    [{ network: 'merba', config: 'flow28' }, /merba cannot be fine-tuned/],
    [{ network: 'merba' }, /merba cannot be fine-tuned/],
    [{ config: 'flow28' }, /flow28 of densemix looks at flow/],
    [{ config: 'face99' }, /no config 'face99'/],
    [{ recipe: { ...pretrainRecipe, epochs: 0 } }, /epochs is 0/],
  ])('refuses %j', async (changes, message) => {
    await expect(openJointTask(runtime, { ...task, ...changes }, one)).rejects.toThrow(message);
  });
});

test('a face is the peak, the neutral face and their difference, light taken out', () => {
  const [sample] = faces(5, 1) as [JointSample];
  const input = jointInput(sample, ['apex', 'onset', 'difference']);
  const area = SIDE * SIDE;
  expect(input.subarray(0, area)).toEqual(facePlaneOf(Float32Array.from(sample.peak)));
  for (let i = 0; i < area; i++)
    expect(input[2 * area + i]).toBeCloseTo(input[i]! - input[area + i]!, 5);
  expect(jointClasses(task.sources)[3]).toBe('LIGHT/inner');
  expect(meanFace([Uint8Array.of(0, 10), Uint8Array.of(5, 20)])).toEqual(Uint8Array.of(3, 15));
});

describe('transfer', () => {
  const micro: Task = {
    network: 'densemix',
    config: 'tiny',
    classes: ['negative', 'positive', 'surprise'],
    recipe: { ...defaultRecipe, epochs: 8, batch: 16, learningRate: 1e-2, averageDecay: 0 },
  };
  const network = findNetwork('densemix');
  const config = findConfig(network, 'tiny');
  const random = createRandom(8);
  const set = {
    labels: Array.from({ length: 32 }, (_, i) => i % 3),
    inputs: Array.from({ length: 32 }, (_, i) =>
      Float32Array.from(
        { length: 3 * 64 },
        (_, at) => 0.3 * random.normal() + (Math.floor((at % 64) / 24) === i % 3 ? 1 : 0),
      ),
    ),
  };
  let bytes: Uint8Array;
  let trunk: Weights;
  beforeAll(async () => {
    bytes = fileOf((await pretrain({ seed: 1 })).result);
    trunk = trunkOf(bytes, network, config);
  }, 60_000);

  test('takes the trunk over, for another input size, and no head', () => {
    expect(Object.keys(trunk)).toContain('stem.weight');
    expect(Object.keys(trunk).some((name) => /^(head|pool)/.test(name))).toBe(false);
  });

  test('trains the end and the head first, then all at a tenth of the rate, and resumes', async () => {
    const from = { ...transferOf(bytes, micro.recipe), frozen: 2 };
    const opened = await openTask(runtime, { ...micro, from }, { ...one, trunk });
    const kept = new Map<number, Checkpoint>();
    const moments: Weights[] = [];
    const running = opened.fit(set, {
      seed: 5,
      checkpoint: (epoch, take) => void kept.set(epoch, take()),
    });
    const events: TrainEvent[] = [];
    let step = await running.next();
    for (; !step.done; step = await running.next()) {
      events.push(step.value);
      const state = [...kept.values()].at(-1)!.state.tensors;
      moments.push(
        Object.fromEntries(
          Object.entries(state)
            .filter(([name]) => name.startsWith('weight.'))
            .map(([name, value]) => [name.slice(7), value]),
        ),
      );
    }
    const epochs = events.filter((event) => event.type === 'epoch');
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(events.filter(({ type }) => type === 'done')).toHaveLength(1);
    expect(Math.max(...epochs.slice(2).map(({ learningRate }) => learningRate))).toBeLessThan(
      1.001e-3,
    );
    const inFirst = (name: string): number[][] =>
      moments.slice(0, 2).map((w) => [...w[name]!.data]);
    for (const name of ['stem.weight', 'blocks.0.layers.0.bottleneck.norm.mean']) {
      expect(inFirst(name)).toEqual([[...trunk[name]!.data], [...trunk[name]!.data]]);
      expect([...step.value[name]!.data]).not.toEqual([...trunk[name]!.data]);
    }
    expect(inFirst('blocks.1.layers.0.growth.conv.weight')[0]).not.toEqual([
      ...trunk['blocks.1.layers.0.growth.conv.weight']!.data,
    ]);
    for (const epoch of [1, 2, 3, 8]) {
      const again = await drain(opened.fit(set, { seed: 5, resume: kept.get(epoch)! }));
      expect(again.result).toEqual(step.value);
    }
    expect(await opened.predict(step.value, set.inputs.slice(0, 3))).toHaveLength(3);
    await opened.release();
  }, 60_000);

  test('is refused in one sentence where it does not fit', async () => {
    const merba = findNetwork('merba');
    expect(() => trunkOf(bytes, merba, findConfig(merba, 'tiny'))).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
    expect(() => trunkOf(fileOf({}, 'merba'), network, config)).toThrow(/network 'merba'/);
    expect(() => trunkOf(bytes, network, findConfig(network, 'flow28'))).toThrow(
      /stem.weight has shape \[24, 3, 3, 3\] in this configuration, \[4, 3, 3, 3\] in the weights/,
    );
    expect(() => trunkOf(bytes.slice(0, 100), network, config)).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_CORRUPT' }),
    );
    const from = transferOf(bytes, micro.recipe);
    await expect(openTask(runtime, { ...micro, from }, one)).rejects.toThrow(/were not given/);
    const short = { ...micro.recipe, epochs: 1 };
    expect(() => stagesOf(short, transferOf(bytes, short), { network, config })).toThrow(
      /1 of 1 epochs/,
    );
  });
});
