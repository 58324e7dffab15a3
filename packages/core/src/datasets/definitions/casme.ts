/**
 * @file CASME and CASME II.
 *
 * Yan, Wu, Liu, Wang and Fu 2013, "CASME database: A dataset of spontaneous
 * micro-expressions collected from neutralized faces", IEEE FG; Yan, Li, Wang,
 * Zhao, Liu, Chen and Fu 2014, "CASME II: An improved spontaneous
 * micro-expression database and the baseline evaluation", PLoS ONE 9(1).
 */
import { numberedSubject } from '../cells.ts';
import type { DatasetDefinition } from '../definition.ts';
import { casme2Apexes, casme2Rows, casmeRows } from './rows.ts';

/** `1`, `01`, `sub1` → `sub01`. */
function subjectOf(cell: string): string {
  return numberedSubject(cell, (number) => `sub${number.padStart(2, '0')}`);
}

const REQUIRED = ['subject', 'file', 'onset', 'offset', 'emotion'] as const;
const PREFER = [/crop/i, /select/i] as const;

/** CASME II: 200 Hz. */
export const casme2: DatasetDefinition = {
  name: 'casme2',
  aliases: ['casmeii', 'casme-ii', 'casme-2'],
  title: 'CASME II',
  framesPerSecond: 200,
  workbooks: [
    /casme.*2.*coding.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
    /casme.*2.*label.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
    /casme.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
  ],
  edition: {
    take: 'earliest',
    why: 'the coding of 2014 is what published results with five classes use (25 surprise; 28 in that of 2019)',
  },
  required: REQUIRED,
  subject: subjectOf,
  folders: ['{subject}/{file}'],
  prefer: PREFER,
  corrections: casme2Apexes,
  byRow: casme2Rows,
  editions: [
    {
      name: 'CASME2-coding-20140508',
      clips: 255,
      subjects: 26,
      classes: {
        ...{ disgust: 63, fear: 2, happiness: 32, others: 99, repression: 27, sadness: 7 },
        surprise: 25,
      },
      source: 'coding sheet of 8 May 2014; 246 of its clips are the five classes',
    },
    {
      name: 'coding sheet with 256 rows',
      clips: 256,
      subjects: 26,
      classes: { disgust: 64, happiness: 32, others: 99, repression: 27, surprise: 25 },
      source: 'the copy that MEB and xiazhaoqiang read; 247 of its clips are the five classes',
    },
    {
      name: 'CASME2-coding-20190701',
      clips: 255,
      subjects: 26,
      classes: {
        ...{ disgust: 63, fear: 2, happiness: 32, others: 99, repression: 27, sadness: 4 },
        surprise: 28,
      },
      source: 'coding sheet of 1 July 2019, which SLSTT reads too',
    },
    {
      name: 'five classes of CASME2-coding-20140508',
      clips: 246,
      classes: { disgust: 63, happiness: 32, others: 99, repression: 27, surprise: 25 },
      source: 'coding sheet of 8 May 2014 without fear and sadness',
    },
    {
      name: 'five classes of CASME2-coding-20190701',
      clips: 249,
      classes: { disgust: 63, happiness: 32, others: 99, repression: 27, surprise: 28 },
      source: 'coding sheet of 1 July 2019 without fear and sadness',
    },
    {
      name: 'CASME II, published',
      clips: 247,
      subjects: 26,
      classes: { disgust: 60, happiness: 33, others: 102, repression: 27, surprise: 25 },
      source: 'Yan et al. 2014, table 3',
    },
  ],
};

/** CASME: 60 Hz. A column `Onset` beside `OnsetF` is a duration and not read. */
export const casme: DatasetDefinition = {
  name: 'casme',
  title: 'CASME',
  framesPerSecond: 60,
  workbooks: [
    /^casme(?!.*2|.*3|.*ii).*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
    /^casme-coded.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
  ],
  required: REQUIRED,
  subject: subjectOf,
  folders: ['{subject}/{file}'],
  prefer: PREFER,
  corrections: [],
  byRow: casmeRows,
  editions: [
    {
      name: 'casme.xlsx',
      clips: 189,
      classes: { disgust: 44, repression: 38, surprise: 20, tense: 69 },
      source: 'its sheet, as public loaders read it; the four classes that papers use',
    },
    {
      name: 'CASME-coded-20190721',
      clips: 193,
      source: 'its sheet, as a public notebook shows it (xvrgill/yt-emotion-detection)',
    },
    { name: 'CASME, published', clips: 195, source: 'Yan et al. 2013, abstract' },
  ],
};
