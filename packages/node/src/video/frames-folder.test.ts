import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RgbImage } from '@telltale/core';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';

import { meanDifference, numberedFrame, numberOf } from './numbered-clip.cases.ts';
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
    await writeImage(at('img1.png'), numberedFrame(1));
    await writeImage(at('img2.JPG'), numberedFrame(2));
    writeFileSync(at('img3.bmp'), bmp(numberedFrame(3), 24));
    await writeImage(at('img10.jpeg'), numberedFrame(10));
    writeFileSync(at('notes.txt'), 'not a frame');
    writeFileSync(at('.img0.png'), 'hidden');

    const clip = await openClip(join(root, 'mixed'), { rate: 200 });
    expect(clip).toMatchObject({ name: 'mixed', width: 192, height: 128, expectedFrames: 4 });
    for (let round = 0; round < 2; round++) {
      const frames: [number, number][] = [];
      for await (const frame of clip.frames()) frames.push([numberOf(frame), frame.time]);
      expect(frames).toEqual([
        [1, 0],
        [2, 0.005],
        [3, 0.01],
        [10, 0.015],
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

  it('names the file that is cut off, and the one of another size', async () => {
    const at = makeFolder('broken');
    await writeImage(at('1.png'), numberedFrame(1));
    await writeImage(at('2.jpg'), numberedFrame(2, 200, 128));
    const read = async (): Promise<void> => {
      const clip = await openClip(join(root, 'broken'), { rate: 25 });
      for await (const frame of clip.frames()) expect(frame.index).toBe(0);
    };
    await expect(read()).rejects.toMatchObject({
      code: 'FRAMES_SIZE_CHANGED',
      message: expect.stringContaining('2.jpg') as string,
    });
    const whole = bmp(numberedFrame(2), 24);
    writeFileSync(at('2.jpg'), whole.subarray(0, whole.length / 2));
    await expect(read()).rejects.toMatchObject({
      code: 'FRAME_UNREADABLE',
      message: expect.stringContaining('2.jpg') as string,
    });
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
