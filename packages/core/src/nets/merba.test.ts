/** @file MERba's blocks against PyTorch float64 (golden/merba.py), and what its switches promise. */
import { readFileSync } from 'node:fs';

import {
  compilePrediction,
  compileTraining,
  createPredictor,
  createTrainer,
  flattenParameters,
  mean,
  mul,
  reshape,
  sum,
  transpose,
  withParameterData,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';

import { createRandom } from '../base/random.ts';
import { initMixer, mixer, type Mixer, type Scan } from './mamba.ts';
import { merbaNetwork, windowAttention, type WindowAttention } from './merba.ts';

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Case {
  readonly params: Readonly<Record<string, Numbers>>;
  readonly input: Numbers;
  readonly cotangent: Numbers;
  readonly output: Numbers;
  readonly gradients: Readonly<Record<string, Numbers>>;
}
interface Golden {
  readonly mixers: readonly (Case & { readonly w: number; readonly scans: readonly Scan[] })[];
  readonly attention: Case & { readonly heads: number };
}
const golden = JSON.parse(
  readFileSync(new URL('../../../../golden/merba.json', import.meta.url), 'utf8'),
) as Golden;

const parameter = ({ shape, data }: Numbers): Parameter => ({
  shape,
  data: Float32Array.from(data),
});

/** `a.b` names to a tree. */
function tree(params: Readonly<Record<string, Numbers>>): object {
  const root: Record<string, Record<string, Parameter> | Parameter> = {};
  for (const [name, value] of Object.entries(params)) {
    const [outer, inner] = name.split('.') as [string, string | undefined];
    if (inner === undefined) root[outer] = parameter(value);
    else
      (root[outer] ??= {} as Record<string, Parameter>)[inner as never] = parameter(value) as never;
  }
  return root;
}

/** Largest difference, relative to the largest expected number. */
function difference(actual: Float32Array, { data }: Numbers): number {
  expect(actual.length).toBe(data.length);
  const scale = Math.max(...data.map(Math.abs));
  return Math.max(...data.map((value, i) => Math.abs(value - actual[i]!))) / scale;
}

async function check<P extends object>(
  { params, input, cotangent, output, gradients }: Case,
  block: (p: Symbolic<P>, x: Tensor) => Tensor,
): Promise<void> {
  const all = { block: tree(params) as P, input: parameter(input) };
  const forward = (_: Context, p: Symbolic<typeof all>): { y: Tensor } => ({
    y: block(p.block, p.input),
  });
  const model = compilePrediction({ params: all, inputs: {}, forward });
  const predictor = await createPredictor(ort, model, { intraOpNumThreads: 1 });
  const { y } = await predictor.run({});
  expect(difference(y!, output)).toBeLessThan(1e-4);

  // With beta1 = 0 the first moment of the optimizer is the gradient itself.
  const program = compileTraining({
    params: all,
    inputs: { cotangent: cotangent.shape },
    loss: (context, p, { cotangent: g }) => {
      const loss = sum(mul(forward(context, p).y, g));
      return { loss };
    },
    optimizer: { beta1: 0 },
  });
  const trainer = await createTrainer(ort, program, { intraOpNumThreads: 1 });
  await trainer.train({
    inputs: { cotangent: Float32Array.from(cotangent.data) },
    learningRate: 0,
  });
  const { tensors } = trainer.state();
  for (const [name, expected] of Object.entries(gradients)) {
    const path = name === 'input' ? 'input' : `block.${name}`;
    expect(difference(tensors[`first.${path}`]!.data, expected), name).toBeLessThan(1e-4);
  }
  await Promise.all([predictor.release(), trainer.release()]);
}

describe('against PyTorch', () => {
  test.each(golden.mixers)('the mixer and its gradients, scans $scans', async (it) => {
    const turn = (t: Tensor): Tensor => transpose(t, [1, 0, 2]); // tokens stand outermost here
    await check<Mixer>(it, (p, x) => turn(mixer(p, turn(x), { window: it.w, scans: it.scans })));
  });

  test('attention between windows and its gradients', async () => {
    const headDim = golden.attention.input.shape[3]! / golden.attention.heads;
    await check<WindowAttention>(golden.attention, (p, x) => {
      const [n, g, , d] = x.shape as [number, number, number, number];
      return reshape(windowAttention(p, mean(x, [2]), { headDim }), [n, g, 1, d]);
    });
  });
});

describe('switches', () => {
  const { tiny } = merbaNetwork.configs;
  const names = (changes: Partial<typeof tiny>): string[] =>
    flattenParameters(merbaNetwork.init({ ...tiny, ...changes }, createRandom(1))).map(
      (p) => p.name,
    );

  test('one granularity has no coarse decision', () => {
    expect(names({})).toContain('head.coarse.weight');
    expect(names({ groups: [] })).not.toContain('head.coarse.weight');
  });

  test('attention can be left out, and is where there is one window', () => {
    expect(names({})).toContain('stages.0.blocks.0.attention.qkv.weight');
    expect(names({}).filter((name) => name.startsWith('stages.1.blocks.0.attention'))).toEqual([]);
    expect(
      names({ attention: false }).filter((name) => name.includes('blocks.0.attention')),
    ).toEqual([]);
  });

  test('one receptive field keeps the map', () => {
    const shape = (fields: 'one' | 'several'): readonly number[] | undefined =>
      merbaNetwork.init({ ...tiny, fields }, createRandom(1)).pool?.shape;
    expect(shape('several')).toEqual([4, 8]);
    expect(shape('one')).toEqual([16, 8]);
  });

  test('scans do not change the number of parameters', () => {
    const counts = (scans: readonly Scan[]): number =>
      flattenParameters(merbaNetwork.init({ ...tiny, scans }, createRandom(1))).reduce(
        (total, p) => total + p.data.length,
        0,
      );
    expect(counts(['Hf'])).toBe(counts(['Hf', 'Hb', 'Vf', 'Vb']));
  });

  test('coarse groups follow the names of the classes', () => {
    const groups = (...classes: string[]) => merbaNetwork.forClasses(tiny, classes).groups;
    expect(groups('negative', 'positive', 'surprise')).toEqual([[0], [1, 2]]);
    expect(groups('disgust', 'happiness', 'others', 'repression', 'surprise')).toEqual([
      [0, 3],
      [1, 2, 4],
    ]);
    expect(groups('left', 'right')).toEqual([[0, 1]]);
  });

  test('windows that do not fit the map are named', () => {
    const config = { ...tiny, window: 3 };
    expect(() => merbaNetwork.init(config, createRandom(1))).toThrow(/4×4 tokens .* 3×3/);
    const scans: Scan[] = ['Hf', 'Hb', 'Vf'];
    const export3 = (): unknown =>
      compilePrediction({
        params: merbaNetwork.init(tiny, createRandom(1)),
        inputs: { x: [1, 3, 8, 8] },
        forward: (context, p, { x }) => merbaNetwork.forward(context, { ...tiny, scans }, p, x),
      });
    expect(export3).toThrow(/4 scanned channels .* 3 scans/);
  });
});

test('the normalized mixer computes its equations: B and C normalized, columns convolved along columns', async () => {
  const [w, d, s] = [3, 8, 2];
  const [l, e] = [w * w, d / 2];
  const scanning = { window: w, scans: ['Hf', 'Vb'], selection: 'normalized' } as const;
  const random = createRandom(9);
  const fresh = initMixer(d, s, random, 'normalized');
  const drawn = flattenParameters(fresh).map(
    ({ name, shape, data }) =>
      [name, { shape, data: data.map((value) => value + 0.4 * random.normal()) }] as const,
  );
  const params = withParameterData(fresh, Object.fromEntries(drawn));
  const x = { shape: [l, 1, d], data: Float32Array.from({ length: l * d }, () => random.normal()) };
  const model = compilePrediction({
    params: { mixer: params, x },
    inputs: {},
    forward: (_, p) => ({ y: mixer(p.mixer, p.x, scanning) }),
  });
  const predictor = await createPredictor(ort, model, { intraOpNumThreads: 1 });
  const { y } = await predictor.run({});
  await predictor.release();

  const p = Object.fromEntries(drawn.map(([name, { data }]) => [name, data]));
  const times = (weight: Float32Array, v: readonly number[]): number[] =>
    Array.from({ length: weight.length / v.length }, (_, i) =>
      v.reduce((sum, one, j) => sum + weight[i * v.length + j]! * one, 0),
    );
  const tokens = Array.from({ length: l }, (_, t) => [...x.data.slice(t * d, (t + 1) * d)]);
  const rows = Array.from({ length: l }, (_, t) => t);
  const columns = rows.map((t) => (t % w) * w + Math.floor(t / w));
  const projected = tokens.map((token) => times(p['inProj.weight']!, token));
  const isColumn = (c: number): boolean => c % e >= e / 2; // the second scan is Vb
  const mixed = tokens.map(() => new Array<number>(d).fill(0));
  for (let c = 0; c < d; c++) {
    const order = isColumn(c) ? columns : rows;
    order.forEach((t, place) => {
      const sum = [-1, 0, 1].reduce((total, step, k) => {
        const near = order[place + step];
        return near === undefined ? total : total + p['conv']![3 * c + k]! * projected[near]![c]!;
      }, 0);
      mixed[t]![c] = sum / (1 + Math.exp(-sum));
    });
  }
  const norm = (v: readonly number[], which: string): number[] => {
    const mean = v.reduce((a, b) => a + b) / v.length;
    const variance = v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length;
    return v.map(
      (one, i) =>
        ((one - mean) / Math.sqrt(variance + 1e-5)) * p[`${which}.weight`]![i]! +
        p[`${which}.bias`]![i]!,
    );
  };
  const selected = mixed.map((token) => times(p['xProj.weight']!, token.slice(0, e)));
  const outputs = mixed.map((token) => [...new Array<number>(e).fill(0), ...token.slice(e)]);
  for (let c = 0; c < e; c++) {
    const h = new Array<number>(s).fill(0);
    for (const t of isColumn(c) ? [...columns].reverse() : rows) {
      const [dt, ...bc] = selected[t]!;
      const [b, cc] = [norm(bc.slice(0, s), 'bNorm'), norm(bc.slice(s), 'cNorm')];
      const raw = p['dtProj.weight']![c]! * dt! + 5 * p['dtProj.bias']![c]!;
      const delta = Math.log(1 + Math.exp(raw));
      const u = mixed[t]![c]!;
      let sum = p['skip']![c]! * u;
      for (let i = 0; i < s; i++) {
        h[i] = Math.exp(-delta * Math.exp(p['logDecay']![c * s + i]!)) * h[i]! + delta * b[i]! * u;
        sum += cc[i]! * h[i]!;
      }
      outputs[t]![c] = sum;
    }
  }
  const expected = outputs.flatMap((token) => times(p['outProj.weight']!, token));
  const scale = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => expect(Math.abs(value - y![i]!) / scale).toBeLessThan(1e-4));
});

test('the new configurations have 16 windows, 4 and 1, and attention in the first two stages', () => {
  for (const name of ['awake28', 'awake56', 'awake112']) {
    const params = merbaNetwork.init(merbaNetwork.configs[name]!, createRandom(1)) as {
      readonly stages: readonly {
        readonly blocks: readonly { readonly attention?: WindowAttention }[];
      }[];
    };
    const windows = params.stages.map(({ blocks }) => blocks[0]!.attention?.position.shape[0]);
    expect(windows).toEqual([16, 4, undefined]);
  }
});
