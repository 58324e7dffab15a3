/**
 * @file CAS(ME)² and CAS(ME)³: long videos with several expressions each.
 *
 * Qu, Wang, Yan, Li, Wu and Fu 2018, "CAS(ME)²: A database for spontaneous
 * macro-expression and micro-expression spotting and recognition", IEEE
 * Transactions on Affective Computing 9; Li, Dong, Lu, Wang, Yan, Ma, Liu,
 * Huang and Fu 2023, "CAS(ME)³: A third generation facial spontaneous
 * micro-expression database with depth information and high ecological
 * validity", IEEE TPAMI 45.
 */
import { numberedSubject } from '../cells.ts';
import type { Workbook } from '../annotation.ts';
import { cleanText, wholeNumber } from '../cells.ts';
import type { Column, DatasetDefinition, SheetRow, Words } from '../definition.ts';
import { casme3Rows } from './rows.ts';

function kindOf(cell: string): 'micro' | 'macro' | undefined {
  return /micro|微/i.test(cell) ? 'micro' : /macro|宏/i.test(cell) ? 'macro' : undefined;
}

const ORDER: readonly Column[] = [
  ...(['subject', 'file', 'onset', 'apex', 'offset', 'actionUnits', 'emotion', 'kind'] as const),
  'fineEmotion',
];

/**
 * Codes of subjects and videos from the second and third sheet: subject 1 is `s15`, `disgust1` is `0101`.
 *
 * @see Liong, See and Wong 2021, code of SOFTNet, for which column is which
 */
function codes(workbooks: readonly Workbook[]): (cells: SheetRow['cells']) => Words {
  const book =
    workbooks.find(({ path, given }) => given === true || /code_final/i.test(path))?.sheets ?? [];
  const subjects = new Map<string, string>();
  const videos = new Map<string, string>();
  for (const row of (book[1]?.rows ?? []).map((cells) => cells.map(cleanText))) {
    const code = row.find((cell) => /^s\d+$/i.test(cell));
    const number = wholeNumber(row.at(-1) ?? '') ?? wholeNumber(row[0] ?? '');
    if (code !== undefined && number !== undefined) subjects.set(String(number), code);
  }
  for (const row of (book[2]?.rows ?? []).map((cells) => cells.map(cleanText))) {
    const code = row.find((cell) => /^\d{3,4}$/.test(cell));
    const name = row.find((cell) => /^[a-z]+\d*$/i.test(cell));
    // Codes have four digits; the first is a zero that spreadsheet programs strip.
    if (code !== undefined && name !== undefined)
      videos.set(name.toLowerCase(), code.padStart(4, '0'));
  }
  return ({ subject, file }) => {
    const known = subjects.get(String(wholeNumber(subject) ?? subject));
    const code = videos.get(file.split('_')[0]!.toLowerCase());
    return {
      ...(known === undefined ? {} : { subject: known }),
      ...(code === undefined ? {} : { code }),
    };
  };
}

/** CAS(ME)²: 30 Hz. */
export const casmesq: DatasetDefinition = {
  name: 'casmesq',
  aliases: ['casme-sq', 'cas(me)2', 'cas(me)^2', 'casme_sq'],
  title: 'CAS(ME)^2',
  framesPerSecond: 30,
  workbooks: [/code_final.*\.(?:xls[xmb]?|ods|numbers)$/i],
  order: ORDER,
  lookups: codes,
  required: ['subject', 'file', 'onset', 'offset', 'emotion', 'kind'],
  subject: (cell) => numberedSubject(cell, (number) => `s${number}`),
  kind: kindOf,
  folders: ['{subject}/{code}', '{subject}/{file}'],
  folderAlias: (path) => {
    // rawpic/s15/15_0101disgustingteeth is the video 0101 of s15.
    const [, subject, code] = /(?:^|\/)(s\d+)\/\d+_(\d{4})[^/]*$/i.exec(path) ?? [];
    return subject === undefined ? undefined : `${subject}/${code!}`;
  },
  prefer: [/crop/i, /rawpic/i],
  corrections: [],
  editions: [
    {
      name: 'code_final',
      clips: 57,
      macro: 300,
      subjects: 14,
      classes: { negative: 21, others: 19, positive: 8, surprise: 9 },
      source: 'Qu et al. 2018; MEGC 2020 guideline: 87 videos of 22 subjects',
    },
  ],
};

const MEB = 'Varanka et al. 2023, code of MEB (tvaranka/meb, meb/datasets/datasets.py)';
/** Offsets of two rows of one video are 0; each row is the one that begins at most 3 s before its offset. */
const forgotten = (offset: number): DatasetDefinition['corrections'][number] => ({
  subject: 'spNO.40',
  file: 'e',
  onset: [offset - 90, offset],
  field: 'offset',
  was: '0',
  now: String(offset),
  source: MEB,
});

/** CAS(ME)³, part A: 30 Hz. */
export const casme3: DatasetDefinition = {
  name: 'casme3',
  aliases: ['casme3a', 'cas(me)3', 'cas(me)^3'],
  title: 'CAS(ME)^3',
  framesPerSecond: 30,
  workbooks: [
    /part_?a_me(?!.*wrong).*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
    // Micro- and macro-expressions, without emotions.
    /part_?a(?!.*(?:mae|wrong)).*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
  ],
  edition: {
    take: 'latest',
    prefer: /jpgindex/i,
    why: 'the label sheet with emotions and the highest version; that of macro-expressions too has no emotions',
  },
  sheets: [/^label$/i, /au\+emotion/i],
  avoidSheets: /blink/i,
  required: ['subject', 'file', 'onset', 'offset'],
  subject: (cell) => cell.replace(/^(?:sp)?(?:no)?\.?\s*0*(\d+)$/i, 'spNO.$1'),
  kind: (cell) => (cell === '' ? 'micro' : kindOf(cell)),
  folders: ['{subject}/{file}/color', '{subject}/{file}'],
  avoid: /(?:^|\/)depth(?:\/|$)/i,
  nameByOnset: true,
  corrections: [
    {
      ...{ subject: 'spNO.216', file: 'd', onset: 3647, field: 'onset', was: '3647', now: '2647' },
      source: `${MEB}, and other public loaders: apex 2668, offset 2694`,
    },
    {
      ...{ subject: 'spNO.216', file: 'e', onset: 0, field: 'onset', was: '0', now: '1' },
      source: `${MEB}, and other public loaders: there is no frame 0`,
    },
    forgotten(1845),
    forgotten(2403),
  ],
  byRow: casme3Rows,
  editions: [
    {
      name: 'part A, JpgIndex v2',
      clips: 860,
      subjects: 94,
      classes: {
        ...{ anger: 64, disgust: 250, fear: 86, happiness: 55, others: 161, sadness: 57 },
        surprise: 187,
      },
      source: 'jingtingEmmaLi/CAS-ME-3, label sheet v2',
    },
    {
      name: 'part A v2, AU+Emotion',
      clips: 860,
      macro: 3346,
      source: 'jingtingEmmaLi/CAS-ME-3, CAS(ME)3_part_A_v2.xls: for spotting, without emotions',
    },
    {
      name: 'part A, JpgIndex v1',
      clips: 921,
      subjects: 95,
      classes: {
        ...{ anger: 67, disgust: 275, fear: 91, happiness: 60, others: 166, sadness: 63 },
        surprise: 199,
      },
      source: 'jingtingEmmaLi/CAS-ME-3, label sheet v1',
    },
  ],
};

/** CAS(ME)³, part C: no apex, feelings as valence. */
export const casme3c: DatasetDefinition = {
  name: 'casme3c',
  aliases: ['casme3-c'],
  title: 'CAS(ME)^3 C',
  framesPerSecond: 30,
  workbooks: [
    /part_?c_me.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
    /part_?c.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
  ],
  columns: { file: ['count'] },
  required: ['subject', 'file', 'onset', 'offset', 'emotion'],
  subject: (cell) => (/^\d$/.test(cell) ? `0${cell}` : cell),
  folders: [
    ...['{subject}/{file}/color', '{subject0}/{file}/color'],
    ...['{subject}/{file}', '{subject0}/{file}'],
  ],
  avoid: /(?:^|\/)depth(?:\/|$)/i,
  corrections: [],
  editions: [
    { name: 'part_C_ME', clips: 166, source: 'jingtingEmmaLi/CAS-ME-3' },
    {
      name: 'part_C_ME',
      clips: 165,
      classes: { negative: 99, others: 20, positive: 16, surprise: 30 },
      source: 'jingtingEmmaLi/CAS-ME-3, issue 5; classes as in its sheet',
    },
  ],
};
