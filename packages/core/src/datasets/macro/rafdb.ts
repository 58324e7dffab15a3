/**
 * @file RAF-DB, basic emotions: faces of the world with a list of labels, or as numbered folders.
 *
 * Li, Deng and Du 2017, "Reliable crowdsourcing and deep locality-preserving learning for expression
 * recognition in the wild", CVPR. A line of `list_patition_label.txt` (spelled so) is
 * `train_00001.jpg 5`; its image is `train_00001_aligned.jpg`, or has its own name.
 */
import { TelltaleError } from '../../base/errors.ts';
import { classFolders } from './classes.ts';
import { expressionName, isImagePath } from './sample.ts';
import type { MacroListing, MacroReader, MacroSample } from './sample.ts';

/** The numbers of the list, from 1. */
const EMOTIONS = ['surprise', 'fear', 'disgust', 'happiness', 'sadness', 'anger', 'neutral'];

const isList = (path: string): boolean => /(^|\/)list_(patition|partition)_label\.txt$/i.test(path);

/** RAF-DB, list or folders. */
export const rafDb: MacroReader = {
  name: 'RAF-DB',
  layout:
    'EmoLabel/list_patition_label.txt and Image/aligned/train_00001_aligned.jpg, or train/1/….jpg and test/1/….jpg',
  sheets: (paths) => paths.filter(isList).slice(0, 1),
  read(listing, where) {
    if (listing.texts.size > 0) return readList(listing, where);
    return classFolders(listing, where, {
      labelOf: (name) => (/^[1-7]$/.test(name) ? EMOTIONS[Number(name) - 1] : expressionName(name)),
    });
  },
};

function readList({ paths, texts }: MacroListing, where: string): MacroSample[] {
  const [[name, text]] = texts as unknown as readonly [[string, string]];
  const images = new Map<string, string>();
  for (const path of paths.filter(isImagePath)) {
    const aligned = /_aligned\.\w+$/i.test(path);
    const key = path
      .split('/')
      .at(-1)!
      .replace(/(_aligned)?\.\w+$/i, '')
      .toLowerCase();
    if (aligned || !images.has(key)) images.set(key, path);
  }
  return text.split(/\r?\n/).flatMap((line, i): MacroSample[] => {
    if (line.trim() === '') return [];
    const [file = '', number] = line.trim().split(/\s+/);
    const label = EMOTIONS[Number(number) - 1];
    if (label === undefined) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `${name} line ${i + 1} of ${where} is "${line.trim()}"`,
        'A line names an image and a number from 1 to 7.',
      );
    }
    const path = images.get(file.replace(/\.\w+$/, '').toLowerCase());
    if (path === undefined) {
      throw new TelltaleError(
        'DATASET_FILE_MISSING',
        `${name} line ${i + 1} of ${where} names ${file}, and there is no such image`,
        'Unpack Image/aligned beside EmoLabel.',
      );
    }
    const part = /^test/i.test(file) ? 'validation' : 'train';
    return [{ id: path, label, image: path, part }];
  });
}
