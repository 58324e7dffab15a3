/** @file The layouts of SMIC, CAS(ME)², CAS(ME)³, 4DME and DFME. */
import type { SyntheticEmotion } from '../emotions.ts';
import {
  capitalized,
  numberOf,
  objectiveClass,
  padded,
  roman,
  rowsOf,
  unitsCell,
  type Film,
  type Layout,
  type SheetCell,
} from './layout.ts';

/** Three classes, as the composite protocol has them. */
const valence = (emotion: SyntheticEmotion): string =>
  emotion === 'happiness'
    ? 'positive'
    : emotion === 'surprise' || emotion === 'others'
      ? emotion
      : 'negative';

const smicSubject = ({ subject }: Film): string => `s${padded(subject + 1, 2)}`;
const smicEmotion = ({ events }: Film): string => valence(events[0]!.emotion);
const smicClip = (film: Film, subject: string): string =>
  `${subject}_${smicEmotion(film).slice(0, smicEmotion(film) === 'surprise' ? 3 : 2)}_${padded(film.take + 1, 2)}`;

/** SMIC-HS: the extended clips with their sheet, and the cropped ones that labs use. No apex, no units. */
export const smic: Layout = {
  name: 'smic',
  title: 'SMIC-HS',
  timing: { rate: 100, long: false, takes: 99, first: [17_500_000, 17_999_000] },
  size: [200, 240],
  ...{ cropped: true, gray: false },
  emotions: [
    ...([
      ['disgust', 30],
      ['fear', 20],
      ['sadness', 20],
      ['happiness', 51],
    ] as const),
    ...([['surprise', 43]] as const),
  ],
  label: valence,
  paths: (film, index) => {
    const { onset, offset } = film.events[0]!;
    const subject = smicSubject(film);
    const short = `s${film.subject + 1}`;
    const number = numberOf(film, index);
    const whole = `HS_long/SMIC-HS-E/HS/${subject}/${smicClip(film, subject)}/image${number}.jpg`;
    const cropped = `SMIC_all_cropped/HS/${short}/micro/${smicEmotion(film)}/${smicClip(film, short)}/reg_image${number}.bmp`;
    return index >= onset && index <= offset ? [whole, cropped] : [whole];
  },
  sheets: (films) => [
    {
      path: 'HS_long/SMIC-HS-E/SMIC-HS-E_annotation.xlsx',
      sheets: [
        {
          name: 'Sheet1',
          rows: [
            ['Subject', 'Filename', 'OnsetF', 'OffsetF', 'Emotion', 'FirstF'],
            ...rowsOf(films).map(({ film, event }): SheetCell[] => [
              ...[smicSubject(film), smicClip(film, smicSubject(film))],
              ...[numberOf(film, event.onset), numberOf(film, event.offset)],
              ...[smicEmotion(film), film.first],
            ]),
            [],
            [null, 'Frames are numbered by the camera; FirstF is the first of the clip.'],
            [null, 'Made up: no participant of SMIC is in this file.'],
          ],
        },
      ],
    },
  ],
};

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

/** CAS(ME)²'s long videos: no header, and codes of people and videos on sheets of their own. */
export const casmesq: Layout = {
  name: 'casmesq',
  title: 'CAS(ME)^2',
  timing: { rate: 30, long: true, macro: true, takes: 7, first: [1, 1] },
  size: [320, 240],
  ...{ cropped: false, gray: false },
  emotions: [
    ...([
      ['disgust', 10],
      ['anger', 6],
      ['happiness', 12],
      ['surprise', 4],
      ['others', 6],
    ] as const),
  ],
  label: valence,
  paths: (film, index) => {
    const [, code, name] = stimulusOf(film);
    const person = casCode(film);
    return [
      `rawpic/s${person}/${person}_${code}${name}/img${padded(numberOf(film, index), 3)}.jpg`,
    ];
  },
  sheets: (films) => [
    {
      path: 'code_final.xlsx',
      sheets: [
        {
          name: 'code_final',
          rows: rowsOf(films).map(({ film, event, index }): SheetCell[] => [
            ...[film.subject + 1, `${stimulusOf(film)[0]}_${index + 1}`],
            ...[numberOf(film, event.onset), numberOf(film, event.apex)],
            ...[numberOf(film, event.offset), unitsCell(event.units), valence(event.emotion)],
            ...[`${event.kind}-expression`, event.emotion],
          ]),
        },
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
  emotions: [
    ...([
      ['disgust', 281],
      ['surprise', 187],
      ['others', 161],
      ['fear', 86],
    ] as const),
    ...([
      ['anger', 64],
      ['sadness', 57],
      ['happiness', 55],
    ] as const),
  ],
  paths: (film, index) => [`${casme3Folder(film)}/color/${numberOf(film, index)}.jpg`],
  depth: (film, index) => `${casme3Folder(film)}/depth/${numberOf(film, index)}.png`,
  sheets: (films) => [
    {
      path: 'annotation/cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx',
      sheets: [
        {
          name: 'label',
          rows: [
            [
              ...['Subject', 'Filename', 'Onset', 'Apex', 'Offset', 'AU', 'Objective class'],
              'emotion',
            ],
            ...rowsOf(films)
              .filter(({ event }) => event.kind === 'micro')
              .map(({ film, event }): SheetCell[] => [
                ...[`spNO.${film.subject + 1}`, letter(film), String(numberOf(film, event.onset))],
                ...[String(numberOf(film, event.apex)), String(numberOf(film, event.offset))],
                ...[event.units, roman(objectiveClass(event.units))],
                casme3Emotion[event.emotion] ?? event.emotion,
              ]),
          ],
        },
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
  emotions: [
    ['disgust', 60],
    ['anger', 30],
    ['happiness', 30],
    ['surprise', 20],
    ['others', 20],
  ],
  label: valence,
  paths: (film, index) => [
    `part_C/data/${film.subject + 1}/${film.take + 1}/color/${numberOf(film, index)}.jpg`,
  ],
  sheets: (films) => [
    {
      path: 'annotation/CAS(ME)3_part_C_ME.xlsx',
      sheets: [
        {
          name: 'Sheet1',
          rows: [
            ['sub', 'count', 'onset', 'offset', 'au', 'emotion'],
            ...rowsOf(films)
              .filter(({ event }) => event.kind === 'micro')
              .map(({ film, event }): SheetCell[] => [
                ...[film.subject + 1, film.take + 1, numberOf(film, event.onset)],
                ...[numberOf(film, event.offset), unitsCell(event.units), valence(event.emotion)],
              ]),
          ],
        },
      ],
    },
  ],
};

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
  emotions: [
    ...([
      ['disgust', 60],
      ['sadness', 30],
      ['fear', 20],
      ['repression', 20],
    ] as const),
    ...([
      ['happiness', 30],
      ['surprise', 40],
      ['others', 40],
    ] as const),
  ],
  label: (emotion) => fourdClass(emotion).toLowerCase(),
  paths: (film, index) => [
    `gray_micro_crop/${film.subject + 1}/${fourdName(film)}/${numberOf(film, index)}.jpg`,
  ],
  sheets: (films) => [
    {
      path: '4DME_Labelling_Micro_release v1.xlsx',
      sheets: [
        {
          name: 'Sheet1',
          rows: [
            [
              ...['sub_ID', 'fold_name', 'fold', 'Emotion', 'Onset', 'Apex', 'Offset', 'AUs'],
              ...FOURD_UNITS.map((unit) => `AU${unit}`),
              ...['eye blink', ...FOURD_CLASSES, 'Total', 'Objective class'],
            ],
            ...rowsOf(films).map(({ film, event }, i): SheetCell[] => {
              const shown = event.units.split('+').map((unit) => Number(unit.replace(/\D/, '')));
              const name = fourdClass(event.emotion);
              return [
                ...[film.subject + 1, fourdName(film), 1 + (film.subject % 5), name],
                ...[numberOf(film, event.onset), numberOf(film, event.apex)],
                numberOf(film, event.offset),
                i % 7 === 3 ? `${event.units}+25(k)` : event.units, // (k): the coder was not sure
                ...FOURD_UNITS.map((unit) => (shown.includes(unit) ? 1 : 0)),
                ...[0, ...FOURD_CLASSES.map((one) => (one === name ? 1 : 0)), 1],
                roman(objectiveClass(event.units)),
              ];
            }),
          ],
        },
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
  emotions: [
    ...([
      ['disgust', 30],
      ['surprise', 20],
      ['fear', 12],
      ['happiness', 12],
    ] as const),
    ...([
      ['sadness', 12],
      ['anger', 8],
      ['contempt', 6],
    ] as const),
  ],
  paths: (film, index) => [`DFME_train/${dfmeClip(film)}/${padded(numberOf(film, index), 5)}.png`],
  sheets: (films) => [
    {
      path: 'training_full_with_AU.xlsx',
      sheets: [
        {
          name: 'Sheet1',
          rows: [
            [
              ...['Subject', 'Filename', 'OnsetFrame', 'ApexFrame', 'OffsetFrame', 'Emotion'],
              ...['EmotionId', 'Fps', 'AU'],
            ],
            ...rowsOf(films).map(({ film, event }): SheetCell[] => [
              ...[dfmeSubject(film), dfmeClip(film), numberOf(film, event.onset)],
              ...[numberOf(film, event.apex), numberOf(film, event.offset), event.emotion],
              ...[DFME_IDS[event.emotion] ?? null, film.rate, event.units],
            ]),
          ],
        },
      ],
    },
  ],
};
