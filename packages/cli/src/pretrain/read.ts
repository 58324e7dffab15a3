/**
 * @file Reads datasets of strong expressions as gray faces of one size, split into training and validation.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { TelltaleError } from '@telltale/core';
import { findMacroReader, macroLabels, readMacro, splitMacro } from '@telltale/core/datasets';
import type { MacroSample, MacroSplit } from '@telltale/core/datasets';
import { meanFace } from '@telltale/core/train';
import type { JointSample, JointSource } from '@telltale/core/train';
import { graySquare } from '@telltale/node/images';
import type { ImageBox } from '@telltale/node/images';

import { countOf } from '../terminal.ts';

/** Smallest side of a face, pixels. */
const SMALLEST = 8;

/** Images decoded concurrently. */
const AT_ONCE = 16;

/** Fixed, so that the same images are held out for every seed of the training. */
const SPLIT_SEED = 1;

/** Datasets in memory. */
export interface JointData {
  readonly sources: readonly JointSource[];
  readonly train: readonly JointSample[];
  readonly validation: readonly JointSample[];
  /** Number of samples of each dataset that were dropped because their subject or image is in the validation part. */
  readonly dropped: readonly number[];
  /** SHA-256 over labels, parts and pixels, hexadecimal. */
  readonly fingerprint: string;
}

/** How {@link readJointData} reads. */
export interface JointReadOptions {
  /** Side that faces are resized to, pixels. */
  readonly size: number;
  readonly signal: AbortSignal;
  /** Reports progress. */
  readonly log: (text: string) => void;
}

/** One dataset in memory. */
interface ReadSource {
  readonly name: string;
  readonly samples: readonly MacroSample[];
  /** Gray, shape `[size, size]`, one per sample. */
  readonly peaks: readonly Uint8Array[];
  /** Own neutral faces; undefined where there is none. */
  readonly neutrals: readonly (Uint8Array | undefined)[];
}

/**
 * Reads every named dataset.
 *
 * @param words - `TAG:FOLDER` each
 * @throws TelltaleError `OPTION_INVALID` for an unknown tag or a dataset named twice;
 *   `DATASET_FILE_MISSING`; `DATASET_INVALID` for a layout, class or image that cannot be used; `CANCELED`
 */
export async function readJointData(
  words: readonly string[],
  options: JointReadOptions,
): Promise<JointData> {
  const named = words.map(splitWord);
  const double = named.find(({ name }, i) => named.findIndex((one) => one.name === name) < i);
  if (double) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `the dataset ${double.name} is given twice`,
      'Give every dataset once; folders need different names.',
    );
  }
  const read: ReadSource[] = [];
  for (const one of named) read.push(await readSource(one, options));
  const hashes = read.map(({ peaks }) =>
    peaks.map((peak) => createHash('sha256').update(peak).digest('hex')),
  );
  const splits = splitMacro(
    new Map(
      read.map(({ name, samples }, i) => [
        name,
        samples.map((sample, at) => ({ ...sample, hash: hashes[i]![at]! })),
      ]),
    ),
    SPLIT_SEED,
  );
  const whole = createHash('sha256');
  const sources = read.map(({ name, samples }) => ({ name, classes: macroLabels(samples) }));
  const parts = read.map((source, i) => {
    const split = splits.get(source.name)!;
    whole.update(JSON.stringify([sources[i], split.train, split.validation, hashes[i]]));
    return jointSamples(source, { index: i, split, classes: sources[i]!.classes });
  });
  return {
    sources,
    train: parts.flatMap(({ train }) => train),
    validation: parts.flatMap(({ validation }) => validation),
    dropped: read.map(({ name }) => splits.get(name)!.dropped.length),
    fingerprint: whole.digest('hex'),
  };
}

function splitWord(word: string): {
  readonly tag: string;
  readonly folder: string;
  readonly name: string;
} {
  const at = word.indexOf(':');
  if (at < 1 || at === word.length - 1) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `--data ${word} is not a dataset and a folder`,
      'Write it as TAG:FOLDER, such as FER:fer2013 or FOLDER:my-faces.',
    );
  }
  const [tag, folder] = [word.slice(0, at), word.slice(at + 1)];
  findMacroReader(tag);
  const known = tag.toUpperCase();
  return { tag: known, folder, name: known === 'FOLDER' ? basename(resolve(folder)) : known };
}

async function readSource(
  { tag, folder, name }: { readonly tag: string; readonly folder: string; readonly name: string },
  { size, signal, log }: JointReadOptions,
): Promise<ReadSource> {
  const reader = findMacroReader(tag);
  const paths = await listFolder(folder);
  const texts = new Map<string, string>();
  for (const path of reader.sheets(paths)) {
    signal.throwIfAborted();
    texts.set(path, await readFile(join(folder, path), 'latin1'));
  }
  const samples = readMacro(reader, { paths, texts }, `${tag}:${folder}`);
  const neutralFaces = new Map<string, Promise<Uint8Array>>();
  const neutralOf = (path: string): Promise<Uint8Array> => {
    const found = neutralFaces.get(path) ?? readGray(join(folder, path), { size });
    neutralFaces.set(path, found);
    return found;
  };
  const peaks: Uint8Array[] = [];
  const neutrals: (Uint8Array | undefined)[] = [];
  for (let at = 0; at < samples.length; at += AT_ONCE) {
    signal.throwIfAborted();
    const here = samples.slice(at, at + AT_ONCE);
    peaks.push(...(await Promise.all(here.map((one) => readPeak(folder, one, size)))));
    const resting = async ({ neutral }: MacroSample): Promise<Uint8Array | undefined> =>
      neutral === undefined ? undefined : neutralOf(neutral);
    neutrals.push(...(await Promise.all(here.map(resting))));
    log(`${name}: face ${countOf(peaks.length, samples.length)}`);
  }
  return { name, samples, peaks, neutrals };
}

/** All files below a folder, in alphabetical order; an empty folder ends in `/`. */
async function listFolder(folder: string): Promise<string[]> {
  const kind = await stat(folder).catch(() => undefined);
  if (kind?.isDirectory() !== true) {
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      kind === undefined ? `there is no folder ${folder}` : `${folder} is a file, not a folder`,
      'Give the folder of the dataset after its tag: FER:FOLDER.',
    );
  }
  const found: string[] = [];
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(join(folder, below), { withFileTypes: true });
    if (entries.length === 0 && below !== '') found.push(`${below}/`);
    for (const entry of entries) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const linked = entry.isSymbolicLink()
        ? await stat(join(folder, path)).catch(() => undefined)
        : entry;
      if (linked?.isDirectory() === true) await walk(path);
      else if (linked?.isFile() === true) found.push(path);
    }
  };
  await walk('');
  return found.sort();
}

function readPeak(folder: string, { image, box }: MacroSample, size: number): Promise<Uint8Array> {
  if (typeof image === 'string') {
    return readGray(join(folder, image), { size, ...(box && { box }) });
  }
  const { gray, side } = image;
  if (side === size) return Promise.resolve(gray);
  return graySquare(
    { data: gray, width: side, height: side, channels: 1 },
    { size, least: SMALLEST },
  );
}

async function readGray(
  path: string,
  options: { readonly size: number; readonly box?: ImageBox },
): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      `cannot read the image ${path}: ${(cause as Error).message}`,
      'Restore the image, or remove it from the dataset.',
      { cause },
    );
  });
  try {
    return await graySquare(bytes, { ...options, least: SMALLEST });
  } catch (cause) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `cannot use the image ${path}: ${(cause as Error).message}`,
      'Save it again as PNG or JPEG, or remove it.',
      { cause },
    );
  }
}

function jointSamples(
  { samples, peaks, neutrals }: ReadSource,
  {
    index,
    split,
    classes,
  }: { readonly index: number; readonly split: MacroSplit; readonly classes: readonly string[] },
): Readonly<Record<'train' | 'validation', JointSample[]>> {
  const resting = split.train.filter((at) => samples[at]!.label === 'neutral');
  const mean = meanFace((resting.length > 0 ? resting : split.train).map((at) => peaks[at]!));
  const sample = (at: number): JointSample => ({
    source: index,
    label: classes.indexOf(samples[at]!.label),
    peak: peaks[at]!,
    neutral: neutrals[at] ?? mean,
  });
  return { train: split.train.map(sample), validation: split.validation.map(sample) };
}
