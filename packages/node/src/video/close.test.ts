import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import { writeImage } from '../images/images.ts';
import { openClip } from './clip.ts';
import { numberedFrame, numberedFrames, numberOf } from './numbered-clip.cases.ts';
import { writeVideo } from './write.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-close-'));
afterAll(() => rmSync(folder, { recursive: true }));
const video = join(folder, 'clip.mp4');
await writeVideo(video, numberedFrames(6), { rate: 25 });
const frames = join(folder, 'frames');
for (let i = 0; i < 3; i++) await writeImage(join(frames, `img${i}.png`), numberedFrame(i));

describe.each([
  ['a video', video, {}],
  ['a folder of frames', frames, { rate: 25 }],
])('%s', (_, path, options) => {
  it('is opened by a path or a file: URL', async () => {
    const clip = await openClip(pathToFileURL(path), options);
    for await (const frame of clip.frames()) expect(numberOf(frame)).toBe(frame.index);
    await clip.close();
  });

  it('cannot be read once it is closed, and a reading that was running ends', async () => {
    const clip = await openClip(path, options);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { index } of clip.frames()) {
        seen.push(index);
        if (index === 1) await clip.close();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'CANCELED' });
    expect(seen).toEqual([0, 1]);
    const again = clip.frames()[Symbol.asyncIterator]();
    await expect(again.next()).rejects.toMatchObject({ code: 'CANCELED' });
  });
});
