/**
 * @file One list of cases for every operation of the engine: how to call it,
 * and the same computation written plainly over float64 arrays.
 */
import * as broadcast from './operations/broadcast.ts';
import * as elementwise from './operations/elementwise.ts';
import * as layout from './operations/layout.ts';
import * as loss from './operations/loss.ts';
import { linear } from './operations/linear.ts';
import * as matrices from './operations/matmul.ts';
import * as reductions from './operations/reduce.ts';
import {
  at,
  broadcastAt,
  draw,
  indices,
  make,
  reduce,
  reshaped,
  type Numbers,
} from './reference.cases.ts';
import type { Tensor } from './tensor.ts';

/** An operation on certain shapes. */
export interface Case {
  /** The exported function. */
  readonly operation: string;
  /** What is special about the case. */
  readonly note: string;
  readonly operands: readonly Numbers[];
  readonly build: (tensors: readonly Tensor[]) => Tensor;
  readonly reference: (operands: readonly Numbers[]) => Numbers;
  /** Without a gradient. */
  readonly constant?: true;
}

/** The part of a list that the file's cases share. */
export function single(
  operation: string,
  note: string,
  parts: Omit<Case, 'operation' | 'note'>,
): Case {
  return { operation, note, ...parts };
}

/** Error function by its series; exact to 1e-12 within ±4. */
function erf(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 80; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (total * 2) / Math.sqrt(Math.PI);
}

const awayFromZero = (x: number): number => x + Math.sign(x) * 0.1;
const positive = (x: number): number => Math.abs(x) + 0.3;
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

const unary: Readonly<
  Record<string, [(x: Tensor) => Tensor, (x: number) => number, ((x: number) => number)?]>
> = {
  abs: [elementwise.abs, Math.abs, awayFromZero],
  exp: [elementwise.exp, Math.exp],
  gelu: [elementwise.gelu, (x) => (x * (1 + erf(x / Math.SQRT2))) / 2],
  log: [elementwise.log, Math.log, positive],
  neg: [elementwise.neg, (x) => -x],
  reciprocal: [elementwise.reciprocal, (x) => 1 / x, positive],
  relu: [elementwise.relu, (x) => Math.max(x, 0), awayFromZero],
  sigmoid: [elementwise.sigmoid, logistic],
  silu: [elementwise.silu, (x) => x * logistic(x)],
  softplus: [elementwise.softplus, (x) => Math.log(1 + Math.exp(x))],
  sqrt: [elementwise.sqrt, Math.sqrt, positive],
  square: [elementwise.square, (x) => x * x],
  tanh: [elementwise.tanh, Math.tanh],
};

const unaryCases = Object.entries(unary).map(([operation, [build, value, change]]) =>
  single(operation, 'elements', {
    operands: [draw([3, 7], 1, change)],
    build: ([x]) => build(x!),
    reference: ([x]) => make(x!.shape, (i) => value(at(x!, i))),
  }),
);

const binary: Readonly<
  Record<string, [(a: Tensor, b: Tensor) => Tensor, (a: number, b: number) => number]>
> = {
  add: [elementwise.add, (a, b) => a + b],
  sub: [elementwise.sub, (a, b) => a - b],
  mul: [elementwise.mul, (a, b) => a * b],
  div: [elementwise.div, (a, b) => a / b],
  maximum: [elementwise.maximum, Math.max],
  minimum: [elementwise.minimum, Math.min],
};

const binaryShapes = [
  [
    [2, 3],
    [2, 3],
    [2, 3],
  ],
  [
    [2, 3, 4],
    [3, 1],
    [2, 3, 4],
  ],
  [
    [1, 4],
    [2, 3, 1],
    [2, 3, 4],
  ],
  [[], [2, 2], [2, 2]],
  [[5], [], [5]],
] as const;

const binaryCases = Object.entries(binary).flatMap(([operation, [build, value]]) =>
  binaryShapes.map(([a, b, shape]) =>
    single(operation, `[${a.join()}] and [${b.join()}]`, {
      operands: [draw(a, 2), draw(b, 3, positive)],
      build: ([x, y]) => build(x!, y!),
      reference: ([x, y]) => make(shape, (i) => value(broadcastAt(x!, i), broadcastAt(y!, i))),
    }),
  ),
);

const reduceShape = [2, 3, 4, 2];
const reductionAxes = [[0], [1, 3], [0, 2, 3], [2, 3], [0, 1, 2, 3]];
const reductionKinds: Readonly<
  Record<string, [typeof broadcast.sum, (values: readonly number[]) => number]>
> = {
  sum: [broadcast.sum, (values) => values.reduce((a, b) => a + b, 0)],
  mean: [reductions.mean, (values) => values.reduce((a, b) => a + b, 0) / values.length],
  max: [reductions.max, (values) => Math.max(...values)],
};

const reductionCases = Object.entries(reductionKinds).flatMap(([operation, [build, value]]) =>
  reductionAxes.flatMap((axes) =>
    [true, false].map((keep) =>
      single(operation, `over ${axes.join()}${keep ? ', kept' : ''}`, {
        operands: [draw(reduceShape, 4)],
        build: ([x]) => build(x!, axes, { keep }),
        reference: ([x]) => {
          const kept = reduce(x!, axes, value);
          const shape = reduceShape.filter((_, axis) => !axes.includes(axis));
          return keep ? kept : reshaped(kept, shape);
        },
      }),
    ),
  ),
);

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Sums over so many rows that they are written as a matrix product. */
const rowSumCases: readonly Case[] = [false, true].flatMap((keep) => [
  single('sum', `of 300 rows${keep ? ', kept' : ''}`, {
    operands: [draw([300, 5], 46)],
    build: ([x]) => broadcast.sum(x!, [0], { keep }),
    reference: ([x]) => reshaped(reduce(x!, [0], total), keep ? [1, 5] : [5]),
  }),
  single('sum', `of 20 · 15 rows${keep ? ', kept' : ''}`, {
    operands: [draw([20, 15, 2, 3], 46)],
    build: ([x]) => broadcast.sum(x!, [0, 1], { keep }),
    reference: ([x]) => reshaped(reduce(x!, [0, 1], total), keep ? [1, 1, 2, 3] : [2, 3]),
  }),
]);

function multiply(a: Numbers, b: Numbers): Numbers {
  const lead = a.shape.length > b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  const wide = lead.map((_, i) =>
    Math.max(
      a.shape[a.shape.length - 2 - lead.length + i] ?? 1,
      b.shape[b.shape.length - 2 - lead.length + i] ?? 1,
    ),
  );
  const [m, inner, n] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  return make([...wide, m, n], (index) => {
    const front = index.slice(0, -2);
    const [i, j] = index.slice(-2) as [number, number];
    let total = 0;
    for (let k = 0; k < inner; k++) {
      total += broadcastAt(a, [...front, i, k]) * broadcastAt(b, [...front, k, j]);
    }
    return total;
  });
}

function swapped(x: Numbers): Numbers {
  const [m, n] = x.shape.slice(-2) as [number, number];
  return make([...x.shape.slice(0, -2), n, m], (index) =>
    at(x, [...index.slice(0, -2), index.at(-1)!, index.at(-2)!]),
  );
}

const matrixShapes = [
  [
    [3, 4],
    [4, 2],
  ],
  [
    [2, 3, 4],
    [4, 5],
  ],
  [
    [2, 3, 4],
    [2, 4, 5],
  ],
  [
    [2, 1, 3, 4],
    [3, 4, 2],
  ],
  [
    [3, 4],
    [2, 4, 5],
  ],
] as const;

const matrixCases: readonly Case[] = [
  ...matrixShapes.flatMap(([a, b]) =>
    [0, 1, 2, 3].map((turned) => {
      const [turnA, turnB] = [(turned & 1) === 1, (turned & 2) === 2];
      const given = [draw(a, 12), draw(b, 13)] as const;
      return single('matmul', `[${a.join()}] and [${b.join()}], transposed ${turned}`, {
        operands: [turnA ? swapped(given[0]) : given[0], turnB ? swapped(given[1]) : given[1]],
        build: ([x, y]) =>
          matrices.matmul(turnA ? layout.swapLast(x!) : x!, turnB ? layout.swapLast(y!) : y!),
        reference: ([x, y]) => multiply(turnA ? swapped(x!) : x!, turnB ? swapped(y!) : y!),
      });
    }),
  ),
  ...[[4], [3, 4], [2, 3, 4]].map((shape) =>
    single('linear', `of [${shape.join()}]`, {
      operands: [draw(shape, 14), draw([5, 4], 15), draw([5], 16)],
      build: ([x, w, b]) => linear(x!, w!, b),
      reference: ([x, w, b]) =>
        make([...shape.slice(0, -1), 5], (index) => {
          const [front, out] = [index.slice(0, -1), index.at(-1)!];
          let total = at(b!, [out]);
          for (let k = 0; k < 4; k++) total += at(x!, [...front, k]) * at(w!, [out, k]);
          return total;
        }),
    }),
  ),
  single('linear', 'without bias', {
    operands: [draw([2, 4], 14), draw([5, 4], 15)],
    build: ([x, w]) => linear(x!, w!),
    reference: ([x, w]) => multiply(x!, swapped(w!)),
  }),
];

function logProbability(x: Numbers, i: number, k: number): number {
  const total = indices([x.shape[1]!]).reduce((sum, [j]) => sum + Math.exp(at(x, [i, j!])), 0);
  return at(x, [i, k]) - Math.log(total);
}

const targets = make([4, 3], ([i, j]) => (j === i! % 3 ? 0.9 : 0.05));

const lossCases: readonly Case[] = [
  single('crossEntropy', 'mean', {
    operands: [draw([4, 3], 17), targets],
    build: ([x, y]) => loss.crossEntropy(x!, y!),
    reference: ([x, y]) =>
      make([], () =>
        indices([4, 3]).reduce(
          (s, [i, k]) => s - (at(y!, [i!, k!]) * logProbability(x!, i!, k!)) / 4,
          0,
        ),
      ),
  }),
  single('crossEntropy', 'weighted', {
    operands: [draw([4, 3], 17), targets, draw([4], 18, positive)],
    build: ([x, y, weights]) => loss.crossEntropy(x!, y!, { weights: weights! }),
    reference: ([x, y, w]) =>
      make([], () => {
        const total = w!.data.reduce((a, b) => a + b, 0);
        return indices([4, 3]).reduce(
          (s, [i, k]) => s - (at(w!, [i!]) * at(y!, [i!, k!]) * logProbability(x!, i!, k!)) / total,
          0,
        );
      }),
  }),
];

/** Cases of arithmetic, reductions, matrices and losses. */
export const basicCases: readonly Case[] = [
  ...unaryCases,
  ...binaryCases,
  ...reductionCases,
  ...rowSumCases,
  ...matrixCases,
  ...lossCases,
];
