/**
 * @file The engine against PyTorch: gradients, AdamW and running statistics of
 * `golden/engine.json`, which `golden/engine.py` made in float64.
 */
import { readFileSync } from 'node:fs';

import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';

import {
  compileTraining,
  conv,
  createTrainer,
  crossEntropy,
  gelu,
  layerNorm,
  linear,
  matmul,
  maxPool,
  mul,
  neg,
  add,
  exp,
  reshape,
  selectiveScan,
  silu,
  softmax,
  softplus,
  split,
  sum,
  transpose,
  relu,
  gradients,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
  type NamedArray,
} from './index.ts';
import { distance, evaluate, leaves, type Numbers } from './reference.cases.ts';

interface Stored {
  readonly shape: number[];
  readonly data: number[];
}
interface Recorded {
  readonly params: Record<string, Stored>;
  readonly loss: number;
  readonly gradients: Record<string, Stored>;
}
interface Golden {
  readonly convolutional: Recorded & {
    readonly images: Stored;
    readonly targets: Stored;
    readonly mean: Stored;
    readonly variance: Stored;
    readonly adamw: {
      readonly rates: number[];
      readonly weightDecay: number;
      readonly clipNorm: number;
      readonly losses: number[];
      readonly norms: number[];
      readonly params: Record<string, Stored>;
      readonly mean: Stored;
      readonly variance: Stored;
    };
  };
  readonly attention: Recorded & { readonly tokens: Stored; readonly probe: Stored };
  readonly scan: Recorded & { readonly probe: Stored };
}

const golden = JSON.parse(
  readFileSync(new URL('../../../golden/engine.json', import.meta.url), 'utf8'),
) as Golden;

const numbers = ({ shape, data }: Stored): Numbers => ({ shape, data: Float64Array.from(data) });

/** The loss and its gradients against those of PyTorch. */
async function compare(
  recorded: Recorded,
  inputs: Readonly<Record<string, Stored>>,
  loss: (params: Record<string, Tensor>, inputs: Record<string, Tensor>) => Tensor,
): Promise<void> {
  const names = [...Object.keys(recorded.params), ...Object.keys(inputs)];
  const values = [...Object.values(recorded.params), ...Object.values(inputs)].map(numbers);
  const all = leaves(values);
  const byName = Object.fromEntries(names.map((name, i) => [name, all[i]!]));
  const output = loss(byName, byName);
  const params = all.slice(0, Object.keys(recorded.params).length);
  const results = await evaluate(ort, [output, ...gradients(output, params)], {
    inputs: all,
    values,
    target: 'native',
  });
  expect(distance(results[0]!, [recorded.loss])).toBeLessThan(1e-5);
  Object.entries(recorded.gradients).forEach(([name, { data }], i) => {
    expect(distance(results[i + 1]!, data), `gradient of ${name}`).toBeLessThan(1e-5);
  });
}

test('pre-norm attention and MLP', async () => {
  const { attention } = golden;
  await compare(attention, { tokens: attention.tokens, probe: attention.probe }, (p, inputs) => {
    const tokens = inputs['tokens']!;
    const [n, l, d] = tokens.shape as [number, number, number];
    const heads = 2;
    const norm = { weight: p['norm.weight']!, bias: p['norm.bias']! };
    const qkv = linear(layerNorm(tokens, norm), p['qkv.weight']!, p['qkv.bias']);
    const parts = split(
      transpose(reshape(qkv, [n, l, 3, heads, d / heads]), [2, 0, 3, 1, 4]),
      0,
      3,
    );
    const [q, k, v] = parts.map((t) => reshape(t, [n, heads, l, d / heads])) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const a = softmax(mul(matmul(q, transpose(k, [0, 1, 3, 2])), 1 / Math.sqrt(d / heads)));
    const mixed = reshape(transpose(matmul(a, v), [0, 2, 1, 3]), [n, l, d]);
    const x = add(tokens, linear(mixed, p['out.weight']!, p['out.bias']));
    const y = add(x, linear(gelu(linear(x, p['up.weight']!)), p['down.weight']!));
    return sum(mul(y, inputs['probe']!));
  });
});

test('selective scan', async () => {
  await compare(golden.scan, { probe: golden.scan.probe }, (p, inputs) => {
    const y = selectiveScan(p['u']!, {
      delta: softplus(p['delta']!),
      a: neg(exp(p['a']!)),
      b: p['b']!,
      c: p['c']!,
      skip: p['skip']!,
    });
    return sum(mul(y, inputs['probe']!));
  });
});

const { convolutional } = golden;
const fixed = { trainable: false };
const parameter = (stored: Stored, options: Partial<Parameter> = {}): Parameter => ({
  shape: stored.shape,
  data: Float32Array.from(stored.data),
  ...options,
});
const start = (name: string): Parameter => parameter(convolutional.params[name]!);
const network = {
  conv: start('conv'),
  norm: {
    weight: start('weight'),
    bias: start('bias'),
    mean: { shape: [4], data: new Float32Array(4), ...fixed },
    variance: { shape: [4], data: new Float32Array(4).fill(1), ...fixed },
  },
  mix: start('mix'),
  head: { weight: start('head.weight'), bias: start('head.bias') },
};

function convolutionalLoss(
  context: Context,
  p: Symbolic<typeof network>,
  { images, targets }: { readonly images: Tensor; readonly targets: Tensor },
): { readonly loss: Tensor } {
  let x = conv(images, p.conv, { stride: 2, padding: 1 });
  x = relu(context.batchNorm(x, p.norm));
  x = maxPool(silu(conv(x, p.mix, { padding: 1 })), { kernel: 2 });
  const logits = linear(reshape(x, [6, -1]), p.head.weight, p.head.bias);
  return { loss: crossEntropy(logits, targets) };
}

const batch = {
  images: Float32Array.from(convolutional.images.data),
  targets: Float32Array.from(convolutional.targets.data),
};
const shapes = { images: [6, 3, 8, 8], targets: [6, 3] } as const;

/** The golden's name of a parameter. */
const torchName = (name: string): string => name.replace('norm.', '');

function expectParameters(
  actual: Readonly<Record<string, NamedArray>>,
  expected: Readonly<Record<string, Stored>>,
): void {
  for (const [name, { data }] of Object.entries(actual)) {
    const wanted = expected[torchName(name)]!;
    expect(distance(data, wanted.data), name).toBeLessThan(1e-5);
  }
}

test('convolutional network: gradients, by plain steps', async () => {
  // With β₁ = 0 the first moment is the gradient.
  const program = compileTraining({
    params: network,
    inputs: shapes,
    loss: convolutionalLoss,
    optimizer: { beta1: 0 },
  });
  const trainer = await createTrainer(ort, program, { intraOpNumThreads: 1 });
  const { loss } = await trainer.train({ inputs: batch, learningRate: 0.1 });
  expect(loss).toBeCloseTo(convolutional.loss, 5);
  const { tensors } = trainer.state();
  for (const { name } of program.parameters) {
    const gradient = tensors[`first.${name}`];
    if (!gradient) continue;
    const wanted = convolutional.gradients[torchName(name)]!;
    expect(distance(gradient.data, wanted.data), name).toBeLessThan(1e-5);
  }
  const { 'norm.mean': mean, 'norm.variance': variance } = trainer.parameters();
  expect(distance(mean!.data, convolutional.mean.data)).toBeLessThan(1e-6);
  expect(distance(variance!.data, convolutional.variance.data)).toBeLessThan(1e-6);
  await trainer.release();
});

test('five steps of AdamW with clipped gradients, decay groups and a rate per step', async () => {
  const { adamw } = convolutional;
  const program = compileTraining({
    params: network,
    inputs: shapes,
    loss: convolutionalLoss,
    optimizer: { clipNorm: adamw.clipNorm },
  });
  const trainer = await createTrainer(ort, program, { intraOpNumThreads: 1 });
  const { weightDecay } = adamw;
  for (const [i, learningRate] of adamw.rates.entries()) {
    const { loss, reports } = await trainer.train({ inputs: batch, learningRate, weightDecay });
    expect(distance([loss], [adamw.losses[i]!])).toBeLessThan(1e-5);
    expect(distance(reports['gradientNorm']!, [adamw.norms[i]!])).toBeLessThan(1e-5);
  }
  const { mean, variance } = adamw;
  expectParameters(trainer.parameters(), { ...adamw.params, mean, variance });
  await trainer.release();
});
