/**
 * @file Convolution over one or two spatial axes, with strides and groups.
 *
 * Which ONNX nodes make the gradients fast was measured: the input's gradient
 * is a convolution with flipped weights where strides are 1, the weight's is
 * one slice per tap and a matrix product (convolution-weights.ts).
 */
import { applyOperator, range, shapeError, sizeOf, type Tensor } from '../tensor.ts';
import { reshape, sum } from './broadcast.ts';
import { weightGradient, type ConvolutionGeometry } from './convolution-weights.ts';
import { flip, transpose, type PadWidth } from './layout.ts';
import { product } from './matmul.ts';

/** How a kernel moves over its input. */
export interface ConvolutionOptions {
  /** @defaultValue 1 */
  readonly stride?: number | readonly number[];
  /** Zeros on every side, zeros before and after each axis, or `same`: output of the input's size. @defaultValue 0 */
  readonly padding?: number | readonly PadWidth[] | 'same';
  /** Channel groups that do not mix; as many as channels for a depthwise convolution. @defaultValue 1 */
  readonly groups?: number;
}

/**
 * Cross-correlation, which networks call convolution.
 *
 * @param x - `[n, in, …space]`
 * @param weight - `[out, in / groups, …kernel]`
 */
export function conv(
  x: Tensor,
  weight: Tensor,
  options: ConvolutionOptions & { readonly bias?: Tensor | null } = {},
): Tensor {
  const geometry = convolutionGeometry(x, weight, options);
  const { kernel, strides, padding, groups, output } = geometry;
  const bias = options.bias ?? null;
  const out = weight.shape[0]!;
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== out)) {
    throw shapeError('conv', [weight.shape, bias.shape], `the bias needs shape [${out}]`);
  }
  return applyOperator('Conv', bias ? [x, weight, bias] : [x, weight], {
    shape: [x.shape[0]!, out, ...output],
    attributes: {
      kernel_shape: kernel,
      strides,
      pads: flatWidths(padding),
      group: groups,
    },
    gradient: (g) => [
      inputGradient(x, weight, g, geometry),
      weightGradient(x, g, weight.shape, geometry),
      ...(bias ? [sum(g, [0, ...spaceAxes(kernel.length)])] : []),
    ],
  });
}

function convolutionGeometry(
  x: Tensor,
  weight: Tensor,
  options: ConvolutionOptions,
): ConvolutionGeometry {
  const fail = (why: string): Error => shapeError('conv', [x.shape, weight.shape], why);
  const rank = x.shape.length - 2;
  if (rank < 1 || rank > 2 || weight.shape.length !== x.shape.length) {
    throw fail(
      'needs [n, in, ...space] and [out, in / groups, ...kernel], one or two spatial axes',
    );
  }
  const { stride = 1, groups = 1 } = options;
  const kernel = weight.shape.slice(2);
  const strides = typeof stride === 'number' ? range(rank).map(() => stride) : stride;
  if (strides.length !== rank || strides.some((s) => s < 1)) throw fail(`stride ${strides.join()}`);
  const padding = paddingWidths(options.padding ?? 0, kernel);
  if (padding.length !== rank) throw fail(`padding ${JSON.stringify(padding)}`);
  if (options.padding === 'same' && strides.some((s) => s !== 1)) {
    throw fail(`padding 'same' needs stride 1, not ${strides.join()}`);
  }
  if (x.shape[1] !== weight.shape[1]! * groups || weight.shape[0]! % groups !== 0) {
    throw fail(`${x.shape[1]!} channels in ${groups} groups do not fit`);
  }
  const output = range(rank).map((i) => {
    const room = x.shape[i + 2]! + padding[i]![0] + padding[i]![1] - kernel[i]!;
    if (room < 0) throw fail('the kernel is larger than the padded input');
    return Math.floor(room / strides[i]!) + 1;
  });
  return { kernel, strides, padding, groups, output };
}

function paddingWidths(
  padding: NonNullable<ConvolutionOptions['padding']>,
  kernel: readonly number[],
): readonly PadWidth[] {
  if (padding === 'same') {
    return kernel.map((k): PadWidth => [Math.floor((k - 1) / 2), Math.ceil((k - 1) / 2)]);
  }
  return typeof padding === 'number' ? kernel.map((): PadWidth => [padding, padding]) : padding;
}

function inputGradient(
  x: Tensor,
  weight: Tensor,
  g: Tensor,
  { kernel, strides, padding, groups, output }: ConvolutionGeometry,
): Tensor {
  const [n, channels] = [x.shape[0]!, x.shape[1]!];
  const out = weight.shape[0]!;
  const space = x.shape.slice(2);
  const axes = spaceAxes(kernel.length);
  const unit = strides.every((s) => s === 1);
  if (
    unit &&
    groups === 1 &&
    kernel.every((k) => k === 1) &&
    flatWidths(padding).every((p) => p === 0)
  ) {
    const mixed = product(reshape(weight, [out, channels]), reshape(g, [n, out, sizeOf(output)]), {
      transposeA: true,
    });
    return reshape(mixed, x.shape);
  }
  const depthwise = groups === channels && out === channels;
  const inside = padding.every(([before, after], i) => before < kernel[i]! && after < kernel[i]!);
  if (unit && inside && (groups === 1 || depthwise)) {
    const turned = flip(groups === 1 ? transpose(weight, [1, 0, ...axes]) : weight, axes);
    return applyOperator('Conv', [g, turned], {
      shape: x.shape,
      attributes: {
        kernel_shape: kernel,
        strides,
        pads: flatWidths(
          padding.map(([before, after], i): PadWidth => [
            kernel[i]! - 1 - before,
            kernel[i]! - 1 - after,
          ]),
        ),
        group: groups,
      },
    });
  }
  const reach = output.map((size, i) => (size - 1) * strides[i]! + kernel[i]!);
  const after = space.map((size, i) => reach[i]! - padding[i]![0] - size);
  return applyOperator('ConvTranspose', [g, weight], {
    shape: x.shape,
    attributes: {
      kernel_shape: kernel,
      strides,
      pads: [...padding.map((width) => width[0]), ...after.map((a) => Math.max(0, a))],
      output_padding: after.map((a) => Math.max(0, -a)),
      group: groups,
    },
  });
}

function flatWidths(widths: readonly PadWidth[]): number[] {
  return [...widths.map((width) => width[0]), ...widths.map((width) => width[1])];
}

function spaceAxes(rank: number): number[] {
  return range(rank).map((i) => i + 2);
}
