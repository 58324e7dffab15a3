/**
 * @file Reading a folder of flow pictures from disk.
 *
 * The sheet is parsed in `@telltale/core/datasets`; here its pictures are
 * decoded byte for byte: no color profile, no gamma, no resizing, because
 * their channels are displacements and not colors.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type Sharp from 'sharp';

import { TelltaleError } from '@telltale/core';
import type { Picture } from '@telltale/core';
import { parseFlowFolder, SHEET } from '@telltale/core/datasets';
import type { Sample } from '@telltale/core/datasets';
import { flowSize } from '@telltale/core/nets';

/** A flow folder in memory. */
export interface FlowDataset {
  /** In the sheet's order. */
  readonly samples: readonly Sample[];
  /** One per sample, RGB, square. */
  readonly pictures: readonly Picture[];
  /** SHA-256 of each sample's pixels, hexadecimal, by sample id. */
  readonly hashes: ReadonlyMap<string, string>;
  /** SHA-256 over ids, emotions and pixels, hexadecimal: equal for equal data, however it is filed. */
  readonly fingerprint: string;
}

/** Options of {@link readFlowFolder}. */
export interface FlowFolderOptions {
  /** Side that every picture must have, pixels; 28 where left out. */
  readonly size?: number;
  /** Stops the reading. */
  readonly signal?: AbortSignal;
}

/**
 * Reads `samples.csv` and every picture that it names.
 *
 * @throws TelltaleError `DATASET_FILE_MISSING` for a missing folder, sheet or picture;
 *   `DATASET_COLUMN_MISSING`; `DATASET_INVALID` for a bad row or picture, naming it; `CANCELED`
 */
export async function readFlowFolder(
  folder: string,
  { size = flowSize, signal }: FlowFolderOptions = {},
): Promise<FlowDataset> {
  const samples = parseFlowFolder(await readSheet(folder));
  const { default: sharp } = await import('sharp');
  const pictures: Picture[] = [];
  const hashes = new Map<string, string>();
  const whole = createHash('sha256');
  for (const sample of samples) {
    signal?.throwIfAborted();
    const path = join(folder, sample.file);
    const bytes = await readPictureBytes(path, sample);
    const picture = squareOf(await decode(sharp, bytes, path), size, path);
    pictures.push(picture);
    hashes.set(sample.id, createHash('sha256').update(picture.data).digest('hex'));
    whole.update(JSON.stringify([sample.id, sample.emotion ?? null])).update(picture.data);
  }
  return { samples, pictures, hashes, fingerprint: whole.digest('hex') };
}

async function readSheet(folder: string): Promise<string> {
  const kind = await stat(folder).catch(() => undefined);
  if (kind?.isDirectory() !== true) {
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      kind === undefined ? `there is no folder ${folder}` : `${folder} is a file, not a folder`,
      `Give the folder that holds ${SHEET} with --data.`,
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
      `cannot read ${join(folder, SHEET)}: ${(error as Error).message}`,
      'A flow folder holds samples.csv with the columns dataset,subject,clip,emotion,flow.',
      { cause: error },
    );
  }
}

async function readPictureBytes(path: string, sample: Sample): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      `cannot read the picture ${path} of ${sample.id}: ${(error as Error).message}`,
      `Restore the picture, or remove its line from ${SHEET}.`,
      { cause: error },
    );
  }
}

async function decode(sharp: typeof Sharp, bytes: Uint8Array, path: string): Promise<Picture> {
  let picture: Picture;
  let bits: string;
  try {
    const image = sharp(bytes, { ignoreIcc: true, failOn: 'warning' });
    const { depth, channels } = await image.metadata();
    bits = channels < 3 ? 'grey' : depth;
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    picture = {
      data: new Uint8Array(data),
      width: info.width,
      height: info.height,
      channels: info.channels === 4 ? 4 : 3,
    };
  } catch (error) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `cannot decode the picture ${path}: ${(error as Error).message}`,
      'Save it again as an 8-bit RGB PNG.',
      { cause: error },
    );
  }
  if (bits !== 'uchar') {
    throw new TelltaleError(
      'DATASET_INVALID',
      `the picture ${path} is ${bits}, not 8-bit RGB`,
      'A flow picture has red for u, green for v and blue for optical strain, a byte each.',
    );
  }
  return picture.channels === 3 ? picture : dropAlpha(picture);
}

/** The picture, where it is as large as the network wants it. */
function squareOf(picture: Picture, size: number, path: string): Picture {
  if (picture.width === size && picture.height === size) return picture;
  throw new TelltaleError(
    'DATASET_INVALID',
    `the picture ${path} is ${picture.width}×${picture.height}, not ${size}×${size}`,
    'Make flow pictures with "telltale flow", or as the MEGC 2019 recipe does, or choose a network configuration of their size.',
  );
}

function dropAlpha({ data, width, height }: Picture): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    rgb.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  }
  return { data: rgb, width, height, channels: 3 };
}
