/** @file Emotions inferred from units: learned from clips without coded units, on synthetic flow. */
import {
  drawSyntheticPart,
  encodeUnitEmotions,
  learnUnitEmotions,
  unitsMethod,
} from '@telltale/core/evaluate';
import type { SynthesizeFaces, TestData } from '@telltale/core/evaluate';
import { flowInput } from '@telltale/core/nets';
import { openRecognizer } from '@telltale/core/recognize';
import { unitSamples } from '@telltale/core/synth';
import { UNIT_NUMBERS } from '@telltale/core/units';
import { loadRuntime } from '@telltale/node';
import { expect, test } from 'vitest';

import { synthesizeFaces } from './synthetic-faces.ts';

/** Clips that lower the brows or pull the lip corners, and which of the two. */
function clips(seed: number): TestData & { readonly labels: readonly number[] } {
  const shown = [...unitSamples(120, { seed, units: UNIT_NUMBERS })].flatMap((sample) => {
    const names = sample.units.split('+').map((name) => name.replace(/^[LR]/, ''));
    const [lowers, pulls] = [names.includes('4'), names.includes('12')];
    return lowers === pulls ? [] : [{ image: sample.image, label: Number(pulls) }];
  });
  const images = shown.map(({ image }) => image);
  return {
    ids: shown.map((_, i) => String(i)),
    images,
    inputs: images.map((image) => flowInput(image)),
    labels: shown.map(({ label }) => label),
  };
}

test('units of synthetic flow alone distinguish the emotions of clips without coded units', async () => {
  let draws = 0;
  const few: SynthesizeFaces = (_, options) => {
    draws += 1;
    return synthesizeFaces(150, options);
  };
  const method = unitsMethod(few);
  const [seen, unseen] = [clips(3), clips(4)];
  const { labels } = seen;
  const learned = await learnUnitEmotions(
    { ...seen, subjects: seen.ids },
    { classes: 2, synthetic: await drawSyntheticPart(few, { seed: 5 }) },
  );
  const trainable = await method.open(['negative', 'positive'], { ort: undefined as never });
  const { predictions, chosen } = await trainable.trainFold(
    { train: { ...seen, subjects: seen.ids }, test: unseen },
    { seed: 7, repetition: 5 },
  );
  const right = predictions[0]!.probabilities.filter(
    ([negative, positive], i) => Number(positive! > negative!) === unseen.labels[i],
  );
  // Its weights file runs as any other recognizer, and answers alike.
  const origin = { classes: ['negative', 'positive'], seed: 5, data: 'abc', telltale: '0' };
  const weights = encodeUnitEmotions(learned, { ...origin, samples: labels.length });
  const recognizer = await openRecognizer(await loadRuntime(), weights, { threads: 1 });
  const answers = await recognizer.classify(unseen.images);
  await recognizer.release();
  answers.forEach((answer, i) =>
    expect(answer[0]).toBeCloseTo(predictions[0]!.probabilities[i]![0]!, 4),
  );
  expect(recognizer.card).toMatchObject({ network: 'units', unsureBelow: 1 });
  expect(draws).toBe(2); // of this test, and of the method
  expect(chosen).toEqual({ coded: 0 });
  expect(unseen.labels.length).toBeGreaterThan(20);
  expect(right.length / unseen.labels.length).toBeGreaterThan(0.85);
});
