/**
 * @file Corrections that MEB publishes by the number of a record, counted from 0 below the header.
 *
 * Varanka, Li, Peng and Zhao 2023, "Data leakage and evaluation issues in micro-expression analysis", IEEE
 * Transactions on Affective Computing; numbers and values as in its code, `meb/datasets/datasets.py`. How many
 * records its copies have follows from its table of action units per clip.
 */
import type { RowChange, RowCorrections } from '../definition.ts';

const MEB = 'Varanka et al. 2023, code of MEB (tvaranka/meb, meb/datasets/datasets.py)';

/** `record: apex` for many records. */
const apexes = (table: Readonly<Record<number, number>>): RowChange[] =>
  Object.entries(table).map(([record, apex]) => ({
    record: Number(record),
    now: { apex: String(apex) },
  }));

/** CASME. The source puts the middle frame for three apexes; here they are searched for. */
export const casmeRows: RowCorrections = {
  records: 189,
  source: `${MEB}: by the folders of frames`,
  changes: [
    { record: 40, now: { onset: '100', apex: '', offset: '149' } },
    { record: 42, now: { onset: '101', apex: '', offset: '119' } },
    { record: 43, now: { onset: '57', apex: '', offset: '74' } },
    { record: 54, now: { offset: '40' } },
    { record: 140, now: { offset: '142' } },
  ],
};

/** CASME II, the copy with 256 rows. */
export const casme2Rows: RowCorrections = {
  records: 256,
  source: `${MEB}: apexes estimated by optical flow where there are none`,
  changes: [
    ...apexes({ 29: 279, 35: 68, 43: 77, 45: 81, 51: 166, 53: 100 }),
    { record: 60, now: { apex: '78', offset: '91' } },
    ...apexes({ 117: 187, 118: 89, 126: 80, 136: 88, 147: 134, 155: 231, 168: 53, 170: 329 }),
    ...apexes({ 177: 111, 202: 91, 203: 103, 234: 98, 237: 153, 238: 98 }),
  ],
};

/** SAMM. The clips with "or" among their action units show that the rows are meant. */
export const sammRows: RowCorrections = {
  records: 159,
  landmarks: {
    15: '007/007_6_1',
    18: '007/007_6_5',
    41: '011/011_4_2',
    64: '014/014_5_2',
    154: '035/035_7_2',
  },
  source: `${MEB}: apexes estimated by optical flow where there are none`,
  changes: [
    { record: 56, now: { offset: '5739' } },
    ...apexes({ 125: 1105, 132: 4945, 133: 5130 }),
  ],
};

/** CAS(ME)³, part A, what is not known by subject, file and onset. */
export const casme3Rows: RowCorrections = {
  records: 860,
  landmarks: {
    ...{ 128: 'spNO.149/d', 749: 'spNO.216/d', 750: 'spNO.216/e' },
    ...{ 796: 'spNO.40/e', 798: 'spNO.40/e' },
  },
  source: MEB,
  changes: [
    {
      record: 128,
      now: {},
      refused: 'public code gives 160 and 123 for its apex, so it is taken as unknown',
    },
    { record: 708, now: { offset: '34' } },
  ],
};

/** MMEW: [record, apex, offset]. */
const MMEW = [
  ...([
    [33, 40, 75],
    [35, 15, 54],
    [36, 46, 59],
    [37, 20, 98],
  ] as const),
  ...([
    [38, 25, 80],
    [39, 20, 93],
    [40, 23, 58],
    [41, 28, 61],
  ] as const),
  ...([
    [42, 32, 68],
    [142, 56, 88],
    [143, 32, 80],
    [145, 27, 85],
  ] as const),
  ...([
    [146, 22, 61],
    [148, 29, 108],
    [154, 31, 72],
    [156, 38, 106],
  ] as const),
] as const;

/** MMEW's micro-expressions. */
export const mmewRows: RowCorrections = {
  records: 300,
  source: MEB,
  changes: MMEW.map(([record, apex, offset]) => ({
    record,
    now: { apex: String(apex), offset: String(offset) },
  })),
};

/** 4DME. */
export const fourdmeRows: RowCorrections = {
  records: 267,
  source: MEB,
  changes: [144, 145].map((record) => ({
    record,
    now: {},
    refused:
      'the source exchanges the action units of records 144 and 145, and no cell shows whether this sheet has them exchanged already',
  })),
};
