/** @file Rotation of frames. */
import { expect, it } from 'vitest';

import { rotated } from './rotate.ts';

it('a quarter turn is clockwise, and four of them are none', () => {
  const image = { data: Uint8Array.from([1, 2, 3, 4, 5, 6]), width: 3, height: 2 };
  expect(rotated(image, 1, 1)).toEqual({
    data: Uint8Array.from([4, 1, 5, 2, 6, 3]),
    width: 2,
    height: 3,
  });
  expect(rotated(image, 4, 1)).toEqual(image);
});
