import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import {
  hasFfmpeg,
  meanDifference,
  numberedFrame,
  numberedFrames,
  numberOf,
} from './numbered-clip.cases.ts';
import { openClip } from './clip.ts';
import { hasBuiltin } from './builtin/native.ts';
import { writeVideo } from './write.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-write-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  { encoder: 'built-in', there: hasBuiltin() },
  { encoder: 'ffmpeg', there: hasFfmpeg },
] as const)('written by $encoder (skipped where it is missing)', ({ encoder, there }) => {
  it.skipIf(!there).for([25, 200, 30000 / 1001])(
    'a clip of %d frames per second comes back',
    async (rate) => {
      const path = at(`${encoder}-${Math.round(rate)}.mp4`);
      await writeVideo(path, numberedFrames(30), { rate, encoder });
      const clip = await openClip(path);
      expect(clip).toMatchObject({ width: 192, height: 128, expectedFrames: 30 });
      expect(clip.rate).toBeCloseTo(rate, 6);
      let index = 0;
      for await (const frame of clip.frames()) {
        expect(numberOf(frame)).toBe(index);
        expect(frame.time).toBeCloseTo(index / rate, 4);
        if (index === 7) {
          expect(meanDifference(frame.data, numberedFrame(7).data)).toBeLessThan(3);
        }
        index++;
      }
      expect(index).toBe(30);
    },
  );

  it.skipIf(!there)('frames keep their own times', async () => {
    // Pauses, an early frame, a start after 0: nothing of it is a multiple of the period.
    const times = [1.5, 1.54, 1.571, 1.75, 3, 3.033, 3.1, 5.5];
    const frames = times.map((time, i) => ({ ...numberedFrame(i), time }));
    const path = at(`${encoder}-variable.mp4`);
    await writeVideo(path, frames, { rate: 30, keepTimes: true, encoder });
    const found: number[] = [];
    const clip = await openClip(path);
    for await (const frame of clip.frames()) {
      expect(numberOf(frame)).toBe(found.length);
      found.push(frame.time);
    }
    expect(found).toHaveLength(times.length);
    for (const [i, time] of times.entries()) expect(found[i]).toBeCloseTo(time, 3);
    expect(clip.recording!().truncated).toBeUndefined();
  });

  it.skipIf(!there)('an odd size grows by one pixel', async () => {
    await writeVideo(at('odd.mp4'), [numberedFrame(9, 193, 127)], { rate: 25, encoder });
    const clip = await openClip(at('odd.mp4'));
    expect([clip.width, clip.height]).toEqual([194, 128]);
  });

  it.skipIf(!there)('nothing is left of a clip that fails', async () => {
    const before = readdirSync(folder);
    const changing = [numberedFrame(1), numberedFrame(2, 100, 100)];
    await expect(
      writeVideo(at('changing.mp4'), changing, { rate: 25, encoder }),
    ).rejects.toMatchObject({ code: 'FRAMES_SIZE_CHANGED' });
    await expect(writeVideo(at('none.mp4'), [], { rate: 25, encoder })).rejects.toMatchObject({
      code: 'FRAMES_EMPTY',
    });
    expect(readdirSync(folder)).toEqual(before);
  });
});
