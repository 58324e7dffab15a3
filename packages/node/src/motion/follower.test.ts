import { createTvl1 } from '@telltale/core/motion';
import { createFollower, type MotionFrame } from '@telltale/core/spot';
import { describe, expect, it } from 'vitest';

import { openFollower } from './follower.ts';

const SIDE = 144;

/** A face-sized texture that moves to the right, with landmarks spread over it. */
function frameAt(index: number, side = SIDE): MotionFrame {
  const data = Float32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) - 0.1 * index, Math.floor(i / side)];
    return 128 + 60 * Math.sin(x / 5) * Math.cos(y / 7) + 30 * Math.sin((x + y) / 11);
  });
  const points = Float32Array.from({ length: 2 * 478 }, (_, i) => 20 + ((i * 37) % 104));
  return {
    time: index / 40,
    image: { data, width: side, height: side },
    landmarks: { points, presence: 1 },
  };
}

describe('a follower in a thread of its own', { timeout: 60_000 }, () => {
  it('measures what one in this thread measures, more frames than may wait, across a cut', async () => {
    const here = createFollower(await createTvl1());
    const there = openFollower();
    for (let i = 0; i < 14; i++) {
      if (i === 9) {
        here.cut();
        there.cut();
      }
      here.add(frameAt(i));
      await there.add(frameAt(i));
    }
    const stretches = await there.stretches();
    await there.close();
    expect(stretches).toHaveLength(2);
    expect(stretches).toEqual(here.stretches());
  });

  it('fails where the thread ends or cannot measure', async () => {
    const ended = openFollower();
    await ended.add(frameAt(0));
    const results = Promise.resolve(ended.stretches());
    const caught = results.catch((error: unknown) => error);
    await ended.close();
    expect(await caught).toMatchObject({ message: expect.stringContaining('ended') as string });

    const confused = openFollower();
    await confused.add(frameAt(0));
    await confused.add(frameAt(1, 96));
    await expect(confused.stretches()).rejects.toThrow(/96/);
    await confused.close();
  });
});
