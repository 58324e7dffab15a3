/**
 * @file Seeded random numbers: the only randomness in the library.
 *
 * xoshiro128** of Blackman and Vigna 2021, "Scrambled Linear Pseudorandom
 * Number Generators", ACM TOMS 47(4), seeded through splitmix32.
 */

/** A stream of random numbers that its seed determines. Calls advance the stream. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Fills an array with what as many calls of `uniform` would give, several times faster. */
  fill(data: Float64Array): void;
  /** Standard normal (Box and Muller 1958). */
  normal(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  /** A new permutation of `items`. */
  shuffle<T>(items: readonly T[]): T[];
  /** An independent stream named by `key`: the same key gives the same stream, whatever was drawn before. */
  fork(key: number): Random;
}

/** A stream that depends on `seed` alone. */
export function createRandom(seed: number): Random {
  let mix = seed >>> 0;
  const next = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, d] = [next(), next(), next(), next() | 1];
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

  const uniform = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result / 4294967296;
  };
  const fill = (data: Float64Array): void => {
    let [e, f, g, h] = [a, b, c, d]; // in registers, where the shared state cannot be
    for (let i = 0; i < data.length; i++) {
      data[i] = (Math.imul(rotate(Math.imul(f, 5), 7), 9) >>> 0) / 4294967296;
      const t = f << 9;
      g ^= e;
      h ^= f;
      f ^= g;
      e ^= h;
      g ^= t;
      h = rotate(h, 11);
    }
    [a, b, c, d] = [e, f, g, h];
  };
  const integer = (below: number): number => Math.floor(uniform() * below);

  return {
    uniform,
    fill,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer,
    shuffle: (items) => {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [out[i], out[j]] = [out[j]!, out[i]!];
      }
      return out;
    },
    fork: (key) =>
      createRandom(
        (Math.imul(seed ^ 0x5bf03635, 0x9e3779b1) + Math.imul(key + 1, 0x85ebca6b)) >>> 0,
      ),
  };
}
