/** @file MFDAN's image branch pretrained alone on made faces, and a training of the whole network that begins with it. */
import { flattenParameters, writeSafetensors } from '@telltale/engine';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';

import type { Ort } from '../base/ort.ts';
import { createRandom } from '../base/random.ts';
import { findConfig, findNetwork } from '../nets/index.ts';
import type { Checkpoint, TrainEvent } from './fit.ts';
import { jointNetwork, openJointTask, pretrainRecipe, type JointTask } from './joint.ts';
import type { JointSample } from './joint-batch.ts';
import { encodeJointWeights } from './joint-weights.ts';
import { defaultRecipe } from './recipe.ts';
import { openTask, type Task, type Weights } from './task.ts';
import { beginningOf, beginWith, trunkOf } from './transfer.ts';

const SIDE = 8;
const runtime = ort as unknown as Ort;
const one = { intraOpNumThreads: 1 } as const;
const three = ['negative', 'positive', 'surprise'];
const network = findNetwork('mfdan');
const config = findConfig(network, 'tiny-faces');
const task: JointTask = {
  network: 'mfdan',
  config: 'tiny-faces',
  sources: [
    { name: 'ROWS', classes: ['high', 'low'] },
    { name: 'COLUMNS', classes: ['inner', 'outer'] },
  ],
  recipe: {
    ...pretrainRecipe,
    ...{ epochs: 12, batch: 16, learningRate: 1e-2 },
    augment: { mirror: 0, shift: 0, amplitude: 0, mixup: 0 },
  },
};

/** Faces of noise, one half of which is brighter in the peak than in the neutral face. */
function faces(seed: number, count: number): JointSample[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const source = i % 2;
    const label = random.integer(2);
    const neutral = Uint8Array.from({ length: SIDE * SIDE }, () => 60 + random.integer(60));
    const peak = neutral.map((value, at) => {
      const [row, column] = [Math.floor(at / SIDE), Math.abs(2 * (at % SIDE) + 1 - SIDE)];
      const place = source === 0 ? row : column; // alike in the mirror, which accuracy looks at too
      return Number(place >= SIDE / 2) === label ? value + 40 : value;
    });
    return { source, label, peak, neutral };
  });
}

async function drain<T>(running: AsyncGenerator<TrainEvent, T>): Promise<T> {
  for (;;) {
    const step = await running.next();
    if (step.done) return step.value;
  }
}

const isImage = (name: string): boolean =>
  /^(position|norm\.|levels\.\d\.(image\.|blocks\.\d\.(selfAttention|mlpNorm|fc1|fc2)\b))/.test(
    name,
  );

test('the image branch learns strong expressions without flow, and the whole network begins with it', async () => {
  const { planes } = jointNetwork(task);
  expect(planes).toEqual(['difference']);
  const trainer = await openJointTask(runtime, task, one);
  const pretrained = await drain(trainer.fit(faces(1, 96), { seed: 1 }));
  const shares = await trainer.accuracy(pretrained, faces(2, 60));
  await trainer.release();
  expect(Math.min(...shares)).toBeGreaterThan(0.8);
  const origin = { ...task, graph: '', seed: 1, data: '', samples: 96, telltale: '' };
  const bytes = encodeJointWeights(pretrained, origin, []);

  const micro: Task = {
    ...{ network: 'mfdan', config: 'tiny-faces', classes: three },
    recipe: { ...defaultRecipe, epochs: 4, batch: 8, learningRate: 1e-2, averageDecay: 0 },
  };
  const { from, trunk } = beginWith(bytes, { ...micro, network, config });
  expect(from).toMatchObject({ branch: true, frozen: 1, slower: 1 });
  const names = flattenParameters(network.init(config, createRandom(1))).map(({ name }) => name);
  expect(Object.keys(trunk).sort()).toEqual(names.filter(isImage).sort());
  const { taken, fresh } = beginningOf({ network, config }, trunk);
  expect(taken).toContain('levels.*.blocks.*.selfAttention.qkv');
  expect(taken.some((name) => /flow|driven|head|pool/.test(name))).toBe(false);
  for (const name of [
    'levels.*.flow.*.conv',
    'levels.*.blocks.*.drivenAttention.qk',
    'head',
    'pool.image',
  ])
    expect(fresh).toContain(name);

  const random = createRandom(8);
  const set = {
    labels: Array.from({ length: 16 }, (_, i) => i % 3),
    inputs: Array.from({ length: 16 }, () =>
      Float32Array.from({ length: 4 * SIDE * SIDE }, () => random.normal()),
    ),
  };
  const opened = await openTask(runtime, { ...micro, from }, { ...one, trunk });
  const kept: Checkpoint[] = [];
  const whole = await drain(
    opened.fit(set, { seed: 5, checkpoint: (_, take) => void kept.push(take()) }),
  );
  const after = (epoch: number): Weights =>
    Object.fromEntries(
      Object.entries(kept[epoch - 1]!.state.tensors)
        .filter(([name]) => name.startsWith('weight.'))
        .map(([name, value]) => [name.slice(7), value]),
    );
  const first = 'levels.0.image.0.conv.weight';
  expect(after(1)[first]!.data).toEqual(trunk[first]!.data);
  expect(whole[first]!.data).not.toEqual(trunk[first]!.data);
  // What is new learns from the first epoch on, and the end of the trunk too.
  const last = 'levels.1.image.0.conv.weight';
  expect(after(1)[last]!.data).not.toEqual(trunk[last]!.data);
  for (const name of ['levels.0.flow.0.conv.weight', 'levels.0.blocks.0.drivenAttention.gate'])
    expect(after(1)[name]!.data, name).not.toEqual(after(2)[name]!.data);
  expect(await drain(opened.fit(set, { seed: 5, resume: kept[1]! }))).toEqual(whole);
  await opened.release();
}, 60_000);

test('a trunk of another configuration, and one of whole weights', () => {
  const fileOf = (
    classes: readonly string[],
    side: 'tiny' | 'tiny-faces',
    pretrained: boolean,
  ): Uint8Array => {
    const source = pretrained ? network.transfer!.branch! : network;
    const settings = network.forClasses(findConfig(network, side), classes);
    const tensors = flattenParameters(source.init(settings, createRandom(1))).map(
      ({ name, shape, data }) => [name, { shape, data }] as const,
    );
    return writeSafetensors({
      tensors: Object.fromEntries(tensors),
      metadata: {
        ...{ network: 'mfdan', config: side, classes: JSON.stringify(classes) },
        ...(pretrained && { pretrained: '[]' }),
      },
    });
  };
  const small = fileOf(['a', 'b'], 'tiny-faces', true);
  expect(() => trunkOf(small, network, findConfig(network, 'face28'))).toThrow(
    /levels.0.image.0.conv.weight has shape \[16, 1, 3, 3\] in this configuration, \[4, 1, 3, 3\] in the weights \(configuration tiny-faces\)/,
  );
  // Of the whole network, trained on other classes, all but the heads is taken, and trained at a rate like a trunk's.
  const other = fileOf(['a', 'b'], 'tiny-faces', false);
  const { from, trunk } = beginWith(other, {
    ...{ network, config, classes: three },
    recipe: defaultRecipe,
  });
  expect(from.branch).toBeUndefined();
  expect(from.slower).toBe(10);
  expect(Object.keys(trunk)).toContain('levels.0.flow.0.conv.weight');
  expect(Object.keys(trunk).some((name) => /^(head|auxiliary|pool)/.test(name))).toBe(false);
});
