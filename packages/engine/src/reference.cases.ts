/**
 * @file Support of the engine's tests: plain float64 arrays as the reference,
 * and graphs run by ONNX Runtime. Nothing here shares code with the engine's
 * operations.
 */
import { createRandom } from '../../core/src/base/random.ts';
import { emitGraph } from './emit.ts';
import type { Target } from './onnx/graph.ts';
import { writeModel } from './onnx/model.ts';
import type { Ort } from './onnx/runtime.ts';
import { leaf, type Tensor } from './tensor.ts';

/** A float64 array with a shape. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** An array made element by element. */
export function make(
  shape: readonly number[],
  value: (index: readonly number[]) => number,
): Numbers {
  const data = new Float64Array(count(shape));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = value(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return { shape, data };
}

/** Element at an index; indices outside read `outside`. */
export function at(x: Numbers, index: readonly number[], outside = 0): number {
  let offset = 0;
  for (let axis = 0; axis < x.shape.length; axis++) {
    const i = index[axis]!;
    if (i < 0 || i >= x.shape[axis]!) return outside;
    offset = offset * x.shape[axis]! + i;
  }
  return x.data[offset]!;
}

/** Element under NumPy's broadcasting: missing leading axes and axes of size 1 repeat. */
export function broadcastAt(x: Numbers, index: readonly number[]): number {
  const own = index.slice(index.length - x.shape.length);
  return at(
    x,
    own.map((i, axis) => (x.shape[axis] === 1 ? 0 : i)),
  );
}

/** Every index of a shape, in order. */
export function indices(shape: readonly number[]): number[][] {
  const all: number[][] = [];
  make(shape, (index) => all.push([...index]));
  return all;
}

/** Reduction of axes to size 1. */
export function reduce(
  x: Numbers,
  axes: readonly number[],
  combine: (values: readonly number[]) => number,
): Numbers {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const inner = x.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  const offsets = indices(inner);
  return make(kept, (index) =>
    combine(
      offsets.map((offset) =>
        at(
          x,
          index.map((i, axis) => i + offset[axis]!),
        ),
      ),
    ),
  );
}

/** The same numbers under another shape. */
export function reshaped(x: Numbers, shape: readonly number[]): Numbers {
  return { shape, data: x.data };
}

/** Normal numbers, rounded to float32, moved by `change`. */
export function draw(
  shape: readonly number[],
  seed: number,
  change: (value: number) => number = (value) => value,
): Numbers {
  const random = createRandom(seed);
  return make(shape, () => Math.fround(change(random.normal())));
}

/** Sum of the products of all elements. */
export function dot(a: Numbers, b: Numbers): number {
  return a.data.reduce((total, value, i) => total + value * b.data[i]!, 0);
}

/** Central difference of a scalar function where all operands move along `directions`. */
export function slopeAlong(
  operands: readonly Numbers[],
  directions: readonly Numbers[],
  value: (operands: readonly Numbers[]) => number,
): number {
  const step = 1e-5;
  const moved = (by: number): number =>
    value(
      operands.map(({ shape, data }, k) => ({
        shape,
        data: data.map((x, i) => x + by * directions[k]!.data[i]!),
      })),
    );
  return (moved(step) - moved(-step)) / (2 * step);
}

/** Directions that move one element of one operand each: all, or `limit` of each operand. */
export function unitDirections(
  operands: readonly Numbers[],
  limit: number,
): { readonly operand: number; readonly element: number; readonly along: readonly Numbers[] }[] {
  const random = createRandom(7);
  const still = operands.map(({ shape }) => make(shape, () => 0));
  return operands.flatMap(({ shape, data }, operand) =>
    random
      .shuffle([...data.keys()])
      .slice(0, limit)
      .map((element) => {
        const unit = new Float64Array(data.length);
        unit[element] = 1;
        return { operand, element, along: still.with(operand, { shape, data: unit }) };
      }),
  );
}

/** Largest difference of two arrays in units of the larger of 1 and the largest reference value. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  let scale = 1;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= largest)) largest = difference; // keeps NaN
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return largest / scale;
}

/** Leaves for arrays. */
export function leaves(operands: readonly Numbers[]): Tensor[] {
  return operands.map(({ shape }, i) => leaf(`operand.${i}`, shape));
}

/** Computes tensors with ONNX Runtime. */
export async function evaluate(
  ort: Ort,
  outputs: readonly Tensor[],
  options: {
    readonly inputs: readonly Tensor[];
    readonly values: readonly Numbers[];
    readonly target: Target;
  },
): Promise<Float32Array[]> {
  const { inputs, values, target } = options;
  const named = outputs.map((tensor, i) => [`output.${i}`, tensor] as const);
  const graph = emitGraph(
    named,
    inputs.map((tensor) => ({ tensor })),
    { target },
  );
  const session = await ort.InferenceSession.create(writeModel(graph), { logSeverityLevel: 3 });
  const feeds = inputs.map(
    ({ name, shape }, i) =>
      [name, new ort.Tensor('float32', Float32Array.from(values[i]!.data), shape)] as const,
  );
  const results = await session.run(Object.fromEntries(feeds));
  const arrays = named.map(([name, { shape }]) => {
    const result = results[name]!;
    if (result.dims.join() !== shape.join()) {
      throw new Error(`${name}: shape [${result.dims.join()}] instead of [${shape.join()}]`);
    }
    return (result.data as Float32Array).slice();
  });
  await session.release();
  return arrays;
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
