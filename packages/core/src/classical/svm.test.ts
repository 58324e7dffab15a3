/** @file The machines as they are evaluated: what they may see, what they choose, and that they learn. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import type { FoldPart, MethodPlace, TrainingData } from '../evaluate/folds/method.ts';
import { mirrorInput } from '../nets/input.ts';
import { measure, subjectSplits } from './selection.ts';
import { classicalMethods } from './svm.ts';

const place = {} as MethodPlace; // they run nowhere in particular
const classes = ['negative', 'positive', 'surprise'];

/** Faces that move upward in a row of cells that the class names; with noise. */
function faces(
  seed: number,
  { subjects, noise }: { subjects: number; noise: number },
): TrainingData {
  const random = createRandom(seed);
  const ids = Array.from({ length: subjects * 6 }, (_, i) => `${seed}/${i}`);
  const labels = ids.map((_, i) => i % 3);
  const inputs = labels.map((label) =>
    Float32Array.from({ length: 3 * 784 }, (_, i) => {
      const row = Math.floor((i % 784) / 112);
      const moves = i >= 784 && i < 1568 && row === 1 + 2 * label;
      return (moves ? 0.5 : 0) + noise * random.normal();
    }),
  );
  const images = inputs.map(() => ({
    data: new Uint8Array(3),
    width: 1,
    height: 1,
    channels: 3 as const,
  }));
  return { ids, images, inputs, labels, subjects: ids.map((_, i) => `s${Math.floor(i / 6)}`) };
}
const part = (train: TrainingData, test: TrainingData): FoldPart => ({
  train,
  test: { ids: test.ids, images: test.images, inputs: test.inputs },
});
const verdict = (row: readonly number[]): number => row.indexOf(Math.max(...row));

describe.each(Object.keys(classicalMethods))('%s', (name) => {
  const run = async (fold: FoldPart, seed = 1) => {
    const machine = await classicalMethods[name]!.open(classes, place);
    const outcome = await machine.trainFold(fold, { seed });
    await machine.release();
    return outcome;
  };
  const train = faces(1, { subjects: 6, noise: 0.5 });
  const unseen = faces(2, { subjects: 4, noise: 0.5 });

  test('recognizes in unseen faces what it learned, with probabilities', async () => {
    const { predictions, losses, chosen } = await run(part(train, unseen));
    expect(predictions).toHaveLength(1);
    expect(losses).toEqual([]);
    const { epoch, probabilities } = predictions[0]!;
    expect(epoch).toBe(0);
    const right = probabilities.filter((row, i) => verdict(row) === unseen.labels[i]).length;
    expect(right).toBeGreaterThanOrEqual(22); // of 24; chance is 8
    for (const row of probabilities) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(chosen!['measured']).toBeGreaterThan(0.8);
  });

  test('gives the same bits with the same seed, whatever else is tested', async () => {
    const [all, again] = [await run(part(train, unseen)), await run(part(train, unseen))];
    expect(again).toEqual(all);
    const half = { ...unseen, ids: unseen.ids.slice(12), inputs: unseen.inputs.slice(12) };
    const some = await run(part(train, half));
    expect(some.chosen).toEqual(all.chosen);
    expect(some.predictions[0]!.probabilities).toEqual(all.predictions[0]!.probabilities.slice(12));
  });

  test('classifies a face like its mirror image', async () => {
    const mirrored = { ...unseen, inputs: unseen.inputs.map((input) => mirrorInput(input)) };
    const [one, other] = [await run(part(train, unseen)), await run(part(train, mirrored))];
    one.predictions[0]!.probabilities.forEach((row, i) =>
      row.forEach((value, k) =>
        expect(other.predictions[0]!.probabilities[i]![k]).toBeCloseTo(value, 2),
      ),
    );
  });

  test('does with one subject, and with a class that never occurs', async () => {
    const lonely = faces(3, { subjects: 1, noise: 0.1 });
    const two = lonely.labels.map((label) => label % 2);
    const { predictions, chosen } = await run(part({ ...lonely, labels: two }, unseen));
    expect(chosen!['measured']).toBe(0);
    for (const row of predictions[0]!.probabilities) expect(verdict(row)).not.toBe(2);
  });

  test('stops when canceled, and refuses an empty training set', async () => {
    const machine = await classicalMethods[name]!.open(classes, place);
    await expect(
      machine.trainFold(part(train, unseen), { seed: 1, signal: { aborted: true } }),
    ).rejects.toMatchObject({ code: 'CANCELED' });
    const none = { ids: [], images: [], inputs: [], labels: [], subjects: [] };
    await expect(machine.trainFold(part(none, unseen), { seed: 1 })).rejects.toMatchObject({
      code: 'DATASET_INVALID',
    });
  });
});

describe('selection', () => {
  test('splits test every subject once, never one of the training part', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 2, max: 7 }),
        (numbers, groups) => {
          const subjects = numbers.map(String);
          const splits = subjectSplits(subjects, { groups, random: createRandom(groups) });
          const count = new Set(subjects).size;
          expect(splits).toHaveLength(count < 2 ? 0 : Math.min(groups, count));
          for (const { train, test } of splits) {
            const trained = new Set(train.map((i) => subjects[i]));
            expect(test.some((i) => trained.has(subjects[i]))).toBe(false);
            expect(train.length + test.length).toBe(subjects.length);
          }
          const tested = splits.flatMap(({ test }) => test).sort((a, b) => a - b);
          if (count > 1) expect(tested).toEqual(subjects.map((_, i) => i));
        },
      ),
    );
  });

  test('the measure is the mean of UF1 and UAR', () => {
    expect(measure([0, 1, 2], [0, 1, 2], 3)).toBe(1);
    // Recalls 1, 0, 1; F1 2/3, 0, 1.
    expect(measure([0, 0, 2], [0, 1, 2], 3)).toBeCloseTo((2 / 3 + 5 / 9) / 2, 12);
  });
});
