/**
 * @file Normalization and the softmax family.
 *
 * Batch normalization: Ioffe and Szegedy 2015. Layer normalization: Ba, Kiros
 * and Hinton 2016.
 */
import {
  applyCustom,
  applyOperator,
  constant,
  range,
  resolveAxis,
  shapeError,
  sizeOf,
  withGradient,
  type Tensor,
} from '../tensor.ts';
import { reshape, sum } from './broadcast.ts';
import { add, exp, mul, neg, reciprocal, sqrt, sub } from './elementwise.ts';
import { channelShape } from './layout.ts';
import { product } from './matmul.ts';
import { mean } from './reduce.ts';

/** Scale and shift of a normalization, each `[channels]`. */
export interface Affine {
  /** Factor of each channel, `[channels]`. */
  readonly weight: Tensor;
  /** Summand of each channel, `[channels]`. */
  readonly bias: Tensor;
}

/** Running statistics of a batch normalization, each `[channels]`. */
export interface Statistics {
  /** Mean of each channel, `[channels]`. */
  readonly mean: Tensor;
  /** Variance of each channel, `[channels]`. */
  readonly variance: Tensor;
}

/** Batch normalization with given statistics, as in inference; x `[n, channels, …]`. */
export function normalizeWith(
  x: Tensor,
  { weight, bias, mean: center, variance }: Affine & Statistics,
  epsilon: number,
): Tensor {
  checkChannels(x, [weight, bias, center, variance]);
  return applyOperator('BatchNormalization', [x, weight, bias, center, variance], {
    shape: x.shape,
    attributes: { epsilon: { float: epsilon } },
    gradient: (g) => {
      const shape = channelShape(x.shape);
      const axes = range(x.shape.length).filter((i) => i !== 1);
      const inverse = reciprocal(sqrt(add(variance, epsilon)));
      const unit = mul(sub(x, reshape(center, shape)), reshape(inverse, shape));
      const scale = mul(weight, inverse);
      const shift = sum(g, axes);
      const slope = sum(mul(g, unit), axes);
      return [
        mul(g, reshape(scale, shape)),
        slope,
        shift,
        neg(mul(scale, shift)),
        mul(mul(mul(weight, slope), mul(inverse, inverse)), -0.5),
      ];
    },
  });
}

/**
 * Batch normalization with the statistics of the batch, as in training; x `[n, channels, …]`.
 *
 * @returns the result and the batch's mean and biased variance, each `[channels]`
 */
export function normalizeBatch(
  x: Tensor,
  { weight, bias }: Affine,
  epsilon: number,
): { readonly output: Tensor; readonly mean: Tensor; readonly variance: Tensor } {
  checkChannels(x, [weight, bias]);
  const channels = x.shape[1]!;
  const axes = range(x.shape.length).filter((i) => i !== 1);
  const shape = channelShape(x.shape);
  const count = sizeOf(x.shape) / channels;
  const center = mean(x, axes, { keep: true });
  const centered = sub(x, center);
  const variance = rowProduct(centered, centered, count);
  const inverse = reciprocal(sqrt(add(variance, epsilon)));
  const scale = mul(weight, inverse);
  const output = withGradient(affine(centered, scale, bias), [x, weight, bias], (g) => {
    const average = mean(g, axes);
    const slope = rowProduct(g, centered, count);
    const along = mul(scale, mul(mul(inverse, inverse), slope));
    const dx = sub(
      affine(g, scale, neg(mul(scale, average))),
      mul(centered, reshape(along, shape)),
    );
    return [dx, mul(mul(slope, inverse), count), mul(average, count)];
  });
  return { output, mean: reshape(center, [channels]), variance };
}

/** Mean over all but the channels of `a · b`, as matrix products of rows: faster than a reduction. */
function rowProduct(a: Tensor, b: Tensor, count: number): Tensor {
  const [n, channels] = [a.shape[0]!, a.shape[1]!];
  const width = sizeOf(a.shape.slice(2));
  if (width < 16) {
    const axes = range(a.shape.length).filter((i) => i !== 1);
    return mul(sum(mul(a, b), axes), 1 / count);
  }
  const rows = (t: Tensor): Tensor => reshape(t, [n * channels, 1, width]);
  const squares = reshape(product(rows(a), rows(b), { transposeB: true }), [n, channels]);
  return mul(sum(squares, [0]), 1 / count);
}

/** `x · scale + bias` per channel in one pass. */
function affine(x: Tensor, scale: Tensor, bias: Tensor): Tensor {
  const channels = x.shape[1]!;
  const zero = constant(new Float32Array(channels), [channels]);
  const one = constant(new Float32Array(channels).fill(1), [channels]);
  return applyOperator('BatchNormalization', [x, scale, bias, zero, one], {
    shape: x.shape,
    attributes: { epsilon: { float: 0 } },
  });
}

/** Layer normalization over the last axis; weight and bias are `[size of that axis]`. */
export function layerNorm(
  x: Tensor,
  { weight, bias }: Affine,
  options: { readonly epsilon?: number } = {},
): Tensor {
  const rank = x.shape.length;
  const width = x.shape.at(-1) ?? 0;
  if (rank < 1 || weight.shape[0] !== width || bias.shape[0] !== width) {
    throw shapeError('layerNorm', [x.shape, weight.shape, bias.shape], 'needs [..., d], [d], [d]');
  }
  const epsilon = options.epsilon ?? 1e-5;
  const rows = [...x.shape.slice(0, -1), 1];
  return applyCustom({
    name: NORMALIZATION,
    inputs: [x, weight, bias],
    shapes: [x.shape, rows, rows],
    attributes: { epsilon: { float: epsilon } },
    signature: `LayerNormalization${epsilon}`,
    emit: (graph, names) => {
      const attributes = { axis: -1, epsilon: { float: epsilon } };
      if (graph.target === 'native') {
        return graph.node('LayerNormalization', names, { attributes, outputs: 3 });
      }
      return [graph.one('LayerNormalization', names, attributes), '', ''];
    },
    gradient:
      ([, center, inverse]) =>
      ([g]) => {
        const centered = sub(x, center!);
        const along = mul(g!, inverse!);
        const slope = mul(along, centered);
        // Row means of slope·weight, and along·weight without its row mean, as matrix products.
        const column = reshape(mul(weight, 1 / width), [width, 1]);
        const pull = mul(product(matrix(slope), column), mul(inverse!, inverse!));
        const lead = range(rank - 1);
        return [
          sub(withoutMean(along, weight, column), mul(centered, pull)),
          sum(slope, lead),
          sum(g!, lead),
        ];
      },
  })[0]!;
}

const NORMALIZATION = 'LayerNormalization';

/** Up to this width, one matrix product is quicker than a product and a difference. */
const NARROW = 64;

/** Rows of `x · weight` less their mean; `column` is the weight over its length. */
function withoutMean(x: Tensor, weight: Tensor, column: Tensor): Tensor {
  const width = weight.shape[0]!;
  if (width > NARROW) return sub(mul(x, weight), product(matrix(x), column));
  const unit = new Float32Array(width * width);
  for (let i = 0; i < width; i++) unit[i * (width + 1)] = 1;
  const scaled = mul(constant(unit, [width, width]), weight);
  return reshape(product(matrix(x), sub(scaled, column)), x.shape);
}

/** What `x` normalizes over its last axis, where it does, whatever shape it was given since. */
export function normalizationOf(
  x: Tensor,
  width: number,
): (Affine & { readonly source: Tensor; readonly epsilon: number }) | null {
  const result = x.operation?.name === 'Reshape' ? x.operation.inputs[0]! : x;
  const { operation, index } = result;
  if (operation?.name !== NORMALIZATION || index !== 0) return null;
  const [source, weight, bias] = operation.inputs as [Tensor, Tensor, Tensor];
  if (source.shape.at(-1) !== width) return null;
  const { float: epsilon } = operation.attributes['epsilon'] as { readonly float: number };
  return { source, weight, bias, epsilon };
}

const matrix = (x: Tensor): Tensor => (x.shape.length === 1 ? reshape(x, [1, -1]) : x);

/** `eˣ / Σ eˣ` over an axis, the last by default. */
export function softmax(x: Tensor, axis = -1): Tensor {
  const at = resolveAxis('softmax', x.shape, axis);
  return applyOperator('Softmax', [x], {
    shape: x.shape,
    attributes: { axis: at },
    gradient: (g, y) => {
      const weighted = mul(g, y);
      return [sub(weighted, mul(y, sum(weighted, [at], { keep: true })))];
    },
  });
}

/** Logarithm of {@link softmax}, without overflow. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const at = resolveAxis('logSoftmax', x.shape, axis);
  return applyOperator('LogSoftmax', [x], {
    shape: x.shape,
    attributes: { axis: at },
    gradient: (g, y) => [sub(g, mul(exp(y), sum(g, [at], { keep: true })))],
  });
}

function checkChannels(x: Tensor, vectors: readonly Tensor[]): void {
  for (const vector of vectors) {
    if (x.shape.length < 2 || vector.shape.length !== 1 || vector.shape[0] !== x.shape[1]) {
      throw shapeError(
        'batchNorm',
        [x.shape, vector.shape],
        'needs [n, channels, ...] and [channels]',
      );
    }
  }
}
