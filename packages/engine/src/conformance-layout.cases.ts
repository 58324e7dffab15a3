/**
 * @file Conformance cases of the operations that move numbers, and of constants.
 */
import { single, type Case } from './conformance.cases.ts';
import * as broadcast from './operations/broadcast.ts';
import * as elementwise from './operations/elementwise.ts';
import * as layout from './operations/layout.ts';
import { rearrange } from './operations/rearrange.ts';
import * as reductions from './operations/reduce.ts';
import { at, broadcastAt, draw, make, reshaped } from './reference.cases.ts';
import { constant, scalar } from './tensor.ts';

const map = draw([2, 4, 6, 3], 60);

/** Each against its index arithmetic. */
const rearrangeCases: readonly Case[] = [
  single('rearrange', 'windows, tokens outermost', {
    operands: [map],
    build: ([x]) => rearrange(x!, 'n (y a) (x b) d -> (a b) n (y x) d', { a: 2, b: 3 }),
    reference: ([x]) =>
      make([6, 2, 4, 3], ([token, n, window, d]) => {
        const [a, b] = [Math.floor(token! / 3), token! % 3];
        const [row, column] = [Math.floor(window! / 2), window! % 2];
        return at(x!, [n!, row * 2 + a, column * 3 + b, d!]);
      }),
  }),
  single('rearrange', 'windows and back', {
    operands: [draw([8, 6, 3], 61)],
    build: ([x]) => rearrange(x!, '(n y x) (a b) d -> n (y a) (x b) d', { y: 2, x: 2, a: 2 }),
    reference: ([x]) =>
      make([2, 4, 6, 3], ([n, row, column, d]) => {
        const window = (n! * 2 + Math.floor(row! / 2)) * 2 + Math.floor(column! / 3);
        return at(x!, [window, (row! % 2) * 3 + (column! % 3), d!]);
      }),
  }),
  single('rearrange', 'heads', {
    operands: [draw([2, 5, 6], 62)],
    build: ([x]) => rearrange(x!, 'm l (h e) -> m h l e', { h: 2 }),
    reference: ([x]) => make([2, 2, 5, 3], ([m, h, l, e]) => at(x!, [m!, l!, h! * 3 + e!])),
  }),
  single('rearrange', 'axes of size 1', {
    operands: [draw([3, 1, 4], 63)],
    build: ([x]) => rearrange(x!, 'm 1 l -> l 1 () m'),
    reference: ([x]) => make([4, 1, 1, 3], ([l, , , m]) => at(x!, [m!, 0, l!])),
  }),
  single('rearrange', 'all axes joined', {
    operands: [draw([2, 3, 4], 64)],
    build: ([x]) => rearrange(x!, 'a b c -> (c a b)'),
    reference: ([x]) =>
      make([24], ([i]) => at(x!, [Math.floor(i! / 3) % 2, i! % 3, Math.floor(i! / 6)])),
  }),
];

const cube = draw([2, 3, 4], 5);

/** Cases of layout and of constants. */
export const layoutCases: readonly Case[] = [
  ...rearrangeCases,
  single('reshape', 'with a free size', {
    operands: [cube],
    build: ([x]) => broadcast.reshape(x!, [4, -1]),
    reference: ([x]) => reshaped(x!, [4, 6]),
  }),
  single('expand', 'new and repeated axes', {
    operands: [draw([3, 1], 6)],
    build: ([x]) => broadcast.expand(x!, [2, 3, 4]),
    reference: ([x]) => make([2, 3, 4], (i) => broadcastAt(x!, i)),
  }),
  single('zeros', 'a block', {
    operands: [],
    build: () => broadcast.zeros([2, 3]),
    reference: () => make([2, 3], () => 0),
    constant: true,
  }),
  single('transpose', 'three axes', {
    operands: [cube],
    build: ([x]) => layout.transpose(x!, [2, 0, 1]),
    reference: ([x]) => make([4, 2, 3], ([i, j, k]) => at(x!, [j!, k!, i!])),
  }),
  single('swapLast', 'three axes', {
    operands: [cube],
    build: ([x]) => layout.swapLast(x!),
    reference: ([x]) => make([2, 4, 3], ([i, j, k]) => at(x!, [i!, k!, j!])),
  }),
  single('concat', 'two sizes', {
    operands: [cube, draw([2, 2, 4], 7)],
    build: ([x, y]) => layout.concat([x!, y!], 1),
    reference: ([x, y]) =>
      make([2, 5, 4], ([i, j, k]) => (j! < 3 ? at(x!, [i!, j!, k!]) : at(y!, [i!, j! - 3, k!]))),
  }),
  single('stack', 'in the middle', {
    operands: [cube, draw([2, 3, 4], 8)],
    build: ([x, y]) => layout.stack([x!, y!], 1),
    reference: ([x, y]) =>
      make([2, 2, 3, 4], ([i, which, j, k]) => at(which === 0 ? x! : y!, [i!, j!, k!])),
  }),
  single('split', 'one part used', {
    operands: [cube],
    build: ([x]) => layout.split(x!, 2, [1, 2, 1])[1]!,
    reference: ([x]) => make([2, 3, 2], ([i, j, k]) => at(x!, [i!, j!, k! + 1])),
  }),
  single('split', 'two of three parts used', {
    operands: [cube],
    build: ([x]) => {
      const [a, , c] = layout.split(x!, 1, 3);
      return elementwise.mul(a!, c!);
    },
    reference: ([x]) => make([2, 1, 4], ([i, , k]) => at(x!, [i!, 0, k!]) * at(x!, [i!, 2, k!])),
  }),
  single('slice', 'with a step', {
    operands: [draw([3, 8], 9)],
    build: ([x]) =>
      layout.slice(x!, [
        { axis: -1, start: 1, end: 8, step: 3 },
        { axis: 0, start: 1, end: 3 },
      ]),
    reference: ([x]) => make([2, 3], ([i, j]) => at(x!, [i! + 1, 1 + 3 * j!])),
  }),
  single('dilate', 'by three', {
    operands: [cube],
    build: ([x]) => layout.dilate(x!, 1, 3),
    reference: ([x]) =>
      make([2, 7, 4], ([i, j, k]) => (j! % 3 === 0 ? at(x!, [i!, j! / 3, k!]) : 0)),
  }),
  single('pad', 'with a value', {
    operands: [draw([2, 3], 10)],
    build: ([x]) =>
      layout.pad(
        x!,
        [
          [1, 0],
          [0, 2],
        ],
        0.5,
      ),
    reference: ([x]) => make([3, 5], ([i, j]) => at(x!, [i! - 1, j!], 0.5)),
  }),
  single('flip', 'two axes', {
    operands: [cube],
    build: ([x]) => layout.flip(x!, [0, 2]),
    reference: ([x]) => make([2, 3, 4], ([i, j, k]) => at(x!, [1 - i!, j!, 3 - k!])),
  }),
  ...[[2, 0, 1], [1, 1, 0, 1], [2]].map((order) =>
    single('gather', `entries ${order.join()}`, {
      operands: [cube],
      build: ([x]) => reductions.gather(x!, 1, order),
      reference: ([x]) => make([2, order.length, 4], ([i, j, k]) => at(x!, [i!, order[j!]!, k!])),
    }),
  ),
  single('step', 'both sides of zero', {
    operands: [draw([4, 4], 11)],
    build: ([x]) => elementwise.step(x!),
    reference: ([x]) => make([4, 4], (i) => (at(x!, i) > 0 ? 1 : 0)),
    constant: true,
  }),
  single('step', 'zero itself counts', {
    operands: [make([3], ([i]) => i! - 1)],
    build: ([x]) => elementwise.step(x!, 1),
    reference: () => make([3], ([i]) => (i! > 0 ? 1 : 0)),
    constant: true,
  }),
  single('constant', 'a matrix', {
    operands: [],
    build: () => constant(Float32Array.of(1, 2, 3, 4), [2, 2]),
    reference: () => make([2, 2], ([i, j]) => 1 + 2 * i! + j!),
    constant: true,
  }),
  single('scalar', 'a number', {
    operands: [],
    build: () => scalar(-0.25),
    reference: () => make([], () => -0.25),
    constant: true,
  }),
];
