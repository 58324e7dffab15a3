/** @file A folder of images as a clip, which is how most datasets store their frames. */
import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { Frame, RgbImage } from '@telltale/core';

import { IMAGE_EXTENSIONS, readImage } from '../images/images.ts';
import { closable } from './stream.ts';
import type { OpenClip } from './stream.ts';

/**
 * Opens a folder of JPEG, PNG, BMP, TIFF or WebP frames in the natural order of their names: `img2` before `img10`.
 *
 * @param rate - frames per second
 * @throws TelltaleError `OPTION_INVALID` without a rate; `FRAMES_EMPTY` with fewer than two images;
 *   `FRAME_UNREADABLE` and `FRAMES_SIZE_CHANGED` with the name of the file, now or while frames are read
 */
export async function openFramesFolder(path: string, rate: number | undefined): Promise<OpenClip> {
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  const names = (await readdir(path))
    .filter((name) => !name.startsWith('.') && isImageName(name))
    // Names that compare as equal still need the same order on every system.
    .sort((a, b) => collator.compare(a, b) || (a < b ? -1 : 1));
  if (names.length === 0) {
    throw new TelltaleError(
      'FRAMES_EMPTY',
      `the folder ${path} contains no image`,
      `Give a video, or a folder of frames that end in ${IMAGE_EXTENSIONS.join(', ')}.`,
    );
  }
  if (names.length === 1) {
    throw new TelltaleError(
      'FRAMES_EMPTY',
      `the folder ${path} contains a single image, ${names[0]!}, which is not a clip`,
      'Give a folder with all frames of the clip, or "telltale flow" two images of a face.',
    );
  }
  if (rate === undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `${path} is a folder of frames, and no frame rate is given`,
      'Give the frames per second of the camera: the option rate, or --fps on the command line.',
    );
  }
  const first = await readImage(join(path, names[0]!));
  return closable({
    name: basename(resolve(path)),
    width: first.width,
    height: first.height,
    rate,
    expectedFrames: names.length,
    frames: () => framesOf({ path, names, rate, first }),
  });
}

interface Folder {
  readonly path: string;
  readonly names: readonly string[];
  readonly rate: number;
  readonly first: RgbImage;
}

async function* framesOf({ path, names, rate, first }: Folder): AsyncGenerator<Frame> {
  const { width, height } = first;
  for (const [index, name] of names.entries()) {
    const image = await readImage(join(path, name));
    if (image.width !== width || image.height !== height) {
      throw new TelltaleError(
        'FRAMES_SIZE_CHANGED',
        `${name} has ${image.width} × ${image.height} pixels, ${names[0]!} has ${width} × ${height}`,
        'Put the frames of one clip into one folder, all of the same size.',
      );
    }
    yield { ...image, index, time: index / rate };
  }
}

function isImageName(name: string): boolean {
  const extension = extname(name).toLowerCase();
  return IMAGE_EXTENSIONS.some((known) => known === extension);
}
