/** @file The layouts of SAMM and of its long videos: text above the header, subjects with zeros in front. */
import type { SyntheticEmotion } from '../emotions.ts';
import {
  capitalized,
  microRowsOf,
  momentsOf,
  numberOf,
  objectiveClass,
  padded,
  rowsOf,
  sharesOf,
  sheetOf,
  unitsCell,
  type Film,
  type FilmRow,
  type Layout,
  type SheetCell,
  type SheetFile,
} from './layout.ts';

const EMOTIONS = sharesOf({
  ...{ anger: 57, happiness: 26, others: 26, surprise: 15 },
  ...{ contempt: 12, disgust: 9, fear: 8, sadness: 6 },
});

/** SAMM numbers its subjects in order of recording: 006, 007, 009, … */
const subjectOf = ({ subject }: Film): string => padded(6 + subject + Math.floor(subject / 2), 3);
/** The video that elicited the expression. */
const stimulus = ({ take }: Film): number => 1 + (take % 7);
const video = (film: Film): string => `${subjectOf(film)}_${stimulus(film)}`;
const spelled = (emotion: SyntheticEmotion): string =>
  emotion === 'others' ? 'Other' : capitalized(emotion);

/** The sheet of micro-expressions; below thirteen rows of text, as released. */
function microSheet(rows: readonly FilmRow[], nameOf: (row: FilmRow) => string): SheetFile {
  const text = [
    ...['SAMM micro-expressions, synthetic', 'No participant of the database is in this file', ''],
    ...['Onset: first frame of the movement', 'Apex: frame of the largest movement'],
    ...['Offset: last frame of the movement', 'Frames are taken 200 times a second', ''],
    ...['Micro-expressions last at most half a second', 'Units as in FACS', ''],
    ...['Objective classes as in Davison et al. 2018', ''],
  ];
  return {
    path: 'SAMM_Micro_FACS_Codes_v2.xlsx',
    sheets: [
      sheetOf(rows, {
        name: 'MICRO_ONLY',
        above: text.map((line): SheetCell[] => [line === '' ? null : line]),
        header: [
          ...['Subject', 'Filename', 'Inducement Code', 'Onset Frame', 'Apex Frame'],
          ...['Offset Frame', 'Duration', 'Micro', 'Action Units', 'Estimated Emotion'],
          ...['Objective Classes', 'Notes'],
        ],
        cells: (row, i) => {
          const { film, event } = row;
          const [onset, apex, offset] = momentsOf(row);
          const line = text.length + 2 + i;
          return [
            ...[subjectOf(film), nameOf(row), stimulus(film), onset, apex, offset],
            { formula: `SUM(F${line}-D${line})+1`, value: offset - onset + 1 },
            ...['1/2', unitsCell(event.units), spelled(event.emotion)],
            ...[objectiveClass(event.units), null],
          ];
        },
      }),
    ],
  };
}

const shortName = ({ film }: Pick<FilmRow, 'film'>): string =>
  `${video(film)}_${1 + Math.floor(film.take / 7)}`;

/** SAMM's micro-expressions. */
export const samm: Layout = {
  name: 'samm',
  title: 'SAMM',
  timing: { rate: 200, long: false, takes: 700, first: [20, 6000] },
  size: [480, 400],
  ...{ cropped: false, gray: true },
  emotions: EMOTIONS,
  paths: (film, index) => [
    `SAMM/${subjectOf(film)}/${shortName({ film })}/${subjectOf(film)}_${padded(numberOf(film, index), 5)}.jpg`,
  ],
  sheets: (films) => [microSheet(rowsOf(films), shortName)],
};

const longName = ({ film, index }: FilmRow): string => `${video(film)}_${1 + index}`;

/** SAMM Long Videos: emotions are in the sheet of the micro-expressions. */
export const sammlv: Layout = {
  name: 'sammlv',
  title: 'SAMM Long Videos',
  timing: { rate: 200, long: true, macro: true, takes: 7, first: [1, 1] },
  size: [480, 400],
  ...{ cropped: false, gray: true },
  emotions: EMOTIONS,
  paths: (film, index) => [
    `SAMM_longvideos/${video(film)}/${video(film)}_${padded(numberOf(film, index), 5)}.jpg`,
  ],
  sheets: (films) => [
    {
      path: 'SAMM_LongVideos_V3_Release.xlsx',
      sheets: [
        sheetOf(rowsOf(films), {
          name: 'FACS Coding',
          above: Array.from({ length: 9 }, (_, i): SheetCell[] => [
            i === 0 ? 'SAMM long videos, synthetic' : i === 4 ? 'Apex -1: not annotated' : null,
          ]),
          header: [
            ...['Subject', 'Filename', 'Inducement Code', 'Onset', 'Apex', 'Offset', 'Duration'],
            ...['Type', 'Action Units', 'Notes'],
          ],
          cells: (row) => {
            const { film, event } = row;
            const [onset, apex, offset] = momentsOf(row);
            const isMicro = event.kind === 'micro';
            return [
              ...[subjectOf(film), longName(row), stimulus(film), onset],
              isMicro || row.index % 2 === 0 ? apex : -1,
              ...[offset, offset - onset + 1],
              ...[isMicro ? 'Micro - 1/2' : 'Macro', unitsCell(event.units), null],
            ];
          },
        }),
      ],
    },
    microSheet(microRowsOf(films), longName),
  ],
};
