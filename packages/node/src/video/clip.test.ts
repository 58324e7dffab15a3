import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RgbImage } from '@telltale/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { encodeNumbered, ffmpeg, hasFfmpeg, numberOf } from './numbered-clip.cases.ts';
import { openClip } from './clip.ts';
import type { Decoder } from './clip.ts';
import { hasBuiltin } from './builtin/native.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-video-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const FRAMES = 40;
const YUV = ['-pix_fmt', 'yuv420p'];
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  'h264.mp4': ['-c:v', 'libx264', ...YUV],
  'h264.mov': ['-c:v', 'libx264', '-bf', '0', ...YUV],
  'hevc.mkv': ['-c:v', 'libx265', '-x265-params', 'log-level=error', ...YUV],
  'vp9.webm': ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', ...YUV],
  'mjpeg.avi': ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p'],
  'mpeg1.mpg': ['-c:v', 'mpeg1video', '-q:v', '3'],
};

const routes: readonly { decoder: Decoder; there: boolean }[] = [
  { decoder: 'built-in', there: hasBuiltin() },
  { decoder: 'ffmpeg', there: hasFfmpeg },
];

async function read(
  path: string,
  decoder: Decoder,
  rate?: number,
): Promise<{ numbers: number[]; times: number[]; error?: unknown }> {
  const clip = await openClip(path, { decoder, ...(rate && { rate }) });
  const numbers: number[] = [];
  const times: number[] = [];
  try {
    for await (const frame of clip.frames()) {
      expect([frame.width, frame.height]).toEqual([clip.width, clip.height]);
      expect(frame.index).toBe(numbers.length);
      numbers.push(numberOf(frame));
      times.push(frame.time);
    }
  } catch (error) {
    return { numbers, times, error };
  }
  return { numbers, times };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe.skipIf(!hasFfmpeg)(
  'clips made with the ffmpeg program (skipped where it is missing)',
  () => {
    beforeAll(() => {
      for (const [name, options] of Object.entries(FORMATS)) {
        encodeNumbered(at(name), FRAMES, options);
      }
      encodeNumbered(at('variable.mp4'), FRAMES, [
        ...['-vf', "setpts='(N+2*floor(N/3))/25/TB'", '-vsync', 'vfr', '-c:v', 'libx264', ...YUV],
      ]);
      ffmpeg(['-i', at('h264.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90', at('turned.mp4')]);
    });

    describe.each(routes)(
      'decoded by $decoder (skipped where it is missing)',
      ({ decoder, there }) => {
        const formats = Object.keys(FORMATS).filter(
          (name) => decoder === 'ffmpeg' || !/avi$|mpg$/.test(name),
        );
        it.skipIf(!there).for(formats)('gives every frame of %s with its time', async (name) => {
          const clip = await openClip(at(name), { decoder });
          expect(clip).toMatchObject({ name, width: 192, height: 128, rate: 25 });
          const { numbers, times } = await read(at(name), decoder);
          expect(numbers).toEqual(upTo(FRAMES));
          // Matroska keeps milliseconds.
          times.forEach((time, i) => expect(Math.abs(time - i / 25)).toBeLessThan(0.0011));
        });

        it.skipIf(!there)('keeps a variable rate', async () => {
          const { rate } = await openClip(at('variable.mp4'), { decoder });
          expect(rate).toBeCloseTo(25, 6);
          const { numbers, times } = await read(at('variable.mp4'), decoder);
          expect(numbers).toEqual(upTo(FRAMES));
          times.forEach((time, i) => expect(time).toBeCloseTo((i + 2 * Math.floor(i / 3)) / 25, 4));
        });

        it.skipIf(!there)('believes a given rate rather than the file', async () => {
          const { times } = await read(at('variable.mp4'), decoder, 200);
          expect(times).toEqual(upTo(FRAMES).map((i) => i / 200));
        });

        it.skipIf(!there)('rotates frames as the container specifies', async () => {
          const turned = await firstFrame(at('turned.mp4'), decoder);
          const straight = await firstFrame(at('h264.mp4'), decoder);
          expect([turned.width, turned.height]).toEqual([128, 192]);
          // ffmpeg 5 writes `rotate=90` as a quarter turn counterclockwise: up goes to the left.
          for (const [x, y] of [
            [0, 0],
            [100, 60],
            [191, 127],
          ] as const) {
            const from = 3 * (y * 192 + x);
            const to = 3 * ((191 - x) * 128 + y);
            expect([...turned.data.slice(to, to + 3)]).toEqual([
              ...straight.data.slice(from, from + 3),
            ]);
          }
        });

        it.skipIf(!there)('reads a clip again, and after leaving early', async () => {
          const clip = await openClip(at('h264.mp4'), { decoder });
          for (let round = 0; round < 3; round++) {
            const numbers: number[] = [];
            for await (const frame of clip.frames()) {
              numbers.push(numberOf(frame));
              if (numbers.length === 5) break;
            }
            expect(numbers).toEqual(upTo(5));
          }
        });
      },
    );

    it.skipIf(!routes.every(({ there }) => there))(
      'both agree on the grays (skipped where one of the decoders is missing)',
      async () => {
        // They place the color samples of H.264 differently, which shows in single channels.
        for (const name of ['h264.mp4', 'hevc.mkv', 'vp9.webm']) {
          const [a, b] = await Promise.all(
            routes.map(({ decoder }) => firstFrame(at(name), decoder)),
          );
          const [grayA, grayB] = [grays(a!), grays(b!)];
          const worst = grayA.reduce(
            (most, gray, i) => Math.max(most, Math.abs(gray - grayB[i]!)),
            0,
          );
          expect(worst).toBeLessThan(6);
        }
      },
    );
  },
);

async function firstFrame(path: string, decoder: Decoder): Promise<RgbImage> {
  const clip = await openClip(path, { decoder });
  for await (const frame of clip.frames()) {
    const { width, height, channels } = frame;
    return { width, height, channels, data: frame.data.slice() };
  }
  throw new Error('no frame');
}

function grays({ data }: RgbImage): number[] {
  return Array.from({ length: data.length / 3 }, (_, i) => {
    const [red, green, blue] = data.subarray(3 * i) as unknown as [number, number, number];
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  });
}

it('names the path that is not there', async () => {
  await expect(openClip(at('nowhere.mp4'))).rejects.toMatchObject({
    code: 'FILE_MISSING',
    message: expect.stringContaining('nowhere.mp4') as string,
  });
});

it('refuses a rate that is none', async () => {
  await expect(openClip(folder, { rate: 0 })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  await expect(openClip(folder, { rate: NaN })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});
