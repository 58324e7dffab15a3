/**
 * @file Any folder with one folder of images for each class: `class/image`, or
 * `train/class/image` and `validation/class/image`.
 */
import { TelltaleError } from '../../base/errors.ts';
import { own } from '../../base/own.ts';
import { isImagePath } from './sample.ts';
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
  /** Name of a class's folder to its label; undefined for a folder that is not a class. */
  readonly labelOf: (folder: string) => string | undefined;
  /** File name of an image to its subject. */
  readonly subjectOf?: (file: string) => string | undefined;
}

/**
 * The images of `[part/]class/image`, in folders at any depth that end like this.
 *
 * @throws TelltaleError `DATASET_INVALID` for a class without an image
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
    counts.set(place, (counts.get(place) ?? 0) + Number(isImagePath(path)));
    if (!isImagePath(path)) continue;
    const part = parts
      .slice(0, -1)
      .map((name) => own(PARTS, name.toLowerCase()))
      .at(-1);
    const subject = subjectOf(file);
    samples.push({
      id: path,
      label,
      image: path,
      ...(part && { part }),
      ...(subject !== undefined && { subject }),
    });
  }
  for (const [place, count] of counts) {
    if (count > 0) continue;
    throw new TelltaleError(
      'DATASET_INVALID',
      `the class ${place} of ${where} has no image`,
      'Fill the folder with images (jpg, png, bmp, tif), or remove it.',
    );
  }
  return samples;
}

/** A plain folder: the name of the innermost folder is the class. */
export const plainFolder: MacroReader = {
  name: 'a folder of classes',
  layout: 'class/image.jpg, or train/class/image.jpg and validation/class/image.jpg',
  sheets: () => [],
  read: (listing, where) =>
    classFolders(listing, where, {
      labelOf: (name) =>
        Object.hasOwn(PARTS, name.toLowerCase()) ? undefined : name.toLowerCase(),
    }),
};
