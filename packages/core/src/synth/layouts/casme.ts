/** @file The layouts of the CASME family's short clips, and of MMEW, which has their columns. */
import type { SyntheticEmotion } from '../emotions.ts';
import {
  momentsOf,
  numberOf,
  padded,
  rowsOf,
  sharesOf,
  sheetOf,
  unitsCell,
  type Film,
  type Layout,
} from './layout.ts';

/** Subject folders: `sub01`. */
const sub = ({ subject }: Film): string => `sub${padded(subject + 1, 2)}`;
/** Clips: an episode and a number in it: `EP02_01f`. */
const episode = ({ take }: Film, suffix = ''): string =>
  `EP${padded(1 + Math.floor(take / 3), 2)}_${padded(1 + (take % 3), 2)}${suffix}`;

/** CASME: two apex columns, two columns without a name. */
export const casme: Layout = {
  name: 'casme',
  title: 'CASME',
  timing: { rate: 60, long: false, takes: 297, first: [1, 80] },
  size: [200, 240],
  ...{ cropped: true, gray: false },
  emotions: sharesOf({
    ...{ others: 69, disgust: 44, repression: 38, surprise: 20 },
    ...{ happiness: 9, sadness: 6, contempt: 2, fear: 2 },
  }),
  label: (emotion) => (emotion === 'others' ? 'tense' : emotion),
  paths: (film, index) => [
    `Cropped/${sub(film)}/${episode(film)}/reg_img${numberOf(film, index)}.jpg`,
  ],
  sheets: (films) => [
    {
      path: 'casme.xlsx',
      sheets: [
        sheetOf(rowsOf(films), {
          header: [
            ...['Subject', 'Filename', null, 'OnsetF', 'ApexF1', 'ApexF2', 'OffsetF', null],
            ...['AU', 'Emotion', 'Onset', 'Total'],
          ],
          cells: (row) => {
            const { film, event } = row;
            const [onset, apex, offset] = momentsOf(row);
            return [
              ...[film.subject + 1, episode(film), null, onset, apex, 0, offset, null],
              unitsCell(event.units),
              event.emotion === 'others' ? 'tense' : event.emotion,
              ...[apex - onset, offset - onset + 1],
            ];
          },
        }),
      ],
    },
  ],
};

/** CASME II. */
export const casme2: Layout = {
  name: 'casme2',
  title: 'CASME II',
  timing: { rate: 200, long: false, takes: 297, first: [1, 120] },
  size: [280, 340],
  ...{ cropped: true, gray: false },
  emotions: sharesOf({
    ...{ others: 99, disgust: 63, happiness: 32, repression: 27 },
    ...{ surprise: 25, sadness: 7, fear: 2 },
  }),
  paths: (film, index) => [
    `Cropped/${sub(film)}/${episode(film, 'f')}/reg_img${numberOf(film, index)}.jpg`,
  ],
  sheets: (films) => [
    {
      path: 'CASME2-coding-20140508.xlsx',
      sheets: [
        sheetOf(rowsOf(films), {
          header: [
            ...['Subject', 'Filename', null, 'OnsetFrame', 'ApexFrame', 'OffsetFrame', null],
            ...['Action Units', 'Estimated Emotion'],
          ],
          cells: (row) => [
            ...[row.film.subject + 1, episode(row.film, 'f'), null, ...momentsOf(row), null],
            ...[unitsCell(row.event.units), row.event.emotion],
          ],
        }),
      ],
    },
  ],
};

/** Folders of MMEW are named after the emotion. */
const mmewClip = ({ subject, take }: Film): string =>
  `S${padded(subject + 1, 2)}-${padded(1 + Math.floor(take / 4), 2)}-${padded(1 + (take % 4), 3)}`;
const mmewEmotion = ({ events }: Film): SyntheticEmotion => events[0]!.emotion;

/** MMEW's micro-expressions. */
export const mmew: Layout = {
  name: 'mmew',
  title: 'MMEW',
  timing: { rate: 90, long: false, takes: 396, first: [1, 1] },
  size: [231, 231],
  ...{ cropped: true, gray: false },
  emotions: sharesOf({
    ...{ surprise: 89, disgust: 72, others: 66, happiness: 36 },
    ...{ fear: 16, sadness: 13, anger: 8 },
  }),
  paths: (film, index) => [
    `Micro_Expression/${mmewEmotion(film)}/${mmewClip(film)}/${numberOf(film, index)}.jpg`,
  ],
  sheets: (films) => [
    {
      path: 'MMEW_Micro_Exp.xlsx',
      sheets: [
        sheetOf(rowsOf(films), {
          header: [
            ...['Subject', 'Filename', 'OnsetFrame', 'ApexFrame', 'OffsetFrame'],
            ...['Action Units', 'Estimated Emotion', 'remarks'],
          ],
          cells: (row) => [
            ...[row.film.subject + 1, mmewClip(row.film), ...momentsOf(row)],
            ...[unitsCell(row.event.units), row.event.emotion, null],
          ],
        }),
      ],
    },
  ],
};
