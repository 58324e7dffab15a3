/** @file Weights in, calibrated probabilities out; files that cannot work are named for what they are. */
import { flattenParameters, readSafetensors, writeSafetensors } from '@telltale/engine';
import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { flowInput, inputVersion } from '../nets/input.ts';
import { merbaNetwork } from '../nets/merba.ts';
import { calibrate, surprise, tempered, trustAcross } from './calibration.ts';
import { verdictOf } from './card.ts';
import { readDescription } from './description.ts';
import { exportModel, exportOnnx } from './export.ts';
import { openRecognizer } from './recognizer.ts';
import { calibrateWeights, readModel } from './weights.ts';

const config = { ...merbaNetwork.configs['flow28']!, dims: [8, 16] };
const classes = ['negative', 'positive', 'surprise'];

function weights(changes: Readonly<Record<string, string>> = {}, seed = 1): Uint8Array {
  const params = flattenParameters(merbaNetwork.init(config, createRandom(seed)));
  return writeSafetensors({
    tensors: Object.fromEntries(params.map((p) => [p.name, { shape: p.shape, data: p.data }])),
    metadata: {
      network: 'merba',
      config: 'flow28',
      settings: JSON.stringify(config),
      classes: JSON.stringify(classes),
      input: inputVersion,
      temperature: '1.5',
      unsureBelow: '0.4',
      score: 'none yet',
      ...changes,
    },
  });
}

function without(key: string): Uint8Array {
  const { tensors, metadata } = readSafetensors(weights());
  const kept = Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== key));
  return writeSafetensors({ tensors, metadata: kept });
}

function withTensor(name: string): Uint8Array {
  const { tensors, metadata } = readSafetensors(weights());
  const one = { shape: [1], data: Float32Array.of(1) };
  const entries = [...Object.entries(tensors), [name, one] as const];
  return writeSafetensors({ tensors: Object.fromEntries(entries), metadata });
}

const random = createRandom(2);
const image = {
  data: Uint8Array.from({ length: 28 * 28 * 3 }, () => random.integer(256)),
  width: 28,
  height: 28,
  channels: 3 as const,
};

describe('openRecognizer', () => {
  test('gives probabilities, and the same for an image and its prepared input', async () => {
    const recognizer = await openRecognizer(ort, weights(), { threads: 1 });
    const [one, two] = await recognizer.classify([image, flowInput(image)]);
    expect(one).toEqual(two);
    expect([...one!].reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(recognizer.card).toMatchObject({ network: 'merba', classes, unsureBelow: 0.4 });
    expect(recognizer.card.weights).toMatch(/^[0-9a-f]{64}$/);
    await recognizer.release();
  });

  test('is never sure without a threshold', async () => {
    const recognizer = await openRecognizer(ort, without('unsureBelow'), { threads: 1 });
    expect(verdictOf(recognizer.card, Float32Array.of(0, 1, 0))).toBe('unsure');
    await recognizer.release();
  });

  test('applies the temperature of the file', async () => {
    const answers = await Promise.all(
      ['1', '3'].map(async (temperature) => {
        const recognizer = await openRecognizer(ort, weights({ temperature }), { threads: 1 });
        const [answer] = await recognizer.classify([image]);
        await recognizer.release();
        return [...answer!];
      }),
    );
    tempered(answers[0]!, 3).forEach((p, k) => expect(answers[1]![k]).toBeCloseTo(p, 5));
  });

  test('refuses images of another size', async () => {
    const recognizer = await openRecognizer(ort, weights(), { threads: 1 });
    const small = { ...image, width: 14, height: 56 };
    await expect(recognizer.classify([small])).rejects.toMatchObject({
      code: 'MODEL_INPUT_MISMATCH',
      message: expect.stringContaining('14×56') as string,
    });
    await expect(recognizer.classify([new Float32Array(9)])).rejects.toMatchObject({
      code: 'MODEL_INPUT_MISMATCH',
    });
    await recognizer.release();
  });
});

describe('files that cannot work', () => {
  const code = (bytes: Uint8Array): unknown => {
    try {
      readModel(bytes);
    } catch (error) {
      return (error as { code: unknown }).code;
    }
    return undefined;
  };

  test('a file cut short anywhere is corrupt', () => {
    const whole = weights();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        expect(code(whole.slice(0, length))).toBe('WEIGHTS_CORRUPT');
      }),
      { numRuns: 50 },
    );
  });

  test.each<readonly [string, Uint8Array, string]>([
    ['another network', weights({ network: 'resnet' }), 'WEIGHTS_MISMATCH'],
    ['no network', without('network'), 'WEIGHTS_MISMATCH'],
    ['no classes', without('classes'), 'WEIGHTS_MISMATCH'],
    [
      'other sizes',
      weights({ settings: JSON.stringify({ ...config, dims: [8, 8] }) }),
      'WEIGHTS_MISMATCH',
    ],
    [
      'impossible sizes',
      weights({ settings: JSON.stringify({ ...config, window: 5 }) }),
      'WEIGHTS_MISMATCH',
    ],
    ['fewer classes', weights({ classes: '["a","b"]' }), 'WEIGHTS_CORRUPT'],
    ...[
      { mlp: 1e6 },
      { depths: [1, 2147483648] },
      { dims: null },
      { dims: 'ab' },
      { dims: [1, -1] },
      { headDim: 0 },
      { scans: ['toString'] },
    ].map(
      (change) =>
        [
          `settings with ${JSON.stringify(change)}`,
          weights({ settings: JSON.stringify({ ...config, ...change }) }),
          'WEIGHTS_CORRUPT',
        ] as const,
    ),
    ['a temperature of 1e308', weights({ temperature: '1e308' }), 'WEIGHTS_CORRUPT'],
    ['a threshold above 1', weights({ unsureBelow: '1.5' }), 'WEIGHTS_CORRUPT'],
    ['a score elsewhere above 1', weights({ elsewhere: '{"uf1":2}' }), 'WEIGHTS_CORRUPT'],
    ['a score elsewhere that is not JSON', weights({ elsewhere: '{' }), 'WEIGHTS_CORRUPT'],
    ['a network named __proto__', weights({ network: '__proto__' }), 'WEIGHTS_MISMATCH'],
    ['a tensor named __proto__', withTensor('__proto__'), 'WEIGHTS_MISMATCH'],
    ['a tensor that nothing needs', withTensor('stem.9.bias'), 'WEIGHTS_MISMATCH'],
    ['broken settings', weights({ settings: '{' }), 'WEIGHTS_CORRUPT'],
    ['a temperature that is none', weights({ temperature: 'warm' }), 'WEIGHTS_CORRUPT'],
    ['another preparation', weights({ input: 'flow/0' }), 'MODEL_INPUT_MISMATCH'],
  ])('%s', (_, bytes, expected) => {
    expect(code(bytes)).toBe(expected);
  });
});

test.each(['__proto__', 'constructor', 'toString'])(
  'a configuration named %s is a name',
  (name) => {
    const { card, config: settings } = readModel(weights({ config: name }));
    expect(card.config).toBe(name);
    expect(settings).toEqual(readModel(weights()).config);
    const { description } = exportModel(weights({ config: name }));
    expect(readDescription(description)).toMatchObject({ config: name });
  },
);

test('weights of version 0.1 load under their old names, with the same numbers', () => {
  const { tensors, metadata } = readSafetensors(weights());
  const old = { downsample: 'shrink', attention: 'between', fc1: 'widen', fc2: 'narrow' };
  const mixer = { inProj: 'enter', xProj: 'select', dtProj: 'step', outProj: 'leave' };
  const former = new Map(Object.entries({ ...old, ...mixer }));
  const renamed = Object.entries(tensors).map(([name, tensor]) => {
    const segments = name.split('.').map((segment) => former.get(segment) ?? segment);
    return [segments.join('.'), tensor] as const;
  });
  expect(renamed.filter(([name]) => !Object.hasOwn(tensors, name)).length).toBeGreaterThan(10);
  const file = writeSafetensors({ tensors: Object.fromEntries(renamed), metadata });
  expect(readModel(file).params).toEqual(readModel(weights()).params);
});

test('the exported file describes itself', () => {
  expect(() => exportOnnx(weights())).not.toThrow();
  expect(exportOnnx(weights())).toEqual(exportOnnx(weights()));
});

test('calibrated weights are the same weights with another temperature, threshold and score', () => {
  const note = { temperature: 2.25, unsureBelow: 0.61, score: 'UF1 0.5' };
  const calibrated = calibrateWeights(weights(), note);
  const model = readModel(calibrated);
  expect(model.temperature).toBe(2.25);
  expect(model.card).toMatchObject({ unsureBelow: 0.61, score: 'UF1 0.5' });
  expect(readSafetensors(calibrated).tensors).toEqual(readSafetensors(weights()).tensors);
});

test('a verdict below the threshold is unsure', () => {
  const { card } = readModel(weights());
  expect(verdictOf(card, Float32Array.of(0.39, 0.31, 0.3))).toBe('unsure');
  expect(verdictOf(card, Float32Array.of(0.2, 0.3, 0.5))).toBe('surprise');
});

describe('calibrate', () => {
  /** Logits ±2 whose verdicts are right with the share that temperature 2 gives. */
  const labeled = (count: number, sharpness: number) => {
    const draw = createRandom(8);
    return Array.from({ length: count }, () => {
      const p = 1 / (1 + Math.exp(-2 * draw.uniform()));
      const target = draw.uniform() < p ? 0 : 1;
      return { probabilities: tempered([p, 1 - p], 1 / sharpness), target };
    });
  };

  test('finds the temperature that was put in', () => {
    expect(calibrate(labeled(4000, 1), 0.8).temperature).toBeCloseTo(1, 0);
    expect(calibrate(labeled(4000, 3), 0.8).temperature / 3).toBeCloseTo(1, 0);
  });

  test('no temperature is less surprising', () => {
    const sample = labeled(500, 2);
    const { temperature } = calibrate(sample, 0.8);
    for (const other of [0.5, 0.9, 1.1, 2].map((factor) => factor * temperature))
      expect(surprise(sample, other)).toBeGreaterThan(surprise(sample, temperature));
  });

  test('above the threshold, verdicts are right as often as asked', () => {
    const sample = labeled(2000, 1);
    const { temperature, unsureBelow } = calibrate(sample, 0.8);
    const sure = sample
      .map(({ probabilities, target }) => ({ p: tempered(probabilities, temperature), target }))
      .filter(({ p }) => Math.max(...p) >= unsureBelow);
    const right = sure.filter(({ p, target }) => p.indexOf(Math.max(...p)) === target);
    expect(sure.length).toBeGreaterThan(100);
    expect(right.length / sure.length).toBeGreaterThanOrEqual(0.8);
  });

  test('trust across groups: each is read with what the others teach', () => {
    const [here, there] = [labeled(2000, 1), labeled(2000, 3)]; // the second is surer than it is right
    const alike = trustAcross([here.slice(0, 1000), here.slice(1000)], 0.8);
    expect(alike.calibrationError).toBeLessThan(0.05);
    expect(alike.right).toBeCloseTo(0.8, 1);
    expect(trustAcross([here, there], 0.8).calibrationError).toBeGreaterThan(0.1);
    const wrong = Array.from({ length: 10 }, () => ({ probabilities: [0.9, 0.1], target: 1 }));
    expect(trustAcross([wrong, wrong], 0.8)).toMatchObject({ sure: 0, right: 0 });
  });

  test('where verdicts are never right often enough, all are unsure', () => {
    const wrong = Array.from({ length: 10 }, () => ({ probabilities: [0.9, 0.1], target: 1 }));
    expect(calibrate(wrong, 0.8).unsureBelow).toBe(1);
  });
});
