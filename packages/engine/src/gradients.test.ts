/**
 * @file Reverse mode, ties and kinks, merged subexpressions, and messages of wrong shapes.
 */
import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';

import { emitGraph } from './emit.ts';
import {
  abs,
  add,
  concat,
  conv,
  crossEntropy,
  exp,
  gather,
  gradients,
  layerNorm,
  linear,
  linearRecurrence,
  matmul,
  max,
  maximum,
  maxPool,
  mean,
  mul,
  neg,
  pad,
  relu,
  reshape,
  scalar,
  selectiveScan,
  slice,
  softplus,
  split,
  square,
  sub,
  sum,
  transpose,
  zeros,
  type Tensor,
} from './index.ts';
import { step } from './operations/elementwise.ts';
import { normalizeBatch } from './operations/normalization.ts';
import { distance, draw, evaluate, leaves, make, type Numbers } from './reference.cases.ts';
import { applyOperator, constant, leaf } from './tensor.ts';

async function slope(values: Numbers, build: (x: Tensor) => Tensor): Promise<number[]> {
  const [x] = leaves([values]);
  const wanted = gradients(sum(build(x!)), [x!]);
  const [result] = await evaluate(ort, wanted, {
    inputs: [x!],
    values: [values],
    target: 'native',
  });
  return [...result!];
}

const row = (...data: number[]): Numbers => ({
  shape: [data.length],
  data: Float64Array.from(data),
});

describe('kinks and ties', () => {
  test('derivatives at 0', async () => {
    expect(await slope(row(-1, 0, 2), relu)).toEqual([0, 0, 1]);
    expect(await slope(row(-1, 0, 2), abs)).toEqual([-1, 0, 1]);
    expect(await slope(row(-1, 0, 2), (x) => maximum(x, 0))).toEqual([0, 0.5, 1]);
  });

  test('equal maxima share', async () => {
    expect(await slope(row(1, 3, 3, 2), (x) => max(x))).toEqual([0, 0.5, 0.5, 0]);
    const flat = make([1, 1, 4, 4], () => 1);
    for (const options of [{ kernel: 2 }, { kernel: 3, stride: 1, padding: 1 }]) {
      const result = await slope(flat, (x) => maxPool(x, options));
      const outputs = options.stride === 1 ? 16 : 4;
      expect(result.reduce((a, b) => a + b, 0)).toBeCloseTo(outputs, 5);
    }
    expect(await slope(flat, (x) => maxPool(x, { kernel: 2 }))).toEqual(new Array(16).fill(0.25));
  });

  test('softplus neither overflows nor underflows', async () => {
    const values = row(-200, -30, 0, 30, 200);
    const [x] = leaves([values]);
    const options = { inputs: [x!], values: [values], target: 'native' } as const;
    const [result] = await evaluate(ort, [softplus(x!)], options);
    expect(distance(result!, [0, 9.4e-14, Math.LN2, 30, 200])).toBeLessThan(1e-6);
    expect(await slope(values, softplus)).toEqual([0, expect.any(Number), 0.5, 1, 1]);
  });
});

describe('reverse mode', () => {
  test('a tensor that is used several times collects every use', async () => {
    const values = row(0.5, -1);
    const result = await slope(values, (x) => add(mul(x, x), mul(exp(x), sub(x, 3))));
    const exact = [0.5, -1].map((x) => 2 * x + Math.exp(x) * (x - 3) + Math.exp(x));
    expect(distance(result, exact)).toBeLessThan(1e-6);
  });

  test('what the loss does not depend on has a zero gradient', async () => {
    const [x, y] = leaves([row(1, 2), row(3, 4)]);
    const wanted = gradients(sum(square(x!)), [x!, y!]);
    const results = await evaluate(ort, wanted, {
      inputs: [x!, y!],
      values: [row(1, 2), row(3, 4)],
      target: 'native',
    });
    expect(results.map((result) => [...result])).toEqual([
      [2, 4],
      [0, 0],
    ]);
  });

  test('gradients with respect to an intermediate tensor', async () => {
    const [x] = leaves([row(1, 2)]);
    const middle = square(x!);
    const options = { inputs: [x!], values: [row(1, 2)], target: 'native' } as const;
    const [result] = await evaluate(ort, gradients(sum(square(middle)), [middle]), options);
    expect([...result!]).toEqual([2, 8]);
  });

  test('the gradient of a random chain is linear in its cotangent', async () => {
    const steps: readonly ((x: Tensor) => Tensor)[] = [
      (x) => transpose(x, [1, 0]),
      (x) => softplus(x),
      (x) => mul(x, 0.7),
      (x) => sub(x, mean(x, [0], { keep: true })),
      (x) => concat([x, neg(x)], 1),
      (x) => slice(x, [{ axis: 0, start: 0, end: x.shape[0]!, step: 2 }]),
      (x) => reshape(x, [x.shape[1]!, x.shape[0]!]),
    ];
    const chains = fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(chains, fc.integer({ min: 0, max: 1000 }), async (chain, seed) => {
        const values = draw([3, 4], seed);
        const total = (factor: number): Promise<number[]> =>
          slope(values, (x) =>
            mul(
              chain.reduce((y, next) => next(y), x),
              factor,
            ),
          );
        const [once, threeTimes] = [await total(1), await total(3)];
        const expected = once.map((value) => 3 * value);
        expect(distance(threeTimes, expected)).toBeLessThan(1e-5);
      }),
      { numRuns: 25, seed: 4 },
    );
  });

  test('only a scalar can be differentiated, and only through what has a gradient', () => {
    const x = leaf('x', [3]);
    expect(() => gradients(x, [x])).toThrow(/shape \[3\]; only a scalar/);
    const opaque = applyOperator('Round', [x], { shape: [3] });
    expect(() => gradients(sum(opaque), [x])).toThrow(
      expect.objectContaining({ code: 'GRADIENT_MISSING' }),
    );
    expect(gradients(sum(step(x)), [x])[0]!.shape).toEqual([3]);
  });
});

test('equal subexpressions are computed once', () => {
  const x = leaf('x', [4]);
  const build = (): Tensor => exp(mul(relu(x), 2));
  const graph = emitGraph([['y', add(build(), build())]], [{ tensor: x }], { target: 'portable' });
  expect(graph.nodes.map(({ operator }) => operator)).toEqual(['Relu', 'Mul', 'Exp', 'Add']);
});

test('a training graph multiplies transposed matrices without transposing them', () => {
  const [a, b] = [leaf('a', [8, 4]), leaf('b', [6, 4])];
  const loss = sum(square(matmul(a, transpose(b, [1, 0]))));
  const outputs = gradients(loss, [a, b]).map((tensor, i) => [`g${i}`, tensor] as const);
  const graph = emitGraph(outputs, [{ tensor: a }, { tensor: b }], { target: 'native' });
  const kinds = graph.nodes.map(({ operator }) => operator);
  expect(kinds).not.toContain('Transpose');
  expect(kinds.filter((kind) => kind === 'FusedMatMul')).toHaveLength(2); // a·bᵀ and gᵀ·a; g·b is plain
});

describe('wrong shapes', () => {
  const x = leaf('x', [2, 3]);
  const image = leaf('image', [2, 3, 8, 8]);
  const cases: readonly [string, () => unknown][] = [
    ['add of [2, 3] and [2]: sizes 3 and 2 do not broadcast', () => add(x, leaf('y', [2]))],
    ['matmul of [2, 3] and [2, 3]: inner sizes 3 and 2 differ', () => matmul(x, x)],
    ['matmul of [2, 3] and [3]: both need two axes', () => matmul(x, leaf('y', [3]))],
    ['linear of [2, 3] and [4, 2]: needs', () => linear(x, leaf('w', [4, 2]))],
    ['reshape of [2, 3] and [4, 2]: the numbers of elements differ', () => reshape(x, [4, 2])],
    ['reshape of [2, 3] and [4, -1]: the numbers of elements differ', () => reshape(x, [4, -1])],
    ['transpose of [2, 3]: [0, 0] is not a permutation of its axes', () => transpose(x, [0, 0])],
    [
      'concat of [2, 3] and [3, 3]: they differ outside of axis 1',
      () => concat([x, leaf('y', [3, 3])], 1),
    ],
    ['split of [2, 3]: [1, 1] does not divide axis 1', () => split(x, 1, [1, 1])],
    ['split of [2, 3]: [1.5, 1.5] does not divide axis 1', () => split(x, 1, 2)],
    ['slice of [2, 3]: axis 1 has no 1…5 step 1', () => slice(x, [{ axis: 1, start: 1, end: 5 }])],
    ['pad of [2, 3]: cannot be padded', () => pad(x, [[1, 1]])],
    ['gather of [2, 3]: axis 0 has no entry 2', () => gather(x, 0, [2])],
    ['sum of [2, 3]: has no axis 2', () => sum(x, [2])],
    ['mean of [2, 3]: axes 0, 0 repeat', () => mean(x, [0, 0])],
    [
      'conv of [2, 3, 8, 8] and [4, 2, 3, 3]: 3 channels in 1 groups',
      () => conv(image, leaf('w', [4, 2, 3, 3])),
    ],
    [
      'conv of [2, 3, 8, 8] and [4, 3, 9, 9]: the kernel is larger',
      () => conv(image, leaf('w', [4, 3, 9, 9])),
    ],
    ['conv of [2, 3] and [2, 3]: needs', () => conv(x, x)],
    [
      'conv of [4, 3, 1, 1] and [3]: the bias needs shape [4]',
      () => conv(image, leaf('w', [4, 3, 1, 1]), { bias: leaf('b', [3]) }),
    ],
    [
      "padding 'same' needs stride 1",
      () => conv(image, leaf('w', [4, 3, 3, 3]), { stride: 2, padding: 'same' }),
    ],
    ['maxPool of [2, 3]: needs', () => maxPool(x, { kernel: 2 })],
    [
      'maxPool of [2, 3, 8, 8]: kernel 2, stride 2, padding 2',
      () => maxPool(image, { kernel: 2, padding: 2 }),
    ],
    [
      'layerNorm of [2, 3] and [2] and [3]',
      () => layerNorm(x, { weight: leaf('w', [2]), bias: leaf('b', [3]) }),
    ],
    [
      'batchNorm of [2, 3] and [2]',
      () => normalizeBatch(x, { weight: leaf('w', [2]), bias: leaf('b', [3]) }, 1e-5),
    ],
    ['crossEntropy of [2, 3] and [2]', () => crossEntropy(x, leaf('y', [2]))],
    [
      'crossEntropy of [2, 3] and [3]: needs weights [n]',
      () => crossEntropy(x, x, { weights: leaf('w', [3]) }),
    ],
    ['linearRecurrence of [2, 3] and [3, 3]', () => linearRecurrence(x, leaf('y', [3, 3]))],
    [
      'selectiveScan of [2, 3, 4]',
      () => selectiveScan(leaf('u', [2, 3, 4]), { delta: x, a: x, b: x, c: x }),
    ],
    ['constant of [2, 2]: needs 4 numbers, got 3', () => constant(new Float32Array(3), [2, 2])],
  ];
  test.each(cases)('%s', (message, act) => {
    expect(act).toThrow(
      expect.objectContaining({
        code: 'SHAPE_MISMATCH',
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});

test('operations that change nothing add no node', () => {
  const x = leaf('x', [2, 3]);
  const unchanged = [
    reshape(x, [2, 3]),
    transpose(x, [0, 1]),
    concat([x], 0),
    slice(x, [{ axis: 0, start: 0, end: 2 }]),
    pad(x, [
      [0, 0],
      [0, 0],
    ]),
    reshape(reshape(x, [6]), [2, 3]),
    sum(x, []),
  ];
  for (const tensor of unchanged) expect(tensor).toBe(x);
  expect(zeros([])).toMatchObject({ shape: [] });
  expect(scalar(2).shape).toEqual([]);
});
