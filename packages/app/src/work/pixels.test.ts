/** @file Turning a picture. */
import { expect, it } from 'vitest';

import { turned } from './pixels.ts';

it('a quarter turn is clockwise, and four of them are none', () => {
  const picture = { data: Uint8Array.from([1, 2, 3, 4, 5, 6]), width: 3, height: 2 };
  expect(turned(picture, 1, 1)).toEqual({
    data: Uint8Array.from([4, 1, 5, 2, 6, 3]),
    width: 2,
    height: 3,
  });
  expect(turned(picture, 4, 1)).toEqual(picture);
});
