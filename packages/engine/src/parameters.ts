/**
 * @file Parameter trees: nested objects and arrays with numbers at the leaves.
 */
import { EngineError } from './errors.ts';
import { own } from './own.ts';
import { leaf, shapeText, sizeOf, type Shape, type Tensor } from './tensor.ts';

/** Values that a network learns, or running statistics that it keeps. */
export interface Parameter {
  /** Outermost axis first; `[]` is a scalar. */
  readonly shape: Shape;
  /** Row-major. */
  readonly data: Float32Array;
  /** Whether weight decay applies; by default to parameters of two or more axes. */
  readonly decay?: boolean;
  /** Whether the optimizer updates it. @defaultValue true */
  readonly trainable?: boolean;
}

/** The same tree with a symbolic tensor in place of every parameter. */
export type Symbolic<P> = P extends Parameter
  ? Tensor
  : P extends object
    ? { readonly [K in keyof P]: Symbolic<P[K]> }
    : P;

/** A parameter with its path in the tree, such as `stages.0.norm.weight`. */
export interface NamedParameter extends Parameter {
  /** Path in the tree, keys joined by periods. */
  readonly name: string;
}

/**
 * All parameters of a tree in the order of its keys; undefined and null are skipped.
 *
 * @throws EngineError `PARAMETER_INVALID` where a leaf is not a parameter, or its data does not match its shape
 */
export function flattenParameters(tree: object): readonly NamedParameter[] {
  const found: NamedParameter[] = [];
  mapTree(tree, '', { change: (name, parameter) => found.push({ ...parameter, name }) });
  return found;
}

/**
 * The shapes of all parameters by name, in the order of {@link flattenParameters}. Data are
 * ignored, so they may be shorter than the shape.
 *
 * @throws EngineError `PARAMETER_INVALID` where a leaf is not a parameter
 */
export function parameterShapes(tree: object): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  mapTree(tree, '', { change: (name, { shape }) => shapes.set(name, shape), checked: false });
  return shapes;
}

/**
 * The tree with other data, by name; the data that it has are ignored.
 *
 * @throws EngineError `PARAMETER_MISMATCH` where a name is missing, or a shape differs
 */
export function withParameterData<P extends object>(
  tree: P,
  tensors: Readonly<Record<string, { readonly shape: Shape; readonly data: Float32Array }>>,
): P {
  const change = (name: string, parameter: Parameter): Parameter => {
    const given = own(tensors, name);
    if (given?.shape.join() !== parameter.shape.join()) {
      throw new EngineError(
        'PARAMETER_MISMATCH',
        `parameter ${name}: the network has shape ${shapeText(parameter.shape)}, the weights have ${given ? shapeText(given.shape) : 'no tensor of this name'}`,
        'Use weights of the same network with the same configuration.',
      );
    }
    const checked = { ...parameter, data: given.data };
    assertLength(name, checked);
    return checked;
  };
  return mapTree(tree, '', { change, checked: false }) as P;
}

/** The tree with a leaf tensor for every parameter, named `prefix` and its name. */
export function symbolicParameters<P extends object>(
  tree: P,
  prefix = '',
): { readonly tree: Symbolic<P>; readonly leaves: ReadonlyMap<Tensor, NamedParameter> } {
  const leaves = new Map<Tensor, NamedParameter>();
  const change = (name: string, parameter: Parameter): Tensor => {
    const tensor = leaf(prefix + name, parameter.shape);
    leaves.set(tensor, { ...parameter, name });
    return tensor;
  };
  const symbols = mapTree(tree, '', { change });
  return { tree: symbols as Symbolic<P>, leaves };
}

function isParameter(value: object): value is Parameter {
  return 'data' in value && value.data instanceof Float32Array && 'shape' in value;
}

function assertLength(name: string, { shape, data }: Parameter): void {
  if (data.length === sizeOf(shape)) return;
  throw new EngineError(
    'PARAMETER_INVALID',
    `parameter ${name}: ${data.length} numbers for shape ${shapeText(shape)}`,
    'Give data with as many numbers as the shape has elements.',
  );
}

/** What is done at each leaf. */
interface Visit {
  readonly change: (name: string, parameter: Parameter) => unknown;
  /** Whether the data must have as many numbers as the shape. @defaultValue true */
  readonly checked?: boolean;
}

function mapTree(tree: unknown, path: string, visit: Visit): unknown {
  if (tree === undefined || tree === null) return tree;
  if (typeof tree !== 'object' || ArrayBuffer.isView(tree)) {
    throw new EngineError(
      'PARAMETER_INVALID',
      `parameter tree: ${path || 'the root'} is a ${typeof tree === 'object' ? tree.constructor.name : typeof tree}`,
      'Leaves are { shape, data: Float32Array }; keep configuration out of the tree.',
    );
  }
  if (isParameter(tree)) {
    if (visit.checked !== false) assertLength(path, tree);
    return visit.change(path, tree);
  }
  const inner = (key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);
  if (Array.isArray(tree)) {
    return tree.map((value: unknown, i) => mapTree(value, inner(i), visit));
  }
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, mapTree(value, inner(key), visit)]),
  );
}
