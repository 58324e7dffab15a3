/** @file A folder of images as a clip, which is how most datasets store their frames. */
import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';

import { IMAGE_EXTENSIONS, isImageName, TelltaleError } from '@telltale/core';
import type { RgbImage } from '@telltale/core';
import { clipOfStream, UPRIGHT } from '@telltale/core/video';
import type { DecodedFrame, TimeSpan } from '@telltale/core/video';

import { readImage } from '../images/images.ts';
import { frameNames } from './frame-names.ts';
import { closable } from './stream.ts';
import type { OpenClip } from './stream.ts';

/** Frames whose sizes are looked at to find that of the clip. */
const SAMPLED = 5;

/**
 * Opens a folder of frames in the natural order of their names: `img2` before `img10`.
 *
 * Frames whose number is missing between others, and images that cannot be read, are gaps, as damaged frames of a video
 * are. Frames of another size are scaled to that of most, as in a video whose size changes.
 *
 * @param rate - frames per second
 * @throws TelltaleError `OPTION_INVALID` without a rate; `FRAMES_EMPTY` with fewer than two images;
 *   `FRAMES_AMBIGUOUS` with images that are named unlike the others; `FRAME_UNREADABLE` where none can be read
 */
export async function openFramesFolder(path: string, rate: number | undefined): Promise<OpenClip> {
  const inside = (await readdir(path)).filter((name) => !name.startsWith('.'));
  const names = inside.filter(isImageName);
  if (names.length === 0) throw withoutImages(path, inside);
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
  const { slots, others } = frameNames(names);
  if (others.length > 0) {
    const shown = others.slice(0, 3).join(', ');
    throw new TelltaleError(
      'FRAMES_AMBIGUOUS',
      `the folder ${path} has ${names.length - others.length} frames such as ${slots[0]!}, and ${others.length === 1 ? 'one image that does' : `${others.length} images that do`} not belong to them by the name: ${shown}${others.length > 3 ? ', …' : ''}`,
      'Leave only the frames of one clip in the folder, one image for each.',
    );
  }
  const at = (name: string): string => join(path, name);
  const size = await sizeOf(slots.filter((name) => name !== undefined).map(at));
  let last: unknown;
  const timestamps = slots.map((_, index) => index / rate);
  async function* decodeWithin(spans: readonly TimeSpan[]): AsyncGenerator<DecodedFrame> {
    for (const [index, name] of slots.entries()) {
      const timestamp = timestamps[index]!;
      if (!spans.some(([from, to]) => timestamp >= from && timestamp <= to)) continue;
      const image = name === undefined ? undefined : await readImage(at(name)).catch(keepError);
      yield image === undefined ? { timestamp, isDamaged: true } : { timestamp, pixels: image };
    }
  }
  const keepError = (error: unknown): undefined => void (last = error);
  return closable(
    clipOfStream(
      {
        ...{ ...size, rate, timestamps, expectedFrames: slots.length, orientation: UPRIGHT },
        decode: () => decodeWithin([[0, Infinity]]),
        decodeWithin,
      },
      { name: basename(resolve(path)), refusal: () => last as Error },
    ),
  );
}

/** The size that most of some frames have. @throws TelltaleError where none of these can be read */
async function sizeOf(paths: readonly string[]): Promise<Pick<RgbImage, 'width' | 'height'>> {
  const sizes = new Map<string, { width: number; height: number; count: number }>();
  const sampled = Math.min(SAMPLED, paths.length);
  for (let i = 0; i < sampled; i++) {
    const path = paths[Math.floor((i * paths.length) / sampled)]!;
    const image = await readImage(path).catch(() => undefined);
    if (image === undefined) continue;
    const { width, height } = image;
    const count = (sizes.get(`${width} ${height}`)?.count ?? 0) + 1;
    sizes.set(`${width} ${height}`, { width, height, count });
  }
  if (sizes.size === 0) return readImage(paths[0]!);
  const { width, height } = [...sizes.values()].reduce((a, b) => (b.count > a.count ? b : a));
  return { width, height };
}

/** The error for a folder without images, by what is in it instead. */
function withoutImages(path: string, inside: readonly string[]): TelltaleError {
  const count = new Map<string, number>();
  for (const name of inside) {
    const kind = extname(name).toLowerCase();
    if (kind !== '') count.set(kind, (count.get(kind) ?? 0) + 1);
  }
  const [kind, number] = [...count].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
  const what = number > 0 ? `; most of what it has ends in ${kind} (${number})` : '';
  return new TelltaleError(
    'FRAMES_EMPTY',
    `the folder ${path} contains no image${what}`,
    `Give a video, or a folder of frames that end in ${IMAGE_EXTENSIONS.join(', ')}.`,
  );
}
