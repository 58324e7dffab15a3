/**
 * @file Any folder with one folder of pictures for each class: `class/picture`, or
 * `train/class/picture` and `validation/class/picture`.
 */
import { TelltaleError } from '../../base/errors.ts';
import { own } from '../../base/own.ts';
import { isPicturePath } from './sample.ts';
import type { MacroListing, MacroReader, MacroSample } from './sample.ts';

/** Names of a part, in lower case. */
const PARTS: Readonly<Record<string, 'train' | 'validation'>> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  test: 'validation',
  publictest: 'validation',
};

/** How {@link classFolders} reads names. */
export interface ClassFolderOptions {
  /** Name of a class's folder to its label; undefined for a folder that is no class. */
  readonly labelOf: (folder: string) => string | undefined;
  /** Name of a picture's file to the person in it. */
  readonly subjectOf?: (file: string) => string | undefined;
}

/**
 * The pictures of `[part/]class/picture`, of folders at any depth that end like this.
 *
 * @throws TelltaleError `DATASET_INVALID` for a class without a picture
 */
export function classFolders(
  { paths }: MacroListing,
  where: string,
  { labelOf, subjectOf = () => undefined }: ClassFolderOptions,
): MacroSample[] {
  const counts = new Map<string, number>();
  const samples: MacroSample[] = [];
  for (const path of paths) {
    const parts = path.split('/');
    const file = parts.pop()!;
    const folder = parts.at(-1);
    const label = folder === undefined ? undefined : labelOf(folder);
    if (folder === undefined || label === undefined) continue;
    const place = parts.join('/');
    counts.set(place, (counts.get(place) ?? 0) + Number(isPicturePath(path)));
    if (!isPicturePath(path)) continue;
    const part = parts
      .slice(0, -1)
      .map((name) => own(PARTS, name.toLowerCase()))
      .at(-1);
    const subject = subjectOf(file);
    samples.push({
      id: path,
      label,
      picture: path,
      ...(part && { part }),
      ...(subject !== undefined && { subject }),
    });
  }
  for (const [place, count] of counts) {
    if (count > 0) continue;
    throw new TelltaleError(
      'DATASET_INVALID',
      `the class ${place} of ${where} has no picture`,
      'Fill the folder with pictures (jpg, png, bmp, tif), or remove it.',
    );
  }
  return samples;
}

/** A plain folder: the name of the innermost folder is the class. */
export const plainFolder: MacroReader = {
  name: 'a folder of classes',
  layout: 'class/picture.jpg, or train/class/picture.jpg and validation/class/picture.jpg',
  sheets: () => [],
  read: (listing, where) =>
    classFolders(listing, where, {
      labelOf: (name) =>
        Object.hasOwn(PARTS, name.toLowerCase()) ? undefined : name.toLowerCase(),
    }),
};
