/**
 * @file The content of a cell of an annotation sheet, in any spelling.
 *
 * Sheets went through many hands: full-width digits, numbers typed as text,
 * non-breaking spaces, a Chinese comma between action units.
 */
import { TelltaleError } from '../base/errors.ts';
import { IMAGE_ENDS } from '../base/image-names.ts';
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

/** A frame as a word or a file: `frame 46`, `第46帧`, `img46.jpg`. */
const NAMED_FRAME = new RegExp(
  `^(?:[a-z_]*(?:img|image|frame)|第|no\\.?|#|f)?[ _#-]*(\\d{1,9})(?: ?(?:帧|张|幀|f|#))?(?:\\.(?:${IMAGE_ENDS}))?$`,
  'i',
);

/**
 * A frame number that is written in another way: `1,046`, `'46`, `img46.jpg`, `frame 46`, `第46帧`, `46 (checked)`,
 * `46*`, `1.046E+3`, `40+6`, or as a date that is really a number; undefined where the cell is none of these.
 */
export function writtenFrame(cell: string): number | undefined {
  const text = cell
    .replace(/^['"]+/, '')
    .replace(/['"]+$/, '')
    .trim();
  const known =
    /^(\d{1,3}(?:[,' ]\d{3})+)(?:\.0*)?$/.exec(text) ??
    NAMED_FRAME.exec(text) ??
    /^(\d{1,9})(?:\.0*)? ?(?:[*?†!]+|[([].*[)\]])$/.exec(text);
  if (known !== null) return Number(known[1]!.replaceAll(/[,' ]/g, ''));
  if (/^\d{1,9}(?:\+\d{1,9})+$/.test(text)) {
    return text.split('+').reduce((sum, part) => sum + Number(part), 0); // a formula
  }
  const [, digits, exponent] = /^(\d(?:\.\d+)?)e\+?(\d{1,2})$/i.exec(text) ?? [];
  // Only where no digit was lost: 1.76E+07 may stand for 17581039.
  if (digits !== undefined && digits.replace('.', '').length > Number(exponent)) {
    return wholeNumber(String(Number(text)));
  }
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)(?: 00:00:00)?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  // Day 1 of spreadsheet programs is 1 January 1900, and they have a 29 February in that year, day 60.
  const days = daysOf(Number(year), Number(month), Number(day)) - daysOf(1899, 12, 30);
  return days > 60 ? days : days - 1;
}

/**
 * Days since 1 March of the year 0.
 *
 * @see Hinnant 2013, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`
 */
function daysOf(year: number, month: number, day: number): number {
  const [y, m] = month > 2 ? [year, month - 3] : [year - 1, month + 9];
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leaps + Math.floor((153 * m + 2) / 5) + day - 1;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The date of a day that spreadsheet programs store as a number, from March 1900 on: `2018-01-02` for 43102. */
function dateOf(serial: number): string {
  const days = serial + daysOf(1899, 12, 30);
  let year = Math.floor(days / 365.2425);
  while (daysOf(year + 1, 1, 1) <= days) year += 1;
  while (daysOf(year, 1, 1) > days) year -= 1;
  let month = 12;
  while (daysOf(year, month, 1) > days) month -= 1;
  return `${year}-${month}-${days - daysOf(year, month, 1) + 1}`;
}

/** The number of a day from the year 2000 on, as spreadsheet programs store it: no list of units looks like it. */
const DAY = /^(?:3[6-9]|4\d)\d{3}(?:\.0*)?$/;

/**
 * The list that a spreadsheet program turned into a date or time: `2-Jan` was `1-2`, `Dec-15` was `12-15`, `4:07` was
 * `4:7`. In the notation of action units; what the date does not determine is marked uncertain. Undefined for other cells.
 *
 * A list with a year (`2007-04-06`) was three numbers; but a year of coding (2013 and later) may be that of
 * the day on which two were typed.
 */
export function listOfDate(cell: string): string | undefined {
  const text = cell.toLowerCase().replace(/[ t]00:00(?::00)?$/, '');
  if (DAY.test(text)) {
    return listOfDate(dateOf(Math.floor(Number(text))));
  }
  const time = /^(\d{1,2}):(\d\d)(?::00)?(?: ?[ap]m)?$/.exec(text);
  if (time !== null) return `${Number(time[1])}+${Number(time[2])}`;
  const monthOf = (name: string): number => MONTHS.indexOf(name.slice(0, 3)) + 1;
  const words = /^(\d{1,2})[- /.]([a-z]{3,9})$|^([a-z]{3,9})[- /.](\d{1,2})$/.exec(text);
  if (words !== null) {
    const month = monthOf(words[2] ?? words[3]!);
    return month === 0 ? undefined : `${month}+${Number(words[1] ?? words[4])}`;
  }
  const chinese = /^(\d{1,2})月(\d{1,2})日$/.exec(text);
  if (chinese !== null) return `${Number(chinese[1])}+${Number(chinese[2])}`;
  const whole =
    /^(?<y>\d{4})[-/年](?<m>\d{1,2})[-/月](?<d>\d{1,2})日?$/.exec(text) ??
    /^(?<m>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})$/.exec(text) ??
    /^(?<d>\d{1,2})-(?<w>[a-z]{3})-(?<y>\d{2,4})$/.exec(text);
  if (whole === null) return undefined;
  const { y, m, d, w } = whole.groups as Record<'y' | 'd', string> & Partial<Record<'m' | 'w', string>>; // prettier-ignore
  const [month, day, year] = [w === undefined ? Number(m) : monthOf(w), Number(d), Number(y) % 100];
  if (month < 1 || month > 12) return undefined;
  // The first of a month: 12-15 becomes December 2015, of which only the first day can be stored.
  if (day === 1) return `${month}+(1 or ${year})`;
  return `${month}+${day}+${year}${year > 12 && year <= 30 ? '(k)' : ''}`;
}

/** Whether a name was turned into a date: `1-2` into `2-Jan`. A date with its year may be a name, that of a recording. */
export function isDateOfName(cell: string): boolean {
  return /^(?:\d{1,2}[- /.][a-z]{3,9}|[a-z]{3,9}[- /.]\d{1,2}|\d{1,2}月\d{1,2}日)$/i.test(cell)
    ? listOfDate(cell) !== undefined
    : false;
}

/** Words for an empty cell. */
const NOTHING = /^(?:nan|n\/?a|#n\/a|null|none|nil|无|[-/\\–—?.]+)$/i;
/** Those of them that cannot be names; `NA` and `-` can. */
const NO_NAME = /^(?:nan|#n\/a|null)$/i;
/** Ends of file names that do not belong to a clip's name. */
const EXTENSION = new RegExp(
  `\\.(?:avi|mp4|m4v|mov|mkv|wmv|mpe?g|webm|zip|rar|${IMAGE_ENDS})$`,
  'i',
);

/** A cell that names a subject, a file or a folder: `'006`, `46.0` and `EP01.avi` without what programs added. */
export function cleanName(cell: string): string {
  const name = cell
    .replace(/^'(.*)'$/, '$1')
    .replace(/^'(?=.)/, '')
    .replace(EXTENSION, '');
  return NO_NAME.test(name) ? '' : name.replace(/^(\d+)\.0+$/, '$1');
}

/** The digits of a subject's number, however it is written: `1`, `sub01`, `Subject #1`, `No. 1`, `P01`, `1号`, `被试1`. */
export function subjectNumber(cell: string): string | undefined {
  const match = /^(?:subject|subj|sub|s|participant|p|被试者?|受试者)?[ ._-]*(?:no\.?|#|编号)?[ ._-]*0*(\d{1,4})(?:\.0*)?号?$/i; // prettier-ignore
  return match.exec(cell)?.[1];
}

/** A subject whose cell holds a number, as the folders spell it; any other cell as it is. */
export function numberedSubject(cell: string, spell: (digits: string) => string): string {
  const number = subjectNumber(cell);
  return number === undefined ? cell : spell(number);
}

/**
 * The clip's name where the cell is its path, below a folder of its subject: `CASME2/sub01/EP02_01f` of subject 1.
 *
 * @returns the cell itself where it is no such path
 */
export function nameOfPath(cell: string, subject: string): string {
  const [, parent, name] = /^(?:[^\u0000-\u001F]*[\\/])?([^\\/]+)[\\/]([^\\/]+)$/.exec(cell) ?? [];
  if (parent === undefined || /(?:^|[\\/])\.\.?(?:[\\/]|$)/.test(cell)) return cell;
  const [there, here] = [parent, subject].map((one) => subjectNumber(one) ?? one.toLowerCase());
  return there === here ? name! : cell;
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
  ...{ hapyness: 'happiness', happinness: 'happiness', sadnes: 'sadness', angery: 'anger' },
  ...{ disgusting: 'disgust', digust: 'disgust', disgut: 'disgust', contemp: 'contempt' },
  ...{ suprised: 'surprise', surprice: 'surprise', repress: 'repression', represion: 'repression' },
  ...{
    ohters: 'others',
    otehrs: 'others',
    oters: 'others',
    netural: 'neutral',
    nuetral: 'neutral',
  },
  ...{ positve: 'positive', postive: 'positive', negtive: 'negative', negitive: 'negative' },
  suprise: 'surprise',
  supprise: 'surprise',
  surprize: 'surprise',
  repressed: 'repression',
  tension: 'tense',
  other: 'others',
  ...{ 高兴: 'happiness', 快乐: 'happiness', 开心: 'happiness', 愉快: 'happiness' },
  ...{ 惊讶: 'surprise', 惊奇: 'surprise', 吃惊: 'surprise', 厌恶: 'disgust', 压抑: 'repression' },
  ...{ 悲伤: 'sadness', 难过: 'sadness', 伤心: 'sadness', 恐惧: 'fear', 害怕: 'fear' },
  ...{ 愤怒: 'anger', 生气: 'anger', 轻蔑: 'contempt', 蔑视: 'contempt', 紧张: 'tense' },
  ...{ 其他: 'others', 其它: 'others', 积极: 'positive', 消极: 'negative', 中性: 'neutral' },
};

/** The emotion in one spelling: lower case, a noun, `others` for `Other`; empty for `nan`, `/` and the like. */
export function cleanEmotion(cell: string, more: Readonly<Record<string, string>> = {}): string {
  const text = cleanText(cell)
    .replace(/^["'“‘(]+(.*?)["'”’)]+$/, '$1')
    .replaceAll(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, '');
  if (NOTHING.test(text)) return '';
  const word = text.toLowerCase().replace(/ ?[.,;]+$/, '');
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
