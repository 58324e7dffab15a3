/**
 * @file Checks of data that came from outside: a few shapes and their
 * combinations, each of which names where it found what it did not expect.
 */
import { own } from './own.ts';

/** Finds nothing wrong (`undefined`), or describes what is wrong and where. */
export type Shape = (value: unknown, path: string) => string | undefined;

/** Any string, the empty one too. */
export const text: Shape = (value, path) =>
  typeof value === 'string' ? undefined : `${path} is not text`;

/** A member that may be absent. */
export function optional(shape: Shape): Shape {
  return (value, path) => (value === undefined ? undefined : shape(value, path));
}

/** `null`, or what `shape` takes. */
export function nullable(shape: Shape): Shape {
  return (value, path) => (value === null ? undefined : shape(value, path));
}

/** A finite number between `from` and `to`, both allowed. */
export function number(from: number = -Infinity, to: number = Infinity): Shape {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return `${path} is not a number`;
    if (value < from || value > to) return `${path} is ${value}, outside ${from} to ${to}`;
    return undefined;
  };
}

/** `true` or `false`. */
export const boolean: Shape = (value, path) =>
  typeof value === 'boolean' ? undefined : `${path} is not true or false`;

/** A whole number between `from` and `to`, both allowed. */
export function integer(from: number, to: number = Infinity): Shape {
  const within = number(from, to);
  return (value, path) =>
    within(value, path) ?? (Number.isInteger(value) ? undefined : `${path} is not a whole number`);
}

/** One of a few words. */
export function oneOf(...words: readonly string[]): Shape {
  return (value, path) =>
    typeof value === 'string' && words.includes(value)
      ? undefined
      : `${path} is not ${words.map((word) => JSON.stringify(word)).join(' or ')}`;
}

/** A list whose items all have one shape. */
export function listOf(
  shape: Shape,
  { least = 0, most = Infinity }: { readonly least?: number; readonly most?: number } = {},
): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path} is not a list`;
    if (value.length < least || value.length > most)
      return `${path} has ${value.length} items, outside ${least} to ${most}`;
    return first(value, (item, index) => shape(item, `${path}[${index}]`));
  };
}

/** A table from names to values of one shape. */
export function tableOf(shape: Shape): Shape {
  return (value, path) => {
    if (!isObject(value)) return `${path} is not an object`;
    return first(Object.entries(value), ([name, item]) => shape(item, `${path}.${name}`));
  };
}

/** An object with at least these members; others are ignored. */
export function members(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value, path) => {
    if (!isObject(value)) return `${path} is not an object`;
    return first(Object.entries(shapes), ([name, shape]) =>
      shape(own(value, name), `${path}.${name}`),
    );
  };
}

/** Anything that all of `shapes` take. */
export function all(...shapes: readonly Shape[]): Shape {
  return (value, path) => first(shapes, (shape) => shape(value, path));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function first<T>(
  items: readonly T[],
  check: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const wrong = check(item, index);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
