/** @file A folder of pictures as a clip, which is how most datasets keep their frames. */
import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { Frame, Picture } from '@telltale/core';

import { IMAGE_EXTENSIONS, readImage } from '../images/images.ts';
import type { OpenClip } from './stream.ts';

/**
 * Opens a folder of JPEG, PNG or BMP pictures, ordered as a person would order
 * their names: `img2` before `img10`.
 *
 * @param rate - frames per second; a folder does not know
 * @throws TelltaleError `OPTION_INVALID` without a rate; `FRAMES_EMPTY` without a picture;
 *   `FRAME_UNREADABLE` and `FRAMES_SIZE_CHANGED` with the file's name, now or while reading.
 */
export async function openFramesFolder(path: string, rate: number | undefined): Promise<OpenClip> {
  if (rate === undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `${path} is a folder of pictures, which does not say how fast they were taken`,
      'Give the frames per second of the camera with --fps.',
    );
  }
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  const names = (await readdir(path))
    .filter((name) => !name.startsWith('.') && isPictureName(name))
    // Names that the collator calls equal still need one order on every system.
    .sort((a, b) => collator.compare(a, b) || (a < b ? -1 : 1));
  if (names.length === 0) {
    throw new TelltaleError(
      'FRAMES_EMPTY',
      `the folder ${path} holds no picture`,
      `Give a folder with files that end in ${IMAGE_EXTENSIONS.join(', ')}.`,
    );
  }
  const first = await readImage(join(path, names[0]!));
  return {
    name: basename(resolve(path)),
    width: first.width,
    height: first.height,
    rate,
    expectedFrames: names.length,
    frames: () => framesOf({ path, names, rate, first }),
    close: () => Promise.resolve(),
  };
}

interface Folder {
  readonly path: string;
  readonly names: readonly string[];
  readonly rate: number;
  readonly first: Picture;
}

async function* framesOf({ path, names, rate, first }: Folder): AsyncGenerator<Frame> {
  const { width, height } = first;
  for (const [index, name] of names.entries()) {
    const picture = await readImage(join(path, name));
    if (picture.width !== width || picture.height !== height) {
      throw new TelltaleError(
        'FRAMES_SIZE_CHANGED',
        `${name} has ${picture.width} × ${picture.height} pixels, ${names[0]!} has ${width} × ${height}`,
        'Put the pictures of one clip into one folder, all of one size.',
      );
    }
    yield { ...picture, index, time: index / rate };
  }
}

function isPictureName(name: string): boolean {
  const extension = extname(name).toLowerCase();
  return IMAGE_EXTENSIONS.some((known) => known === extension);
}
