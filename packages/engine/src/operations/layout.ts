/**
 * @file Operations that move numbers without changing them: transpose, concat,
 * split, slice, pad, flip.
 */
import {
  applyCustom,
  applyOperator,
  range,
  resolveAxes,
  resolveAxis,
  sameShape,
  shapeError,
  shapeText,
  type Shape,
  type Tensor,
} from '../tensor.ts';
import { reshape, zeros } from './broadcast.ts';

/** Reorders the axes: axis `i` of the result is axis `order[i]` of `x`. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  if (
    !sameShape(
      order.toSorted((a, b) => a - b),
      range(x.shape.length),
    )
  ) {
    throw shapeError(
      'transpose',
      [x.shape],
      `${shapeText(order)} is not a permutation of its axes`,
    );
  }
  if (sameShape(order, range(order.length))) return x;
  return applyOperator('Transpose', [x], {
    shape: order.map((axis) => x.shape[axis]!),
    attributes: { perm: order },
    gradient: (g) => [transpose(g, inverse(order))],
  });
}

/** Exchanges the last two axes. */
export function swapLast(x: Tensor): Tensor {
  const rank = x.shape.length;
  return transpose(x, [...range(rank - 2), rank - 1, rank - 2]);
}

/** Joins tensors along an axis. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors;
  if (!first) throw shapeError('concat', [], 'needs at least one tensor');
  const at = resolveAxis('concat', first.shape, axis);
  for (const { shape } of tensors) {
    if (
      shape.length !== first.shape.length ||
      shape.some((n, i) => i !== at && n !== first.shape[i])
    ) {
      throw shapeError('concat', [first.shape, shape], `they differ outside of axis ${at}`);
    }
  }
  if (tensors.length === 1) return first;
  const sizes = tensors.map((tensor) => tensor.shape[at]!);
  const total = sizes.reduce((a, b) => a + b, 0);
  return applyOperator('Concat', tensors, {
    shape: first.shape.map((size, i) => (i === at ? total : size)),
    attributes: { axis: at },
    gradient: (g) => split(g, at, sizes),
  });
}

/** Joins tensors of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis: number): Tensor {
  return concat(
    tensors.map((tensor) => reshape(tensor, tensor.shape.toSpliced(axis, 0, 1))),
    axis,
  );
}

/** Splits an axis into parts of the given sizes, or into `sizes` equal parts. */
export function split(
  x: Tensor,
  axis: number,
  sizes: readonly number[] | number,
): readonly Tensor[] {
  const at = resolveAxis('split', x.shape, axis);
  const length = x.shape[at]!;
  const parts = typeof sizes === 'number' ? range(sizes).map(() => length / sizes) : sizes;
  if (parts.reduce((a, b) => a + b, 0) !== length || !parts.every(Number.isInteger)) {
    throw shapeError('split', [x.shape], `${shapeText(parts)} does not divide axis ${at}`);
  }
  if (parts.length === 1) return [x];
  return applyCustom({
    name: 'Split',
    inputs: [x],
    shapes: parts.map((size) => x.shape.toSpliced(at, 1, size)),
    signature: `Split${at}:${parts.join()}`,
    emit: (graph, [name]) =>
      graph.node('Split', [name!, graph.integers(parts)], {
        attributes: { axis: at },
        outputs: parts.length,
      }),
    gradient: (outputs) => (cotangents) => {
      const used = cotangents.flatMap((g, i) => (g ? [i] : []));
      if (used.length === 1) {
        const i = used[0]!;
        const before = parts.slice(0, i).reduce((a, b) => a + b, 0);
        const widths = range(x.shape.length).map((d): PadWidth =>
          d === at ? [before, length - before - parts[i]!] : [0, 0],
        );
        return [pad(cotangents[i]!, widths)];
      }
      return [
        concat(
          cotangents.map((g, i) => g ?? zeros(outputs[i]!.shape)),
          at,
        ),
      ];
    },
  });
}

/** A range of an axis. */
export interface SliceRange {
  /** Index of the axis, from 0; the outermost is 0. */
  readonly axis: number;
  /** First index, from 0. */
  readonly start: number;
  /** One past the last. */
  readonly end: number;
  /** @defaultValue 1 */
  readonly step?: number;
}

/** Takes a range of each named axis. */
export function slice(x: Tensor, cuts: readonly SliceRange[]): Tensor {
  const axes = cuts.map((cut) => resolveAxis('slice', x.shape, cut.axis));
  const shape = [...x.shape];
  cuts.forEach(({ start, end, step = 1 }, i) => {
    const size = x.shape[axes[i]!]!;
    if (start < 0 || end > size || start >= end || step < 1) {
      throw shapeError('slice', [x.shape], `axis ${axes[i]!} has no ${start}…${end} step ${step}`);
    }
    shape[axes[i]!] = Math.ceil((end - start) / step);
  });
  if (sameShape(shape, x.shape)) return x;
  return applyOperator('Slice', [x], {
    shape,
    constants: [
      cuts.map((cut) => cut.start),
      cuts.map((cut) => cut.end),
      axes,
      cuts.map((cut) => cut.step ?? 1),
    ],
    gradient: (g) => {
      const widths = range(x.shape.length).map((): PadWidth => [0, 0]);
      let spread = g;
      cuts.forEach(({ start, step = 1 }, i) => {
        const axis = axes[i]!;
        spread = dilate(spread, axis, step);
        widths[axis] = [start, x.shape[axis]! - start - spread.shape[axis]!];
      });
      return [pad(spread, widths)];
    },
  });
}

/** Puts `step - 1` zeros between neighbors along an axis. */
export function dilate(x: Tensor, axis: number, step: number): Tensor {
  const size = x.shape[axis]!;
  if (step === 1 || size === 1) return x;
  const column = reshape(x, x.shape.toSpliced(axis + 1, 0, 1));
  const padded = pad(
    column,
    range(column.shape.length).map((i): PadWidth => (i === axis + 1 ? [0, step - 1] : [0, 0])),
  );
  const flat = reshape(padded, x.shape.toSpliced(axis, 1, size * step));
  return slice(flat, [{ axis, start: 0, end: (size - 1) * step + 1 }]);
}

/** Elements to add before and after an axis. */
export type PadWidth = readonly [before: number, after: number];

/** Adds a border of one value to each axis. */
export function pad(x: Tensor, widths: readonly PadWidth[], value = 0): Tensor {
  if (widths.length !== x.shape.length || widths.flat().some((width) => width < 0)) {
    throw shapeError('pad', [x.shape], `cannot be padded by ${JSON.stringify(widths)}`);
  }
  if (widths.every(([before, after]) => before === 0 && after === 0)) return x;
  return applyOperator('Pad', [x], {
    shape: x.shape.map((size, i) => size + widths[i]![0] + widths[i]![1]),
    constants: [[...widths.map((width) => width[0]), ...widths.map((width) => width[1])], value],
    gradient: (g) => [
      slice(
        g,
        widths.map(([start], axis) => ({ axis, start, end: start + x.shape[axis]! })),
      ),
    ],
  });
}

/** Reverses axes. */
export function flip(x: Tensor, axes: readonly number[]): Tensor {
  const over = resolveAxes('flip', x.shape, axes);
  if (over.length === 0) return x;
  return applyOperator('Slice', [x], {
    shape: x.shape,
    constants: [
      over.map(() => -1),
      over.map((axis) => -x.shape[axis]! - 1),
      over,
      over.map(() => -1),
    ],
    gradient: (g) => [flip(g, over)],
  });
}

/** The permutation that undoes `order`. */
export function inverse(order: readonly number[]): number[] {
  const undo = new Array<number>(order.length);
  order.forEach((from, to) => (undo[from] = to));
  return undo;
}

/** Shape `[1, c, 1, …]` that broadcasts a vector over the channels of a `[n, c, …]` tensor. */
export function channelShape(shape: Shape): number[] {
  return shape.map((size, i) => (i === 1 ? size : 1));
}
