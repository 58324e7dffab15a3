/**
 * @file The result of reading a licensed dataset: its annotated expressions, and findings about them.
 *
 * No file is opened here or in any reader: cells of sheets and names of files
 * come in, annotations and findings go out. Who opens files is the command line.
 */

import type { ActionUnits } from './action-units.ts';

/** One annotated expression, with frame numbers as in the file names of the frames. */
export interface Annotation {
  /** As the composite protocol spells it: `CASME II`. */
  readonly dataset: string;
  /** As the dataset's folders spell it: `sub01`, `006`, `s01`. */
  readonly subject: string;
  /** Unique within the subject: the file's name, with `_ONSET` where a video holds several expressions. */
  readonly clip: string;
  /** Folder of its frames, relative to the dataset's folder, `/` between parts; empty where none is there. */
  readonly folder: string;
  /** Number of the first frame. */
  readonly onset: number;
  /** Absent where the annotators gave none, or none that can be true. */
  readonly apex?: number;
  /** Number of the last frame. */
  readonly offset: number;
  /** Of the camera, hertz. */
  readonly framesPerSecond: number;
  /** In one spelling for all datasets: `happiness`, `others`. Empty where the sheet gives none. */
  readonly emotion: string;
  /** A finer emotion beside it, such as CAS(ME)²'s self-report beside its valence; absent where there is none. */
  readonly fineEmotion?: string;
  /** Those that are certain: `4`, `L14`. */
  readonly actionUnits: readonly string[];
  /** The whole cell: as written, with sides, intensities, and what is uncertain; absent where it is empty. */
  readonly codedUnits?: ActionUnits;
  /** Micro-expression or macro-expression, as annotated. */
  readonly kind: 'micro' | 'macro';
  /** Class I to VII by action units, where coded (Davison et al. 2018). */
  readonly objectiveClass?: string;
}

/**
 * What is worth knowing about a dataset.
 *
 * - `correction`: a corrected mistake of the annotation; `source` names its publication
 * - `unapplied`: a published correction that is not applied, and why
 * - `repair`: a value that cannot be true was replaced or dropped by a general rule
 * - `row`: a row of the sheet that is left out
 * - `frames`: frames that the sheet names and the folder lacks
 * - `unreadable`: a file that is not an image, or not of the size in its header
 * - `note`: how something was understood
 */
export type FindingKind =
  'correction' | 'unapplied' | 'repair' | 'row' | 'frames' | 'unreadable' | 'note';

/** One thing found while reading. */
export interface Finding {
  /** What was found, and whether anything was changed. */
  readonly kind: FindingKind;
  /** Row of the sheet, from 1, as the spreadsheet program counts it. */
  readonly row?: number;
  /** `subject/clip`. */
  readonly clip?: string;
  /** What was found and what was done about it, in one sentence. */
  readonly message: string;
  /** Who found it, and how. */
  readonly source?: string;
}

/** How many of what a dataset has. */
export interface Counts {
  /** Number of annotated clips. */
  readonly clips: number;
  /** Number of subjects with at least one clip. */
  readonly subjects: number;
  /** Number of clips of each emotion. */
  readonly classes: Readonly<Record<string, number>>;
}

/** One release of a dataset's annotation, and what it is published to hold. */
export interface Edition {
  /** `CASME2-coding-20140508`. */
  readonly name: string;
  /** Micro-expressions. */
  readonly clips: number;
  /** Macro-expressions; left out where there are none. */
  readonly macro?: number;
  /** With micro-expressions; left out where it is not published. */
  readonly subjects?: number;
  /** Micro-expressions of those emotions whose number is published. */
  readonly classes?: Readonly<Record<string, number>>;
  /** All emotions that there are, where their names are published and their numbers are not. */
  readonly labels?: readonly string[];
  /** Where the numbers are from. */
  readonly source: string;
}

/** A sheet as text. Cells keep what the spreadsheet program shows, spaces and all. */
export interface Sheet {
  /** Name of the sheet in its workbook. */
  readonly name: string;
  /** Shape `[row][column]`; rows may differ in length. */
  readonly rows: readonly (readonly string[])[];
  /** Whether the spreadsheet program does not show it. */
  readonly hidden?: boolean;
  /** Rows that it does not show, from 1: hidden one by one, or by a filter. */
  readonly hiddenRows?: readonly number[];
  /** Cells with a formula and without its value, as `D2`. */
  readonly uncomputed?: readonly string[];
  /** The encoding of a text file that does not state it: a guess. */
  readonly encoding?: string;
}

/** A file with one or more sheets. */
export interface Workbook {
  /** Relative to the dataset's folder, `/` between parts. */
  readonly path: string;
  /** Sheets in the order of the file. */
  readonly sheets: readonly Sheet[];
  /** Whether the user named it: then its name need not be the usual one. */
  readonly given?: boolean;
}

/** A folder of frames. */
export interface FrameFolder {
  /** Relative to the dataset's folder, `/` between parts. */
  readonly path: string;
  /** File names of the frames, in any order. */
  readonly files: readonly string[];
}

/** What lies in the folder of a dataset. */
export interface DatasetContent {
  /** Annotation files, in any order. */
  readonly workbooks: readonly Workbook[];
  /** Folders with frames, in any order. */
  readonly folders: readonly FrameFolder[];
}

/** A dataset, read. */
export interface Reading {
  /** As the composite protocol spells it: `CASME II`. */
  readonly dataset: string;
  /** Path of the annotation file; empty where folders alone were read. */
  readonly workbook: string;
  /** Name of the sheet in it. */
  readonly sheet: string;
  /** In the sheet's order, corrections applied. */
  readonly annotations: readonly Annotation[];
  /** What was corrected, replaced, dropped or missing. */
  readonly findings: readonly Finding[];
  /** What the sheet's cells of action units hold, all rows together. */
  readonly units: UnitTotals;
}

/** Totals of the cells of action units. */
export interface UnitTotals {
  /** Cells that are not empty. */
  readonly cells: number;
  /** Units that are certain. */
  readonly certain: number;
  /** Units that are not certain. */
  readonly uncertain: number;
  /** Cells that hold such a unit. */
  readonly uncertainCells: number;
  /** Parts of cells that are not of the notation. */
  readonly unknown: number;
  /** Cells that hold such a part. */
  readonly unknownCells: number;
}

/** Counts clips, subjects and emotions; `classes` in alphabetical order, `unlabeled` where there is none. */
export function countAnnotations(
  annotations: readonly Pick<Annotation, 'subject' | 'emotion'>[],
): Counts {
  const classes = new Map<string, number>();
  for (const { emotion } of annotations) {
    const name = emotion === '' ? 'unlabeled' : emotion;
    classes.set(name, (classes.get(name) ?? 0) + 1);
  }
  return {
    clips: annotations.length,
    subjects: new Set(annotations.map(({ subject }) => subject)).size,
    classes: Object.fromEntries([...classes].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Counts what the cells of action units hold. */
export function countUnits(annotations: readonly Pick<Annotation, 'codedUnits'>[]): UnitTotals {
  const all = annotations.flatMap(({ codedUnits }) =>
    codedUnits === undefined ? [] : [codedUnits],
  );
  const sum = (count: (units: ActionUnits) => number): number =>
    all.reduce((total, units) => total + count(units), 0);
  return {
    cells: all.length,
    certain: sum(({ certain }) => certain.length),
    uncertain: sum(({ uncertain }) => uncertain.length),
    uncertainCells: sum(({ uncertain }) => Number(uncertain.length > 0)),
    unknown: sum(({ unknown }) => unknown.length),
    unknownCells: sum(({ unknown }) => Number(unknown.length > 0)),
  };
}
