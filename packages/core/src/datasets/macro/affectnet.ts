/**
 * @file AffectNet: faces of the world, manually labeled.
 *
 * Mollahosseini, Hasani and Mahoor 2017, "AffectNet: A Database for Facial Expression, Valence, and
 * Arousal Computing in the Wild", IEEE Transactions on Affective Computing. Two layouts: the sheets
 * `training.csv` and `validation.csv` of the first release, with a box around each face, and the
 * cropped images of the later one with a `12_exp.npy` for each `12.jpg`. Rows and images without
 * one of the eight expressions are left out.
 */
import { TelltaleError } from '../../base/errors.ts';
import { parseCsv } from '../csv.ts';
import { isImagePath } from './sample.ts';
import type { MacroListing, MacroReader, MacroSample } from './sample.ts';

/** The numbers of both releases. */
const EMOTIONS = [
  'neutral',
  'happiness',
  'sadness',
  'surprise',
  'fear',
  'disgust',
  'anger',
  'contempt',
];

const SHEET = /(^|\/)(training|validation)\.csv$/i;
const LABEL = /(^|\/)(\d+)_exp\.npy$/i;

/** Both releases of AffectNet. */
export const affectNet: MacroReader = {
  name: 'AffectNet',
  layout:
    'training.csv, validation.csv and the images they name, or train_set/images/1.jpg and train_set/annotations/1_exp.npy',
  sheets(paths) {
    const sheets = paths.filter((path) => SHEET.test(path));
    return sheets.length > 0 ? sheets : paths.filter((path) => LABEL.test(path));
  },
  read(listing, where) {
    const files = [...listing.texts];
    if (files.some(([path]) => SHEET.test(path))) {
      return files.flatMap(([path, text]) => readSheet(path, text, { listing, where }));
    }
    const images = new Set(listing.paths);
    return files.flatMap(([path, text]) => readLabel(path, text, { images, where }));
  },
};

/** Where a file was found. */
interface Found {
  readonly listing: MacroListing;
  readonly where: string;
}

function readSheet(sheet: string, text: string, { listing, where }: Found): MacroSample[] {
  const [header, ...rows] = parseCsv(text);
  const columns = (header?.fields ?? []).map((field) => field.trim().toLowerCase());
  const column = (name: string): number => {
    const index = columns.indexOf(name);
    if (index >= 0) return index;
    throw new TelltaleError(
      'DATASET_COLUMN_MISSING',
      `${sheet} of ${where} has no column "${name}"`,
      'Give the sheets of AffectNet as they were published.',
    );
  };
  const [path, expression] = [column('subdirectory_filepath'), column('expression')];
  const box = ['face_x', 'face_y', 'face_width', 'face_height'].map(column);
  const part = /training\.csv$/i.test(sheet) ? 'train' : 'validation';
  const bySuffix = new Map<string, string>();
  for (const one of listing.paths.filter(isImagePath)) {
    bySuffix.set(one.split('/').slice(-2).join('/'), one);
  }
  return rows.flatMap(({ fields, line }): MacroSample[] => {
    const label = EMOTIONS[Number(fields[expression])];
    if (label === undefined) return [];
    const image = bySuffix.get(fields[path]!.trim());
    if (image === undefined) {
      throw new TelltaleError(
        'DATASET_FILE_MISSING',
        `${sheet} line ${line} of ${where} names ${fields[path]!}, and there is no such image`,
        'Unpack the images beside the sheet, or remove the line.',
      );
    }
    const [left, top, width, height] = box.map((index) => Math.round(Number(fields[index]))) as [
      number,
      number,
      number,
      number,
    ];
    const boxed = [left, top, width, height].every(Number.isFinite) && width > 0 && height > 0;
    return [
      {
        id: `${sheet}:${line}`,
        label,
        image,
        part,
        ...(boxed && { box: { left, top, width, height } }),
      },
    ];
  });
}

/** A NumPy file of one short text: after the header's line stand its letters, four bytes each. */
function readLabel(
  path: string,
  text: string,
  { images, where }: { readonly images: ReadonlySet<string>; readonly where: string },
): MacroSample[] {
  const word = text.slice(text.indexOf('\n') + 1).replaceAll('\0', '');
  if (!text.startsWith('\u0093NUMPY') || !/^\d{1,2}$/.test(word)) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${path} of ${where} is not a label`,
      'A label of AffectNet is a NumPy file with a number as text.',
    );
  }
  const label = EMOTIONS[Number(word)];
  const stem = path.replace(/annotations\/(\d+)_exp\.npy$/i, 'images/$1');
  const image = [`${stem}.jpg`, `${stem}.png`].find((one) => images.has(one));
  if (label === undefined || image === undefined) return [];
  const part = /(^|\/)val/i.test(path) ? 'validation' : 'train';
  return [{ id: image, label, image, part }];
}
