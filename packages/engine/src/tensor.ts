/**
 * @file Symbolic tensors: what will be computed, not its value.
 *
 * A tensor is an output of an operation, or a leaf (an input or a parameter).
 * An operation knows its shapes, how to write itself as ONNX nodes, and its
 * gradient in terms of other operations. Nothing here is global: equal
 * subexpressions are merged when a graph is written (emit.ts).
 */
import { EngineError } from './errors.ts';
import type { Attribute, Graph, Shape } from './onnx/graph.ts';

export type { Shape } from './onnx/graph.ts';

/** A value of known shape that a graph will compute. */
export interface Tensor {
  /** Outermost axis first; `[]` is a scalar. */
  readonly shape: Shape;
  /** What computes it; null for a leaf. */
  readonly operation: Operation | null;
  /** Which output of the operation it is. */
  readonly index: number;
  /** Name of a leaf. */
  readonly name: string;
}

/** Writes the nodes of an operation and returns the names of its outputs. */
export type Emit = (graph: Graph, inputs: readonly string[]) => readonly string[];

/**
 * Cotangents of the outputs (null: the loss does not depend on it) to
 * cotangents of the inputs (null: no derivative).
 */
export type Gradient = (cotangents: readonly (Tensor | null)[]) => readonly (Tensor | null)[];

/** A computation with its inputs and outputs. */
export interface Operation {
  /** ONNX operator, or a name of its own where it consists of several nodes. */
  readonly name: string;
  /** Tensors that it reads, in order. */
  readonly inputs: readonly Tensor[];
  /** Tensors that it computes, in order. */
  readonly outputs: readonly Tensor[];
  /** Attributes of its ONNX node by name; empty for operations of several nodes. */
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Operations with equal signatures and inputs compute the same; null: never merge. */
  readonly signature: string | null;
  /** Writes it into a graph. */
  readonly emit: Emit;
  /** Its derivative in terms of other operations; null where it has none. */
  readonly gradient: Gradient | null;
}

/** A named input or parameter. */
export function leaf(name: string, shape: Shape): Tensor {
  return { shape, operation: null, index: 0, name };
}

/** Applies an operation that is written by a function. */
export function applyCustom(definition: {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly shapes: readonly Shape[];
  readonly signature: string | null;
  readonly emit: Emit;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly gradient?: (outputs: readonly Tensor[]) => Gradient;
}): readonly Tensor[] {
  const { gradient } = definition;
  const outputs: Tensor[] = [];
  const operation: Operation = {
    name: definition.name,
    inputs: definition.inputs,
    outputs,
    attributes: definition.attributes ?? {},
    signature: definition.signature,
    emit: definition.emit,
    gradient: gradient ? (cotangents): ReturnType<Gradient> => gradient(outputs)(cotangents) : null,
  };
  definition.shapes.forEach((shape, index) => outputs.push({ shape, operation, index, name: '' }));
  return outputs;
}

/** A constant operand after the tensors: an int64 vector, a float scalar, a float vector, or nothing. */
export type Constant = readonly number[] | number | { readonly floats: readonly number[] } | '';

/** Applies one ONNX operator with one output. */
export function applyOperator(
  operator: string,
  inputs: readonly Tensor[],
  options: {
    readonly shape: Shape;
    readonly attributes?: Readonly<Record<string, Attribute>>;
    readonly constants?: readonly Constant[];
    readonly domain?: string;
    readonly gradient?: (cotangent: Tensor, output: Tensor) => readonly (Tensor | null)[];
  },
): Tensor {
  const { shape, attributes = {}, constants = [], domain = '', gradient } = options;
  return applyCustom({
    name: operator,
    inputs,
    shapes: [shape],
    attributes,
    signature: `${domain}${operator}${JSON.stringify(attributes)}${JSON.stringify(constants)}`,
    emit: (graph, names) =>
      graph.node(operator, [...names, ...constants.map((value) => constantName(graph, value))], {
        attributes,
        domain,
      }),
    ...(gradient && {
      gradient:
        (outputs): Gradient =>
        ([cotangent]) =>
          gradient(cotangent!, outputs[0]!),
    }),
  })[0]!;
}

function constantName(graph: Graph, value: Constant): string {
  if (value === '') return '';
  if (typeof value === 'number') return graph.scalar(value);
  return 'floats' in value ? graph.floats(value.floats) : graph.integers(value);
}

/**
 * `value`, with a gradient of its own instead of the one through its parts.
 *
 * @param inputs - the tensors that get a cotangent
 */
export function withGradient(
  value: Tensor,
  inputs: readonly Tensor[],
  gradient: (cotangent: Tensor) => readonly (Tensor | null)[],
): Tensor {
  return applyCustom({
    name: 'Gradient',
    inputs: [value, ...inputs],
    shapes: [value.shape],
    signature: null,
    emit: (_, names) => [names[0]!],
    gradient:
      () =>
      ([cotangent]) => [null, ...gradient(cotangent!)],
  })[0]!;
}

/** A constant with the given data, which is not copied. */
export function constant(data: Float32Array, shape: Shape): Tensor {
  if (data.length !== sizeOf(shape)) {
    throw shapeError('constant', [shape], `needs ${sizeOf(shape)} numbers, got ${data.length}`);
  }
  return applyCustom({
    name: 'Constant',
    inputs: [],
    shapes: [shape],
    signature: data.length > 64 ? null : `Constant${shape.join()}:${data.join()}`,
    emit: (graph) => [graph.initializer(data, shape)],
  })[0]!;
}

/** A constant scalar. */
export function scalar(value: number): Tensor {
  return applyCustom({
    name: 'Scalar',
    inputs: [],
    shapes: [[]],
    signature: `Scalar${Object.is(value, -0) ? '-0' : value}`,
    emit: (graph) => [graph.scalar(value)],
  })[0]!;
}

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** `[0, 1, … count - 1]`. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Text of a shape for messages. */
export function shapeText(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The error of an operation that cannot take these shapes. */
export function shapeError(operation: string, shapes: readonly Shape[], why: string): EngineError {
  return new EngineError(
    'SHAPE_MISMATCH',
    `${operation} of ${shapes.map(shapeText).join(' and ')}: ${why}`,
    'Print the shapes of the operands where the network calls this operation.',
  );
}

/** Axes counted from zero; negative ones count from the end. */
export function resolveAxes(operation: string, shape: Shape, axes: readonly number[]): number[] {
  const resolved = axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
  for (const axis of resolved) {
    if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
      throw shapeError(operation, [shape], `has no axis ${axes.join(', ')}`);
    }
  }
  if (new Set(resolved).size !== resolved.length) {
    throw shapeError(operation, [shape], `axes ${axes.join(', ')} repeat`);
  }
  return resolved.toSorted((a, b) => a - b);
}

/** One axis counted from zero. */
export function resolveAxis(operation: string, shape: Shape, axis: number): number {
  return resolveAxes(operation, shape, [axis])[0]!;
}
