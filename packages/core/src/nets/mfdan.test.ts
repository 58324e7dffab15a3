/** @file MFDAN's parts against PyTorch float64 (golden/mfdan.py), and what its planes and switches promise. */
import { readFileSync } from 'node:fs';

import {
  add,
  compilePrediction,
  compileTraining,
  constant,
  createPredictor,
  createTrainer,
  expand,
  flattenParameters,
  inferenceContext,
  mul,
  softmax,
  sum,
  withParameterData,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { focalLoss } from './focal.ts';
import { dropKeys, drivenAttention, type DrivenAttention } from './driven-attention.ts';
import { mfdanImage } from './mfdan-image.ts';
import { mfdanNetwork } from './mfdan.ts';
import type { Network } from './network.ts';

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Golden {
  readonly focal: readonly {
    readonly gamma: 0 | 1 | 2;
    readonly logits: Numbers;
    readonly targets: Numbers;
    readonly loss: number;
    readonly gradient: Numbers;
  }[];
  readonly driven: {
    readonly heads: number;
    readonly params: Readonly<Record<string, Numbers>>;
    readonly image: Numbers;
    readonly flow: Numbers;
    readonly prior: Numbers;
    readonly dropped: Numbers;
    readonly cotangent: Numbers;
    readonly output: Numbers;
    readonly gradients: Readonly<Record<string, Numbers>>;
  };
  readonly dropKey: readonly {
    readonly rate: number;
    readonly scores: Numbers;
    readonly draws: number;
    readonly mean: Numbers;
    readonly products: Numbers;
    readonly deviation: number;
  }[];
  readonly whole: {
    readonly params: Readonly<Record<string, Numbers>>;
    readonly images: Numbers;
    readonly targets: Numbers;
    readonly logits: Numbers;
    readonly flow: Numbers;
    readonly look: Readonly<Record<'attention' | 'movement' | 'share', Numbers>>;
    readonly loss: number;
    /** Every so many numbers of the gradient. */
    readonly gradients: Readonly<
      Record<string, { readonly every: number; readonly data: readonly number[] }>
    >;
  };
}
const golden = JSON.parse(
  readFileSync(new URL('../../../../golden/mfdan.json', import.meta.url), 'utf8'),
) as Golden;

const parameter = ({ shape, data }: Numbers): Parameter => ({
  shape,
  data: Float32Array.from(data),
});
const fixed = ({ shape, data }: Numbers): Tensor => constant(Float32Array.from(data), shape);

/** `a.b` names to a tree. */
function tree(params: Readonly<Record<string, Numbers>>): object {
  const root: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params)) {
    const [outer, inner] = name.split('.') as [string, string?];
    if (inner === undefined) root[outer] = parameter(value);
    else root[outer] = { ...(root[outer] as object | undefined), [inner]: parameter(value) };
  }
  return root;
}

/** Largest difference, relative to the largest expected number. */
function difference(actual: Float32Array, { data }: Numbers): number {
  expect(actual.length).toBe(data.length);
  const scale = Math.max(...data.map(Math.abs));
  return Math.max(...data.map((value, i) => Math.abs(value - actual[i]!))) / scale;
}

interface Reported {
  readonly loss: Tensor;
  readonly [report: string]: Tensor;
}

/** One step at rate 0: with beta1 = 0 the first moment of the optimizer is the gradient itself. */
async function step<P extends object>(definition: {
  readonly params: P;
  readonly loss: (context: Context, params: Symbolic<P>) => Reported;
}) {
  const program = compileTraining({ ...definition, inputs: {}, optimizer: { beta1: 0 } });
  const trainer = await createTrainer(ort, program, {
    intraOpNumThreads: 1,
    random: createRandom(1),
  });
  const result = await trainer.train({ inputs: {}, learningRate: 0 });
  const { tensors } = trainer.state();
  await trainer.release();
  return { ...result, gradient: (name: string) => tensors[`first.${name}`]!.data };
}

describe('against PyTorch', () => {
  test.each(golden.focal)('focal loss and its gradient, γ = $gamma', async (it) => {
    const { loss, gradient } = await step({
      params: { logits: parameter(it.logits) },
      loss: (_, { logits }) => ({ loss: focalLoss(logits, fixed(it.targets), it.gamma) }),
    });
    expect(loss).toBeCloseTo(it.loss, 5);
    expect(difference(gradient('logits'), it.gradient)).toBeLessThan(1e-5);
  });

  test('attention driven by the flow, with dropped keys, and its gradients', async () => {
    const it = golden.driven;
    const params = {
      block: tree(it.params) as DrivenAttention,
      image: parameter(it.image),
      flow: parameter(it.flow),
    };
    const { reports, gradient } = await step({
      params,
      loss: (_, p) => {
        const output = drivenAttention(p.block, p.image, {
          tokens: p.flow,
          prior: fixed(it.prior),
          dropped: fixed(it.dropped),
          headDim: it.image.shape[2]! / it.heads,
        });
        return { loss: sum(mul(output, fixed(it.cotangent))), output };
      },
    });
    expect(difference(reports['output']!, it.output)).toBeLessThan(1e-5);
    for (const [name, expected] of Object.entries(it.gradients)) {
      const path = name === 'image' || name === 'flow' ? name : `block.${name}`;
      expect(difference(gradient(path), expected), name).toBeLessThan(1e-4);
    }
  });

  test('the whole tiny network in a training step', async () => {
    const it = golden.whole;
    const config = mfdanNetwork.configs.tiny;
    const given = Object.fromEntries(
      Object.entries(it.params).map(([name, { shape, data }]) => [
        name,
        { shape, data: Float32Array.from(data) },
      ]),
    );
    const fresh = mfdanNetwork.init(config, createRandom(1));
    const statistics = Object.fromEntries(
      flattenParameters(fresh)
        .filter(({ trainable }) => trainable === false)
        .map(({ name, shape, data }) => [name, { shape, data }]),
    );
    const { loss, reports, gradient } = await step({
      params: withParameterData(fresh, { ...given, ...statistics }),
      loss: (context, p) => {
        const outputs = mfdanNetwork.forward(context, config, p, fixed(it.images));
        const { logits, flow, attention, movement, share } = outputs;
        return {
          loss: mfdanNetwork.loss!(config, outputs, fixed(it.targets)),
          ...{ logits, flow: flow!, attention: attention!, movement: movement!, share: share! },
        };
      },
    });
    expect(loss).toBeCloseTo(it.loss, 5);
    expect(difference(reports['logits']!, it.logits)).toBeLessThan(1e-4);
    expect(difference(reports['flow']!, it.flow)).toBeLessThan(1e-4);
    for (const [name, expected] of Object.entries(it.look))
      expect(difference(reports[name]!, expected), name).toBeLessThan(1e-4);
    const largest = Math.max(
      ...Object.values(it.gradients).flatMap(({ data }) => data.map(Math.abs)),
    );
    for (const [name, { every, data }] of Object.entries(it.gradients)) {
      const found = gradient(name).filter((_, i) => i % every === 0);
      expect(found.length, name).toBe(data.length);
      found.forEach((value, i) => {
        expect(Math.abs(value - data[i]!), name).toBeLessThan(
          1e-3 * Math.abs(data[i]!) + 1e-5 * largest,
        );
      });
    }
  });

  test.each(golden.dropKey)('what dropping keys does to weights, rate $rate', async (it) => {
    const l = it.scores.shape[0]!;
    const m = 8000;
    const { reports } = await step({
      params: { zero: parameter({ shape: [m, l, 1], data: new Array<number>(m * l).fill(0) }) },
      loss: (context, { zero }) => {
        const dropped = dropKeys(context, zero, it.rate)!; //                 [m, 1, l, l]
        const scores = expand(fixed(it.scores), [m, 1, l, l]);
        return { loss: sum(zero), dropped, weights: softmax(add(scores, dropped)) };
      },
    });
    const rows = m * l;
    const weights = reports['weights']!;
    expect([...new Set(reports['dropped'])].sort((a, b) => a - b)).toEqual([-40, 0]);
    // Five standard errors of either side's mean; weights lie between 0 and 1, and so do products.
    const slack = 5 * it.deviation * (1 / Math.sqrt(rows) + 1 / Math.sqrt(it.draws));
    for (let i = 0; i < l; i++) {
      for (let j = 0; j < l; j++) {
        let product = 0;
        for (let row = 0; row < rows; row++)
          product += weights[row * l + i]! * weights[row * l + j]!;
        expect(Math.abs(product / rows - it.products.data[i * l + j]!)).toBeLessThan(slack);
      }
      let mean = 0;
      for (let row = 0; row < rows; row++) mean += weights[row * l + i]!;
      expect(Math.abs(mean / rows - it.mean.data[i]!)).toBeLessThan(slack);
    }
  });
});

test('no key is dropped in use, nor at rate 0', async () => {
  const x = constant(new Float32Array(8), [2, 4, 1]);
  expect(dropKeys(inferenceContext(), x, 0.3)).toBeUndefined();
  const { loss } = await step({
    params: { one: parameter({ shape: [2, 4, 1], data: new Array<number>(8).fill(1) }) },
    loss: (context, { one }) => {
      expect(dropKeys(context, one, 0)).toBeUndefined();
      return { loss: sum(one) };
    },
  });
  expect(loss).toBe(8);
});

test('looks at the apex face beside the flow, and drops fewer keys on deeper levels', () => {
  for (const [name, config] of Object.entries(mfdanNetwork.configs)) {
    const image = name.includes('face') ? 'difference' : 'apex';
    expect(mfdanNetwork.planes!(config)).toEqual(['u', 'v', 'strain', image]);
    expect(config.dropKey).toHaveLength(config.dims.length);
    const falling = config.dropKey.every((rate, i) => i === 0 || rate < config.dropKey[i - 1]!);
    expect(falling || name.startsWith('tiny')).toBe(true);
  }
});

/** Parameters of a network that were moved at random, so that no gate is 0. */
function moved(
  fresh: object,
  seed: number,
): Record<string, { shape: readonly number[]; data: Float32Array }> {
  const random = createRandom(seed);
  return Object.fromEntries(
    flattenParameters(fresh).map(({ name, shape, data, trainable }) => [
      name,
      { shape, data: trainable === false ? data : data.map((x) => x + 0.3 * random.normal()) },
    ]),
  );
}

test('the image branch alone computes what the whole network does where the flow adds nothing', async () => {
  const config = {
    ...mfdanNetwork.configs['tiny-faces']!,
    without: ['driven-attention', 'flow-branch'],
  };
  const [fresh, branch] = [mfdanNetwork, mfdanImage].map((one) =>
    one.init(config, createRandom(1)),
  );
  const whole = moved(fresh!, 2);
  const d = config.dims.at(-1)!;
  const head = whole['head.weight']!;
  const own = new Map<string, { shape: readonly number[]; data: Float32Array }>(
    Object.entries(whole),
  );
  own.set('head.weight', {
    shape: [config.classes, d],
    data: head.data.filter((_, i) => i % (2 * d) < d),
  });
  for (const { name } of flattenParameters(branch!)) expect(own.has(name), name).toBe(true);
  const random = createRandom(3);
  const area = config.size ** 2;
  const images = Float32Array.from({ length: 2 * 4 * area }, () => random.normal());
  const faces = images.filter((_, i) => Math.floor(i / area) % 4 === 3);
  const logits = async (network: Network<typeof config>, params: object, x: Float32Array) => {
    const planes = network.planes!(config).length;
    const model = compilePrediction({
      params,
      inputs: { x: [2, planes, config.size, config.size] },
      forward: (context, p, inputs) => ({
        logits: network.forward(context, config, p as never, inputs.x).logits,
      }),
    });
    const predictor = await createPredictor(ort, model, { intraOpNumThreads: 1 });
    const found = (await predictor.run({ x }))['logits']!;
    await predictor.release();
    return found;
  };
  const expected = await logits(
    mfdanNetwork as Network<typeof config>,
    withParameterData(fresh!, whole),
    images,
  );
  const found = await logits(
    mfdanImage as Network<typeof config>,
    withParameterData(branch!, Object.fromEntries(own)),
    faces,
  );
  expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.1);
  found.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5));
});

test('a fraction of a training does without the features of the flow, and nothing in use', async () => {
  const config = {
    ...mfdanNetwork.configs['tiny-faces']!,
    dropFlow: 0.4,
    without: ['image-branch'],
  };
  const n = 200;
  const random = createRandom(4);
  const images = Float32Array.from({ length: n * 4 * config.size ** 2 }, () => random.normal());
  const params = withParameterData(
    mfdanNetwork.init(config, createRandom(1)),
    moved(mfdanNetwork.init(config, createRandom(1)), 5),
  );
  const bias = params.head.bias!.data;
  const alike = (logits: Float32Array): number =>
    Array.from({ length: n }, (_, row) =>
      bias.every((value, k) => Math.abs(logits[row * config.classes + k]! - value) < 1e-6),
    ).filter(Boolean).length;
  const { reports } = await step({
    params,
    loss: (context, p) => {
      const shape = [n, 4, config.size, config.size] as const;
      const outputs = mfdanNetwork.forward(context, config, p, constant(images, shape));
      const inUse = mfdanNetwork.forward(inferenceContext(), config, p, constant(images, shape));
      return { loss: sum(outputs.logits), logits: outputs.logits, used: inUse.logits };
    },
  });
  expect(alike(reports['used']!)).toBe(0);
  // 80 of 200, within five standard deviations
  expect(Math.abs(alike(reports['logits']!) - 80)).toBeLessThan(5 * Math.sqrt(200 * 0.4 * 0.6));
});

test('flow28 is small', () => {
  const params = flattenParameters(
    mfdanNetwork.init(mfdanNetwork.configs['flow28']!, createRandom(1)),
  );
  expect(params.reduce((total, { data }) => total + data.length, 0)).toBeLessThan(150_000);
});

test('windows that do not fit the map are named', () => {
  const config = { ...mfdanNetwork.configs.tiny, window: 3 };
  expect(() => mfdanNetwork.init(config, createRandom(1))).toThrow(/4×4 tokens .* 3×3/);
});
