/** @file Damages bytes and texts, the same way for the same seed: what files go through, and what attackers try. */
import { createRandom } from '../../packages/core/src/base/random.ts';
import type { Random } from '../../packages/core/src/base/random.ts';

/** Numbers at the edges of what programs store. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
/** Values at the edges of what JSON holds. */
const VALUES: readonly unknown[] = [
  ...[null, true, 0, -0, -1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 4096, 1e6],
  ...['', '0', '__proto__', 'constructor', 'toString', '\0', '\ud800', '=1+1', 'x'.repeat(70_000)],
  ...[[], {}, [[]], [null], { a: 1 }, Array.from({ length: 5000 }, () => 0)],
];
/** Names that every object has. */
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', ''];

/** One to four damages of bytes. */
export function damageBytes(bytes: Uint8Array, seed: number): Uint8Array {
  const random = createRandom(seed);
  let out: Uint8Array = Uint8Array.from(bytes);
  for (let left = 1 + random.integer(4); left > 0; left--) out = damageOnce(out, random);
  return out;
}

function damageOnce(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(bytes.length + 1);
  const length = Math.min(bytes.length - at, 1 + random.integer(64));
  const out = Uint8Array.from(bytes);
  const view = new DataView(out.buffer);
  const edge = EDGES[random.integer(EDGES.length)]!;
  switch (random.integer(8)) {
    case 0:
      if (at < out.length) out[at]! ^= 1 << random.integer(8);
      return out;
    case 1:
      if (at < out.length) out[at] = edge;
      return out;
    case 2:
      if (at + 4 <= out.length) view.setUint32(at, edge, random.integer(2) === 0);
      return out;
    case 3:
      return out.slice(0, at);
    case 4:
      return joined(out.subarray(0, at), out.subarray(at + length));
    case 5:
      return joined(out.subarray(0, at + length), out.subarray(at));
    case 6:
      return joined(out.subarray(0, at), Uint8Array.from({ length }, () => random.integer(256)), out.subarray(at)); // prettier-ignore
    default: {
      const from = random.integer(bytes.length + 1);
      out.copyWithin(at, from, from + length);
      return out;
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** A JSON text with one to three members changed, removed, renamed or repeated; now and then damaged as bytes. */
export function damageJson(text: string, seed: number): string {
  const random = createRandom(seed);
  if (random.integer(5) === 0) {
    return Buffer.from(damageBytes(Buffer.from(text), seed)).toString('latin1');
  }
  const value = JSON.parse(text) as unknown;
  for (let left = 1 + random.integer(3); left > 0; left--) damageMember(value, random);
  return JSON.stringify(value);
}

function damageMember(root: unknown, random: Random): void {
  let at = root as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(at);
    if (keys.length === 0) return;
    const key = keys[random.integer(keys.length)]!;
    const below = at[key];
    if (typeof below === 'object' && below !== null && random.integer(4) > 0) {
      at = below as Record<string, unknown>;
      continue;
    }
    switch (random.integer(4)) {
      case 0:
        if (Array.isArray(at)) at.splice(Number(key), 1);
        else Reflect.deleteProperty(at, key);
        return;
      case 1: {
        const name = NAMES[random.integer(NAMES.length)]!;
        if (Array.isArray(at)) return;
        Object.defineProperty(at, name, { value: below, enumerable: true, configurable: true, writable: true }); // prettier-ignore
        return;
      }
      case 2:
        if (Array.isArray(at)) at.push(below);
        else at[key] = [below];
        return;
      default:
        at[key] = VALUES[random.integer(VALUES.length)];
        return;
    }
  }
}

/** Each text that lacks one of the members of the outermost object. */
export function withoutEach(text: string, optional: readonly string[] = []): string[] {
  const value = JSON.parse(text) as Record<string, unknown>;
  return Object.keys(value)
    .filter((key) => !optional.includes(key))
    .map((key) => JSON.stringify(Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)))); // prettier-ignore
}
