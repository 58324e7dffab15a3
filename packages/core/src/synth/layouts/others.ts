/** @file The layouts of 4DME and DFME, and of one's own sheet. */
import type { SyntheticEmotion } from '../emotions.ts';
import {
  capitalized,
  momentsOf,
  numberOf,
  objectiveClass,
  padded,
  roman,
  rowsOf,
  sharesOf,
  sheetOf,
  valence,
  type Film,
  type Layout,
} from './layout.ts';

const fourdName = (film: Film): string => `sub${film.subject + 1}_${padded(film.take + 1, 2)}`;
const FOURD_UNITS = [1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 24, 25, 26] as const;
const fourdClass = (emotion: SyntheticEmotion): string =>
  emotion === 'repression' ? 'Repression' : capitalized(valence(emotion));
const FOURD_CLASSES = ['Positive', 'Negative', 'Surprise', 'Repression', 'Others'] as const;

/** 4DME's gray frames: a column for each unit. */
export const fourdme: Layout = {
  name: '4dme',
  title: '4DME',
  timing: { rate: 60, long: false, takes: 99, first: [1, 1] },
  size: [200, 240],
  ...{ cropped: true, gray: true },
  emotions: sharesOf({
    ...{ disgust: 60, sadness: 30, fear: 20, repression: 20 },
    ...{ happiness: 30, surprise: 40, others: 40 },
  }),
  label: (emotion) => fourdClass(emotion).toLowerCase(),
  paths: (film, index) => [
    `gray_micro_crop/${film.subject + 1}/${fourdName(film)}/${numberOf(film, index)}.jpg`,
  ],
  sheets: (films) => [
    {
      path: '4DME_Labelling_Micro_release v1.xlsx',
      sheets: [
        sheetOf(rowsOf(films), {
          header: [
            ...['sub_ID', 'fold_name', 'fold', 'Emotion', 'Onset', 'Apex', 'Offset', 'AUs'],
            ...FOURD_UNITS.map((unit) => `AU${unit}`),
            ...['eye blink', ...FOURD_CLASSES, 'Total', 'Objective class'],
          ],
          cells: (row, i) => {
            const { film, event } = row;
            const shown = event.units.split('+').map((unit) => Number(unit.replace(/\D/, '')));
            const name = fourdClass(event.emotion);
            return [
              ...[film.subject + 1, fourdName(film), 1 + (film.subject % 5), name],
              ...momentsOf(row),
              i % 7 === 3 ? `${event.units}+25(k)` : event.units, // (k): the coder was not sure
              ...FOURD_UNITS.map((unit) => (shown.includes(unit) ? 1 : 0)),
              ...[0, ...FOURD_CLASSES.map((one) => (one === name ? 1 : 0)), 1],
              roman(objectiveClass(event.units)),
            ];
          },
        }),
      ],
    },
  ],
};

const DFME_IDS: Partial<Record<SyntheticEmotion, number>> = {
  ...{ anger: 0, contempt: 1, disgust: 2, fear: 3, happiness: 4, sadness: 5, surprise: 6 },
};
const dfmeSubject = ({ subject }: Film): string => `sub${padded(subject + 1, 4)}`;
const dfmeClip = (film: Film): string => `${dfmeSubject(film)}_${padded(film.take + 1, 2)}`;

/** DFME's training part: PNG, five digits, numbers that count from the clip's start. */
export const dfme: Layout = {
  name: 'dfme',
  title: 'DFME',
  timing: { rate: 200, long: false, takes: 99, first: [0, 0] },
  size: [320, 240],
  ...{ cropped: false, gray: false },
  emotions: sharesOf({
    ...{ disgust: 735, surprise: 447, fear: 365, sadness: 359 },
    ...{ happiness: 311, anger: 241, contempt: 171 },
  }),
  paths: (film, index) => [`DFME_train/${dfmeClip(film)}/${padded(numberOf(film, index), 5)}.png`],
  sheets: (films) => [
    {
      path: 'training_full_with_AU.xlsx',
      sheets: [
        sheetOf(rowsOf(films), {
          header: [
            ...['Subject', 'Filename', 'OnsetFrame', 'ApexFrame', 'OffsetFrame', 'Emotion'],
            ...['EmotionId', 'Fps', 'AU'],
          ],
          cells: (row) => {
            const { film, event } = row;
            return [
              ...[dfmeSubject(film), dfmeClip(film), ...momentsOf(row), event.emotion],
              ...[DFME_IDS[event.emotion] ?? null, film.rate, event.units],
            ];
          },
        }),
      ],
    },
  ],
};

const ownSubject = ({ subject }: Film): string => `p${subject + 1}`;
const ownClip = (film: Film): string => `${ownSubject(film)}_${padded(film.take + 1, 2)}`;

/** One's own sheet, `annotations.csv`, with every column that docs/datasets.md names. */
export const generic: Layout = {
  name: 'generic',
  title: 'generic',
  timing: { rate: 120, long: false, takes: 99, first: [0, 40] },
  size: [320, 240],
  ...{ cropped: false, gray: false },
  emotions: sharesOf({ happiness: 2, surprise: 2, disgust: 2, others: 1 }),
  paths: (film, index) => [`clips/${ownClip(film)}/${padded(numberOf(film, index), 4)}.png`],
  sheets: (films) => [
    {
      path: 'annotations.csv',
      sheets: [
        sheetOf(rowsOf(films), {
          header: [
            ...['subject', 'clip', 'folder', 'onset', 'apex', 'offset', 'fps', 'emotion'],
            ...['action units', 'objective class', 'kind'],
          ],
          cells: (row) => {
            const { film, event } = row;
            return [
              ...[ownSubject(film), ownClip(film), `clips/${ownClip(film)}`, ...momentsOf(row)],
              ...[film.rate, event.emotion, event.units, roman(objectiveClass(event.units))],
              event.kind,
            ];
          },
        }),
      ],
    },
  ],
};
