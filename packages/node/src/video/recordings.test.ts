/** @file Every kind of recording of docs/recordings.md: by the built-in decoder and by ffmpeg alike. */
import { join, dirname } from 'node:path';

import type { Frame, Recording } from '@telltale/core';
import { afterAll, describe, expect, it } from 'vitest';

import { hasBuiltin } from './builtin/native.ts';
import { openClip } from './clip.ts';
import type { Decoder } from './clip.ts';
import { ffmpeg, hasFfmpeg, numberedFrames, numberOf } from './numbered-clip.cases.ts';
import { FRAMES, openRecordings } from './recordings.cases.ts';
import { writeVideo } from './write.ts';

const recordings = openRecordings();
afterAll(() => recordings.remove());

interface Read {
  readonly size: readonly [number, number];
  readonly rate: number;
  /** Of the good frames. */
  readonly numbers: readonly number[];
  readonly times: readonly number[];
  /** Indices. */
  readonly damaged: readonly number[];
  readonly cuts: readonly number[];
  readonly recording: Recording;
  readonly pixels: Uint8Array;
}

async function read(path: string, decoder: Decoder): Promise<Read> {
  const clip = await openClip(path, { decoder });
  const good: Frame[] = [];
  const times: number[] = [];
  const damaged: number[] = [];
  const cuts: number[] = [];
  const numbers: number[] = [];
  let pixels = new Uint8Array(0);
  for await (const frame of clip.frames()) {
    times.push(Number(frame.time.toFixed(3)));
    if (frame.isCut === true) cuts.push(frame.index);
    if (frame.isDamaged === true) damaged.push(frame.index);
    else {
      good.push(frame);
      numbers.push(numberOf(frame));
      pixels = Uint8Array.from(frame.data);
    }
  }
  return {
    size: [clip.width, clip.height],
    rate: Number(clip.rate.toFixed(3)),
    ...{ numbers, times, damaged, cuts, pixels },
    recording: clip.recording!(),
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const timesFrom = (start: number, count: number): number[] =>
  upTo(count).map((i) => Number((start + i / 25).toFixed(3)));
const there = hasFfmpeg && hasBuiltin();

/** What both decoders read: the same, to the last bit of the last frame, but for the decoder's name. */
async function readByBoth(name: string): Promise<Read> {
  const path = recordings.of(name);
  const [own, other] = await Promise.all([read(path, 'built-in'), read(path, 'ffmpeg')]);
  expect(Buffer.compare(own.pixels, other.pixels)).toBe(0);
  const { decoder: ownName, ...ownRest } = own.recording;
  const { decoder: otherName, truncated, ...otherRest } = other.recording;
  expect([ownName, otherName]).toEqual(['built-in', 'ffmpeg']);
  expect({ ...own, recording: { ...ownRest, truncated: undefined }, pixels: 0 }).toEqual({
    ...other,
    recording: { ...otherRest, truncated: undefined },
    pixels: 0,
  });
  expect((truncated === undefined) === (own.recording.truncated === undefined)).toBe(true);
  return own;
}

describe.skipIf(!there)(
  'both decoders (skipped where ffmpeg or the built-in decoder is missing)',
  () => {
    it.for([
      'plain.mp4',
      'faststart.mp4',
      'fragmented.mp4',
      'open-gop.mp4',
      'raw.h264',
      'mjpeg.avi',
      'mjpeg-422.avi',
      'mjpeg.mov',
      'png.avi',
      'h264.avi',
      'gray.avi',
      'bgr.avi',
      'i420.avi',
      'yuyv.avi',
      'yv12.avi',
      'h264-422-10.mp4',
      'h264-444.mp4',
      'h264-gray.mp4',
      'h264-full.mp4',
      'h264-709.mp4',
      'hevc-10.mp4',
      'vp9-alpha.webm',
      'vp8.webm',
      'av1.mkv',
      'odd.mkv',
      'cover.mp4',
      'two-streams.mkv',
      'preview-first.mov',
      'vp9.mp4',
      'wrong.avi',
      'negative.ts',
      'negative.mkv',
      'two-tracks.mov',
      'no-entries.avi',
      'half-index.avi',
      'wrong-index.avi',
      'wrong-index-h264.avi',
      'claims-100.mkv',
      'claims-60.ts',
    ])('read every frame of %s', async (name) => {
      // prettier-ignore
      const { numbers, times, rate, damaged, recording } = await readByBoth(name);
      expect(numbers).toEqual(upTo(FRAMES));
      const start = recording.start ?? 0;
      for (const [i, time] of times.entries()) expect(Math.abs(time - start - i / 25)).toBeLessThan(0.0021); // prettier-ignore
      expect(rate).toBeCloseTo(25, 1);
      expect(damaged).toEqual([]);
      expect(recording.truncated).toBeUndefined();
    });

    it('read one frame, and a thousand in a second', async () => {
      expect((await readByBoth('one.mp4')).numbers).toEqual([0]);
      const { rate, times } = await readByBoth('thousand.mp4');
      expect(rate).toBe(1000);
      expect(times).toEqual(upTo(FRAMES).map((i) => i / 1000));
    });

    it.for(['h264-interlaced.mp4', 'h264-bottom-first.ts'])('deinterlace %s', async (name) => {
      const { numbers, recording } = await readByBoth(name);
      expect(numbers).toEqual(upTo(FRAMES));
      expect(recording.deinterlaced).toBe(FRAMES);
    });

    it.for([
      ['sar2.mp4', [384, 128], 2],
      ['sar-quarter.mkv', [192, 512], 0.25],
      ['sar16-11.ts', [279, 128], 16 / 11],
    ] as const)('make the pixels of %s square', async ([name, size, aspect]) => {
      const { size: found, recording } = await readByBoth(name);
      expect(found).toEqual(size);
      expect(recording.pixelAspect).toBeCloseTo(aspect, 6);
    });

    it.for([
      ['turned.mp4', [128, 192]],
      ['upside-down.mp4', [192, 128]],
      ['turned-back.mp4', [128, 192]],
      ['mirrored.mp4', [192, 128]],
    ] as const)('orient %s', async ([name, size]) => {
      expect((await readByBoth(name)).size).toEqual(size);
    });

    it('read what an edit list shows', async () => {
      // The edit starts within frame 3, of which no decoder shows a part.
      const trimmed = await readByBoth('trimmed.mp4');
      expect(trimmed.numbers).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
      expect(trimmed.times).toEqual(timesFrom(0, 8));
      expect((await readByBoth('trimmed-far.mp4')).numbers).toEqual([8, 9, 10, 11]);
      const ended = await readByBoth('trimmed-end.mp4');
      expect(ended.numbers).toEqual([4, 5, 6, 7, 8]);
      expect(ended.recording.truncated).toBeUndefined();
      const { numbers, times, recording } = await readByBoth('two-edits.mp4');
      expect(numbers).toEqual([2, 3, 4, 8, 9, 10]);
      expect(times).toEqual(timesFrom(0.2, 6));
      expect(recording.start).toBeCloseTo(0.2, 6);
    });

    it('turn what an edit list shows', async () => {
      for (const name of ['trimmed.mp4', 'two-edits.mp4']) {
        const upright = await readByBoth(name);
        const turned = await readByBoth(`turned-${name}`);
        expect(turned.size).toEqual([128, 192]);
        expect(turned.times).toEqual(upright.times);
        const [width, height] = upright.size;
        const found = new Uint8Array(upright.pixels.length);
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const from = 3 * (x * height + height - 1 - y);
            found.set(turned.pixels.subarray(from, from + 3), 3 * (y * width + x));
          }
        }
        expect(Buffer.compare(found, upright.pixels)).toBe(0);
      }
    });

    it('report that a file has several video streams, and read the first', async () => {
      for (const name of ['two-streams.mkv', 'two-tracks.mov', 'preview-first.mov']) {
        const { numbers, recording } = await readByBoth(name);
        expect([name, numbers, recording.videos]).toEqual([name, upTo(FRAMES), 2]);
      }
      const path = recordings.of('two-programs.ts');
      const { numbers, recording } = await read(path, 'ffmpeg');
      expect([numbers, recording.videos]).toEqual([upTo(FRAMES), 2]);
      await expect(read(path, 'built-in')).rejects.toMatchObject({
        code: 'VIDEO_UNREADABLE',
        message: expect.stringContaining('it has several programs') as string,
      });
      expect((await openClip(path)).recording!().decoder).toBe('ffmpeg');
    });

    it('keep the times of the container where the video starts late, and where the rate varies', async () => {
      expect((await readByBoth('late.mp4')).times).toEqual(timesFrom(2, FRAMES));
      for (const name of ['late.mkv', 'late.ts'])
        expect((await readByBoth(name)).recording.start).toBeCloseTo(2, 1);
      expect((await read(recordings.of('late.mpg'), 'ffmpeg')).recording.start).toBeCloseTo(2, 1);
      const { times, rate } = await readByBoth('variable.mp4');
      expect(times).toEqual(upTo(FRAMES).map((i) => Number(((i + 2 * Math.floor(i / 3)) / 25).toFixed(3)))); // prettier-ignore
      expect(rate).toBe(25);
    });

    it('leave a gap for one damaged frame of Motion JPEG, and nothing else', async () => {
      const { numbers, damaged, times } = await readByBoth('damaged.avi');
      expect(numbers).toEqual(upTo(FRAMES).filter((i) => i !== 5));
      expect(damaged).toEqual([5]);
      expect(times).toEqual(timesFrom(0, FRAMES));
    });

    it.for(['damaged.mp4', 'damaged.ts'])(
      'leave gaps in %s from the damaged frame to the next keyframe',
      async (name) => {
        const { numbers, damaged, times } = await readByBoth(name);
        expect(numbers).toEqual(upTo(numbers.length));
        expect(damaged).toEqual(upTo(FRAMES).slice(numbers.length));
        expect(numbers.length).toBeGreaterThan(5);
        expect(damaged.length).toBeGreaterThan(0);
        expect(times).toEqual(timesFrom(0, FRAMES));
      },
    );

    it.for(['cut.avi', 'cut.mp4', 'cut.mov'])('read what is there of %s', async (name) => {
      for (const decoder of ['built-in', 'ffmpeg'] as const) {
        const { numbers, recording } = await read(recordings.of(name), decoder);
        expect(numbers).toEqual(upTo(numbers.length));
        expect(numbers.length).toBeGreaterThan(3);
        expect(recording.truncated).toBeDefined();
      }
    });

    it('refuse a recording only where nothing is left of it', async () => {
      for (const decoder of ['built-in', 'ffmpeg'] as const) {
        await expect(read(recordings.of('all-damaged.avi'), decoder)).rejects.toMatchObject({
          code: expect.stringMatching(/^VIDEO_(TRUNCATED|UNREADABLE)$/) as string,
        });
        for (const name of ['sound.m4a', 'empty.mp4']) {
          await expect(read(recordings.of(name), decoder)).rejects.toMatchObject({
            code: 'VIDEO_UNREADABLE',
          });
        }
      }
    });

    it('even out a clock that jumps forward or back, and measure nothing across', async () => {
      const { numbers, times, cuts, rate } = await readByBoth('jumps.ts');
      expect(numbers).toEqual([...upTo(FRAMES), ...upTo(FRAMES), ...upTo(FRAMES)]);
      expect(cuts).toEqual([FRAMES, 2 * FRAMES]);
      for (const [i, time] of times.entries()) expect(Math.abs(time - i / 25)).toBeLessThan(0.01);
      expect(rate).toBe(25);
    });

    it('report a recording that follows behind the first', async () => {
      for (const decoder of ['built-in', 'ffmpeg'] as const) {
        const { numbers, recording } = await read(recordings.of('twice.mp4'), decoder);
        expect(numbers).toEqual(upTo(FRAMES));
        expect(recording.truncated).toMatch(/^another recording follows/);
      }
      const { numbers, recording } = await readByBoth('twice.webm');
      expect(numbers).toEqual(upTo(FRAMES));
      expect(recording.truncated).toMatch(/^another recording follows/);
      expect(recording.videos).toBeUndefined();
    });

    it.for([
      ['no-index.mp4', 'its index (the box moov) is missing'],
      ['encrypted.mp4', 'it is encrypted'],
      ['playlist.m3u8', 'it is a playlist'],
      ['page.mp4', 'it is a web page'],
      ['pointer.mp4', 'it is a pointer of Git LFS'],
      ['zeros.mp4', 'it holds nothing but zeros'],
      ['archive.mp4', 'it is a ZIP archive'],
      ['empty.mp4', 'it is empty'],
    ] as const)('state what %s is', async ([name, why]) => {
      for (const decoder of ['built-in', 'ffmpeg'] as const) {
        await expect(read(recordings.of(name), decoder)).rejects.toMatchObject({
          code: 'VIDEO_UNREADABLE',
          message: expect.stringContaining(why) as string,
        });
      }
    });

    it('read joined files on, and scale what has another size', async () => {
      const joined = await readByBoth('joined.ts');
      expect(joined.numbers).toEqual([...upTo(FRAMES), ...upTo(FRAMES)]);
      expect(joined.rate).toBe(25);
      for (const [i, time] of joined.times.entries()) expect(time).toBeCloseTo(i / 25, 2);
      const grown = await readByBoth('grown.ts');
      expect(grown.size).toEqual([192, 128]);
      expect(grown.numbers).toEqual([...upTo(FRAMES), ...upTo(FRAMES)]);
      expect(grown.recording.scaled).toBe(FRAMES);
    });

    it.for(['hlg', 'pq'] as const)('map %s to standard range', async (transfer) => {
      const { pixels, recording } = await readByBoth(`${transfer}.mp4`);
      expect(recording.toneMapped).toBe(transfer);
      const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
      // Graded at 100 cd/m² from a gray of 153.
      expect(Math.abs(mean - 153)).toBeLessThan(3);
    });

    it('assume one rate where none is stated, and report it', async () => {
      const path = join(dirname(recordings.of('plain.mp4')), 'unstated.h264');
      await writeVideo(`${path}.mp4`, numberedFrames(FRAMES), { rate: 50, encoder: 'built-in' });
      ffmpeg(['-i', `${path}.mp4`, '-c', 'copy', '-f', 'h264', path]);
      for (const decoder of ['built-in', 'ffmpeg'] as const) {
        const { rate, recording } = await read(path, decoder);
        expect([rate, recording.isRateAssumed]).toEqual([25, true]);
        const clip = await openClip(path, { decoder, rate: 200 });
        expect([clip.rate, clip.recording!().isRateAssumed]).toEqual([200, undefined]);
      }
    });
  },
);

describe.skipIf(!hasFfmpeg)('ffmpeg (skipped where it is missing)', () => {
  it.for([
    'prores.mov',
    'ffv1.mkv',
    'ffv1-gray12.mkv',
    'wmv2.wmv',
    'flv1.flv',
    'h264.flv',
    'h263.3gp',
    'theora.ogv',
    'mpeg2.mxf',
    'mpeg2.ts',
  ])(
    // prettier-ignore
    'reads every frame of %s, which the built-in decoder refuses',
    async (name) => {
      const path = recordings.of(name);
      expect((await read(path, 'ffmpeg')).numbers).toEqual(upTo(FRAMES));
      if (!hasBuiltin()) return;
      await expect(read(path, 'built-in')).rejects.toMatchObject({ code: 'VIDEO_UNREADABLE' });
      expect((await openClip(path)).recording!().decoder).toBe('ffmpeg');
    },
  );

  it('reads a cut Matroska file to its last whole frame', async () => {
    const { numbers, damaged, recording } = await read(recordings.of('cut.mkv'), 'ffmpeg');
    expect(numbers.length).toBeGreaterThan(3);
    expect(numbers).toEqual(upTo(numbers.length));
    expect(damaged).toEqual([]);
    expect(recording.truncated).toBeDefined();
  });

  it.for(['mpeg2-interlaced.mpg', 'dv.avi'])('deinterlaces %s', async (name) => {
    const { recording, damaged } = await read(recordings.of(name), 'ffmpeg');
    expect(recording.deinterlaced).toBe(FRAMES);
    expect(damaged).toEqual([]);
  });
});
