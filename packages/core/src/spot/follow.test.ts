/** @file A face that holds still is measured as still, however its landmarks tremble. */
import { expect, it } from 'vitest';

import type { Plane } from '../base/image.ts';
import { createRandom } from '../base/random.ts';
import type { Landmarks } from '../face/landmarks.ts';
import { createTvl1 } from '../motion/tvl1.ts';
import { createFollower } from './follow.ts';

const SIZE = 144;

/** Landmarks on a grid below the eyes, which are `distance` pixels apart. */
function landmarks(distance: number): Landmarks {
  const points = new Float32Array(2 * 478);
  for (let i = 0; i < 478; i++)
    points.set([40 + (i % 20) * 3.2, 66 + Math.floor(i / 20) * 2], 2 * i);
  const eye = { 33: -0.66, 133: -0.34, 362: 0.34, 263: 0.66 };
  for (const [index, x] of Object.entries(eye)) {
    points.set([72 + x * distance, 55], 2 * Number(index));
  }
  return { points, presence: 1 };
}

/** Shading with spots, as skin has them, and the noise of a sensor. */
function skin(seed: number): Plane {
  const [spots, noise] = [createRandom(1), createRandom(seed)];
  const data = new Float32Array(SIZE * SIZE);
  for (let i = 0; i < 60; i++) {
    const [x, y, radius] = [
      SIZE * spots.uniform(),
      SIZE * spots.uniform(),
      2 + 4 * spots.uniform(),
    ];
    const depth = 50 * (spots.uniform() - 0.6);
    data.forEach((_, at) => {
      const away = ((at % SIZE) - x) ** 2 + (Math.floor(at / SIZE) - y) ** 2;
      data[at]! += depth * Math.exp(-away / (2 * radius * radius));
    });
  }
  return {
    data: data.map((value, at) => 90 + 0.6 * (at % SIZE) + value + 0.2 * noise.normal()),
    width: SIZE,
    height: SIZE,
  };
}

it('sees no movement where the eyes are measured a little farther apart for a moment', async () => {
  const follower = createFollower(await createTvl1());
  for (let i = 0; i < 8; i++) {
    // A tenth of this distance rounds to four pixels or to five.
    const distance = i === 5 ? 45.2 : 44.8;
    follower.add({ time: i / 40, image: skin(10 + i), landmarks: landmarks(distance) });
  }
  const [stretch] = follower.stretches();
  expect(stretch!.samples).toHaveLength(8);
  for (const { displacement } of stretch!.samples) {
    for (const value of displacement) expect(Math.abs(value)).toBeLessThan(0.12);
  }
});
