/**
 * @file Reads a folder of flow images.
 *
 * The sheet is parsed in `@telltale/core/datasets`; the images are decoded byte for byte, without color profile, gamma
 * and resizing, because their channels are displacements and not colors.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { RgbImage } from '@telltale/core';
import { parseFlowFolder, SHEET } from '@telltale/core/datasets';
import type { Sample } from '@telltale/core/datasets';
import { flowSize } from '@telltale/core/nets';
import type { FaceImages } from '@telltale/core/nets';
import { whyUnreadable } from '@telltale/node';
import { decodeExact } from '@telltale/node/images';

/** A flow folder in memory. */
export interface FlowDataset {
  /** In the sheet's order. */
  readonly samples: readonly Sample[];
  /** One per sample, RGB, square. */
  readonly images: readonly RgbImage[];
  /** One per sample, RGB, square, of the size of its flow image; empty where the sample has no faces. */
  readonly faces: readonly FaceImages[];
  /** SHA-256 of each sample's pixels, hexadecimal, by sample id. */
  readonly hashes: ReadonlyMap<string, string>;
  /** SHA-256 over ids, emotions and pixels, hexadecimal; independent of the file names. */
  readonly fingerprint: string;
}

/** Options of {@link readFlowFolder}. */
export interface FlowFolderOptions {
  /** Required side of every image, pixels; `any`: that of the first. @defaultValue 28 */
  readonly size?: number | 'any';
  /** Cancels reading. */
  readonly signal?: AbortSignal;
}

/**
 * Reads `samples.csv` and every image that it lists.
 *
 * @throws TelltaleError `DATASET_FILE_MISSING` for a missing folder, sheet or image;
 *   `DATASET_COLUMN_MISSING`; `DATASET_INVALID` for an invalid row or image, with its name; `CANCELED`
 */
export async function readFlowFolder(
  folder: string,
  { size: wanted = flowSize, signal }: FlowFolderOptions = {},
): Promise<FlowDataset> {
  let size = wanted === 'any' ? undefined : wanted;
  const samples = parseFlowFolder(await readSheet(folder));
  const images: RgbImage[] = [];
  const faces: FaceImages[] = [];
  const hashes = new Map<string, string>();
  const whole = createHash('sha256');
  for (const sample of samples) {
    signal?.throwIfAborted();
    const path = join(folder, sample.file);
    const bytes = await readImageBytes(path, sample);
    const decoded = await decode(bytes, { path, kind: 'flow' });
    size ??= decoded.width;
    const image = squareOf(decoded, size, path);
    images.push(image);
    const own = createHash('sha256').update(image.data);
    whole.update(JSON.stringify([sample.id, sample.emotion ?? null])).update(image.data);
    const face = await readFaces(folder, sample, size);
    faces.push(face);
    for (const [name, { data }] of Object.entries(face) as [string, RgbImage][]) {
      own.update(name).update(data);
      whole.update(name).update(data);
    }
    hashes.set(sample.id, own.digest('hex'));
  }
  return { samples, images, faces, hashes, fingerprint: whole.digest('hex') };
}

/** The faces that the sheet lists, in a fixed order. */
async function readFaces(folder: string, sample: Sample, size: number): Promise<FaceImages> {
  const faces: { -readonly [name in keyof FaceImages]: RgbImage } = {};
  for (const name of ['apex', 'onset', 'magnified'] as const) {
    const file = sample.faces?.[name];
    if (file === undefined) continue;
    const path = join(folder, file);
    const bytes = await readImageBytes(path, sample);
    faces[name] = squareOf(await decode(bytes, { path, kind: 'face' }), size, path);
  }
  return faces;
}

async function readSheet(folder: string): Promise<string> {
  const kind = await stat(folder).catch(() => undefined);
  if (kind?.isDirectory() !== true) {
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      kind === undefined ? `there is no folder ${folder}` : `${folder} is a file, not a folder`,
      `Give the folder with ${SHEET} with --data.`,
    );
  }
  try {
    const bytes = await readFile(join(folder, SHEET));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `${join(folder, SHEET)} is not UTF-8 text`,
        'Save it as "CSV UTF-8".',
        { cause: error },
      );
    }
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      whyUnreadable(join(folder, SHEET), error),
      'A folder of flow images has a samples.csv with the columns dataset,subject,clip,emotion,flow.',
      { cause: error },
    );
  }
}

async function readImageBytes(path: string, sample: Sample): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      `cannot read the image ${path} of ${sample.id}: ${(error as Error).message}`,
      `Restore the image, or remove its line from ${SHEET}.`,
      { cause: error },
    );
  }
}

/** How an image is decoded. */
interface Decoding {
  readonly path: string;
  /** A flow image must be RGB; a face may be gray, which is repeated in red, green and blue. */
  readonly kind: 'flow' | 'face';
}

async function decode(bytes: Uint8Array, { path, kind }: Decoding): Promise<RgbImage> {
  try {
    const { data, width, height, channels, stored } = await decodeExact(bytes);
    const bits = stored.channels < 3 && kind === 'flow' ? 'grey' : stored.depth;
    if (bits !== 'uchar') throw notBytes(path, bits, kind);
    return { data: toRgb(data, channels), width, height, channels: 3 };
  } catch (error) {
    if (error instanceof TelltaleError) throw error;
    throw new TelltaleError(
      'DATASET_INVALID',
      `cannot decode the image ${path}: ${(error as Error).message}`,
      'Save it again as an 8-bit RGB PNG.',
      { cause: error },
    );
  }
}

function notBytes(path: string, bits: string, kind: Decoding['kind']): TelltaleError {
  return kind === 'flow'
    ? new TelltaleError(
        'DATASET_INVALID',
        `the image ${path} is ${bits}, not 8-bit RGB`,
        'A flow image has u in red, v in green and optical strain in blue, one byte each.',
      )
    : new TelltaleError(
        'DATASET_INVALID',
        `the image ${path} is ${bits}, not 8-bit gray or RGB`,
        'Save the face again as an 8-bit image.',
      );
}

/** Drops an alpha channel, and repeats gray. */
function toRgb(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data;
  const pixels = data.length / channels;
  const rgb = new Uint8Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = data[channels * i + (channels < 3 ? 0 : c)]!;
  }
  return rgb;
}

/**
 * Checks the size of an image.
 *
 * @param size - required side, pixels
 * @returns the image
 * @throws TelltaleError `DATASET_INVALID`
 */
export function squareOf(image: RgbImage, size: number, path: string): RgbImage {
  if (image.width === size && image.height === size) return image;
  throw new TelltaleError(
    'DATASET_INVALID',
    `the image ${path} is ${image.width}×${image.height}, not ${size}×${size}`,
    'Compute flow images with "telltale flow" or by the MEGC 2019 recipe, or choose a network configuration of their size.',
  );
}
