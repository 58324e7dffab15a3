/**
 * @file Recordings of docs/recordings.md in Chromium: the frames, times and gaps of the command line, to the last bit.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openClip } from '@telltale/node';
import { hasFfmpeg } from '../../packages/node/src/video/numbered-clip.cases.ts';
import { openRecordings } from '../../packages/node/src/video/recordings.cases.ts';
import { CHROMIUM, hasChromium, openBrowser, type Browser } from './chromium.ts';
import type { ReadClip, ReadFrame } from './recording.worker.ts';

const hasCore = existsSync(
  fileURLToPath(new URL('../../node_modules/@ffmpeg/core/package.json', import.meta.url)),
);
const missing = [
  ...(hasChromium ? [] : [CHROMIUM]),
  ...(hasFfmpeg ? [] : ['ffmpeg']),
  ...(hasCore ? [] : ['@ffmpeg/core']),
];
const title = 'recordings in Chromium';
const name = missing.length === 0 ? title : `${title} (skipped: there is no ${missing.join(', ')})`;

interface Known {
  readonly size: readonly [number, number];
  readonly rate: number;
  readonly frames: readonly ReadFrame[];
  readonly recording: object;
}

async function readHere(path: string): Promise<Known> {
  const clip = await openClip(path);
  const frames: ReadFrame[] = [];
  for await (const { index, time, data, isDamaged = false, isCut = false } of clip.frames()) {
    const hash = createHash('sha256');
    if (!isDamaged) hash.update(data);
    frames.push({ index, time, hash: hash.digest('hex'), isDamaged, isCut });
  }
  const { decoder, truncated, ...recording } = clip.recording!();
  expect(decoder).toBeDefined();
  return {
    ...{ size: [clip.width, clip.height], rate: clip.rate, frames },
    recording: { ...recording, ...(truncated !== undefined && { truncated: true }) },
  };
}

function comparable({ size, rate, frames, recording }: ReadClip | Known): object {
  const rounded = frames.map(({ time, ...rest }) => ({ time: Number(time.toFixed(3)), ...rest }));
  return { size, rate: Number(rate.toFixed(3)), frames: rounded, recording };
}

describe.skipIf(missing.length > 0)(name, { timeout: 120_000 }, () => {
  const recordings = openRecordings();
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    recordings.remove();
    const { problems } = browser;
    await browser.close();
    expect(problems).toEqual([]);
  });

  async function readThere(
    file: string,
    { from, stops }: { readonly from?: number; readonly stops?: readonly number[] } = {},
  ): Promise<ReadClip> {
    const base64 = readFileSync(recordings.of(file)).toString('base64');
    const answer = await browser.run('recording', { name: file, base64, ffmpeg: true, ...(from && { from }), ...(stops && { stops }) }); // prettier-ignore
    if ('error' in answer) throw new Error(`${file}: ${answer.error}`);
    const { decoder, truncated, ...recording } = answer.recording;
    expect(decoder).toBe(answer.decoder);
    return {
      ...answer,
      recording: { ...recording, ...(truncated !== undefined && { truncated: true }) } as object,
    };
  }

  it.for([
    ['plain.mp4', 'webcodecs'],
    ['h264-interlaced.mp4', 'webcodecs'],
    ['h264-bottom-first.ts', 'webcodecs'],
    ['mpeg2-interlaced.mpg', 'ffmpeg'],
    ['trimmed.mp4', 'webcodecs'],
    ['two-edits.mp4', 'webcodecs'],
    ['trimmed-far.mp4', 'webcodecs'],
    ['trimmed-end.mp4', 'webcodecs'],
    ['late.mkv', 'webcodecs'],
    ['late.ts', 'webcodecs'],
    ['late.mpg', 'ffmpeg'],
    ['mpeg2.ts', 'ffmpeg'],
    ['variable.mp4', 'webcodecs'],
    ['negative.ts', 'webcodecs'],
    ['sar16-11.ts', 'webcodecs'],
    ['turned.mp4', 'webcodecs'],
    ['mirrored.mp4', 'webcodecs'],
    ['h264-422-10.mp4', 'webcodecs'],
    ['h264-gray.mp4', 'webcodecs'],
    ['h264-full.mp4', 'webcodecs'],
    ['open-gop.mp4', 'webcodecs'],
    ['vp8.webm', 'webcodecs'],
    ['av1.mkv', 'webcodecs'],
    ['joined.ts', 'webcodecs'],
    ['grown.ts', 'webcodecs'],
    ['cut.mp4', 'webcodecs'],
    ['twice.mp4', 'webcodecs'],
    ['twice.webm', 'webcodecs'],
    ['negative.mkv', 'webcodecs'],
    ['two-tracks.mov', 'webcodecs'],
    ['preview-first.mov', 'webcodecs'],
    ['turned-trimmed.mp4', 'webcodecs'],
    ['claims-100.mkv', 'webcodecs'],
    ['two-programs.ts', 'ffmpeg'],
    ['wrong-index.avi', 'ffmpeg'],
    ['hlg.mp4', 'ffmpeg'],
    ['mjpeg.mov', 'ffmpeg'],
    ['damaged.avi', 'ffmpeg'],
    ['cut.avi', 'ffmpeg'],
    ['raw.h264', 'ffmpeg'],
    ['gray.avi', 'ffmpeg'],
  ] as const)('are those of the command line: %s, by %s', async ([file, decoder]) => {
    const [there, here] = await Promise.all([readThere(file), readHere(recordings.of(file))]);
    expect(there.decoder).toBe(decoder);
    expect(comparable(there)).toEqual(comparable(here));
  });

  it('can be read from any frame on: the same frames', async () => {
    for (const [file, from] of [
      ['plain.mp4', 8],
      ['h264-interlaced.mp4', 7],
      ['negative.ts', 9],
    ] as const) {
      const { frames, rest } = await readThere(file, { from });
      expect(rest).toEqual(frames.slice(from));
    }
  });

  it('are read again after readings that ended early, by the same FFmpeg', async () => {
    const whole = await readThere('mpeg2-interlaced.mpg');
    const again = await readThere('mpeg2-interlaced.mpg', { stops: [1, 3, 1, 20, 1] });
    expect(comparable(again)).toEqual(comparable(whole));
    expect([whole.workers, again.workers]).toEqual([1, 1]);
  });

  it('have gaps from a frame at which the decoder gives up to the next keyframe', async () => {
    const { frames } = await readThere('damaged-vp9.mp4');
    const damaged = frames.filter(({ isDamaged }) => isDamaged);
    expect(frames).toHaveLength(12);
    expect(damaged.map(({ index }) => index)).toEqual([5, 6, 7]);
  });

  it.for([
    ['sound.m4a', true, 'AUDIO_ONLY'],
    ['empty.mp4', true, 'NOT_VIDEO'],
    ['all-damaged.avi', true, 'VIDEO_BROKEN'],
    ['gray.avi', false, 'CODEC_UNSUPPORTED'],
  ] as const)('are refused: %s, FFmpeg %s, %s', async ([file, ffmpeg, error]) => {
    const base64 = readFileSync(recordings.of(file)).toString('base64');
    const answer = await browser.run('recording', { name: file, base64, ffmpeg });
    expect(answer).toEqual({ error });
  });
});
