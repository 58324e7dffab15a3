/**
 * @file Means, maxima and gathered rows.
 */
import {
  applyOperator,
  constant,
  range,
  resolveAxes,
  resolveAxis,
  sameShape,
  shapeError,
  sizeOf,
  type Tensor,
} from '../tensor.ts';
import { expand, reducedShape, reshape, splitsReduction, sum } from './broadcast.ts';
import { div, mul, step, sub } from './elementwise.ts';
import { inverse, transpose } from './layout.ts';
import { product } from './matmul.ts';

/** Mean over axes; all of them by default. */
export function mean(
  x: Tensor,
  axes: readonly number[] = range(x.shape.length),
  options: { readonly keep?: boolean } = {},
): Tensor {
  const over = resolveAxes('mean', x.shape, axes);
  const keep = options.keep ?? false;
  if (over.length === 0) return x;
  if (splitsReduction(over)) {
    const inner = mean(x, over.slice(1), { keep: true });
    return reshape(mean(inner, [0], { keep: true }), reducedShape(x.shape, over, keep));
  }
  const count = sizeOf(over.map((axis) => x.shape[axis]!));
  return applyOperator('ReduceMean', [x], {
    shape: reducedShape(x.shape, over, keep),
    attributes: { axes: over, keepdims: Number(keep) },
    gradient: (g) => [
      expand(reshape(mul(g, 1 / count), reducedShape(x.shape, over, true)), x.shape),
    ],
  });
}

/** Maximum over axes; equal maxima share the gradient. */
export function max(
  x: Tensor,
  axes: readonly number[] = range(x.shape.length),
  options: { readonly keep?: boolean } = {},
): Tensor {
  const over = resolveAxes('max', x.shape, axes);
  const keep = options.keep ?? false;
  if (over.length === 0) return x;
  return applyOperator('ReduceMax', [x], {
    shape: reducedShape(x.shape, over, keep),
    attributes: { axes: over, keepdims: Number(keep) },
    gradient: (g, y) => {
      const kept = reducedShape(x.shape, over, true);
      const winners = step(sub(x, reshape(y, kept)), 1);
      return [mul(winners, div(reshape(g, kept), sum(winners, over, { keep: true })))];
    },
  });
}

/**
 * Picks entries of an axis by constant indices, in their order. The gradient
 * of a permutation is the inverse permutation; else entries that are picked
 * twice add up.
 */
export function gather(x: Tensor, axis: number, indices: readonly number[]): Tensor {
  const at = resolveAxis('gather', x.shape, axis);
  const size = x.shape[at]!;
  if (indices.some((index) => !Number.isInteger(index) || index < 0 || index >= size)) {
    throw shapeError('gather', [x.shape], `axis ${at} has no entry ${indices.join(', ')}`);
  }
  if (sameShape(indices, range(size))) return x;
  return applyOperator('Gather', [x], {
    shape: x.shape.toSpliced(at, 1, indices.length),
    attributes: { axis: at },
    constants: [indices],
    gradient: (g) => {
      if (indices.length === size && new Set(indices).size === size) {
        return [gather(g, at, inverse(indices))];
      }
      const choice = new Float32Array(size * indices.length);
      indices.forEach((index, i) => (choice[index * indices.length + i] = 1));
      const front = [at, ...range(x.shape.length).filter((i) => i !== at)];
      const moved = transpose(g, front);
      const scattered = product(
        constant(choice, [size, indices.length]),
        reshape(moved, [indices.length, -1]),
      );
      return [transpose(reshape(scattered, [size, ...moved.shape.slice(1)]), inverse(front))];
    },
  });
}
