/**
 * @file Conformance cases of the layers: convolution, pooling, normalization, recurrence.
 */
import { single, type Case } from './conformance.cases.ts';
import { conv, type ConvolutionOptions } from './operations/convolution.ts';
import { reshape } from './operations/broadcast.ts';
import { linear } from './operations/linear.ts';
import {
  layerNorm,
  logSoftmax,
  normalizeBatch,
  normalizeWith,
  softmax,
} from './operations/normalization.ts';
import { averagePool, maxPool, type PoolingOptions } from './operations/pooling.ts';
import { at, draw, indices, make, reduce, type Numbers } from './reference.cases.ts';

// --- Convolution ------------------------------------------------------------

/** Cross-correlation by its definition. */
function convolve(
  x: Numbers,
  w: Numbers,
  {
    bias,
    strides,
    padding,
    groups,
  }: {
    readonly bias: Numbers | undefined;
    readonly strides: readonly number[];
    readonly padding: readonly (readonly [number, number])[];
    readonly groups: number;
  },
): Numbers {
  const kernel = w.shape.slice(2);
  const space = kernel.map((k, i) => {
    const room = x.shape[i + 2]! + padding[i]![0] + padding[i]![1] - k;
    return Math.floor(room / strides[i]!) + 1;
  });
  const perGroup = w.shape[1]!;
  const outPerGroup = w.shape[0]! / groups;
  const taps = indices([perGroup, ...kernel]);
  return make([x.shape[0]!, w.shape[0]!, ...space], ([n, o, ...position]) => {
    const first = Math.floor(o! / outPerGroup) * perGroup;
    return taps.reduce(
      (total, [c, ...tap]) => {
        const from = position.map((p, i) => p * strides[i]! + tap[i]! - padding[i]![0]);
        return total + at(x, [n!, first + c!, ...from]) * at(w, [o!, c!, ...tap]);
      },
      bias ? at(bias, [o!]) : 0,
    );
  });
}

const convolutions: readonly {
  readonly note: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly options?: ConvolutionOptions;
}[] = [
  { note: '3×3', x: [2, 3, 5, 6], w: [4, 3, 3, 3] },
  { note: '3×3 padded', x: [2, 3, 5, 4], w: [4, 3, 3, 3], options: { padding: 1 } },
  { note: '3×3 same', x: [2, 2, 5, 4], w: [3, 2, 3, 3], options: { padding: 'same' } },
  { note: '4×2 same', x: [2, 2, 5, 4], w: [3, 2, 4, 2], options: { padding: 'same' } },
  { note: '3×3 stride 2', x: [2, 3, 8, 8], w: [4, 3, 3, 3], options: { stride: 2, padding: 1 } },
  {
    note: '3×3 stride 2, odd',
    x: [2, 3, 7, 6],
    w: [4, 3, 3, 3],
    options: { stride: 2, padding: 1 },
  },
  { note: '3×3 stride 3 with rest', x: [1, 2, 8, 9], w: [2, 2, 3, 3], options: { stride: 3 } },
  { note: 'strides 2 and 1', x: [2, 2, 6, 5], w: [3, 2, 3, 2], options: { stride: [2, 1] } },
  { note: 'wide padding', x: [1, 2, 4, 4], w: [2, 2, 2, 2], options: { padding: 3 } },
  {
    note: 'uneven padding',
    x: [2, 2, 5, 5],
    w: [3, 2, 3, 3],
    options: {
      padding: [
        [2, 0],
        [0, 1],
      ],
    },
  },
  { note: '1×1', x: [2, 3, 4, 5], w: [4, 3, 1, 1] },
  { note: '1×1 padded', x: [2, 3, 4, 5], w: [4, 3, 1, 1], options: { padding: 1 } },
  { note: '1×1 stride 2', x: [2, 3, 4, 5], w: [4, 3, 1, 1], options: { stride: 2 } },
  { note: 'patches', x: [2, 3, 6, 4], w: [5, 3, 2, 2], options: { stride: 2 } },
  { note: 'fewer outputs than inputs', x: [2, 4, 5, 5], w: [2, 4, 3, 3], options: { padding: 1 } },
  {
    note: 'fewer outputs, uneven padding',
    x: [2, 4, 5, 5],
    w: [2, 4, 3, 2],
    options: {
      padding: [
        [1, 2],
        [0, 1],
      ],
    },
  },
  { note: 'many positions', x: [2, 2, 17, 16], w: [3, 2, 3, 3], options: { padding: 1 } },
  {
    note: 'many positions, fewer outputs',
    x: [1, 4, 17, 16],
    w: [2, 4, 3, 3],
    options: { padding: 1 },
  },
  {
    note: 'many positions, many outputs',
    x: [1, 1, 17, 16],
    w: [12, 1, 3, 3],
    options: { padding: 1 },
  },
  { note: 'two groups', x: [2, 4, 5, 5], w: [6, 2, 3, 3], options: { padding: 1, groups: 2 } },
  {
    note: 'two groups, stride 2',
    x: [2, 4, 5, 6],
    w: [6, 2, 3, 3],
    options: { stride: 2, groups: 2 },
  },
  { note: 'depthwise', x: [2, 3, 5, 5], w: [3, 1, 3, 3], options: { padding: 1, groups: 3 } },
  {
    note: 'depthwise, stride 2',
    x: [2, 3, 5, 6],
    w: [3, 1, 3, 3],
    options: { stride: 2, padding: 1, groups: 3 },
  },
  { note: 'depthwise, two outputs each', x: [2, 3, 5, 5], w: [6, 1, 3, 3], options: { groups: 3 } },
  { note: 'one axis', x: [2, 3, 7], w: [4, 3, 3], options: { padding: 1 } },
  { note: 'one axis, stride 2', x: [2, 3, 7], w: [4, 3, 3], options: { stride: 2, padding: 1 } },
  {
    note: 'one axis, depthwise',
    x: [2, 4, 7],
    w: [4, 1, 3],
    options: { padding: 'same', groups: 4 },
  },
  { note: 'one channel', x: [2, 1, 5, 5], w: [1, 1, 3, 3], options: { padding: 1 } },
];

const convolutionCases = convolutions.flatMap(({ note, x, w, options = {} }) =>
  (note === '3×3' || note === 'two groups' ? [false, true] : [true]).map((withBias) => {
    const kernel = w.slice(2);
    const { padding = 0, stride = 1, groups = 1 } = options;
    const widths = kernel.map((k, i): readonly [number, number] => {
      if (padding === 'same') return [Math.floor((k - 1) / 2), Math.ceil((k - 1) / 2)];
      return typeof padding === 'number' ? [padding, padding] : padding[i]!;
    });
    const strides = typeof stride === 'number' ? kernel.map(() => stride) : stride;
    return single('conv', withBias ? `${note}, with bias` : note, {
      operands: [draw(x, 21), draw(w, 22), ...(withBias ? [draw(w.slice(0, 1), 23)] : [])],
      build: ([image, weight, bias]) => conv(image!, weight!, { ...options, bias: bias ?? null }),
      reference: ([image, weight, bias]) =>
        convolve(image!, weight!, { bias, strides, padding: widths, groups }),
    });
  }),
);

// --- Pooling ----------------------------------------------------------------

function pool(
  x: Numbers,
  { kernel, stride = kernel, padding = 0 }: PoolingOptions,
  combine: (values: readonly number[]) => number,
): Numbers {
  const space = x.shape.slice(2).map((n) => Math.floor((n + 2 * padding - kernel) / stride) + 1);
  const taps = indices([kernel, kernel]);
  return make([...x.shape.slice(0, 2), ...space], ([n, c, i, j]) =>
    combine(
      taps.map(([p, q]) =>
        at(x, [n!, c!, i! * stride + p! - padding, j! * stride + q! - padding], -Infinity),
      ),
    ),
  );
}

const poolings: readonly { readonly x: readonly number[]; readonly options: PoolingOptions }[] = [
  { x: [2, 2, 4, 6], options: { kernel: 2 } },
  { x: [2, 2, 5, 7], options: { kernel: 2 } },
  { x: [2, 2, 6, 6], options: { kernel: 3, padding: 1 } },
  { x: [1, 2, 7, 8], options: { kernel: 3, padding: 1 } },
  { x: [2, 2, 6, 5], options: { kernel: 3, stride: 2, padding: 1 } },
  { x: [2, 2, 5, 5], options: { kernel: 3, stride: 1, padding: 1 } },
  { x: [1, 2, 7, 6], options: { kernel: 2, stride: 3 } },
];

const poolingCases: readonly Case[] = [
  ...poolings.map(({ x, options }) =>
    single('maxPool', `${JSON.stringify(options)} of [${x.join()}]`, {
      operands: [draw(x, 24)],
      build: ([image]) => maxPool(image!, options),
      reference: ([image]) => pool(image!, options, (values) => Math.max(...values)),
    }),
  ),
  ...poolings
    .filter(({ options }) => options.padding === undefined)
    .map(({ x, options }) =>
      single('averagePool', `${JSON.stringify(options)} of [${x.join()}]`, {
        operands: [draw(x, 25)],
        build: ([image]) => averagePool(image!, options),
        reference: ([image]) =>
          pool(image!, options, (values) => values.reduce((a, b) => a + b, 0) / values.length),
      }),
    ),
];

// --- Normalization ----------------------------------------------------------

const positive = (x: number): number => Math.abs(x) + 0.3;
const average = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

function channelStatistics(x: Numbers): { readonly mean: Numbers; readonly variance: Numbers } {
  const axes = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const flat = (reduced: Numbers): Numbers => ({ shape: [x.shape[1]!], data: reduced.data });
  const mean = flat(reduce(x, axes, average));
  const squares = make(x.shape, (i) => (at(x, i) - at(mean, [i[1]!])) ** 2);
  return { mean, variance: flat(reduce(squares, axes, average)) };
}

function normalized(
  x: Numbers,
  parts: Readonly<Record<'weight' | 'bias' | 'mean' | 'variance', Numbers>>,
): Numbers {
  return make(x.shape, (i) => {
    const c = [i[1]!];
    const unit = (at(x, i) - at(parts.mean, c)) / Math.sqrt(at(parts.variance, c) + 1e-3);
    return unit * at(parts.weight, c) + at(parts.bias, c);
  });
}

const batchShapes = [
  [4, 3],
  [3, 2, 5],
  [3, 2, 4, 3],
  [2, 3, 5, 4],
];

const normalizationCases: readonly Case[] = [
  ...batchShapes.flatMap((shape): Case[] => {
    const vector = [shape[1]!];
    const note = `[${shape.join()}]`;
    const operands = [draw(shape, 26), draw(vector, 27, positive), draw(vector, 28)];
    return [
      single('normalizeBatch', note, {
        operands,
        build: ([x, weight, bias]) =>
          normalizeBatch(x!, { weight: weight!, bias: bias! }, 1e-3).output,
        reference: ([x, weight, bias]) =>
          normalized(x!, { weight: weight!, bias: bias!, ...channelStatistics(x!) }),
      }),
      ...(['mean', 'variance'] as const).map((which) =>
        single('normalizeBatch', `${note}, its ${which}`, {
          operands,
          build: ([x, weight, bias]) =>
            normalizeBatch(x!, { weight: weight!, bias: bias! }, 1e-3)[which],
          reference: ([x]) => channelStatistics(x!)[which],
        }),
      ),
      single('normalizeWith', note, {
        operands: [...operands, draw(vector, 29), draw(vector, 30, positive)],
        build: ([x, weight, bias, mean, variance]) =>
          normalizeWith(
            x!,
            { weight: weight!, bias: bias!, mean: mean!, variance: variance! },
            1e-3,
          ),
        reference: ([x, weight, bias, mean, variance]) =>
          normalized(x!, { weight: weight!, bias: bias!, mean: mean!, variance: variance! }),
      }),
    ];
  }),
  ...[[6], [3, 6], [2, 3, 6], [3, 70]].map((shape) => {
    const d = shape.at(-1)!;
    return single('layerNorm', `[${shape.join()}]`, {
      operands: [draw(shape, 31), draw([d], 32, positive), draw([d], 33)],
      build: ([x, weight, bias]) =>
        layerNorm(x!, { weight: weight!, bias: bias! }, { epsilon: 1e-3 }),
      reference: ([x, weight, bias]) => rowsNormalized(x!, weight!, bias!),
    });
  }),
  ...[[6], [3, 6], [2, 3, 6]].flatMap((shape) =>
    [false, true].map((withBias) =>
      single('linear', `of layerNorm [${shape.join()}]${withBias ? ', with bias' : ''}`, {
        operands: [
          draw(shape, 31),
          draw([6], 32, positive),
          draw([6], 33),
          draw([5, 6], 43),
          ...(withBias ? [draw([5], 44)] : []),
        ],
        build: ([x, weight, bias, matrix, offset]) => {
          const normal = layerNorm(x!, { weight: weight!, bias: bias! }, { epsilon: 1e-3 });
          return linear(reshape(normal, [-1, 6]), matrix!, offset ?? null);
        },
        reference: ([x, weight, bias, matrix, offset]) => {
          const { data } = rowsNormalized(x!, weight!, bias!);
          return make([data.length / 6, 5], ([row, out]) => {
            let total = offset ? at(offset, [out!]) : 0;
            for (let k = 0; k < 6; k++) total += data[row! * 6 + k]! * at(matrix!, [out!, k]);
            return total;
          });
        },
      }),
    ),
  ),
  ...[-1, 1].flatMap((axis) =>
    (['softmax', 'logSoftmax'] as const).map((operation) =>
      single(operation, `axis ${axis}`, {
        operands: [draw([2, 3, 4], 34)],
        build: ([x]) => (operation === 'softmax' ? softmax : logSoftmax)(x!, axis),
        reference: ([x]) => {
          const powers = make(x!.shape, (i) => Math.exp(at(x!, i)));
          const over = axis === 1 ? 1 : 2;
          const total = reduce(powers, [over], (values) => values.reduce((a, b) => a + b, 0));
          return make(x!.shape, (i) => {
            const share = at(powers, i) / at(total, i.with(over, 0));
            return operation === 'softmax' ? share : Math.log(share);
          });
        },
      }),
    ),
  ),
];

// --- Recurrence -------------------------------------------------------------

/** Layer normalization over the last axis, with epsilon 0.001. */
function rowsNormalized(x: Numbers, weight: Numbers, bias: Numbers): Numbers {
  const last = [x.shape.length - 1];
  const mean = reduce(x, last, average);
  const row = (i: readonly number[]): number[] => [...i.slice(0, -1), 0];
  const squares = make(x.shape, (i) => (at(x, i) - at(mean, row(i))) ** 2);
  const variance = reduce(squares, last, average);
  return make(x.shape, (i) => {
    const unit = (at(x, i) - at(mean, row(i))) / Math.sqrt(at(variance, row(i)) + 1e-3);
    return unit * at(weight, [i.at(-1)!]) + at(bias, [i.at(-1)!]);
  });
}

/** Cases of the layers. */
export const layerCases: readonly Case[] = [
  ...convolutionCases,
  ...poolingCases,
  ...normalizationCases,
];
