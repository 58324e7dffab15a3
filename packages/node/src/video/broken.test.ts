import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Recording } from '@telltale/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { encodeNumbered, ffmpeg, hasFfmpeg, numberOf } from './numbered-clip.cases.ts';
import { openClip } from './clip.ts';
import type { Decoder } from './clip.ts';
import { hasBuiltin } from './builtin/native.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-broken-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const FRAMES = 40;
const routes: readonly { decoder: Decoder; there: boolean }[] = [
  { decoder: 'built-in', there: hasBuiltin() },
  { decoder: 'ffmpeg', there: hasFfmpeg },
];

/** Reads to the end, or to the error. */
async function read(
  path: string,
  decoder: Decoder,
): Promise<{
  count: number;
  good: { time: number; number: number }[];
  recording: Recording | undefined;
}> {
  const clip = await openClip(path, { decoder });
  let count = 0;
  const good: { time: number; number: number }[] = [];
  for await (const frame of clip.frames()) {
    count = frame.index + 1;
    if (frame.isDamaged !== true) good.push({ time: frame.time, number: numberOf(frame) });
  }
  return { count, good, recording: clip.recording?.() };
}

describe.skipIf(!hasFfmpeg)(
  'broken clips made with the ffmpeg program (skipped where it is missing)',
  () => {
    beforeAll(() => {
      encodeNumbered(at('h264.mp4'), FRAMES, ['-c:v', 'libx264', '-pix_fmt', 'yuv420p']);
      encodeNumbered(at('h264.mkv'), FRAMES, ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '5']);
      encodeNumbered(at('vp9.webm'), FRAMES, ['-c:v', 'libvpx-vp9', '-deadline', 'realtime']);
      encodeNumbered(at('mjpeg.avi'), FRAMES, ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p']);
      encodeNumbered(at('mpeg1.mpg'), FRAMES, ['-c:v', 'mpeg1video', '-q:v', '3']);
      ffmpeg(['-i', at('h264.mp4'), '-c', 'copy', '-movflags', 'faststart', at('fast.mp4')]);
      ffmpeg(['-f', 'lavfi', '-i', 'sine=d=0.2', at('sound.m4a')]);
      for (const [name, scale] of [
        ['smaller', '96:64'],
        ['larger', '384:256'],
      ] as const) {
        const options = ['-vf', `scale=${scale}`, '-c:v', 'mpeg1video', '-q:v', '3'];
        ffmpeg(['-i', at('mpeg1.mpg'), ...options, at('other.mpg')]);
        const parts = [readFileSync(at('mpeg1.mpg')), readFileSync(at('other.mpg'))];
        writeFileSync(at(`${name}.mpg`), Buffer.concat(parts));
      }
      for (const [from, to] of [
        ['h264.mp4', 'cut.mp4'],
        ['fast.mp4', 'cut-fast.mp4'],
        ['h264.mkv', 'cut.mkv'],
        ['vp9.webm', 'cut.webm'],
        ['mjpeg.avi', 'cut.avi'],
        ['mpeg1.mpg', 'cut.mpg'],
      ] as const) {
        const bytes = readFileSync(at(from));
        writeFileSync(at(to), bytes.subarray(0, Math.floor(bytes.length * 0.8)));
      }
    });

    describe.each(routes)(
      'decoded by $decoder (skipped where it is missing)',
      ({ decoder, there }) => {
        // The built-in decoder leaves AVI and MPEG to ffmpeg, and does not open a Matroska file whose only cluster is cut.
        const others = decoder === 'ffmpeg' ? ['cut.mkv', 'cut.webm', 'cut.avi', 'cut.mpg'] : [];
        it.skipIf(!there).for(['cut-fast.mp4', ...others])(
          'reads what is there of %s, and reports that it breaks off',
          async (name) => {
            const { count, good, recording } = await read(at(name), decoder);
            expect(good.length).toBeGreaterThan(FRAMES / 5);
            expect(good.length).toBeLessThan(FRAMES);
            for (const { time, number } of good) expect(time).toBeCloseTo(number / 25, 3);
            expect(recording?.truncated !== undefined || count > good.length).toBe(true);
          },
        );

        // The built-in decoder leaves MPEG to ffmpeg.
        it.skipIf(!there).for(decoder === 'ffmpeg' ? ['smaller', 'larger'] : [])(
          'scales frames that get %s',
          async (name) => {
            const { good, recording } = await read(at(`${name}.mpg`), decoder);
            // Where the size changes, the MPEG decoder of some versions of FFmpeg drops the frame that it holds back.
            expect([2 * FRAMES - 1, 2 * FRAMES]).toContain(good.length);
            expect(recording?.scaled).toBe(FRAMES);
          },
        );

        it
          .skipIf(!there)
          .for([
            'cut.mp4',
            'sound.m4a',
            ...(decoder === 'built-in' ? ['cut.mkv', 'cut.webm'] : []),
          ])('cannot read %s', async (name) => {
          await expect(openClip(at(name), { decoder })).rejects.toMatchObject({
            code: 'VIDEO_UNREADABLE',
          });
        });

        it.skipIf(!there)('cannot read what is not a video', async () => {
          writeFileSync(at('text.mp4'), 'This is a letter, not a film.\n'.repeat(50));
          writeFileSync(at('empty.mp4'), '');
          for (const name of ['text.mp4', 'empty.mp4']) {
            await expect(openClip(at(name), { decoder })).rejects.toMatchObject({
              code: 'VIDEO_UNREADABLE',
            });
          }
        });
      },
    );
  },
);
