/**
 * @file Datasets of strong expressions: what pretraining learns from, one labeled face at a time.
 *
 * No file is opened here. Readers take the names of a folder's files and the texts of those they
 * need, and return labeled images. Each dataset keeps its own labels: what one calls
 * anger another may call something else, and joint pretraining does not need them to agree.
 */
import { TelltaleError } from '../../base/errors.ts';
import { affectNet } from './affectnet.ts';
import { plainFolder } from './classes.ts';
import { fer2013 } from './fer2013.ts';
import { jaffe, kdef } from './portraits.ts';
import { rafDb } from './rafdb.ts';
import { ckPlus, ouluCasia } from './sequences.ts';
import type { MacroListing, MacroReader, MacroSample } from './sample.ts';

/** The readers by the tag that names them on a command line. */
export const macroReaders: Readonly<Record<string, MacroReader>> = {
  FER: fer2013,
  CKPLUS: ckPlus,
  RAFDB: rafDb,
  JAFFE: jaffe,
  KDEF: kdef,
  OULU: ouluCasia,
  AFFECTNET: affectNet,
  FOLDER: plainFolder,
};

/**
 * The reader of a tag, in any letter case.
 *
 * @throws TelltaleError `OPTION_INVALID` for an unknown tag
 */
export function findMacroReader(tag: string): MacroReader {
  const known = tag.toUpperCase();
  const reader = Object.hasOwn(macroReaders, known) ? macroReaders[known] : undefined;
  if (reader !== undefined) return reader;
  throw new TelltaleError(
    'OPTION_INVALID',
    `there is no dataset of expressions '${tag}'`,
    `Choose one of: ${Object.keys(macroReaders).join(', ')}. FOLDER takes any folder with one folder of images for each class.`,
  );
}

/**
 * The labeled images of a folder, in the order of their names, at least two classes of them.
 *
 * @param where - tag and folder, for messages
 * @throws TelltaleError `DATASET_INVALID` where the layout is another, a class has no image, or
 *   there are fewer than two classes
 */
export function readMacro(
  reader: MacroReader,
  listing: MacroListing,
  where: string,
): MacroSample[] {
  const samples = reader.read(listing, where);
  if (samples.length === 0) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${where} holds no image that belongs to ${reader.name}`,
      `Expected: ${reader.layout}.`,
    );
  }
  const labels = macroLabels(samples);
  if (labels.length < 2) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${where} has one class only, "${labels[0]!}"`,
      'Pretraining needs at least two classes in every dataset.',
    );
  }
  return samples;
}

/** The labels that occur, in alphabetical order. */
export function macroLabels(samples: readonly MacroSample[]): string[] {
  return [...new Set(samples.map(({ label }) => label))].sort();
}
