/**
 * @file How one licensed dataset is laid out: a table of names and patterns, read by `reader.ts`.
 */
import type { Annotation, DatasetContent, Edition, FrameFolder, Workbook } from './annotation.ts';

/** What a column of an annotation sheet can mean. */
export type Column =
  | 'subject'
  | 'file'
  | 'onset'
  | 'apex'
  | 'offset'
  | 'emotion'
  | 'fineEmotion'
  | 'actionUnits'
  | 'kind'
  | 'objectiveClass'
  | 'framesPerSecond'
  | 'first'
  | 'folder'
  | 'dataset';

/** A row of a sheet whose columns are known; every cell trimmed, absent ones empty. */
export interface SheetRow {
  /** In the sheet, from 1. */
  readonly row: number;
  /** Below the header, from 0; empty rows count. */
  readonly record: number;
  /** Trimmed text by column. */
  readonly cells: Readonly<Record<Column, string>>;
}

/** A row while it is being read. */
export interface ReadRow {
  /** Row of the sheet, from 1. */
  readonly row: number;
  /** `file`, as the folders spell it. */
  readonly file: string;
  /** Trimmed text by column. */
  readonly cells: SheetRow['cells'];
  /** What else the ends of folder paths may name: `{code}`. */
  readonly words: Words;
  /** The row as an annotation. */
  readonly annotation: Annotation;
}

/** Values for a row from other sheets: `subject`, `emotion`, and words in folder names. */
export type Words = Readonly<Record<string, string>>;

/** A published mistake of the annotation, and its correction. Found by its content, never by its position. */
export interface Correction {
  /** As the dataset's folders spell it. */
  readonly subject: string;
  /** As the sheet spells it. */
  readonly file: string;
  /**
   * As in the sheet, before any correction, or the first and last that it may be where the source does not
   * give it. Left out only where the file holds a single expression.
   */
  readonly onset?: number | readonly [number, number];
  /** What the correction changes. */
  readonly field: 'onset' | 'apex' | 'offset' | 'actionUnits' | 'emotion';
  /** The cell that is wrong, or whether a row is; the correction applies only where the sheet still has it. */
  readonly was: string | RegExp | ((cells: SheetRow['cells']) => boolean);
  /** The correct text of the cell. */
  readonly now: string;
  /** Who found it, and how. */
  readonly source: string;
}

/** Published mistakes of the annotation that are known by the number of their row in one copy alone. */
export interface RowCorrections {
  /** Rows with data in that copy. */
  readonly records: number;
  /** Clips that are known to be at a record there, `subject/file`. */
  readonly landmarks?: Readonly<Record<number, string>>;
  /** The changes, each of one row. */
  readonly changes: readonly RowChange[];
  /** Who found it, and how. */
  readonly source: string;
}

/** What is published for one record. */
export interface RowChange {
  /** Below the header, from 0. */
  readonly record: number;
  /** The correct cells; empty where the time point is unknown. */
  readonly now: Partial<Readonly<Record<'onset' | 'apex' | 'offset', string>>>;
  /** Why it is reported and never applied. */
  readonly refused?: string;
}

/** Which of several annotation files is read. */
export interface EditionChoice {
  /** By the version or date in the name. */
  readonly take: 'latest' | 'earliest';
  /** Names that go before others of the same version. */
  readonly prefer?: RegExp;
  /** For the user: why this one. */
  readonly why: string;
}

/** How a dataset is laid out. */
export interface DatasetDefinition {
  /** On the command line: `casme2`. */
  readonly name: string;
  /** Other names on the command line. */
  readonly aliases?: readonly string[];
  /** As the composite protocol spells it: `CASME II`. */
  readonly title: string;
  /** Of the camera, hertz; a column of the sheet goes before it. */
  readonly framesPerSecond: number;
  /** Names of annotation files, best first. Matched against the name without its folder. */
  readonly workbooks: readonly RegExp[];
  /**
   * Which of several files with equally good names is read, by the version or date in the name, and why.
   *
   * @defaultValue the latest
   */
  readonly edition?: EditionChoice;
  /** Which sheet of a workbook, best first; any other that has the columns where none matches. */
  readonly sheets?: readonly RegExp[];
  /** Sheets that hold something else, such as blinks. */
  readonly avoidSheets?: RegExp;
  /** Whether all annotation files that match belong together, as parts of one dataset. */
  readonly together?: boolean;
  /** Further files that {@link DatasetDefinition.lookups} reads. */
  readonly also?: readonly RegExp[];
  /** Values for a row from other sheets: codes, emotions. */
  readonly lookups?: (workbooks: readonly Workbook[]) => (cells: SheetRow['cells']) => Words;
  /** Names of columns that only this dataset uses, before the usual ones. */
  readonly columns?: Partial<Readonly<Record<Column, readonly string[]>>>;
  /** Columns by position, for sheets without a header. */
  readonly order?: readonly (Column | undefined)[];
  /** Columns that a row must have. */
  readonly required: readonly Column[];
  /** The subject as the folders spell it, from the cell: `1` → `sub01`. */
  readonly subject: (cell: string) => string;
  /** The file as the folders spell it, from the cells; the cell itself where left out. */
  readonly file?: (cells: SheetRow['cells'], subject: string) => string;
  /**
   * Ends of folder paths: `{subject}`, `{file}`, `{emotion}`, the words of
   * {@link DatasetDefinition.lookups}, and `{subject0}`, `{file0}` without zeros in front of numbers.
   */
  readonly folders: readonly string[];
  /** Another name for a folder, instead of the last two parts of its path. */
  readonly folderAlias?: (path: string) => string | undefined;
  /** Parts of folder paths to prefer where several fit, best first. */
  readonly prefer?: readonly RegExp[];
  /** Parts of folder paths that hold something else, such as depth. */
  readonly avoid?: RegExp;
  /** Whether clips are always named with their onset, because one video holds several. */
  readonly nameByOnset?: boolean;
  /** What a row is, from its `kind` cell; `micro` where left out. */
  readonly kind?: (cell: string) => Annotation['kind'] | undefined;
  /** Whether `?` behind an action unit marks an unclear offset, and not an uncertain unit. */
  readonly unclearOffset?: boolean;
  /** What an empty or other spelling of the emotion means here, after the usual ones. */
  readonly emotions?: Readonly<Record<string, string>>;
  /** Rows that are not expressions, such as blinks. */
  readonly ignore?: (cells: SheetRow['cells']) => boolean;
  /** Whether the folders are the whole annotation, without a sheet. */
  readonly sheetless?: (content: DatasetContent, images: string | undefined) => boolean;
  /** Rows made of the folders, where {@link DatasetDefinition.sheetless}. */
  readonly fromFolders?: (folders: readonly FrameFolder[]) => SheetRow[];
  /** Published corrections that name their clip. */
  readonly corrections: readonly Correction[];
  /** Corrections that are published by row. */
  readonly byRow?: RowCorrections | undefined;
  /** Released annotations with their published counts. */
  readonly editions: readonly Edition[];
}
