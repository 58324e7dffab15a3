/**
 * @file SAMM and SAMM Long Videos.
 *
 * Davison, Lansley, Costen, Tan and Yap 2018, "SAMM: A spontaneous
 * micro-facial movement dataset", IEEE Transactions on Affective Computing 9;
 * Yap, Kendrick and Yap 2020, "SAMM Long Videos", IEEE FG.
 */
import type { Workbook } from '../annotation.ts';
import { cleanText, numberedSubject } from '../cells.ts';
import type { Correction, DatasetDefinition, SheetRow, Words } from '../definition.ts';
import { findTables } from '../table.ts';
import { sammApexes, sammRows } from './rows.ts';

/** `6` → `006`: spreadsheet programs strip the zeros. */
function subjectOf(cell: string): string {
  return numberedSubject(cell, (number) => number.padStart(3, '0'));
}

/** `6_1_2` → `006_1_2`. */
function fileOf({ file }: SheetRow['cells']): string {
  return file.replace(/^\d{1,3}(?=_)/, (digits) => digits.padStart(3, '0'));
}

const MEB =
  'Varanka et al. 2023, code of MEB (tvaranka/meb, meb/datasets/datasets.py): decided by optical flow';
const either = (file: string, now: string): Correction => ({
  subject: file.slice(0, 3),
  file,
  field: 'actionUnits',
  was: /\bor\b/i,
  now,
  source: MEB,
});

const CODES = [/samm.*micro.*facs.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i];

/** SAMM: 200 Hz, gray. */
export const samm: DatasetDefinition = {
  name: 'samm',
  title: 'SAMM',
  unclearOffset: true,
  framesPerSecond: 200,
  workbooks: [...CODES, /^samm(?!.*long).*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i],
  sheets: [/micro/i],
  required: ['subject', 'file', 'onset', 'offset', 'emotion'],
  subject: subjectOf,
  file: fileOf,
  folders: ['{subject}/{file}'],
  prefer: [/crop/i],
  corrections: [
    either('007_6_1', 'R12+R15'),
    either('007_6_5', 'R12+R15'),
    either('011_4_2', 'L14'),
    either('014_5_2', 'R14'),
    either('035_7_2', 'R14A'),
    ...sammApexes,
  ],
  byRow: sammRows,
  editions: [
    {
      name: 'SAMM_Micro_FACS_Codes_v2',
      clips: 159,
      subjects: 29,
      classes: {
        ...{ anger: 57, contempt: 12, disgust: 9, fear: 8 },
        ...{ happiness: 26, others: 26, sadness: 6, surprise: 15 },
      },
      source: 'Davison et al. 2018; 92 negative, 26 positive, 15 surprise in MEGC 2019',
    },
  ],
};

/** Emotions of the micro-expressions, which are in the sheet of SAMM only. */
function emotionsByFile(workbooks: readonly Workbook[]): (cells: SheetRow['cells']) => Words {
  const there = workbooks.filter(({ path }) => CODES.some((pattern) => pattern.test(path)));
  const rows = there.length === 0 ? [] : findTables(samm, there).tables[0]!.rows;
  const emotions = new Map(rows.map(({ cells }) => [fileOf(cells), cells.emotion]));
  return (cells) => {
    const file = fileOf(cells);
    const isMicro = kindOf(cells.kind) === 'micro';
    return {
      // Expressions are numbered within their video: 006_1_2 lies in 006_1.
      video: file.split('_').slice(0, 2).join('_'),
      emotion: cleanText((isMicro ? emotions.get(file) : undefined) ?? cells.emotion),
    };
  };
}

function kindOf(cell: string): 'micro' | 'macro' | undefined {
  return /micro|微/i.test(cell) ? 'micro' : /macro|宏/i.test(cell) ? 'macro' : undefined;
}

/** SAMM Long Videos: 200 Hz. */
export const sammlv: DatasetDefinition = {
  name: 'sammlv',
  aliases: ['samm-lv', 'sammlongvideos'],
  title: 'SAMM Long Videos',
  unclearOffset: true,
  framesPerSecond: 200,
  workbooks: [/samm.*long.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i],
  also: CODES,
  lookups: emotionsByFile,
  required: ['subject', 'file', 'onset', 'offset', 'kind'],
  subject: subjectOf,
  file: fileOf,
  kind: kindOf,
  folders: ['{video}', '{subject}/{video}'],
  prefer: [/crop/i],
  corrections: [],
  editions: [
    {
      name: 'SAMM_LongVideos_V2/V3_Release',
      clips: 159,
      macro: 343,
      source: 'Yap et al. 2020; MEGC 2020 guideline: 147 videos',
    },
  ],
};
