/** @file The layouts of CAS(ME)² and CAS(ME)³: long videos with several expressions each. */
import type { SyntheticEmotion } from '../emotions.ts';
import {
  microRowsOf,
  momentsOf,
  numberOf,
  objectiveClass,
  padded,
  roman,
  rowsOf,
  sharesOf,
  sheetOf,
  unitsCell,
  valence,
  type Film,
  type Layout,
  type SheetCell,
} from './layout.ts';

/** Stimuli of CAS(ME)²: the name in the sheet, the code and the name in the folder. */
const STIMULI = [
  ['disgust1', '0101', 'disgustingteeth'],
  ['disgust2', '0102', 'eatingworms'],
  ['anger1', '0401', 'girlcrashing'],
  ['anger2', '0402', 'beatingpregnantwoman'],
  ['happy1', '0502', 'funnyerrors'],
  ['happy4', '0505', 'funnyinnovations'],
  ['happy5', '0507', 'climbingthewall'],
] as const;
const stimulusOf = ({ take }: Film): (typeof STIMULI)[number] => STIMULI[take % STIMULI.length]!;
const casCode = ({ subject }: Film): number => 15 + subject;

/** CAS(ME)²'s long videos: no header, and codes of subjects and videos on separate sheets. */
export const casmesq: Layout = {
  name: 'casmesq',
  title: 'CAS(ME)^2',
  timing: { rate: 30, long: true, macro: true, takes: 7, first: [1, 1] },
  size: [320, 240],
  ...{ cropped: false, gray: false },
  emotions: sharesOf({ disgust: 10, anger: 6, happiness: 12, surprise: 4, others: 6 }),
  label: valence,
  paths: (film, index) => {
    const [, stimulus, name] = stimulusOf(film);
    const subject = casCode(film);
    return [
      `rawpic/s${subject}/${subject}_${stimulus}${name}/img${padded(numberOf(film, index), 3)}.jpg`,
    ];
  },
  sheets: (films) => [
    {
      path: 'code_final.xlsx',
      sheets: [
        sheetOf(rowsOf(films), {
          name: 'code_final',
          cells: (row) => {
            const { film, event, index } = row;
            return [
              ...[film.subject + 1, `${stimulusOf(film)[0]}_${index + 1}`, ...momentsOf(row)],
              ...[unitsCell(event.units), valence(event.emotion)],
              ...[`${event.kind}-expression`, event.emotion],
            ];
          },
        }),
        {
          name: 'naming rule1',
          rows: [...new Set(films.map(({ subject }) => subject))].map((subject): SheetCell[] => [
            ...[subject + 1, `s${15 + subject}`, subject + 1],
          ]),
        },
        {
          name: 'naming rule2',
          rows: STIMULI.map(([name, code]): SheetCell[] => [code, name]),
        },
      ],
    },
  ],
};

/** `a`, `b`, … `m`. */
const letter = ({ take }: Film): string => String.fromCharCode(97 + (take % 13));
const casme3Emotion: Partial<Record<SyntheticEmotion, string>> = {
  happiness: 'happy',
  sadness: 'sad',
};
const casme3Folder = (film: Film): string => `part_A/data/spNO.${film.subject + 1}/${letter(film)}`;

/** CAS(ME)³, part A: every value is text; the depth lies beside the color. */
export const casme3: Layout = {
  name: 'casme3',
  title: 'CAS(ME)^3',
  timing: { rate: 30, long: true, takes: 13, first: [1, 1] },
  size: [320, 240],
  ...{ cropped: false, gray: false },
  emotions: sharesOf({
    ...{ disgust: 250, surprise: 187, others: 161, fear: 86 },
    ...{ anger: 64, sadness: 57, happiness: 55 },
  }),
  paths: (film, index) => [`${casme3Folder(film)}/color/${numberOf(film, index)}.jpg`],
  depth: (film, index) => `${casme3Folder(film)}/depth/${numberOf(film, index)}.png`,
  sheets: (films) => [
    {
      path: 'annotation/cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx',
      sheets: [
        sheetOf(microRowsOf(films), {
          name: 'label',
          header: [
            ...['Subject', 'Filename', 'Onset', 'Apex', 'Offset', 'AU', 'Objective class'],
            'emotion',
          ],
          cells: (row) => {
            const { film, event } = row;
            return [
              ...[`spNO.${film.subject + 1}`, letter(film), ...momentsOf(row).map(String)],
              ...[event.units, roman(objectiveClass(event.units))],
              casme3Emotion[event.emotion] ?? event.emotion,
            ];
          },
        }),
      ],
    },
  ],
};

/** CAS(ME)³, part C: no apex, feelings as valence. */
export const casme3c: Layout = {
  name: 'casme3c',
  title: 'CAS(ME)^3 C',
  timing: { rate: 30, long: true, takes: 13, first: [1, 1] },
  size: [320, 240],
  ...{ cropped: false, gray: false },
  emotions: sharesOf({ disgust: 66, anger: 33, surprise: 30, others: 20, happiness: 16 }),
  label: valence,
  paths: (film, index) => [
    `part_C/data/${film.subject + 1}/${film.take + 1}/color/${numberOf(film, index)}.jpg`,
  ],
  sheets: (films) => [
    {
      path: 'annotation/CAS(ME)3_part_C_ME.xlsx',
      sheets: [
        sheetOf(microRowsOf(films), {
          header: ['sub', 'count', 'onset', 'offset', 'au', 'emotion'],
          cells: (row) => {
            const { film, event } = row;
            const [onset, , offset] = momentsOf(row);
            return [
              ...[film.subject + 1, film.take + 1, onset, offset],
              ...[unitsCell(event.units), valence(event.emotion)],
            ];
          },
        }),
      ],
    },
  ],
};
