/**
 * @file Pooling over two spatial axes.
 */
import { applyOperator, constant, range, shapeError, type Shape, type Tensor } from '../tensor.ts';
import { add, div, mul, step, sub } from './elementwise.ts';
import { conv } from './convolution.ts';
import { dilate, pad, slice } from './layout.ts';
import { product } from './matmul.ts';

/** Below every number a network produces; padding with it never wins a maximum. */
const LOWEST = -1e30;

/** How a pooling window moves. */
export interface PoolingOptions {
  /** Side of the square window. */
  readonly kernel: number;
  /** Defaults to the kernel. */
  readonly stride?: number;
  /** Rows and columns added on every side. @defaultValue 0 */
  readonly padding?: number;
}

/**
 * Largest value of each window; equal maxima share the gradient.
 *
 * @param x - `[n, channels, height, width]`
 */
export function maxPool(x: Tensor, options: PoolingOptions): Tensor {
  const { kernel, stride = kernel, padding = 0 } = options;
  const shape = pooledShape('maxPool', x.shape, options);
  return applyOperator('MaxPool', [x], {
    shape,
    attributes: {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    },
    gradient: (g, y) => [
      kernel === stride
        ? separateGradient(x, y, g, { kernel, padding })
        : overlappingGradient(x, y, g, { kernel, stride, padding }),
    ],
  });
}

/**
 * Mean of each window, without padding; a remainder at the end is dropped.
 * Written as a depthwise convolution, which is faster in ONNX Runtime than AveragePool.
 *
 * @param x - `[n, channels, height, width]`
 */
export function averagePool(x: Tensor, options: Omit<PoolingOptions, 'padding'>): Tensor {
  const { kernel, stride = kernel } = options;
  pooledShape('averagePool', x.shape, options);
  const channels = x.shape[1]!;
  const weight = window(channels, kernel, 1 / (kernel * kernel));
  return conv(x, weight, { stride, groups: channels });
}

/** Windows that do not overlap: repeat the result, compare, mask. */
function separateGradient(
  x: Tensor,
  y: Tensor,
  g: Tensor,
  { kernel, padding }: { readonly kernel: number; readonly padding: number },
): Tensor {
  const channels = x.shape[1]!;
  const spread = (t: Tensor): Tensor =>
    Math.max(x.shape[2]!, x.shape[3]!) <= SMALL_SIDE
      ? spreadByProducts(t, x.shape, { kernel, padding })
      : fit(repeat(t, kernel), x.shape, padding);
  const winners = step(sub(x, spread(y)), 1);
  const count = applyOperator('Conv', [winners, window(channels, kernel, 1)], {
    shape: y.shape,
    attributes: {
      kernel_shape: [kernel, kernel],
      strides: [kernel, kernel],
      pads: [padding, padding, padding, padding],
      group: channels,
    },
  });
  return mul(spread(div(g, count)), winners);
}

/** Up to this side, two small matrix products spread windows over a map in half the time of a resize and a crop. */
const SMALL_SIDE = 32;

/** Each position of a map gets the value of its window, or 0 outside of all windows. */
function spreadByProducts(
  t: Tensor,
  shape: Shape,
  { kernel, padding }: { readonly kernel: number; readonly padding: number },
): Tensor {
  /** 1 where a position belongs to a window, `[windows, positions]`. */
  const membership = (axis: number): Tensor => {
    const [windows, places] = [t.shape[axis]!, shape[axis]!];
    const data = new Float32Array(windows * places);
    for (let place = 0; place < places; place++) {
      const of = Math.floor((place + padding) / kernel);
      if (of < windows) data[of * places + place] = 1;
    }
    return constant(data, [windows, places]);
  };
  return product(membership(2), product(t, membership(3)), { transposeA: true });
}

/** Windows that overlap: one masked term per tap of the window. */
function overlappingGradient(
  x: Tensor,
  y: Tensor,
  g: Tensor,
  { kernel, stride, padding }: Required<PoolingOptions>,
): Tensor {
  const [height, width] = [x.shape[2]!, x.shape[3]!];
  const border = [padding, padding] as const;
  const padded = pad(x, [[0, 0], [0, 0], border, border], LOWEST);
  const [rows, columns] = [(y.shape[2]! - 1) * stride + 1, (y.shape[3]! - 1) * stride + 1];
  const offsets = range(kernel * kernel).map(
    (tap) => [Math.floor(tap / kernel), tap % kernel] as const,
  );
  const winners = offsets.map(([i, j]) => {
    const tap = slice(padded, [
      { axis: 2, start: i, end: i + rows, step: stride },
      { axis: 3, start: j, end: j + columns, step: stride },
    ]);
    return step(sub(tap, y), 1);
  });
  const share = div(g, winners.reduce(add));
  const terms = offsets.map(([i, j], tap) => {
    const placed = dilate(dilate(mul(share, winners[tap]!), 2, stride), 3, stride);
    return pad(placed, [
      [0, 0],
      [0, 0],
      [i, height + 2 * padding - rows - i],
      [j, width + 2 * padding - columns - j],
    ]);
  });
  return slice(terms.reduce(add), [
    { axis: 2, start: padding, end: padding + height },
    { axis: 3, start: padding, end: padding + width },
  ]);
}

/** Repeats every row and column `times` times. */
function repeat(x: Tensor, times: number): Tensor {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return applyOperator('Resize', [x], {
    shape: [n, c, h * times, w * times],
    attributes: {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    },
    constants: ['', { floats: [1, 1, times, times] }],
  });
}

/** Pads or crops the end so that a map with a border becomes one of `shape` without. */
function fit(x: Tensor, shape: Shape, border: number): Tensor {
  const [rows, columns] = [2, 3].map((axis) => shape[axis]! + border - x.shape[axis]!);
  const before = [0, 0, -border, -border];
  return applyOperator('Pad', [x], {
    shape,
    constants: [[...before, 0, 0, rows!, columns!], 0],
  });
}

function window(channels: number, kernel: number, value: number): Tensor {
  const data = new Float32Array(channels * kernel * kernel).fill(value);
  return constant(data, [channels, 1, kernel, kernel]);
}

function pooledShape(operation: string, shape: Shape, options: PoolingOptions): number[] {
  const { kernel, stride = kernel, padding = 0 } = options;
  if (shape.length !== 4)
    throw shapeError(operation, [shape], 'needs [n, channels, height, width]');
  if (kernel < 1 || stride < 1 || padding < 0 || padding >= kernel) {
    throw shapeError(operation, [shape], `kernel ${kernel}, stride ${stride}, padding ${padding}`);
  }
  const output = shape
    .slice(2)
    .map((size) => Math.floor((size + 2 * padding - kernel) / stride) + 1);
  if (output.some((size) => size < 1)) {
    throw shapeError(operation, [shape], `the window of ${kernel} is larger than the padded input`);
  }
  return [...shape.slice(0, 2), ...output];
}
