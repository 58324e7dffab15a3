/**
 * @file Reshape, expand and sum: the operations behind broadcasting.
 *
 * Expanding and summing are each other's gradients, hence one file.
 */
import {
  applyCustom,
  applyOperator,
  range,
  resolveAxes,
  sameShape,
  scalar,
  shapeError,
  sizeOf,
  type Shape,
  type Tensor,
} from '../tensor.ts';

/** The same numbers under another shape; one size may be -1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = sizeOf(shape.filter((size) => size !== -1));
  const target = shape.map((size) => (size === -1 ? sizeOf(x.shape) / known : size));
  if (sizeOf(target) !== sizeOf(x.shape) || target.some((size) => !Number.isInteger(size))) {
    throw shapeError('reshape', [x.shape, shape], 'the numbers of elements differ');
  }
  if (sameShape(x.shape, target)) return x;
  const source = x.operation?.name === 'Reshape' ? x.operation.inputs[0]! : x;
  if (sameShape(source.shape, target)) return source;
  return applyOperator('Reshape', [source], {
    shape: target,
    constants: [target],
    gradient: (g) => [reshape(g, source.shape)],
  });
}

/** Repeats axes of size 1, and adds leading ones, to reach `shape`. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShape('expand', x.shape, shape), shape)) {
    throw shapeError('expand', [x.shape, shape], 'the second is smaller');
  }
  return applyOperator('Expand', [x], {
    shape,
    constants: [shape],
    gradient: (g) => [unbroadcast(g, x.shape)],
  });
}

/** Sum over axes; all of them by default. */
export function sum(
  x: Tensor,
  axes: readonly number[] = range(x.shape.length),
  options: { readonly keep?: boolean } = {},
): Tensor {
  const over = resolveAxes('sum', x.shape, axes);
  const keep = options.keep ?? false;
  if (over.length === 0) return x;
  if (splitsReduction(over)) {
    const inner = sum(x, over.slice(1), { keep: true });
    return reshape(sum(inner, [0], { keep: true }), reducedShape(x.shape, over, keep));
  }
  const shape = reducedShape(x.shape, over, keep);
  const rows = sizeOf(x.shape.slice(0, over.length));
  const flat = [rows, sizeOf(x.shape) / rows];
  if (over.length > 1 && over.every((axis, i) => axis === i) && sumsRows(flat, [0])) {
    return reshape(sum(reshape(x, flat), [0]), shape);
  }
  return applyCustom({
    name: 'ReduceSum',
    inputs: [x],
    shapes: [shape],
    signature: `ReduceSum${Number(keep)}:${over.join()}`,
    emit: (graph, [name]) => {
      const rows = x.shape[0]!;
      if (graph.target === 'native' && sumsRows(x.shape, over)) {
        const total = graph.one('MatMul', [graph.filled(1, [1, rows]), name!]);
        return [keep ? total : graph.one('Reshape', [total, graph.integers(shape)])];
      }
      return graph.node('ReduceSum', [name!, graph.integers(over)], {
        attributes: { keepdims: Number(keep) },
      });
    },
    gradient:
      () =>
      ([g]) => [expand(reshape(g!, reducedShape(x.shape, over, true)), x.shape)],
  })[0]!;
}

/** Many short rows: their sum is quicker as a matrix product with ones. A single column is not: that is one long row. */
function sumsRows([rows, columns, ...others]: Shape, axes: readonly number[]): boolean {
  if (others.length > 0 || columns === undefined || axes.join() !== '0') return false;
  return rows! >= 256 && columns > 1 && columns <= 1024;
}

/** A tensor full of 0. */
export function zeros(shape: Shape): Tensor {
  return expand(scalar(0), shape);
}

/** ONNX Runtime reduces the inner axes and then axis 0 three times faster than both with a gap between. */
export function splitsReduction(axes: readonly number[]): boolean {
  return axes.length > 1 && axes[0] === 0 && axes[1]! > 1;
}

/** Shape after a reduction over `axes`. */
export function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): number[] {
  return shape.flatMap((size, i) => (axes.includes(i) ? (keep ? [1] : []) : [size]));
}

/** Shape of `a` and `b` together, aligned at the last axis. */
export function broadcastShape(operation: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return range(rank).map((i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw shapeError(operation, [a, b], `sizes ${m} and ${n} do not broadcast`);
    }
    return m === 1 ? n : m;
  });
}

/** Sums a cotangent down to the shape its operand had before broadcasting. */
export function unbroadcast(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const extra = g.shape.length - shape.length;
  const axes = range(g.shape.length).filter(
    (i) => i < extra || (shape[i - extra] === 1 && g.shape[i] !== 1),
  );
  return reshape(sum(g, axes), shape);
}
