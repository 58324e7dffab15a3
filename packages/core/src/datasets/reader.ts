/**
 * @file Reads a licensed dataset by its definition: sheet and folder names in, annotations and findings out.
 */
import { parseActionUnits } from './action-units.ts';
import { countUnits } from './annotation.ts';
import type { Annotation, DatasetContent, Finding, FrameFolder, Reading } from './annotation.ts';
import {
  assertFolder,
  assertName,
  cleanEmotion,
  cleanName,
  isDateOfName,
  listOfDate,
  nameOfPath,
  wholeNumber,
} from './cells.ts';
import { corrector } from './corrections.ts';
import type { Corrector } from './corrections.ts';
import type { DatasetDefinition, ReadRow, SheetRow, Words } from './definition.ts';
import { framesByNumber, findFolders, indexFolders, looseName } from './frames.ts';
import type { FolderIndex } from './frames.ts';
import { endsOf, placeInFolders } from './place.ts';
import { plainFrames, repairSpan } from './repair.ts';
import { rowCorrector } from './row-corrections.ts';
import type { RowCorrector } from './row-corrections.ts';
import { belowHeadings } from './sections.ts';
import { findTables, reportUnseen, reportOthers } from './table.ts';

/** Options of {@link readDataset}. */
export interface ReadOptions {
  /** Part of the paths of the frames to use, such as `Cropped`; else the definition's choice. */
  readonly images?: string;
  /** Whether published corrections are applied. @defaultValue true */
  readonly correct?: boolean;
}

/**
 * Reads a dataset.
 *
 * @throws TelltaleError `DATASET_FILE_MISSING` where no annotation file is found, `DATASET_COLUMN_MISSING`,
 *   `DATASET_INVALID` for names that lead out of the folder or cells of absurd size
 */
export function readDataset(
  definition: DatasetDefinition,
  content: DatasetContent,
  options: ReadOptions = {},
): Reading {
  const { images, correct = true } = options;
  const folders = usableFolders(definition, content.folders, images);
  const findings: Finding[] = [];
  const alone = definition.sheetless?.(content, images) === true;
  const sheets = alone ? undefined : findTables(definition, content.workbooks);
  const tables = sheets?.tables ?? [];
  const others = sheets && reportOthers(definition, sheets);
  if (others !== undefined) findings.push({ kind: 'note', message: others });
  for (const message of sheets === undefined ? [] : reportUnseen(sheets)) {
    findings.push({ kind: 'note', message });
  }
  const found = alone
    ? definition.fromFolders!(folders)
    : tables.flatMap((one) => belowHeadings(one.rows, findings));
  const rows = plainFrames(found.map(plainNames), findings);
  const index = indexFolders(folders, definition);
  const read = readRows(definition, rows, {
    ...{ findings, correct, index },
    lookup: definition.lookups?.(content.workbooks) ?? (() => ({})),
  });
  const named = nameClips(read, definition, findings);
  reportAlike(named, findings);
  const annotations = placeInFolders(definition, named, { index, findings });
  return {
    dataset: definition.title,
    workbook: tables.map(({ workbook }) => workbook).join(', '),
    sheet: tables[0]?.sheet ?? '',
    annotations,
    findings,
    units: countUnits(annotations),
  };
}

/** Folders of frames that fit the definition and the caller's choice. */
function usableFolders(
  { avoid }: DatasetDefinition,
  folders: readonly FrameFolder[],
  images: string | undefined,
): FrameFolder[] {
  const wanted = images?.toLowerCase().replaceAll('\\', '/').replace(/\/$/, '');
  return folders.filter(
    ({ path }) =>
      avoid?.test(path) !== true && (wanted === undefined || path.toLowerCase().includes(wanted)),
  );
}

/** A row whose names are free of what programs added. */
function plainNames(row: SheetRow): SheetRow {
  const subject = cleanName(row.cells.subject);
  const file = cleanName(nameOfPath(row.cells.file, subject));
  return { ...row, cells: { ...row.cells, subject, file } };
}

/** Words of rows below a table that do not hold an expression. */
const TOTALS =
  /^(?:(?:grand )?totals?|sum|averages?|mean|count|std|min|max|合计|总计|平均|总数) ?:?$/i;

interface RowsOptions {
  readonly findings: Finding[];
  readonly correct: boolean;
  readonly index: FolderIndex;
  readonly lookup: (cells: SheetRow['cells']) => Words;
}

function readRows(
  definition: DatasetDefinition,
  rows: readonly SheetRow[],
  { findings, correct, index, lookup }: RowsOptions,
): ReadRow[] {
  const corrections = corrector(correct ? definition.corrections : [], findings);
  const numbered = correct ? definition : { ...definition, byRow: undefined };
  const byRow = rowCorrector(numbered, rows, findings);
  let lastSubject = '';
  const read = rows.flatMap((raw): ReadRow[] => {
    const merged = raw.cells.subject === '' && raw.cells.file !== '' && lastSubject !== '';
    const row = merged ? { ...raw, cells: { ...raw.cells, subject: lastSubject } } : raw;
    if (definition.ignore?.(row.cells) === true) return [];
    const left = (why: string): ReadRow[] => {
      findings.push({ kind: 'row', row: row.row, message: `left out: ${why}` });
      return [];
    };
    if (TOTALS.test(row.cells.subject) || TOTALS.test(row.cells.file)) {
      return left(`"${clip(raw.cells.subject || raw.cells.file)}" looks like a row of totals`);
    }
    if (row.cells.subject === '' || row.cells.file === '') {
      const text = Object.values(row.cells).find((cell) => cell !== '')!;
      return left(
        `it has no ${row.cells.subject === '' ? 'subject' : 'file name'}, but "${clip(text)}"`,
      );
    }
    const dated = [row.cells.subject, row.cells.file].find(isDateOfName);
    if (dated !== undefined) {
      return left(
        `"${clip(dated)}" is a date that a spreadsheet program made of a name such as 1-2: format its column as text and type the name again`,
      );
    }
    if (wholeNumber(row.cells.onset) === undefined && wholeNumber(row.cells.offset) === undefined) {
      return left(
        `"${clip(row.cells.onset)}" and "${clip(row.cells.offset)}" are not frame numbers`,
      );
    }
    lastSubject = row.cells.subject;
    return readRow(definition, row, {
      ...{ findings, corrections, byRow, index },
      words: lookup(row.cells),
    });
  });
  corrections.reportUnused();
  byRow.reportUnused();
  return read;
}

interface RowOptions {
  readonly findings: Finding[];
  readonly corrections: Corrector;
  readonly byRow: RowCorrector;
  readonly index: FolderIndex;
  readonly words: Words;
}

function readRow(
  definition: DatasetDefinition,
  { row, record, cells: raw }: SheetRow,
  { findings, corrections, byRow, index, words }: RowOptions,
): ReadRow[] {
  const where = `row ${row}`;
  for (const word of Object.values(words)) assertName(word, where);
  const called = words['subject'] ?? definition.subject(assertName(raw.subject, where));
  const subject = assertName(called, where);
  const file = assertName(definition.file?.(raw, subject) ?? raw.file, where);
  const name = `${subject}/${file}`;
  const kind =
    definition.kind === undefined
      ? raw.kind === 'macro'
        ? 'macro'
        : 'micro'
      : definition.kind(raw.kind);
  const report = (finding: Omit<Finding, 'row' | 'clip'>): void =>
    void findings.push({ ...finding, row, clip: name });
  if (kind === undefined) {
    report({ kind: 'row', message: `left out: "${clip(raw.kind)}" is neither micro nor macro` });
    return [];
  }
  const named = corrections.apply({ subject, file: raw.file, cells: raw, report });
  const emotion = cleanEmotion(words['emotion'] ?? named.emotion, definition.emotions);
  const ends = endsOf(definition, { subject, file, emotion, folder: named.folder, words });
  const cells = byRow.apply({
    ...{ row, record, cells: named, report },
    frames: () =>
      findFolders(index, ends).map(({ folder }) => new Set(framesByNumber(folder.files).keys())),
  });
  const span = repairSpan(cells, report);
  if (span === undefined) return [];
  const units = parseActionUnits(cells.actionUnits, {
    unclearOffset: definition.unclearOffset === true,
  });
  if (listOfDate(cells.actionUnits) !== undefined) {
    const message = `action units "${clip(cells.actionUnits)}": a date that a spreadsheet program made of a list, read as ${units.certain.join('+')}`;
    report({ kind: 'repair', message });
  }
  if (units.uncertain.length > 0) {
    report({
      kind: 'repair',
      message: `action units "${clip(cells.actionUnits)}": ${units.uncertain.join(', ')} ${units.uncertain.length > 1 ? 'are' : 'is'} uncertain and not counted`,
    });
  }
  if (units.unknown.length > 0) {
    report({
      kind: 'repair',
      message: `action units "${clip(cells.actionUnits)}": "${clip(units.unknown.join('", "'))}" not understood and not counted`,
    });
  }
  if (cells.folder !== '') assertFolder(cells.folder, where);
  const fine = cleanEmotion(cells.fineEmotion, definition.emotions);
  const annotation: Annotation = {
    dataset: cells.dataset === '' ? definition.title : assertName(cells.dataset, where),
    subject,
    clip: file,
    folder: '',
    ...span,
    framesPerSecond: Number(cells.framesPerSecond) || definition.framesPerSecond,
    emotion,
    ...(fine === '' || fine === emotion ? {} : { fineEmotion: fine }),
    actionUnits: units.certain,
    ...(cells.actionUnits === '' ? {} : { codedUnits: units }),
    kind,
    ...(cells.objectiveClass === '' ? {} : { objectiveClass: cells.objectiveClass }),
  };
  return [{ row, file, cells: { ...cells, onset: raw.onset }, words, annotation }];
}

/** Clips that share subject and file are named with their onset; the same one twice is refused a second place. */
function nameClips(
  rows: readonly ReadRow[],
  { nameByOnset = false }: DatasetDefinition,
  findings: Finding[],
): ReadRow[] {
  const times = new Map<string, number>();
  const key = ({ annotation, file }: ReadRow): string => `${annotation.subject}/${file}`;
  for (const row of rows) times.set(key(row), (times.get(key(row)) ?? 0) + 1);
  const seen = new Map<string, ReadRow>();
  return rows.flatMap((row) => {
    const repeated = times.get(key(row))! > 1;
    const onset = wholeNumber(row.cells.onset) ?? row.annotation.onset;
    const name = nameByOnset || repeated ? `${row.file}_${onset}` : row.file;
    const id = `${row.annotation.subject}/${name}`;
    const before = seen.get(id);
    if (before !== undefined) {
      const message = `left out: row ${before.row} gives the same clip with the same onset${differences(before, row)}`;
      findings.push({ kind: 'row', row: row.row, clip: id, message });
      return [];
    }
    seen.set(id, row);
    if (repeated && !nameByOnset) {
      const message = `the file "${row.file}" comes ${times.get(key(row))!} times: named by its onset`;
      findings.push({ kind: 'note', row: row.row, clip: id, message });
    }
    return [{ ...row, annotation: { ...row.annotation, clip: name } }];
  });
}

/** What is different in a row that comes twice: `; emotion "others", not "disgust"`. */
function differences({ cells: first }: ReadRow, { cells: second }: ReadRow): string {
  const columns = (['apex', 'offset', 'emotion', 'actionUnits', 'kind'] as const).filter(
    (column) => first[column] !== second[column],
  );
  return columns.map((column) => `; ${column} "${clip(second[column])}", not "${clip(first[column])}"`).join(''); // prettier-ignore
}

/** Reports subjects that differ in case and zeros only: if they are one, one subject would be in training and test. */
function reportAlike(rows: readonly ReadRow[], findings: Finding[]): void {
  const spellings = new Map<string, Set<string>>();
  for (const { subject } of rows.map(({ annotation }) => annotation)) {
    const key = looseName(subject);
    spellings.set(key, (spellings.get(key) ?? new Set()).add(subject));
  }
  for (const some of spellings.values()) {
    if (some.size < 2) continue;
    const names = [...some].map((name) => `"${name}"`).join(' and ');
    const message = `${names} are taken for different subjects; if they are one, write them alike: no subject may be in training and test`;
    findings.push({ kind: 'note', message });
  }
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
