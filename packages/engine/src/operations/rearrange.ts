/**
 * @file Reshape, transpose and reshape as one pattern of named axes.
 *
 * After Rogozhnikov 2022, "Einops: Clear and Reliable Tensor Manipulations with
 * Einstein-like Notation", ICLR. Only what moves numbers is here: a pattern
 * neither repeats nor reduces an axis.
 */
import { EngineError } from '../errors.ts';
import { shapeError, type Shape, type Tensor } from '../tensor.ts';
import { reshape } from './broadcast.ts';
import { transpose } from './layout.ts';

/** The names that each axis of one side is composed of; none for an axis of size 1. */
type Side = readonly (readonly string[])[];

/**
 * Rearranges the axes of `x`.
 *
 * The left side of the pattern names the axes of `x`, the right side those of the result, both from
 * the slowest axis to the fastest. Parentheses compose an axis of several, `1` is an axis of size 1.
 *
 * ```ts
 * rearrange(x, 'n (y a) (x b) d -> (n y x) (a b) d', { a: 7, b: 7 }); // [2, 14, 14, 16] to [8, 49, 16]
 * ```
 *
 * @param pattern - every name stands once on each side
 * @param sizes - of named axes; of each composed axis of `x`, one may be left out
 * @throws EngineError `OPTION_INVALID` for a pattern that cannot be read or a size that it does not
 *   name; `SHAPE_MISMATCH` where `x` does not have the axes of the left side
 */
export function rearrange(
  x: Tensor,
  pattern: string,
  sizes: Readonly<Record<string, number>> = {},
): Tensor {
  const [from, to] = parse(pattern);
  for (const name of Object.keys(sizes)) {
    if (!from.flat().includes(name)) {
      throw patternError(pattern, `it has no axis '${name}', for which a size is given`);
    }
  }
  const sizeOf = resolve({ pattern, from, sizes: new Map(Object.entries(sizes)) }, x.shape);
  const names = from.flat();
  const order = to.flat().map((name) => names.indexOf(name));
  const product = (axis: readonly string[]): number =>
    axis.reduce((size, name) => size * sizeOf.get(name)!, 1);
  const split = reshape(
    x,
    names.map((name) => sizeOf.get(name)!),
  );
  return reshape(transpose(split, order), to.map(product));
}

/** The size of every name. */
function resolve(
  {
    pattern,
    from,
    sizes,
  }: {
    readonly pattern: string;
    readonly from: Side;
    readonly sizes: ReadonlyMap<string, number>;
  },
  shape: Shape,
): ReadonlyMap<string, number> {
  const operation = `rearrange '${pattern}'`;
  if (shape.length !== from.length) {
    throw shapeError(operation, [shape], `the pattern has ${from.length} axes`);
  }
  const found = new Map<string, number>();
  from.forEach((axis, i) => {
    const size = shape[i]!;
    const open = axis.filter((name) => !sizes.has(name));
    if (open.length > 1) {
      throw patternError(pattern, `the sizes of ${open.join(' and ')} cannot both be inferred`);
    }
    const known = axis.reduce((total, name) => total * (sizes.get(name) ?? 1), 1);
    const rest = size / known;
    if (!Number.isInteger(rest) || rest < 1 || (open.length === 0 && rest !== 1)) {
      const parts = axis.map((name) => `${name} = ${sizes.get(name) ?? '?'}`).join(', ') || '1';
      throw shapeError(operation, [shape], `axis ${i} of size ${size} is not ${parts}`);
    }
    for (const name of axis) found.set(name, sizes.get(name) ?? rest);
  });
  return found;
}

function parse(pattern: string): readonly [from: Side, to: Side] {
  const sides = pattern.split('->');
  if (sides.length !== 2) throw patternError(pattern, "it needs one '->'");
  const [from, to] = sides.map((side) => parseSide(pattern, side)) as [Side, Side];
  const [left, right] = [from.flat(), to.flat()];
  for (const [names, others] of [
    [left, right],
    [right, left],
  ] as const) {
    names.forEach((name, i) => {
      if (names.indexOf(name) !== i) throw patternError(pattern, `axis '${name}' repeats`);
      if (!others.includes(name)) throw patternError(pattern, `'${name}' is on one side only`);
    });
  }
  return [from, to];
}

function parseSide(pattern: string, text: string): Side {
  const side: string[][] = [];
  let group: string[] | null = null;
  for (const token of text.match(/[A-Za-z]\w*|\S/g) ?? []) {
    if (token === '(' && group === null) {
      group = [];
      side.push(group);
    } else if (token === ')' && group !== null) {
      group = null;
    } else if (token === '1') {
      if (group === null) side.push([]);
    } else if (/^[A-Za-z]/.test(token)) {
      if (group === null) side.push([token]);
      else group.push(token);
    } else {
      throw patternError(pattern, `'${token}' is not expected there`);
    }
  }
  if (group !== null) throw patternError(pattern, "a ')' is missing");
  return side;
}

function patternError(pattern: string, why: string): EngineError {
  return new EngineError(
    'OPTION_INVALID',
    `rearrange '${pattern}': ${why}`,
    "Write a pattern such as 'n (h d) c -> n h (d c)' and give the sizes of new axes.",
  );
}
