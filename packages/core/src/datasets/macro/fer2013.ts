/**
 * @file FER2013: 48×48 gray faces, as the sheet of the challenge or as folders.
 *
 * Goodfellow et al. 2013, "Challenges in Representation Learning: A Report on Three Machine Learning
 * Contests", arXiv:1307.0414. The sheet `fer2013.csv` has emotion (0–6), pixels and Usage (Training,
 * PublicTest, PrivateTest); PublicTest validates, PrivateTest is left alone.
 */
import { TelltaleError } from '../../base/errors.ts';
import { parseCsv } from '../csv.ts';
import { classFolders } from './classes.ts';
import { expressionName } from './sample.ts';
import type { MacroListing, MacroReader, MacroSample } from './sample.ts';

/** The sheet's numbers. */
const EMOTIONS = ['anger', 'disgust', 'fear', 'happiness', 'sadness', 'surprise', 'neutral'];
const SIDE = 48;

const isSheet = (path: string): boolean => /(^|\/)(fer2013|icml_face_data)\.csv$/i.test(path);

/** FER2013, sheet or folders. */
export const fer2013: MacroReader = {
  name: 'FER2013',
  layout: 'fer2013.csv, or train/happy/….jpg and validation/happy/….jpg (or test)',
  sheets: (paths) => paths.filter(isSheet).slice(0, 1),
  read(listing, where) {
    const [sheet] = listing.texts;
    return sheet ? readSheet(sheet[0], sheet[1]) : readFolders(listing, where);
  },
};

function readFolders(listing: MacroListing, where: string): MacroSample[] {
  return classFolders(listing, where, { labelOf: expressionName });
}

function readSheet(name: string, text: string): MacroSample[] {
  const [header, ...rows] = parseCsv(text);
  const columns = (header?.fields ?? []).map((field) => field.trim().toLowerCase());
  const [emotion, pixels, usage] = ['emotion', 'pixels', 'usage'].map((column) =>
    columns.indexOf(column),
  ) as [number, number, number];
  if (emotion < 0 || pixels < 0) {
    throw new TelltaleError(
      'DATASET_COLUMN_MISSING',
      `${name} has the columns ${columns.join(', ')}, and not emotion and pixels`,
      'Give the sheet of FER2013 as it was published.',
    );
  }
  return rows.flatMap(({ line, fields }): MacroSample[] => {
    const use = (fields[usage] ?? '').trim().toLowerCase();
    if (use === 'privatetest') return [];
    const label = EMOTIONS[Number(fields[emotion]!.trim())];
    const gray = Uint8Array.from((fields[pixels] ?? '').trim().split(/\s+/), Number);
    if (label === undefined || gray.length !== SIDE * SIDE) {
      throw new TelltaleError(
        'DATASET_INVALID',
        `${name} line ${line} has emotion "${fields[emotion]!}" and ${gray.length} pixels`,
        `A row has an emotion from 0 to 6 and ${SIDE * SIDE} pixels.`,
      );
    }
    const part = use === 'training' ? 'train' : use === 'publictest' ? 'validation' : undefined;
    return [{ id: `${name}:${line}`, label, image: { gray, side: SIDE }, ...(part && { part }) }];
  });
}
