/**
 * @file Conformance cases of the recurrences.
 */
import { single, type Case } from './conformance.cases.ts';
import { decayingRecurrence, linearRecurrence, selectiveScan } from './operations/recurrence.ts';
import { at, draw, indices, make, type Numbers } from './reference.cases.ts';

const positive = (x: number): number => Math.abs(x) + 0.3;

function recur(a: Numbers, b: Numbers, reverse: boolean): Numbers {
  const steps = a.shape[0]!;
  const width = a.data.length / steps;
  const data = new Float64Array(a.data.length);
  for (let column = 0; column < width; column++) {
    let h = 0;
    for (let t = 0; t < steps; t++) {
      const i = (reverse ? steps - 1 - t : t) * width + column;
      h = a.data[i]! * h + b.data[i]!;
      data[i] = h;
    }
  }
  return { shape: a.shape, data };
}

function scan(operands: readonly Numbers[], reverse: boolean): Numbers {
  const [u, delta, a, b, c, skip] = operands as [
    Numbers,
    Numbers,
    Numbers,
    Numbers,
    Numbers,
    Numbers | undefined,
  ];
  const [n, l, d] = u.shape as [number, number, number];
  const states = a.shape[1]!;
  const data = new Float64Array(n * l * d);
  for (const [i, k] of indices([n, d]) as [number, number][]) {
    const h = new Float64Array(states);
    for (let step = 0; step < l; step++) {
      const t = reverse ? l - 1 - step : step;
      const dt = at(delta, [i, t, k]);
      const input = at(u, [i, t, k]);
      let y = skip ? at(skip, [k]) * input : 0;
      for (let s = 0; s < states; s++) {
        h[s] = Math.exp(dt * at(a, [k, s])) * h[s]! + dt * at(b, [i, t, s]) * input;
        y += at(c, [i, t, s]) * h[s]!;
      }
      data[(i * l + t) * d + k] = y;
    }
  }
  return { shape: [n, l, d], data };
}

/** Cases of the recurrences. */
export const recurrenceCases: readonly Case[] = [false, true].flatMap((reverse): Case[] => {
  const way = reverse ? 'backward' : 'forward';
  return [
    ...[[5], [5, 3], [4, 2, 3], [1, 3]].map((shape) =>
      single('linearRecurrence', `[${shape.join()}] ${way}`, {
        operands: [draw(shape, 35, (x) => x * 0.5), draw(shape, 36)],
        build: ([a, b]) => linearRecurrence(a!, b!, { reverse }),
        reference: ([a, b]) => recur(a!, b!, reverse),
      }),
    ),
    ...[[5], [4, 2, 3], [1, 3]].map((shape) =>
      single('decayingRecurrence', `[${shape.join()}] ${way}`, {
        operands: [draw(shape, 45, (x) => -positive(x)), draw(shape, 36)],
        build: ([x, b]) => decayingRecurrence(x!, b!, { reverse }),
        reference: ([x, b]) =>
          recur(
            make(shape, (i) => Math.exp(at(x!, i))),
            b!,
            reverse,
          ),
      }),
    ),
    ...[false, true].map((withSkip) =>
      single('selectiveScan', `${way}${withSkip ? ', with skip' : ''}`, {
        operands: [
          draw([2, 5, 3], 37),
          draw([2, 5, 3], 38, positive),
          draw([3, 4], 39, (x) => -positive(x)),
          draw([2, 5, 4], 40),
          draw([2, 5, 4], 41),
          ...(withSkip ? [draw([3], 42)] : []),
        ],
        build: ([u, delta, a, b, c, skip]) =>
          selectiveScan(
            u!,
            { delta: delta!, a: a!, b: b!, c: c!, skip: skip ?? null },
            { reverse },
          ),
        reference: (operands) => scan(operands, reverse),
      }),
    ),
  ];
});
