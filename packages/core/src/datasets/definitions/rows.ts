/**
 * @file Corrections that MEB publishes by the number of a record, counted from 0 below the header.
 *
 * Varanka, Li, Peng and Zhao 2023, "Data leakage and evaluation issues in micro-expression analysis", IEEE
 * Transactions on Affective Computing; numbers and values as in its code, `meb/datasets/datasets.py`. How many
 * records its copies have follows from its table of action units per clip.
 */
import { apexOf } from '../corrections.ts';
import type { Correction, RowChange, RowCorrections } from '../definition.ts';

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

const FLOW = `${MEB}: apexes estimated by optical flow where there are none`;

/** CASME II, rows that are identified by name in every edition. */
export const casme2Apexes: readonly Correction[] = [
  apexOf('sub04/EP12_01f', 279, FLOW),
  apexOf('sub05/EP09_05f', 81, FLOW),
  apexOf('sub05/EP16_04f', 166, FLOW),
  apexOf('sub12/EP09_06', 89, FLOW),
  apexOf('sub20/EP16_01', 91, FLOW),
  apexOf('sub25/EP18_04f', 98, FLOW),
];

/** CASME II, the copy with 256 rows: `sub24/EP02_07` is inserted at record 222. */
export const casme2Rows: RowCorrections = {
  records: 256,
  source: FLOW,
  changes: [
    ...apexes({ 35: 68, 43: 77, 53: 100 }),
    { record: 60, now: { apex: '78', offset: '91' } },
    ...apexes({ 117: 187, 126: 80, 136: 88, 147: 134, 155: 231, 168: 53, 170: 329 }),
    ...apexes({ 177: 111, 203: 103, 234: 98, 237: 153 }),
  ],
};

/** SAMM, where two public copies have an apex that fits and the code of MEB has 4945. */
export const sammApexes: readonly Correction[] = [
  apexOf('032/032_3_1', 4930, 'two public copies of the sheet; 1930 is a typing error'),
];

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
  source: FLOW,
  changes: [{ record: 56, now: { offset: '5739' } }, ...apexes({ 125: 1105, 133: 5130 })],
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
