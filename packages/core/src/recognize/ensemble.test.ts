/** @file Several recognizers as one: the mean of their probabilities, and what cannot be averaged. */
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import type { InputImages } from '../nets/input.ts';
import { ensembleOf } from './ensemble.ts';
import { openRecognizer, type Recognizer } from './recognizer.ts';
import { encodeCalibrated } from './weights.cases.ts';

const classes = ['negative', 'positive', 'surprise'];
const random = createRandom(4);
const bytes = (): Uint8Array => Uint8Array.from({ length: 28 * 28 * 3 }, () => random.integer(256));
const image = () => ({ data: bytes(), width: 28, height: 28, channels: 3 as const });
const look: InputImages = { flow: image(), apex: image() };

const open = (network: string, metadata: Record<string, string> = {}): Promise<Recognizer> =>
  openRecognizer(ort, encodeCalibrated(network, { classes, ...metadata }), { threads: 1 });

let merba: Recognizer;
let mfdan: Recognizer;
let faces: Recognizer;
beforeAll(async () => {
  merba = await open('merba', { unsureBelow: '0.4', score: 'good' });
  mfdan = await open('mfdan', { unsureBelow: '0.6', score: 'better', temperature: '2' });
  faces = await open('mfdan', { pictures: '["flow","apex"]' });
});
afterAll(() => Promise.all([merba.release(), mfdan.release(), faces.release()]));

describe('ensembleOf', () => {
  test('averages the calibrated probabilities and names whose they are', async () => {
    const both = ensembleOf([merba, mfdan]);
    const [mean] = await both.classify([look]);
    const [one] = await merba.classify([look]);
    const [two] = await mfdan.classify([look]);
    mean!.forEach((p, k) => expect(p).toBeCloseTo((one![k]! + two![k]!) / 2, 6));
    expect([...mean!].reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(both.card).toMatchObject({
      network: 'ensemble',
      config: 'merba flow28 + mfdan flow28',
      unsureBelow: 0.5,
      members: [merba.card, mfdan.card],
    });
    expect(both.card.score).toBe(
      'not measured as a whole; its members by themselves: merba flow28: good; mfdan flow28: better',
    );
    expect(both.card.note).toContain('magnitude of the flow');
  });

  test('calibrated as a whole: the mean of what its members answer without their temperature', async () => {
    const raw = await openRecognizer(
      ort,
      encodeCalibrated('mfdan', { classes, unsureBelow: '0.6', temperature: '2' }),
      { threads: 1, uncalibrated: true },
    );
    const elsewhere = { clips: 9, uf1: 0.5, uar: 0.5, standardizedUf1: 0.5, sure: 1, right: 0.5, calibrationError: 0 }; // prettier-ignore
    const whole = ensembleOf([merba, raw], { name: 'a+b', temperature: 3, unsureBelow: 0.7, elsewhere }); // prettier-ignore
    const answerOf = async (each: Recognizer): Promise<Float32Array> => (await each.classify([look]))[0]!; // prettier-ignore
    const [one, two] = [await answerOf(merba), await answerOf(raw)];
    const [cold, mean] = [await answerOf(mfdan), await answerOf(whole)];
    expect(two).not.toEqual(cold);
    const roots = Array.from(one, (p, k) => ((p + two[k]!) / 2) ** (1 / 3));
    const total = roots.reduce((a, b) => a + b);
    mean.forEach((p, k) => expect(p).toBeCloseTo(roots[k]! / total, 5));
    expect(whole.card).toMatchObject({ network: 'a+b', unsureBelow: 0.7, elsewhere });
    await raw.release();
  });

  test('refuses one, other classes and other sizes', () => {
    expect(() => ensembleOf([merba])).toThrow(/an ensemble of 1/);
    const other = { ...mfdan, card: { ...mfdan.card, classes: ['a', 'b', 'c'] } };
    expect(() => ensembleOf([merba, other])).toThrow(
      /classes negative.* mfdan flow28 knows .*a, b, c/,
    );
    expect(() => ensembleOf([merba, { ...mfdan, size: 112 }])).toThrow(/28×28 .* 112×112/);
  });
});

describe('a network that looks at faces', () => {
  test('sees the flow in their place where it was trained without, whatever it is shown', async () => {
    expect(mfdan.images).toEqual(['flow']);
    const [with_] = await mfdan.classify([look]);
    const [without] = await mfdan.classify([look.flow]);
    expect(with_).toEqual(without);
    expect(mfdan.card.note).toContain('trained without faces');
  });

  test('wants the faces that it was trained with', async () => {
    expect(faces.images).toEqual(['flow', 'apex']);
    expect(faces.card).not.toHaveProperty('note');
    const [one] = await faces.classify([look]);
    const [two] = await faces.classify([{ ...look, apex: image() }]);
    expect(one).not.toEqual(two);
    await expect(faces.classify([look.flow])).rejects.toMatchObject({
      code: 'MODEL_INPUT_MISMATCH',
      message: expect.stringContaining('no apex image') as string,
    });
    expect(ensembleOf([merba, faces]).images).toEqual(['flow', 'apex']);
  });

  test('does not run with weights of other planes', async () => {
    await expect(open('mfdan', { planes: '["u","v"]' })).rejects.toMatchObject({
      code: 'MODEL_INPUT_MISMATCH',
    });
    await expect(open('mfdan', { pictures: '["flow","thermal"]' })).rejects.toMatchObject({
      code: 'WEIGHTS_CORRUPT',
    });
  });
});
