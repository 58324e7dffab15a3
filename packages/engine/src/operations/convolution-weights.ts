/**
 * @file The gradient of a convolution with respect to its weights.
 *
 * Written as im2col: one strided slice of the padded input per tap of the
 * kernel, joined, times the cotangent. The side with fewer channels is the one
 * that is sliced, and the larger free side of the product gives the rows.
 */
import { range, sizeOf, type Shape, type Tensor } from '../tensor.ts';
import { reshape, sum } from './broadcast.ts';
import { mul } from './elementwise.ts';
import { concat, flip, pad, slice, split, transpose, type PadWidth } from './layout.ts';
import { product } from './matmul.ts';

/** The geometry of a convolution, with all defaults resolved. */
export interface ConvolutionGeometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly padding: readonly PadWidth[];
  readonly groups: number;
  /** Spatial size of the output. */
  readonly output: readonly number[];
}

/** From this many positions on, one product per sample beats one for the batch. */
const MANY_POSITIONS = 256;

/** Cotangent of the weights, `[out, in / groups, …kernel]`. */
export function weightGradient(
  x: Tensor,
  g: Tensor,
  shape: Shape,
  geometry: ConvolutionGeometry,
): Tensor {
  const { kernel, strides, padding, groups, output } = geometry;
  const channels = x.shape[1]!;
  const out = shape[0]!;
  if (groups === channels && out === channels) return depthwise(x, g, shape, geometry);
  if (groups > 1) {
    const parts = split(g, 1, groups);
    const single = { ...geometry, groups: 1 };
    const partShape = [out / groups, ...shape.slice(1)];
    return concat(
      split(x, 1, groups).map((part, i) => weightGradient(part, parts[i]!, partShape, single)),
      0,
    );
  }
  const patches =
    sizeOf(kernel) > 1 &&
    kernel.every((k, i) => k === strides[i] && k * output[i]! === x.shape[i + 2]) &&
    padding.flat().every((width) => width === 0);
  if (patches) return patchGradient(x, g, shape, geometry);
  const shiftCotangent =
    out < channels &&
    sizeOf(kernel) > 1 &&
    strides.every((s) => s === 1) &&
    padding.every(([before, after], i) => before < kernel[i]! && after < kernel[i]!);
  return shiftCotangent
    ? slicedCotangent(x, g, shape, geometry)
    : slicedInput(x, g, shape, geometry);
}

function depthwise(x: Tensor, g: Tensor, shape: Shape, geometry: ConvolutionGeometry): Tensor {
  const over = [0, ...range(geometry.kernel.length).map((i) => i + 2)];
  const rows = taps(x, geometry.padding, geometry).map((tap) =>
    reshape(sum(mul(tap, g), over), [1, shape[0]!]),
  );
  return reshape(transpose(concat(rows, 0), [1, 0]), shape);
}

/** Kernels that tile the input: im2col is a transpose. */
function patchGradient(x: Tensor, g: Tensor, shape: Shape, geometry: ConvolutionGeometry): Tensor {
  const { kernel, output } = geometry;
  const [n, channels] = [x.shape[0]!, x.shape[1]!];
  const axes = range(kernel.length);
  const cells = reshape(x, [n, channels, ...output.flatMap((size, i) => [size, kernel[i]!])]);
  const order = [0, ...axes.map((i) => 2 + 2 * i), 1, ...axes.map((i) => 3 + 2 * i)];
  const positions = n * sizeOf(output);
  const columns = reshape(transpose(cells, order), [positions, channels * sizeOf(kernel)]);
  const rows = reshape(transpose(g, [0, ...axes.map((i) => i + 2), 1]), [positions, shape[0]!]);
  return reshape(product(rows, columns, { transposeA: true }), shape);
}

function slicedInput(x: Tensor, g: Tensor, shape: Shape, geometry: ConvolutionGeometry): Tensor {
  const [out, channels] = [shape[0]!, shape[1]!];
  const flat = tapProduct((t) => taps(t, geometry.padding, geometry), x, g);
  const cube = reshape(flat, [sizeOf(geometry.kernel), channels, out]);
  return reshape(transpose(cube, [2, 1, 0]), shape);
}

/** With stride 1 the taps may shift the cotangent instead of the input; they then come out reversed. */
function slicedCotangent(
  x: Tensor,
  g: Tensor,
  shape: Shape,
  geometry: ConvolutionGeometry,
): Tensor {
  const { kernel, padding } = geometry;
  const [out, channels] = [shape[0]!, shape[1]!];
  const around = kernel.map((k, i): PadWidth => [k - 1 - padding[i]![0], k - 1 - padding[i]![1]]);
  const swapped = { ...geometry, output: x.shape.slice(2) };
  const flat = tapProduct((t) => taps(t, around, swapped), g, x);
  const cube = reshape(flat, [sizeOf(kernel), out, channels]);
  const turned = reshape(transpose(cube, [1, 2, 0]), shape);
  return flip(
    turned,
    range(kernel.length).map((i) => i + 2),
  );
}

/** `[taps · channels of sliced, channels of other]`: each tap of `sliced` against `other`, summed over samples and positions. */
function tapProduct(cut: (t: Tensor) => readonly Tensor[], sliced: Tensor, other: Tensor): Tensor {
  const n = sliced.shape[0]!;
  const channels = sliced.shape[1]!;
  const others = other.shape[1]!;
  const positions = sizeOf(other.shape.slice(2));
  if (positions >= MANY_POSITIONS) {
    const pieces = cut(sliced).map((tap) => reshape(tap, [n, channels, positions]));
    const columns = concat(pieces, 1);
    const rows = reshape(other, [n, others, positions]);
    return columns.shape[1]! >= others
      ? sum(product(columns, rows, { transposeB: true }), [0])
      : transpose(sum(product(rows, columns, { transposeB: true }), [0]), [1, 0]);
  }
  const front = [1, 0, ...range(other.shape.length - 2).map((i) => i + 2)];
  const pieces = cut(transpose(sliced, front)).map((tap) =>
    reshape(tap, [channels, n * positions]),
  );
  const columns = concat(pieces, 0);
  const rows = reshape(transpose(other, front), [others, n * positions]);
  return columns.shape[0]! >= others
    ? product(columns, rows, { transposeB: true })
    : transpose(product(rows, columns, { transposeB: true }), [1, 0]);
}

/** The input of each tap of the kernel, in row-major order. */
function taps(x: Tensor, padding: readonly PadWidth[], geometry: ConvolutionGeometry): Tensor[] {
  const { kernel, strides, output } = geometry;
  const padded = pad(x, [[0, 0], [0, 0], ...padding]);
  return range(sizeOf(kernel)).map((tap) => {
    let rest = tap;
    const offsets = kernel
      .toReversed()
      .map((size) => {
        const offset = rest % size;
        rest = Math.floor(rest / size);
        return offset;
      })
      .toReversed();
    return slice(
      padded,
      offsets.map((start, i) => ({
        axis: i + 2,
        start,
        end: start + (output[i]! - 1) * strides[i]! + 1,
        step: strides[i]!,
      })),
    );
  });
}
