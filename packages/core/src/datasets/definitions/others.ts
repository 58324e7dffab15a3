/**
 * @file MMEW, 4DME and DFME.
 *
 * Ben, Ren, Zhang, Wang, Kpalma, Meng and Liu 2022, "Video-based facial
 * micro-expression analysis: A survey of datasets, features and algorithms",
 * IEEE TPAMI 44; Li, Cheng, Li, Behzad, Shen, Zafeiriou, Pantic and Zhao 2023,
 * "4DME: A spontaneous 4D micro-expression dataset with multimodalities", IEEE
 * Transactions on Affective Computing 14; Zhao, Tang, Mao, Liu, Xie, Chen, Xu
 * and Liu 2024, "DFME: A new benchmark for dynamic facial micro-expression
 * recognition", IEEE Transactions on Affective Computing 15.
 */
import { numberedSubject } from '../cells.ts';
import type { DatasetDefinition } from '../definition.ts';
import { fourdmeRows } from './rows.ts';

const REQUIRED = ['subject', 'file', 'onset', 'offset', 'emotion'] as const;

/** MMEW's micro-expressions: 90 Hz. */
export const mmew: DatasetDefinition = {
  name: 'mmew',
  title: 'MMEW',
  framesPerSecond: 90,
  workbooks: [
    /mmew.*micro.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
    /mmew.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
  ],
  required: REQUIRED,
  subject: (cell) => numberedSubject(cell, (n) => `S${n.padStart(2, '0')}`),
  folders: ['{emotion}/{file}', '{subject}/{emotion}/{file}', '{subject}/{file}', '{file}'],
  avoid: /(?:^|\/)macro[^/]*(?:\/|$)/i,
  corrections: [],
  editions: [
    {
      name: 'MMEW_Micro_Exp',
      clips: 300,
      subjects: 30,
      classes: {
        ...{ anger: 8, disgust: 72, fear: 16, happiness: 36, others: 66, sadness: 13 },
        surprise: 89,
      },
      source: 'Ben et al. 2022, table of MMEW',
    },
  ],
};

/** 4DME's gray videos: 60 Hz. */
export const fourdme: DatasetDefinition = {
  name: '4dme',
  aliases: ['fourdme'],
  title: '4DME',
  framesPerSecond: 60,
  workbooks: [
    /4dme.*micro.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
    /4dme.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
  ],
  columns: { file: ['foldname'] },
  required: REQUIRED,
  subject: (cell) => numberedSubject(cell, (n) => n),
  folders: ['{subject}/{file}', 'sub{subject}/{file}', '{file}'],
  prefer: [/crop/i],
  avoid: /(?:^|\/)macro[^/]*(?:\/|$)/i,
  corrections: [],
  byRow: fourdmeRows,
  editions: [{ name: '4DME_Labelling_Micro_release v1', clips: 267, source: 'Li et al. 2023' }],
};

const CCAC = 'MEA-LAB-421/CCAC-page';
/** Its seven classes; how many clips of each there are is known of the three parts together. */
const labels = [
  ...['anger', 'contempt', 'disgust', 'fear', 'happiness', 'sadness', 'surprise'],
] as const;

/** DFME: 200, 300 or 500 Hz, as in its sheet. */
export const dfme: DatasetDefinition = {
  name: 'dfme',
  title: 'DFME',
  framesPerSecond: 200,
  workbooks: [
    /train.*with_au.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
    /test_?a.*with_au.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
    /test_?b.*with_au.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
    /dfme.*\.(?:xls[xmb]?|csv|tsv|txt|ods|numbers)$/i,
  ],
  together: true,
  required: REQUIRED,
  subject: (cell) => numberedSubject(cell, (n) => `sub${n.padStart(4, '0')}`),
  folders: ['{file}'],
  corrections: [],
  editions: [
    { name: 'DFME, published', clips: 7526, subjects: 656, labels, source: 'Zhao et al. 2024' },
    {
      ...{ name: 'CCAC 2024', clips: 2629, subjects: 259, labels },
      classes: {
        ...{ anger: 241, contempt: 171, disgust: 735, fear: 365 },
        ...{ happiness: 311, sadness: 359, surprise: 447 },
      },
      source: `${CCAC}; classes as in its released sheets`,
    },
    { name: 'CCAC 2024, training', clips: 1856, subjects: 176, labels, source: CCAC },
    {
      ...{ name: 'CCAC 2024, test A', clips: 474, subjects: 42, labels },
      source: 'its released sheet',
    },
    {
      ...{ name: 'CCAC 2024, test B', clips: 299, subjects: 41, labels },
      source: 'its released sheet',
    },
  ],
};
