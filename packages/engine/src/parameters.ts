/**
 * @file Parameter trees: nested objects and arrays with numbers at the leaves.
 */
import { EngineError } from './errors.ts';
import { leaf, shapeText, sizeOf, type Shape, type Tensor } from './tensor.ts';

/** Numbers that a network learns, or keeps (running statistics). */
export interface Parameter {
  readonly shape: Shape;
  /** Row-major. */
  readonly data: Float32Array;
  /** Whether weight decay applies; by default to parameters of two or more axes. */
  readonly decay?: boolean;
  /** Whether the optimizer changes it. @defaultValue true */
  readonly trainable?: boolean;
}

/** The same tree with a symbolic tensor in the place of every parameter. */
export type Symbolic<P> = P extends Parameter
  ? Tensor
  : P extends object
    ? { readonly [K in keyof P]: Symbolic<P[K]> }
    : P;

/** A parameter with its place in the tree, as in `stages.0.norm.weight`. */
export interface NamedParameter extends Parameter {
  readonly name: string;
}

/**
 * All parameters of a tree in the order of its keys; undefined and null are skipped.
 *
 * @throws EngineError `PARAMETER_INVALID` where a leaf is something else, or its data does not fit its shape
 */
export function flattenParameters(tree: object): readonly NamedParameter[] {
  const found: NamedParameter[] = [];
  walk(tree, '', (name, parameter) => found.push({ ...parameter, name }));
  return found;
}

/**
 * The tree with other data, by name.
 *
 * @throws EngineError `PARAMETER_MISMATCH` where a name is missing, or a shape differs
 */
export function withParameterData<P extends object>(
  tree: P,
  tensors: Readonly<Record<string, { readonly shape: Shape; readonly data: Float32Array }>>,
): P {
  return mapTree(tree, '', (name, parameter) => {
    const given = tensors[name];
    if (given?.shape.join() !== parameter.shape.join()) {
      throw new EngineError(
        'PARAMETER_MISMATCH',
        `parameter ${name}: the network has shape ${shapeText(parameter.shape)}, the weights have ${given ? shapeText(given.shape) : 'none of this name'}`,
        'Use weights of the same network with the same configuration.',
      );
    }
    return { ...parameter, data: given.data };
  }) as P;
}

/** The tree with a leaf tensor for every parameter, called by its name after `prefix`. */
export function symbolicParameters<P extends object>(
  tree: P,
  prefix = '',
): { readonly tree: Symbolic<P>; readonly leaves: ReadonlyMap<Tensor, NamedParameter> } {
  const leaves = new Map<Tensor, NamedParameter>();
  const symbols = mapTree(tree, '', (name, parameter) => {
    const tensor = leaf(prefix + name, parameter.shape);
    leaves.set(tensor, { ...parameter, name });
    return tensor;
  });
  return { tree: symbols as Symbolic<P>, leaves };
}

function isParameter(value: object): value is Parameter {
  return 'data' in value && value.data instanceof Float32Array && 'shape' in value;
}

function walk(tree: unknown, path: string, visit: (name: string, value: Parameter) => void): void {
  mapTree(tree, path, (name, parameter) => {
    visit(name, parameter);
    return null;
  });
}

function mapTree(
  tree: unknown,
  path: string,
  change: (name: string, parameter: Parameter) => unknown,
): unknown {
  if (tree === undefined || tree === null) return tree;
  if (typeof tree !== 'object' || ArrayBuffer.isView(tree)) {
    throw new EngineError(
      'PARAMETER_INVALID',
      `parameter tree: ${path || 'the root'} is a ${typeof tree === 'object' ? tree.constructor.name : typeof tree}`,
      'Leaves are { shape, data: Float32Array }; keep configuration out of the tree.',
    );
  }
  if (isParameter(tree)) {
    if (tree.data.length !== sizeOf(tree.shape)) {
      throw new EngineError(
        'PARAMETER_INVALID',
        `parameter ${path}: ${tree.data.length} numbers for shape ${shapeText(tree.shape)}`,
        'Make the data as long as the product of the shape.',
      );
    }
    return change(path, tree);
  }
  const inner = (key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);
  if (Array.isArray(tree)) {
    return tree.map((value: unknown, i) => mapTree(value, inner(i), change));
  }
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, mapTree(value, inner(key), change)]),
  );
}
