/**
 * @file The content of a cell of an annotation sheet, in any spelling.
 *
 * Sheets went through many hands: full-width digits, numbers typed as text,
 * non-breaking spaces, a Chinese comma between action units.
 */
import { TelltaleError } from '../base/errors.ts';
import { own } from '../base/own.ts';

/** Longest cell that Excel itself can hold, characters. */
export const LONGEST_CELL = 32_767;

/** A cell in compatible characters, with single spaces and none around it. */
export function cleanText(cell: string): string {
  return cell
    .normalize('NFKC')
    .replaceAll(/[\s\u200B\uFEFF]+/g, ' ')
    .trim();
}

/** A header without case, spaces and punctuation: `Onset Frame` and `OnsetFrame` are one. */
export function cleanHeader(cell: string): string {
  return cleanText(cell)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** A whole number, also as text and as `46.0`; undefined where the cell is not a number. */
export function wholeNumber(cell: string): number | undefined {
  const match = /^([+-]?\d{1,9})(?:\.0*)?$/.exec(cell);
  return match ? Number(match[1]) : undefined;
}

/**
 * A frame number as a spreadsheet program displays it without decimals: `10.4` is 10, `20.5` is 21, `-0.4` is 0.
 *
 * Undefined where the cell is not a number. Halves are rounded away from zero, after 15 significant digits.
 */
export function roundedNumber(cell: string): number | undefined {
  if (!/^[+-]?\d{1,9}(?:\.\d*)?$/.test(cell)) return undefined;
  const value = Number(Number(cell).toPrecision(15));
  return Math.sign(value) * Math.round(Math.abs(value)) + 0;
}

/** Spellings of one emotion in the sheets of the field. */
const SPELLINGS: Readonly<Record<string, string>> = {
  happy: 'happiness',
  happines: 'happiness',
  hapiness: 'happiness',
  sad: 'sadness',
  angry: 'anger',
  disgusted: 'disgust',
  fearful: 'fear',
  surprised: 'surprise',
  suprise: 'surprise',
  supprise: 'surprise',
  surprize: 'surprise',
  repressed: 'repression',
  tension: 'tense',
  other: 'others',
};

/** The emotion in one spelling: lower case, a noun, `others` for `Other`. */
export function cleanEmotion(cell: string, more: Readonly<Record<string, string>> = {}): string {
  const word = cleanText(cell).toLowerCase();
  const usual = own(SPELLINGS, word) ?? word;
  return own(more, usual) ?? usual;
}

/**
 * A cell that becomes part of a path, as it is.
 *
 * @throws TelltaleError `DATASET_INVALID` where it would lead out of the dataset's folder
 */
export function assertName(cell: string, where: string): string {
  if (/[\\/\u0000-\u001F]/.test(cell) || /^\.+$/.test(cell) || /^[A-Za-z]:/.test(cell)) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${where}: ${JSON.stringify(cell.slice(0, 80))} is not a name of a subject or a clip`,
      'Names in a sheet must not lead to other folders. Check where this sheet comes from.',
    );
  }
  return cell;
}

/**
 * A cell that is the path of a folder inside the dataset's.
 *
 * @throws TelltaleError `DATASET_INVALID` where it leads out of there
 */
export function assertFolder(cell: string, where: string): string {
  for (const part of cell.split('/')) assertName(part === '' ? '..' : part, where);
  return cell;
}
