/** @file A face that holds still is measured as still, however its landmarks tremble. */
import { expect, it } from 'vitest';

import type { Plane } from '../base/image.ts';
import { createRandom } from '../base/random.ts';
import type { Landmarks } from '../face/landmarks.ts';
import { createTvl1 } from '../motion/tvl1.ts';
import { createFollower } from './follow.ts';

const SIZE = 144;

/** Points of both eyes: corners, then upper and lower lids. */
const LIDS = { upper: [160, 158, 385, 387], lower: [144, 153, 380, 373] };

/** Landmarks on a grid below the eyes, which are `distance` pixels apart and have their lids `open` pixels apart. */
function landmarks(distance: number, open = 4): Landmarks {
  const points = new Float32Array(2 * 478);
  for (let i = 0; i < 478; i++)
    points.set([40 + (i % 20) * 3.2, 66 + Math.floor(i / 20) * 2], 2 * i);
  const eye = { 33: -0.66, 133: -0.34, 362: 0.34, 263: 0.66 };
  for (const [index, x] of Object.entries(eye)) {
    points.set([72 + x * distance, 55], 2 * Number(index));
  }
  for (const [lid, way] of [
    ['upper', -0.5],
    ['lower', 0.5],
  ] as const) {
    LIDS[lid].forEach((index, i) => {
      points.set([72 + (i < 2 ? -0.5 : 0.5) * distance, 55 + way * open], 2 * index);
    });
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

/** Times at which an image was taken as reference, seconds, of eyes that are opened `opening(time)` pixels. */
async function references(opening: (time: number) => number): Promise<readonly number[]> {
  const tvl1 = await createTvl1();
  const face = skin(10);
  const times: number[] = [];
  let time = 0;
  const from: typeof tvl1.from = (image, options) => {
    times.push(time);
    return tvl1.from(image, options);
  };
  const follower = createFollower({ ...tvl1, from });
  for (let i = 0; i < 50; i++) {
    time = i / 20;
    follower.add({ time, image: face, landmarks: landmarks(45, opening(time)) });
  }
  return times;
}

it('renews the reference every 0.8 s while the eyes are open', async () => {
  expect(await references(() => 4)).toEqual([0, 0.8, 1.6, 2.4]);
});

it('takes no reference while lids are still opening after a blink', async () => {
  // Shut at 0.7 s, at 0.9 of their opening at 0.8 s, open from 1 s on.
  const times = await references((time) =>
    time < 0.65 || time > 0.96 ? 4 : time < 0.76 ? 1 : 3.6,
  );
  expect(times).toEqual([0, 1, 1.8]);
});

it('does not wait longer than twice as long for open eyes', async () => {
  const closing = (time: number): number => (time < 0.75 ? 4 : 4 - 1.5 * (time - 0.5));
  expect(await references(closing)).toEqual([0, 1.6]);
});

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
