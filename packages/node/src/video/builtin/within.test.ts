/** @file Spans that are decoded from keyframes on are the frames of a whole decoding, bit for bit. */
import { createHash } from 'node:crypto';

import type { DecodedFrame } from '@telltale/core/video';
import { afterAll, describe, expect, it } from 'vitest';

import { hasFfmpeg } from '../numbered-clip.cases.ts';
import { openRecordings } from '../recordings.cases.ts';
import { openBuiltin } from './decode.ts';
import { hasBuiltin } from './native.ts';

const recordings = openRecordings();
afterAll(() => recordings.remove());

async function read(frames: AsyncIterable<DecodedFrame>): Promise<Map<number, string>> {
  const digests = new Map<number, string>();
  for await (const { timestamp, pixels, isDamaged = false, field } of frames) {
    const digest = createHash('sha256').update(pixels?.data ?? '');
    digests.set(timestamp!, `${isDamaged} ${field} ${digest.digest('hex')}`);
  }
  return digests;
}

const name =
  'spans (skipped without the built-in decoder, or without ffmpeg, which makes the recordings)';
describe.skipIf(!hasFfmpeg || !hasBuiltin())(name, () => {
  it.each([
    'plain.mp4',
    'h264-interlaced.mp4',
    'hevc-10.mp4',
    'vp9.mp4',
    'vp8.webm',
    'av1.mkv',
    'mjpeg.mov',
    'trimmed.mp4',
    'turned.mp4',
    'late.mp4',
    'negative.mkv',
    'twice.webm',
    'open-gop.mp4',
    'refreshed.mkv',
    'damaged.mp4',
    'damaged-vp9.mp4',
  ])('of %s', async (file) => {
    const opened = await openBuiltin(recordings.of(file));
    if (!('stream' in opened)) throw new Error(opened.foreign);
    const { stream, release } = opened;
    const whole = await read(stream.decode(() => undefined));
    const times = [...whole.keys()];
    expect(stream.timestamps).toEqual(times);
    expect(new Set(whole.values()).size).toBeGreaterThan(6);
    const all = [...whole];
    const end = times.length - 1;
    // prettier-ignore
    for (const spans of [[[0, 1]], [[4, 4]], [[5, 7]], [[end, end]], [[1, 2], [5, 5], [7, end]]] as const) {
    const wanted = spans.map(([first, last]) => [times[first]!, times[last]!] as const);
    const found = await read(stream.decodeWithin!(wanted));
    const expected = spans.flatMap(([first, last]) => all.slice(first, last + 1));
    expect([...found]).toEqual(expected);
  }
    await release();
  });

  it.each(['joined.ts', 'two-edits.mp4', 'h264.avi', 'raw.h264'])(
    'are not offered of %s, whose times or packets do not allow it',
    async (file) => {
      const opened = await openBuiltin(recordings.of(file));
      if (!('stream' in opened)) throw new Error(opened.foreign);
      expect('decodeWithin' in opened.stream).toBe(false);
      await opened.release();
    },
  );
});
