import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

import type { RgbImage } from '@telltale/core';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';

import {
  encodeNumbered,
  hasFfmpeg,
  meanDifference,
  numberedFrame,
  numberOf,
} from './numbered-clip.cases.ts';
import { readImageHeader } from '../images/header.ts';
import { readImage, writeImage } from '../images/images.ts';
import { openClip } from './clip.ts';

const root = mkdtempSync(join(tmpdir(), 'telltale-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

const sharpOf = ({ data, width, height, channels }: RgbImage): ReturnType<typeof sharp> =>
  sharp(data, { raw: { width, height, channels } });

function makeFolder(name: string): (file: string) => string {
  mkdirSync(join(root, name));
  return (file) => join(root, name, file);
}

/** A bitmap of 8 (palette of grays, reversed), 24 or 32 bits, written by hand from the format's description. */
function bmp({ data, width, height }: RgbImage, depth: 8 | 24 | 32, topDown = false): Uint8Array {
  const palette = depth === 8 ? 1024 : 0;
  const stride = Math.ceil((width * depth) / 32) * 4;
  const bytes = Buffer.alloc(54 + palette + stride * height);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54 + palette, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(topDown ? -height : height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(depth, 28);
  for (let i = 0; i < palette / 4; i++) bytes.fill(255 - i, 54 + 4 * i, 57 + 4 * i);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = topDown ? y : height - 1 - y;
      const to = 54 + palette + row * stride + (x * depth) / 8;
      const [red, green, blue] = data.subarray(3 * (y * width + x));
      if (depth === 8) bytes[to] = 255 - red!;
      else bytes.set([blue!, green!, red!], to);
    }
  }
  return bytes;
}

describe('a folder of images', () => {
  it('is read in the order of its numbers, whatever the kinds of files', async () => {
    const at = makeFolder('mixed');
    await writeImage(at('img8.png'), numberedFrame(8));
    await writeImage(at('img9.JPG'), numberedFrame(9));
    writeFileSync(at('img10.bmp'), bmp(numberedFrame(10), 24));
    await writeImage(at('img11.jpeg'), numberedFrame(11));
    writeFileSync(at('notes.txt'), 'not a frame');
    writeFileSync(at('.img0.png'), 'hidden');

    const clip = await openClip(join(root, 'mixed'), { rate: 200 });
    expect(clip).toMatchObject({ name: 'mixed', width: 192, height: 128, expectedFrames: 4 });
    for (let round = 0; round < 2; round++) {
      const frames: [number, number][] = [];
      for await (const frame of clip.frames()) frames.push([numberOf(frame), frame.time]);
      expect(frames).toEqual([
        [8, 0],
        [9, 0.005],
        [10, 0.01],
        [11, 0.015],
      ]);
    }
  });

  it('is read from TIFF and WebP', async () => {
    const at = makeFolder('other');
    await sharpOf(numberedFrame(0)).tiff({ compression: 'lzw' }).toFile(at('f0.tif'));
    await sharpOf(numberedFrame(1)).webp({ lossless: true }).toFile(at('f1.webp'));
    await sharpOf(numberedFrame(2)).tiff({ compression: 'none' }).toFile(at('f2.TIFF'));
    await sharpOf(numberedFrame(3)).webp({ quality: 90 }).toFile(at('f3.webp'));
    const found: number[] = [];
    for await (const frame of (await openClip(join(root, 'other'), { rate: 50 })).frames()) {
      found.push(numberOf(frame));
      if (frame.index < 3) expect(frame.data).toEqual(numberedFrame(frame.index).data);
    }
    expect(found).toEqual([0, 1, 2, 3]);
  });

  it('requires a frame rate', async () => {
    const at = makeFolder('rateless');
    await writeImage(at('1.png'), numberedFrame(1));
    await writeImage(at('2.png'), numberedFrame(2));
    await expect(openClip(join(root, 'rateless'))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      hint: expect.stringContaining('--fps') as string,
    });
  });

  it('has gaps where a number is missing or an image cannot be read, and scales what has another size', async () => {
    const at = makeFolder('broken');
    for (const number of [3, 4, 6, 7, 9]) await writeImage(at(`img${number}.png`), numberedFrame(number)); // prettier-ignore
    await writeImage(at('img8.png'), numberedFrame(8, 200, 128));
    const whole = bmp(numberedFrame(10), 24);
    writeFileSync(at('img10.bmp'), whole.subarray(0, whole.length / 2));
    writeFileSync(at('img11.png'), '');
    await writeImage(at('img12.png'), numberedFrame(12));
    const clip = await openClip(join(root, 'broken'), { rate: 100 });
    expect(clip).toMatchObject({ width: 192, height: 128, expectedFrames: 10 });
    const found: [number, number][] = [];
    const gaps: number[] = [];
    for await (const frame of clip.frames()) {
      if (frame.isDamaged === true) gaps.push(3 + frame.index);
      else found.push([numberOf(frame), Math.round(100 * frame.time)]);
    }
    expect(found).toEqual([3, 4, 6, 7, 8, 9, 12].map((number) => [number, number - 3]));
    expect(gaps).toEqual([5, 10, 11]);
    expect(clip.recording!()).toEqual({ scaled: 1 });
  });

  it('is refused only where none of its images can be read, with the reason', async () => {
    const at = makeFolder('nothing');
    for (const name of ['1.png', '2.png']) writeFileSync(at(name), 'no image');
    await expect(openClip(join(root, 'nothing'), { rate: 25 })).rejects.toMatchObject({
      code: 'FRAME_UNREADABLE',
      message: expect.stringContaining('1.png') as string,
    });
  });

  it.for([
    ['another kind of name', ['cover.png']],
    ['two images for a frame', ['f2.jpg', 'f3.jpg']],
    ['copies', ['f2 (1).png', 'f3 - Copy.png']],
  ] as const)('is refused with %s', async ([kind, more]) => {
    const at = makeFolder(kind);
    for (let i = 0; i < 7; i++) await writeImage(at(`f${i}.png`), numberedFrame(i));
    for (const name of more) await writeImage(at(name.replace(/ .*/, '.png')), numberedFrame(1));
    for (const name of more) await writeImage(at(name), numberedFrame(1));
    await expect(openClip(join(root, kind), { rate: 25 })).rejects.toMatchObject({
      code: 'FRAMES_AMBIGUOUS',
    });
  });

  it('is read from PGM and PPM, AVIF, GIF and JFIF', async () => {
    const at = makeFolder('rare');
    const names = ['0.ppm', '1.pgm', '2.pgm', '3.avif', '4.gif', '5.jfif'];
    const { data, width, height } = numberedFrame(1);
    writeFileSync(at('0.ppm'), Buffer.concat([Buffer.from(`P6\n# by hand\n${width} ${height}\n255\n`), Uint8Array.from(numberedFrame(0).data)])); // prettier-ignore
    const gray = Array.from({ length: width * height }, (_, i) => data[3 * i]!);
    writeFileSync(at('1.pgm'), `P2 ${width} ${height} 255\n${gray.join(' ')}`);
    const two = numberedFrame(2);
    const deep = Buffer.alloc(2 * gray.length);
    for (let i = 0; i < gray.length; i++) deep.writeUInt16BE(257 * two.data[3 * i]!, 2 * i);
    writeFileSync(at('2.pgm'), Buffer.concat([Buffer.from(`P5 ${width} ${height} 65535\n`), deep]));
    await sharpOf(numberedFrame(3)).avif({ quality: 90 }).toFile(at('3.avif'));
    await sharpOf(numberedFrame(4)).gif().toFile(at('4.gif'));
    writeFileSync(at('5.jfif'), await sharpOf(numberedFrame(5)).jpeg().toBuffer());
    const found: number[] = [];
    for await (const frame of (await openClip(join(root, 'rare'), { rate: 50 })).frames()) {
      found.push(numberOf(frame));
      expect(await readImageHeader(at(names[frame.index]!))).toMatchObject({ width, height });
      if (frame.index === 0) expect(frame.data).toEqual(numberedFrame(0).data);
    }
    expect(found).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('without an image is refused, with a rate or without', async () => {
    makeFolder('bare');
    for (const options of [{ rate: 25 }, {}]) {
      await expect(openClip(join(root, 'bare'), options)).rejects.toMatchObject({
        code: 'FRAMES_EMPTY',
      });
    }
  });
});

describe('a file of several images', () => {
  const at = makeFolder('stacks');
  const frames = (): ReturnType<typeof sharp> => {
    const images = [0, 1, 2].map((i) => Buffer.from(numberedFrame(i).data));
    return sharp(Buffer.concat(images), {
      raw: { width: 192, height: 3 * 128, channels: 3, pageHeight: 128 },
    });
  };

  it.for([
    ['animated.webp', () => frames().webp({ lossless: true, delay: [40, 500, 40] })],
    ['animated.gif', () => frames().gif({ delay: [40, 500, 40] })],
  ] as const)('is read with its times: %s', async ([name, made]) => {
    await made().toFile(at(name));
    const clip = await openClip(at(name));
    const found: [number, number][] = [];
    for await (const frame of clip.frames()) found.push([numberOf(frame), frame.time]);
    expect(found).toEqual([
      [0, 0],
      [1, 0.04],
      [2, 0.54],
    ]);
  });

  it.skipIf(!hasFfmpeg)(
    'is read from animated PNG, whose frames change parts of the image (skipped where ffmpeg is missing)',
    async () => {
      encodeNumbered(at('animated.png'), 12, ['-f', 'apng']);
      const clip = await openClip(at('animated.png'));
      expect([clip.rate, clip.expectedFrames]).toEqual([25, 12]);
      for await (const { data, index, time } of clip.frames()) {
        expect(time).toBeCloseTo(index / 25, 6);
        expect(Buffer.from(data).equals(Uint8Array.from(numberedFrame(index).data))).toBe(true);
      }
      const bytes = readFileSync(at('animated.png'));
      writeFileSync(at('cut.png'), bytes.subarray(0, bytes.length - 200));
      await expect(openClip(at('cut.png'))).rejects.toThrow(/states 12 images .* cut off/);
    },
  );

  it('is put together as animated PNG specifies: over what is there or in its place, and taken away', async () => {
    const red = [255, 0, 0, 255];
    const apng = animatedPng([
      { pixels: [red, red, red], x: 0, dispose: 0, blend: 0 },
      { pixels: [[0, 255, 0, 51]], x: 1, dispose: 2, blend: 1 },
      { pixels: [[0, 0, 255, 128]], x: 0, dispose: 1, blend: 0 },
      { pixels: [[0, 0, 0, 0]], x: 2, dispose: 0, blend: 1 },
    ]);
    writeFileSync(at('parts.png'), apng);
    const found: number[][] = [];
    for await (const { data } of (await openClip(at('parts.png'))).frames()) found.push([...data]);
    expect(found).toEqual([
      [255, 0, 0, 255, 0, 0, 255, 0, 0],
      [255, 0, 0, 204, 51, 0, 255, 0, 0],
      [0, 0, 128, 255, 0, 0, 255, 0, 0],
      [0, 0, 0, 255, 0, 0, 255, 0, 0],
    ]);
  });

  it('is read at a given rate: a stack of TIFF, which is refused without one', async () => {
    await frames().tiff({ compression: 'none' }).toFile(at('stack.tif'));
    await expect(openClip(at('stack.tif'))).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    const found: [number, number][] = [];
    const clip = await openClip(at('stack.tif'), { rate: 100 });
    for await (const frame of clip.frames()) found.push([numberOf(frame), frame.time]);
    expect(found).toEqual([
      [0, 0],
      [1, 0.01],
      [2, 0.02],
    ]);
  });

  it('is refused where one image is wanted, and one image where a clip is', async () => {
    await frames().webp().toFile(at('two.webp'));
    await expect(readImage(at('two.webp'))).rejects.toThrow(/contains 3 images/);
    await sharpOf(numberedFrame(0)).webp().toFile(at('still.webp'));
    await expect(openClip(at('still.webp'))).rejects.toMatchObject({
      code: 'VIDEO_UNREADABLE',
      message: expect.stringContaining('single image') as string,
    });
  });
});

describe('images', () => {
  const at = makeFolder('single');
  const gray = (): RgbImage => {
    const image = numberedFrame(5, 61, 7);
    return { ...image, data: image.data.map((_, i) => 4 * Math.floor(i / 3)) };
  };

  it('survive PNG unchanged, and JPEG nearly', async () => {
    const image = numberedFrame(77, 61, 47);
    await writeImage(at('a.png'), image);
    expect(await readImage(at('a.png'))).toEqual(image);
    await writeImage(at('a.jpg'), image);
    const { data } = await readImage(at('a.jpg'));
    expect(meanDifference(data, image.data)).toBeLessThan(4);
  });

  it.for([8, 24, 32] as const)('of %i bits are read from BMP, both ways up', async (depth) => {
    const image = depth === 8 ? gray() : numberedFrame(3, 61, 7);
    for (const topDown of [false, true]) {
      writeFileSync(at('a.bmp'), bmp(image, depth, topDown));
      expect(await readImage(at('a.bmp'))).toEqual(image);
    }
  });

  it('of 16 bits are read from TIFF', async () => {
    const data = Uint16Array.from({ length: 61 * 7 }, (_, i) => 150 * i);
    await sharp(data, { raw: { width: 61, height: 7, channels: 1 } })
      .toColourspace('grey16')
      .tiff({ compression: 'none' })
      .toFile(at('deep.tif'));
    const read = await readImage(at('deep.tif'));
    for (const [i, value] of data.entries()) expect(Math.abs(read.data[3 * i]! - value / 257)).toBeLessThan(1.01); // prettier-ignore
    expect(await readImageHeader(at('deep.tif'))).toEqual({ kind: 'tiff', width: 61, height: 7 });
  });

  it('are refused with what is wrong with them', async () => {
    await expect(readImage(at('none.png'))).rejects.toMatchObject({ code: 'FILE_MISSING' });
    writeFileSync(at('text.png'), 'hello');
    await expect(readImage(at('text.png'))).rejects.toMatchObject({ code: 'FRAME_UNREADABLE' });
    await expect(writeImage(at('a.gif'), gray())).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });
});

interface Part {
  readonly pixels: readonly (readonly number[])[];
  readonly x: number;
  readonly dispose: number;
  readonly blend: number;
}

/** An animated PNG of one row: each part is a row of RGBA pixels. */
function animatedPng(parts: readonly Part[]): Buffer {
  const chunk = (type: string, body: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    return Buffer.concat([words(body.length), named, words(crc32(named))]);
  };
  const words = (...values: readonly number[]): Buffer => {
    const out = Buffer.alloc(4 * values.length);
    for (const [i, value] of values.entries()) out.writeUInt32BE(value, 4 * i);
    return out;
  };
  let order = 0;
  const width = parts[0]!.pixels.length;
  const chunks = [
    chunk('IHDR', Buffer.concat([words(width, 1), Buffer.from([8, 6, 0, 0, 0])])),
    chunk('acTL', words(parts.length, 0)),
  ];
  for (const [i, { pixels, x, dispose, blend }] of parts.entries()) {
    const control = words(order++, pixels.length, 1, x, 0);
    chunks.push(
      chunk('fcTL', Buffer.concat([control, Buffer.from([0, 1, 0, 25, dispose, blend])])),
    );
    const data = deflateSync(Buffer.from([0, ...pixels.flat()]));
    chunks.push(
      i === 0 ? chunk('IDAT', data) : chunk('fdAT', Buffer.concat([words(order++), data])),
    );
  }
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}
