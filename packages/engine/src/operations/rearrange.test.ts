/** @file What a pattern refuses, and that one which changes nothing computes nothing. */
import { expect, test } from 'vitest';

import { EngineError } from '../errors.ts';
import { leaf } from '../tensor.ts';
import { rearrange } from './rearrange.ts';

const x = leaf('x', [2, 6, 5]);

test.each([
  ['a b c', {}, 'OPTION_INVALID', "needs one '->'"],
  ['a b c -> a -> b c', {}, 'OPTION_INVALID', "needs one '->'"],
  ['a b c -> a b', {}, 'OPTION_INVALID', "'c' is on one side only"],
  ['a b c -> a b c d', {}, 'OPTION_INVALID', "'d' is on one side only"],
  ['a b b -> a b b', {}, 'OPTION_INVALID', "'b' repeats"],
  ['a (b c -> a b c', {}, 'OPTION_INVALID', "a ')' is missing"],
  ['a b) c -> a b c', {}, 'OPTION_INVALID', "')' is not expected"],
  ['a ((b) c) d -> a b c d', {}, 'OPTION_INVALID', "'(' is not expected"],
  ['a … c -> a … c', {}, 'OPTION_INVALID', "'…' is not expected"],
  ['a (b c) d -> a b c d', {}, 'OPTION_INVALID', 'b and c cannot both be inferred'],
  ['a b c -> c b a', { z: 1 }, 'OPTION_INVALID', "no axis 'z'"],
  ['a b c -> c b a', { constructor: 1 }, 'OPTION_INVALID', "no axis 'constructor'"],
  ['a b -> b a', {}, 'SHAPE_MISMATCH', 'the pattern has 2 axes'],
  ['a (b c) d -> a b c d', { b: 4 }, 'SHAPE_MISMATCH', 'axis 1 of size 6 is not b = 4'],
  ['a (b c) d -> a b c d', { b: 2, c: 2 }, 'SHAPE_MISMATCH', 'b = 2, c = 2'],
  ['a (b c) d -> a b c d', { b: 0 }, 'SHAPE_MISMATCH', 'b = 0'],
  ['a (b c) d -> a b c d', { b: -2 }, 'SHAPE_MISMATCH', 'b = -2'],
  ['a b c -> c b a', { b: 5 }, 'SHAPE_MISMATCH', 'b = 5'],
  ['1 b c -> b c', {}, 'SHAPE_MISMATCH', 'axis 0 of size 2 is not 1'],
] as const)('refuses %s with %o: %s', (pattern, sizes, code, message) => {
  const call = (): unknown => rearrange(x, pattern, sizes);
  expect(call).toThrow(EngineError);
  expect(call).toThrow(expect.objectContaining({ code }));
  expect(call).toThrow(message);
});

test('a pattern that changes nothing is the tensor itself', () => {
  expect(rearrange(x, 'a (b c) d -> a (b c) d', { b: 3 })).toBe(x);
});

test('a name may be that of a member of objects', () => {
  expect(rearrange(x, 'a toString c -> toString c a').shape).toEqual([6, 5, 2]);
});
