/**
 * @file Finds each annotation's frames, and reports which are missing.
 */
import { own } from '../base/own.ts';
import type { Annotation, Finding } from './annotation.ts';
import type { DatasetDefinition, ReadRow, Words } from './definition.ts';
import {
  alignSpan,
  chooseRoots,
  countingShift,
  findFolders,
  findLooseFolders,
  framesByNumber,
  missingFrames,
  shiftSpan,
  showNumbers,
} from './frames.ts';
import type { FolderIndex, FolderMatch } from './frames.ts';
import { wholeNumber } from './cells.ts';

/** What {@link placeInFolders} works with. */
export interface PlaceOptions {
  readonly index: FolderIndex;
  readonly findings: Finding[];
}

/** Gives annotations their folders and the frame numbers of the files there. */
export function placeInFolders(
  definition: DatasetDefinition,
  rows: readonly ReadRow[],
  { index, findings }: PlaceOptions,
): Annotation[] {
  const exact = rows.map((row) => findFolders(index, endsOfRow(definition, row)));
  const taken = new Set(exact.flat().map(({ folder }) => folder));
  const matches = exact.map((some, i) =>
    some.length > 0 ? some : findLooseFolders(index, endsOfRow(definition, rows[i]!), taken),
  );
  const roots = chooseRoots(matches, definition.prefer);
  const frames = new Map<string, ReadonlyMap<number, string>>();
  const chosen = matches.map((some) =>
    roots.map((root) => some.find((one) => one.root === root)).find((one) => one !== undefined),
  );
  for (const match of chosen) {
    if (match === undefined || frames.has(match.folder.path)) continue;
    frames.set(match.folder.path, framesByNumber(match.folder.files));
  }
  reportLoose(rows, { exact, chosen, findings });
  const shift = countingShift(
    rows.map(({ annotation }, i) => ({ span: annotation, frames: frames.get(chosen[i]?.folder.path ?? '') })), // prettier-ignore
  );
  if (shift !== 0) {
    const [sheet, files] = shift < 0 ? [1, 0] : [0, 1];
    const message = `the sheet counts frames from ${sheet}, the files from ${files}: ${shift > 0 ? '1 is added' : '1 is subtracted'}`;
    findings.push({ kind: 'note', message });
  }
  const placed = rows.map((row, i): Annotation => {
    const { annotation } = row;
    const name = `${annotation.subject}/${annotation.clip}`;
    const report = (message: string): void =>
      void findings.push({ kind: 'frames', row: row.row, clip: name, message });
    const match = chosen[i];
    if (match === undefined) {
      if (index.byEnd.size > 0) {
        report(`no folder with frames: looked for ${endsOfRow(definition, row).join(', ')}`);
      }
      return annotation;
    }
    const { path } = match.folder;
    const there = frames.get(path)!;
    const span = alignSpan(shiftSpan(annotation, shift), there, wholeNumber(row.cells.first));
    const missing = missingFrames(span, there);
    if (missing.length > 0) {
      const all = span.offset - span.onset + 1;
      report(`${missing.length} of ${all} frames are missing in ${path}: ${showNumbers(missing)}`);
    }
    return { ...annotation, ...span, folder: path };
  });
  reportRoots(placed, matches.flat(), findings);
  return placed;
}

/** Reports the folders that are spelled in another way than the sheet. */
function reportLoose(
  rows: readonly ReadRow[],
  {
    exact,
    chosen,
    findings,
  }: {
    readonly exact: readonly (readonly FolderMatch[])[];
    readonly chosen: readonly (FolderMatch | undefined)[];
    readonly findings: Finding[];
  },
): void {
  const loose = rows.flatMap(({ annotation: { subject, clip } }, i) =>
    exact[i]!.length > 0 || chosen[i] === undefined
      ? []
      : [`${subject}/${clip} is ${chosen[i].folder.path}`],
  );
  if (loose.length === 0) return;
  const more = loose.length > 3 ? `, and ${loose.length - 3} more` : '';
  const message = `folders of ${loose.length} clips are found but for case, zeros and dashes: ${loose.slice(0, 3).join(', ')}${more}`;
  findings.push({ kind: 'note', message });
}

/** What the ends of a clip's folder are made of. */
export interface ClipNames {
  readonly subject: string;
  readonly file: string;
  readonly emotion: string;
  /** Of the sheet itself; empty where it has none. */
  readonly folder: string;
  readonly words: Words;
}

/** The ends of paths that a clip's folder may have. */
export function endsOf(
  { folders }: Pick<DatasetDefinition, 'folders'>,
  { subject, file, emotion, folder, words: more }: ClipNames,
): string[] {
  if (folder !== '') return [folder];
  const words: Words = {
    subject,
    subject0: withoutZeros(subject),
    file,
    file0: withoutZeros(file),
    emotion: emotion.replaceAll(/[\\/]/g, '_'),
    ...more,
  };
  const ends = folders.map((template) =>
    template.replaceAll(/\{(\w+)\}/g, (whole, word: string) => own(words, word) ?? whole),
  );
  return [...new Set(ends)];
}

function endsOfRow(definition: DatasetDefinition, row: ReadRow): string[] {
  const { subject, emotion } = row.annotation;
  const { file, words } = row;
  return endsOf(definition, { subject, file, emotion, folder: row.cells.folder, words });
}

/** `s01_ne_03` → `s1_ne_3` has only its first number shortened: `s1_ne_03`. */
function withoutZeros(name: string): string {
  return name.replace(/^(\D*)0+(?=\d)/, '$1');
}

/** Which copies of the frames are used, and which others there are. */
function reportRoots(
  placed: readonly Annotation[],
  matches: readonly FolderMatch[],
  findings: Finding[],
): void {
  const used = new Set(placed.map(({ folder }) => folder).filter((folder) => folder !== ''));
  if (used.size === 0) return;
  const show = (roots: ReadonlySet<string>): string => {
    const names = [...roots].map((root) => root || '.').sort();
    return (
      names.slice(0, 4).join(', ') + (names.length > 4 ? `, and ${names.length - 4} more` : '')
    );
  };
  const rootsOf = (wanted: boolean): Set<string> =>
    new Set(matches.filter((one) => used.has(one.folder.path) === wanted).map(({ root }) => root));
  const [own, others] = [rootsOf(true), rootsOf(false)];
  for (const root of own) others.delete(root);
  const found = placed.filter(({ folder }) => folder !== '').length;
  const also = others.size > 0 ? `; there is also ${show(others)}` : '';
  const message = `frames of ${found} of ${placed.length} clips are read from ${show(own)}${also}`;
  findings.unshift({ kind: 'note', message });
}
