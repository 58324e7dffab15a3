/**
 * @file Parts of a synthetic dataset: annotation sheets, and videos with names for their frames.
 *
 * A layout describes a licensed dataset on disk, as its public loaders read it. No file is written
 * here, and nothing of the datasets themselves is in here: names of columns and folders, and synthetic subjects.
 */
import type { SyntheticEmotion } from '../emotions.ts';

/** The datasets whose layout is known; `generic` is one's own sheet. */
export const LAYOUT_NAMES = [
  'casme',
  'casme2',
  'samm',
  'sammlv',
  'smic',
  'casmesq',
  'casme3',
  'casme3c',
  'mmew',
  '4dme',
  'dfme',
  'smic-vis',
  'smic-nir',
  'generic',
] as const;
/** One of {@link LAYOUT_NAMES}. */
export type LayoutName = (typeof LAYOUT_NAMES)[number];

/** What a sheet's cell holds. Numbers that the original keeps as text are text here. */
export type SheetCell =
  | string
  | number
  | null
  | {
      /** Formula of the cell. */
      readonly formula: string;
      /** Result of the formula, as spreadsheet programs store it. */
      readonly value: number;
    };

/** A spreadsheet file. */
export interface SheetFile {
  /** Relative to the dataset's folder, `/` between parts. */
  readonly path: string;
  /** Sheets in the order of the file. */
  readonly sheets: readonly {
    /** Name of the sheet. */
    readonly name: string;
    /** Cells of each row, from the top; shape `[row][column]`. */
    readonly rows: readonly (readonly SheetCell[])[];
  }[];
}

/** One expression in a film; frames are counted from 0. */
export interface FilmEvent {
  /** What the expression is annotated as. */
  readonly emotion: SyntheticEmotion;
  /** `4+L10`. */
  readonly units: string;
  /** Micro-expression or macro-expression. */
  readonly kind: 'micro' | 'macro';
  /** First frame. */
  readonly onset: number;
  /** Frame of strongest movement. */
  readonly apex: number;
  /** Last frame. */
  readonly offset: number;
}

/** A video of one subject. */
export interface Film {
  /** Index of the subject, from 0. */
  readonly subject: number;
  /** Index of the video of that subject, from 0. */
  readonly take: number;
  /** Number of frames. */
  readonly frames: number;
  /** Frames per second. */
  readonly rate: number;
  /** Number that the first frame's name has. */
  readonly first: number;
  /** In order of time. */
  readonly events: readonly FilmEvent[];
}

/** How long things take, and where the numbers of frames begin. */
export interface LayoutTiming {
  /** Frames per second of the camera. */
  readonly rate: number;
  /** Whether a film holds several expressions. */
  readonly long: boolean;
  /** Whether longer expressions are annotated, too. */
  readonly macro?: boolean;
  /** Largest number of videos per subject that names can distinguish. */
  readonly takes: number;
  /** Number of a film's first frame, drawn from here, both ends included. */
  readonly first: readonly [number, number];
}

/** How a licensed dataset lies on disk. */
export interface Layout {
  /** Name by which the layout is selected. */
  readonly name: LayoutName;
  /** As the composite protocol spells it: `CASME II`. */
  readonly title: string;
  /** Frame rate and kinds of expressions of its videos. */
  readonly timing: LayoutTiming;
  /** Pixels; the original's where it is small enough to be made in a while. */
  readonly size: readonly [width: number, height: number];
  /** How much of the height the face takes: cropped faces fill the frame. */
  readonly cropped: boolean;
  /** Whether the camera records no color. */
  readonly gray: boolean;
  /** How often each emotion occurs, against the others. */
  readonly emotions: readonly (readonly [SyntheticEmotion, number])[];
  /** As `dataset check` counts them, in one spelling for all datasets; the emotion itself where left out. */
  readonly label?: (emotion: SyntheticEmotion) => string;
  /** Where a frame goes, every copy of it; `index` counts from 0. The extension decides the format. */
  readonly paths: (film: Film, index: number) => readonly string[];
  /** Path of the depth image that belongs to the frame. */
  readonly depth?: (film: Film, index: number) => string;
  /** The annotation. */
  readonly sheets: (films: readonly Film[]) => readonly SheetFile[];
}

/** A film with one of its expressions: a row of most sheets. */
export interface FilmRow {
  readonly film: Film;
  readonly event: FilmEvent;
  /** Which expression of the film, from 0. */
  readonly index: number;
}

/** All expressions, film by film. */
export const rowsOf = (films: readonly Film[]): FilmRow[] =>
  films.flatMap((film) => film.events.map((event, index) => ({ film, event, index })));

/** All micro-expressions, film by film. */
export const microRowsOf = (films: readonly Film[]): FilmRow[] =>
  rowsOf(films).filter(({ event }) => event.kind === 'micro');

/** Onset, apex and offset, as the names of the frames have them. */
export const momentsOf = ({ film, event }: FilmRow): [number, number, number] => [
  numberOf(film, event.onset),
  numberOf(film, event.apex),
  numberOf(film, event.offset),
];

/** What {@link sheetOf} puts into a sheet. */
export interface SheetParts {
  /** @defaultValue `Sheet1` */
  readonly name?: string;
  /** Rows of text above the header. */
  readonly above?: readonly (readonly SheetCell[])[];
  /** Names of the columns; none where the original has none. */
  readonly header?: readonly SheetCell[];
  /** The cells of an expression; `index` counts rows below the header from 0. */
  readonly cells: (row: FilmRow, index: number) => readonly SheetCell[];
  /** Rows of text below the last expression. */
  readonly below?: readonly (readonly SheetCell[])[];
}

/** A sheet with a row for each expression. */
export function sheetOf(
  rows: readonly FilmRow[],
  { name = 'Sheet1', above = [], header, cells, below = [] }: SheetParts,
): SheetFile['sheets'][number] {
  return { name, rows: [...above, ...(header ? [header] : []), ...rows.map(cells), ...below] };
}

/** How often each emotion occurs, in the order given. */
export const sharesOf = (
  shares: Partial<Readonly<Record<SyntheticEmotion, number>>>,
): Layout['emotions'] => Object.entries(shares) as [SyntheticEmotion, number][];

/** Positive, negative, surprise or others: the classes of the composite protocol, and the rest. */
export const valence = (emotion: SyntheticEmotion): string => {
  if (emotion === 'happiness') return 'positive';
  return emotion === 'surprise' || emotion === 'others' ? emotion : 'negative';
};

/** A frame's number as its name has it. */
export const numberOf = (film: Film, frame: number): number => film.first + frame;

/** `7` → `007`. */
export const padded = (value: number, digits: number): string =>
  String(value).padStart(digits, '0');

/** `happiness` → `Happiness`. */
export const capitalized = (word: string): string => word[0]!.toUpperCase() + word.slice(1);

/** Action units as Excel keeps them: one unit becomes a number, several are text. */
export const unitsCell = (units: string): SheetCell =>
  /^\d+$/.test(units) ? Number(units) : units;

/**
 * The class of a combination of units.
 *
 * @see Davison, Merghani and Yap 2018, "Objective Classes for Micro-Facial Expression Recognition", J. Imaging 4(10), table 2
 */
export function objectiveClass(units: string): number {
  const numbers = units.split('+').map((unit) => Number(unit.replace(/^[LR]/, '')));
  const only = (...allowed: readonly number[]): boolean =>
    numbers.every((unit) => allowed.includes(unit));
  if (numbers.includes(12) && only(6, 7, 12, 25)) return 1;
  if (only(6)) return 1;
  if (only(9, 10, 4, 7, 5, 17, 40) && (numbers.includes(9) || numbers.includes(10))) return 4;
  if (only(1, 2, 5, 25, 26) && (numbers.includes(2) || only(5, 25, 26))) return 2;
  if (only(4, 5, 6, 7, 17, 23, 24, 38)) return only(17) ? 7 : 3;
  if (only(1, 4, 6, 15, 17) && (numbers.includes(1) || numbers.includes(15))) return 5;
  if (numbers.includes(20) || only(1, 2, 4, 5)) return 6;
  return 7;
}

/** I to VII. */
export const roman = (value: number): string =>
  ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII'][value - 1]!;
