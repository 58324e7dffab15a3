/**
 * @file Each mechanism that a paper is named after does its work on a task made for it: a network that was trained
 * without it is worse, and so is the whole one once it is taken out (weights: golden/mechanisms.mjs).
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { scoreKnockout } from '@telltale/core/evaluate';
import { openRecognizer } from '@telltale/core/recognize';
import { drawRelations, relationTasks } from '@telltale/core/synth';
import type { RelationName } from '@telltale/core/synth';
import { loadRuntime } from '@telltale/node';
import { expect, test } from 'vitest';

/** Samples of seeds that no training and no choice used. */
const SAMPLES = 240;
const SEED = 1001;
const GROUP = 12;

async function answersOf(
  file: string,
  inputs: readonly Float32Array[],
  without: readonly string[] = [],
): Promise<number[][]> {
  const path = fileURLToPath(new URL(`../../../../golden/mechanisms/${file}.safetensors`, import.meta.url)); // prettier-ignore
  expect(existsSync(path), file).toBe(true);
  const options = { threads: 1, without };
  const recognizer = await openRecognizer(await loadRuntime(), await readFile(path), options);
  const rows = await recognizer.classify(inputs);
  await recognizer.release();
  return rows.map((row) => [...row]);
}

test.each<[task: RelationName, network: string, part: string, most: number]>([
  // The last number: the most that a network without the part may have right.
  ['window', 'merba', 'scan', 0.9],
  ['windows', 'merba', 'attention', 0.8],
  ['place', 'mfdan', 'driven-attention', 0.6],
  ['context', 'densemix', 'mixed-attention', 0.6],
])('%s: %s needs its %s', async (task, network, part, most) => {
  const { inputs, labels } = drawRelations(task, { samples: SAMPLES, seed: SEED });
  const { classes } = relationTasks[task];
  const whole = await answersOf(task, inputs);
  const rows = {
    trained: await answersOf(`${task}-without`, inputs),
    taken: await answersOf(task, inputs, [part]),
  };
  const { whole: all, parts } = scoreKnockout({
    classes,
    samples: labels.map((label, i) => ({
      subject: `group ${Math.floor(i / GROUP)}`,
      emotion: classes[label]!,
    })),
    whole,
    parts: Object.entries(rows).map(([name, probabilities]) => {
      return { name, title: network, neutral: part, probabilities };
    }),
  });
  expect(all!.scores.uf1).toBeGreaterThan(0.95);
  for (const { name, scores, difference } of parts) {
    expect(difference!.intervals.uf1[1], name).toBeLessThan(0);
    if (name === 'trained') expect(scores!.accuracy).toBeLessThan(most);
  }
});

test('where something moves on a face, the attention of MFDAN looks', async () => {
  const { inputs } = drawRelations('place', { samples: 60, seed: SEED });
  const path = fileURLToPath(new URL('../../../../golden/mechanisms/place.safetensors', import.meta.url)); // prettier-ignore
  const recognizer = await openRecognizer(await loadRuntime(), await readFile(path), { threads: 1 }); // prettier-ignore
  const largest = (map: Float32Array): number => map.indexOf(Math.max(...map));
  let found = 0;
  for (const input of inputs) {
    const { side, attention, movement, share } = await recognizer.attention!.look(input);
    expect(side).toBe(7);
    expect(share).toBeGreaterThan(0.1);
    if (largest(attention) === largest(movement)) found++;
    expect(Math.max(...attention)).toBeGreaterThan(5); // of 49 places
  }
  await recognizer.release();
  expect(found).toBeGreaterThanOrEqual(57);
});

test.each(Object.keys(relationTasks) as RelationName[])(
  '%s: the mean of each plane is the same in every class',
  (task) => {
    const { inputs, labels } = drawRelations(task, { samples: 4000, seed: 5 });
    const { classes } = relationTasks[task];
    const counts = classes.map((_, k) => labels.filter((label) => label === k).length / 4000);
    const expected = classes.length === 3 ? [0.5, 0.25, 0.25] : [0.5, 0.5];
    counts.forEach((share, k) => expect(Math.abs(share - expected[k]!)).toBeLessThan(0.03));
    // The mean of each plane is the same in every class.
    const planes = inputs[0]!.length / 196;
    for (let plane = 0; plane < planes; plane++) {
      const means = classes.map((_, k) => {
        const own = inputs.filter((__, i) => labels[i] === k);
        const sum = own.reduce(
          (total, input) =>
            total + input.subarray(plane * 196, (plane + 1) * 196).reduce((a, b) => a + b, 0),
          0,
        );
        return sum / own.length / 196;
      });
      for (const mean of means) expect(Math.abs(mean - means[0]!)).toBeLessThan(0.004);
    }
  },
);
