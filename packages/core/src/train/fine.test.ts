/** @file Fine classes below the classes: which there are, what the loss is, and that they are learned where they are known. */
import { compileTraining, createTrainer, flattenParameters } from '@telltale/engine';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { fineLoss } from '../nets/granularity.ts';
import { merbaNetwork } from '../nets/merba.ts';
import { fineBatch, fineClassesOf, fineLabelsOf } from './fine.ts';
import { defaultRecipe } from './recipe.ts';
import { noAugmentation } from './augment.ts';
import { openTask, type Task } from './task.ts';

const classes = ['negative', 'positive'];
const sample = (dataset: string, emotion: string, fineEmotion?: string) => ({
  ...{ dataset, emotion },
  ...(fineEmotion !== undefined && { annotation: { fineEmotion } }),
});
const samples = [
  sample('A', 'negative', 'disgust'),
  sample('A', 'negative', 'repression'),
  sample('B', 'negative', 'anger'),
  sample('B', 'negative', 'contempt'),
  sample('C', 'negative'),
  sample('A', 'positive', 'happiness'),
  sample('C', 'positive'),
];
const fine = fineClassesOf(samples, classes);

test('the fine classes are those of all datasets, and each sample chooses among those of its own', () => {
  expect(fine.map(({ name, of }) => `${classes[of]!}/${name}`)).toEqual([
    'negative/anger',
    'negative/contempt',
    'negative/disgust',
    'negative/repression',
    'positive/happiness',
  ]);
  expect(fineLabelsOf(samples, classes, fine)).toEqual([
    { label: 2, among: [2, 3, 4] },
    { label: 3, among: [2, 3, 4] },
    { label: 0, among: [0, 1] },
    { label: 1, among: [0, 1] },
    undefined,
    { label: 4, among: [2, 3, 4] },
    undefined,
  ]);
  const { fineTargets } = fineBatch(fineLabelsOf(samples, classes, fine).slice(0, 1), fine, 0.2);
  [0, 0, 0.9, 0.1, 0].forEach((share, i) => expect(fineTargets[i]).toBeCloseTo(share, 6));
  expect(() => fineClassesOf([sample('C', 'negative')], classes)).toThrow(
    /no class of negative, positive has two fine emotions/,
  );
});

test('the loss is that of the two decisions, and a sample without a fine class has the first only', async () => {
  const config = { classes: 2, size: 1, groups: [], fine, granularity: { coarse: 0, fine: 0 } };
  const scores = [0.3, -1, 2, 0.5, 4, 1, 1, 1, 1, 1];
  const { fineTargets, fineAmong } = fineBatch(
    [{ label: 2, among: [2, 3, 4] }, undefined],
    fine,
    0,
  );
  const { log } = Math;
  const leaf = (data: readonly number[], shape: readonly number[]) => ({
    shape,
    data: Float32Array.from(data),
  });
  // Coarse probabilities .7/.3 and .4/.6; the first sample is negative, the second positive.
  const params = {
    coarse: leaf([log(0.7), log(0.3), log(0.4), log(0.6)], [2, 2]),
    scores: leaf(scores, [2, 5]),
  };
  const program = compileTraining({
    params,
    inputs: { targets: [2, 2], fineTargets: [2, 5], fineAmong: [2, 5] },
    loss: (_, p, inputs) => {
      const outputs = { logits: p.coarse, scores: p.scores };
      const loss = fineLoss(config, outputs, inputs.targets, {
        targets: inputs.fineTargets,
        among: inputs.fineAmong,
      });
      return { loss };
    },
    optimizer: { beta1: 0, clipNorm: 1e9 },
  });
  const trainer = await createTrainer(ort, program, { intraOpNumThreads: 1 });
  const targets = Float32Array.from([1, 0, 0, 1]);
  const inputs = { targets, fineTargets, fineAmong };
  const { loss } = await trainer.train({ inputs, learningRate: 0 });
  // Among disgust (2) and repression (.5) only: anger and contempt are of another dataset.
  const ofFine = -log(Math.exp(2) / (Math.exp(2) + Math.exp(0.5)));
  expect(loss).toBeCloseTo((-log(0.7) - log(0.6) + ofFine) / 2, 5);
  const gradient = trainer.state().tensors['first.scores']!.data;
  expect([...gradient.slice(5)].every((value) => value === 0)).toBe(true);
  expect(Math.abs(gradient[0]!)).toBeLessThan(1e-12);
  await trainer.release();
});

describe('a training', () => {
  const size = merbaNetwork.configs.tiny.size;
  const random = createRandom(5);
  /** The class moves the upper or the lower half, the fine class its middle or both sides: alike in the mirror. */
  const image = (of: number, side: number): Float32Array =>
    Float32Array.from({ length: 3 * size * size }, (_, i) => {
      const [x, y] = [i % size, Math.floor(i / size) % size];
      const isInner = Math.abs(x - (size - 1) / 2) < size / 4;
      const moves = y >= size / 2 === (of === 1) && isInner === (side === 1);
      const isFlipped = i < size * size; // u changes its sign in the mirror
      return (moves && !isFlipped ? 2 : 0) + 0.2 * random.normal();
    });
  const drawn = Array.from({ length: 64 }, (_, i) => ({ of: i % 2, side: (i >> 1) % 2, i }));
  const fineOf = [
    ['disgust', 'repression'],
    ['happiness', 'joy'],
  ];
  const annotated = drawn.map(({ of, side, i }) =>
    sample(i % 3 === 0 ? 'C' : 'A', classes[of]!, i % 3 === 0 ? undefined : fineOf[of]![side]),
  );
  const known = fineClassesOf(annotated, classes);
  const task: Task = {
    network: 'merba',
    config: 'tiny',
    classes,
    changes: { fine: known },
    recipe: {
      ...{ ...defaultRecipe, epochs: 30, batch: 16, learningRate: 0.01, averageDecay: 0 },
      augment: noAugmentation,
    },
  };

  test('learns fine classes where they are annotated, and names them where they are not', async () => {
    const trainer = await openTask(ort, task, { intraOpNumThreads: 1 });
    const inputs = drawn.map(({ of, side }) => image(of, side));
    const run = trainer.fit(
      {
        inputs,
        labels: drawn.map(({ of }) => of),
        fine: fineLabelsOf(annotated, classes, known),
      },
      { seed: 1 },
    );
    let step = await run.next();
    while (!step.done) step = await run.next();
    const { probabilities, fine: found } = await trainer.answer(step.value, inputs);
    await trainer.release();
    let right = 0;
    found!.forEach((row, i) => {
      const { of, side } = drawn[i]!;
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      const ofClass = row.reduce((sum, p, f) => sum + (known[f]!.of === of ? p : 0), 0);
      expect(ofClass).toBeCloseTo(probabilities[i]![of]!, 5);
      if (known[row.indexOf(Math.max(...row))]!.name === fineOf[of]![side]) right += 1;
    });
    expect(right / drawn.length).toBeGreaterThan(0.9); // .25 by chance
  }, 60_000);

  test('a network of one granularity refuses fine classes', async () => {
    await expect(openTask(ort, { ...task, network: 'densemix' })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });

  test('parameters of a head with fine classes', () => {
    const config = { ...merbaNetwork.configs.tiny, classes: 2, fine: known };
    const shapes = new Map(
      flattenParameters(merbaNetwork.init(config, createRandom(1))).map(({ name, shape }) => [
        name,
        shape,
      ]),
    );
    expect(shapes.get('head.coarse.weight')).toEqual([2, 8]);
    expect(shapes.get('head.fine.weight')).toEqual([4, 8]);
    expect(merbaNetwork.settings({ ...config, groups: [] }, 'settings')).toBeUndefined();
    expect(merbaNetwork.settings({ ...config, groups: [], fine: known.slice(0, 2) }, 's')).toMatch(
      /each class has a fine class/,
    );
  });
});
