/** @file The Gaussian machine as weights: it answers as the machine of an evaluation that learned from the same samples. */
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { openRecognizer } from '../recognize/recognizer.ts';
import { learnGaussian } from './gaussian.ts';
import { classicalMethods } from './svm.ts';

const SIZE = 28;
const classes = ['negative', 'positive', 'surprise'];

/** Noise, and movement in another third of the face for each class. */
function clips(seed: number, count: number) {
  const random = createRandom(seed);
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  const inputs = labels.map((label) =>
    Float32Array.from({ length: 3 * SIZE * SIZE }, (_, i) => {
      const row = Math.floor(i / SIZE) % SIZE;
      return random.normal() + (Math.floor((3 * row) / SIZE) === label ? 0.11 : 0);
    }),
  );
  return { ids: labels.map(String), images: [], inputs, labels, subjects: labels.map((_, i) => `s${i % 6}`) }; // prettier-ignore
}

test('a weights file answers as the fold does, for faces of no training', async () => {
  const [seen, unseen] = [clips(1, 60), clips(2, 30)];
  const trained = await classicalMethods['svm-rbf']!.open(classes, { ort });
  const { predictions } = await trained.trainFold({ train: seen, test: unseen }, { seed: 4 });
  const weights = await learnGaussian(
    { ...seen, classes, data: 'abc', telltale: '0' },
    { seed: 4 },
  );
  const recognizer = await openRecognizer(ort, weights, { threads: 1 });
  const answers = await recognizer.classify(unseen.inputs);
  await recognizer.release();
  expect(recognizer.card).toMatchObject({ network: 'svm-rbf', classes, unsureBelow: 1 });
  const right = answers.filter((p, i) => p.indexOf(Math.max(...p)) === unseen.labels[i]);
  expect(right.length).toBeGreaterThan(20);
  expect(right.length).toBeLessThan(30); // so that near decisions are compared, too
  answers.forEach((answer, i) =>
    answer.forEach((p, c) => expect(p).toBeCloseTo(predictions[0]!.probabilities[i]![c]!, 2)),
  );
});
