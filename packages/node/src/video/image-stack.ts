/** @file A file of several images as a clip: animated GIF, WebP and PNG, and stacks of TIFF as microscopes and cameras write them. */
import { open, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { Frame, RgbImage } from '@telltale/core';

import { imagesOf, stackOf } from '../images/images.ts';
import { closable } from './stream.ts';
import type { OpenClip } from './stream.ts';

/** Whether a file is an image of a format that may hold several, by its first bytes. */
export async function isImageStack(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0);
    const head = buffer.toString('latin1');
    return /^(GIF8|\x89PNG|RIFF....WEBP|II\*\0|MM\0\*)/s.test(head);
  } finally {
    await file.close();
  }
}

/** Milliseconds of a frame that states none, or less than 20: what browsers show it for. */
const SHOWN = 100;

/**
 * Opens a file of several images.
 *
 * @param rate - frames per second; replaces the durations of the file, which TIFF does not have
 * @throws TelltaleError `OPTION_INVALID` for TIFF without a rate; `VIDEO_UNREADABLE` for a single image;
 *   `FRAME_UNREADABLE`
 */
export async function openImageStack(path: string, rate: number | undefined): Promise<OpenClip> {
  const bytes = await readFile(path);
  const { pages, delays } = await stackOf(bytes, path);
  const images = (): AsyncIterable<RgbImage> => imagesOf(bytes, path);
  if (pages < 2) {
    throw new TelltaleError(
      'VIDEO_UNREADABLE',
      `${path} is a single image`,
      'Give a video, a folder of frames with --fps, or a file of several images.',
    );
  }
  if (rate === undefined && delays === undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `${path} is a stack of ${pages} images, and no frame rate is given`,
      'Give the frames per second of the camera: the option rate, or --fps on the command line.',
    );
  }
  const times: number[] = [];
  let end = 0;
  for (let i = 0; i < pages; i++) {
    times.push(rate === undefined ? end / 1000 : i / rate);
    const delay = delays?.[i] ?? 0;
    end += delay < 20 ? SHOWN : delay;
  }
  const spacings = times.slice(1).map((time, i) => time - times[i]!);
  const { width, height } = await firstOf(images());
  return closable({
    ...{ name: basename(path), width, height, expectedFrames: pages },
    rate: rate ?? Number((1 / spacings.sort((a, b) => a - b)[spacings.length >> 1]!).toFixed(9)),
    async *frames(): AsyncGenerator<Frame> {
      let index = 0;
      for await (const image of images()) {
        if (image.width !== width || image.height !== height) {
          throw new TelltaleError(
            'FRAMES_SIZE_CHANGED',
            `image ${index + 1} of ${path} has ${image.width} × ${image.height} pixels, the first has ${width} × ${height}`,
            'Put the frames of one clip into one file, all of the same size.',
          );
        }
        yield { ...image, index, time: times[index]! };
        index++;
      }
    },
  });
}

async function firstOf(images: AsyncIterable<RgbImage>): Promise<RgbImage> {
  for await (const image of images) return image;
  throw new Error('a file of several images has none');
}
