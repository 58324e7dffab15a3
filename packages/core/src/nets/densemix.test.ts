/** @file DenseMix's parts and the whole tiny network against PyTorch (golden/densemix.py), and what its trunk promises. */
import { readFileSync } from 'node:fs';

import {
  compilePrediction,
  compileTraining,
  createPredictor,
  createTrainer,
  crossEntropy,
  flattenParameters,
  mul,
  sum,
  withParameterData,
  type Context,
  type NamedArray,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import {
  denseLayer,
  denseMixNetwork,
  mixedAttention,
  type DenseLayer,
  type MixedAttention,
} from './densemix.ts';

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Part {
  readonly params: Readonly<Record<string, Numbers>>;
  readonly along: Numbers;
  readonly output: Numbers;
  readonly gradient: Readonly<Record<string, Numbers>>;
}
interface Golden {
  readonly attention: Part;
  readonly layer: Part;
  readonly tiny: {
    readonly params: Readonly<Record<string, Numbers>>;
    readonly images: Numbers;
    readonly targets: Numbers;
    readonly logits: Numbers;
    readonly loss: number;
    readonly gradient: Readonly<Record<string, Numbers>>;
  };
}
const golden = JSON.parse(
  readFileSync(new URL('../../../../golden/densemix.json', import.meta.url), 'utf8'),
) as Golden;
const one = { intraOpNumThreads: 1 } as const;

const arrayOf = ({ shape, data }: Numbers): NamedArray => ({
  shape,
  data: Float32Array.from(data),
});

/** `a.b.c` names to a tree; running statistics are not trained. */
function treeOf(params: Part['params']): object {
  const root: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params)) {
    const path = name.split('.');
    let at = root;
    for (const key of path.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    const kept = /\.(mean|variance)$/.test(name);
    at[path.at(-1)!] = { ...arrayOf(value), ...(kept && { trainable: false }) } satisfies Parameter;
  }
  return root;
}

/** Largest difference, relative to the largest expected number. */
function difference(actual: Float32Array, { data }: Numbers): number {
  expect(actual).toHaveLength(data.length);
  const scale = Math.max(...data.map(Math.abs), 1e-3);
  return Math.max(...data.map((value, i) => Math.abs(value - actual[i]!))) / scale;
}

/** A part in training: its output, and the gradient of its product with `along`. */
async function checkPart<P extends object>(
  { params, along, output, gradient }: Part,
  forward: (context: Context, p: Symbolic<P>, x: Tensor) => Tensor,
): Promise<void> {
  const { x, ...rest } = params;
  const tree = { part: treeOf(rest) as P, x: arrayOf(x!) };
  const program = compileTraining({
    params: tree,
    inputs: { along: along.shape },
    loss: (context, p, inputs) => {
      const y = forward(context, p.part, p.x);
      return { loss: sum(mul(y, inputs.along)), y };
    },
    optimizer: { beta1: 0 }, // the first moment is then the gradient itself
  });
  const trainer = await createTrainer(ort, program, one);
  const inputs = { along: Float32Array.from(along.data) };
  const { reports } = await trainer.train({ inputs, learningRate: 0 });
  expect(difference(reports['y']!, output)).toBeLessThan(1e-5);
  const { tensors } = trainer.state();
  for (const [name, expected] of Object.entries(gradient)) {
    const found = tensors[`first.${name === 'x' ? 'x' : `part.${name}`}`]!;
    expect(difference(found.data, expected), name).toBeLessThan(2e-5);
  }
  await trainer.release();
}

describe('densemix computes what PyTorch computes', () => {
  test('mixed attention and its gradient', () =>
    checkPart<MixedAttention>(golden.attention, (_, p, x) => mixedAttention(p, x)));

  test('a dense layer and its gradient', () => checkPart<DenseLayer>(golden.layer, denseLayer));

  test('the logits of the tiny network, the loss of a step and its gradient', async () => {
    const { params, images, targets, logits, loss, gradient } = golden.tiny;
    const config = denseMixNetwork.configs.tiny;
    const given = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, arrayOf(value)]),
    );
    const tree = withParameterData(denseMixNetwork.init(config, createRandom(0)), given);
    const shape = images.shape as [number, number, number, number];
    const predictor = await createPredictor(
      ort,
      compilePrediction({
        params: tree,
        inputs: { images: shape },
        forward: (context, p, inputs) => ({
          logits: denseMixNetwork.forward(context, config, p, inputs.images).logits,
        }),
      }),
      one,
    );
    const inputs = { images: Float32Array.from(images.data) };
    const found = await predictor.run(inputs);
    expect(difference(found['logits']!, logits)).toBeLessThan(1e-5);
    await predictor.release();

    const program = compileTraining({
      params: tree,
      inputs: { images: shape, targets: targets.shape },
      loss: (context, p, batch) => ({
        loss: crossEntropy(
          denseMixNetwork.forward(context, config, p, batch.images).logits,
          batch.targets,
        ),
      }),
      optimizer: { beta1: 0 },
    });
    const trainer = await createTrainer(ort, program, one);
    const step = await trainer.train({
      inputs: { ...inputs, targets: Float32Array.from(targets.data) },
      learningRate: 0,
    });
    expect(step.loss).toBeCloseTo(loss, 5);
    const { tensors } = trainer.state();
    for (const [name, expected] of Object.entries(gradient)) {
      expect(difference(tensors[`first.${name}`]!.data, expected), name).toBeLessThan(1e-4);
    }
    await trainer.release();
  });
});

describe('the trunk of densemix', () => {
  const shapes = (name: string): Map<string, string> => {
    const params = flattenParameters(
      denseMixNetwork.init(denseMixNetwork.configs[name]!, createRandom(1)),
    );
    return new Map(params.map((one) => [one.name, one.shape.join()]));
  };

  test('is the same for flow of 28×28 and faces of 48×48', () => {
    const [flow, face] = [shapes('flow28'), shapes('face48')];
    const own = [...flow].filter(([name, shape]) => face.get(name) !== shape);
    expect(own.map(([name]) => name)).toEqual(['pool']);
    expect([...face.keys()].every((name) => flow.has(name))).toBe(true);
  });

  test('is small', () => {
    const params = flattenParameters(
      denseMixNetwork.init(denseMixNetwork.configs['flow28']!, createRandom(1)),
    );
    const count = params.reduce((total, { data }) => total + data.length, 0);
    expect(count).toBeLessThan(200_000);
  });
});
