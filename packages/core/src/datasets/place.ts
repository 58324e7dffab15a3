/**
 * @file Finds each annotation's pictures, and tells which of them are not there.
 */
import type { Annotation, Finding, FrameFolder } from './annotation.ts';
import type { DatasetDefinition, ReadRow, Words } from './definition.ts';
import {
  alignSpan,
  chooseRoots,
  findFolders,
  framesByNumber,
  indexFolders,
  missingFrames,
  showNumbers,
} from './frames.ts';
import { wholeNumber } from './cells.ts';

/** What {@link placeInFolders} works with. */
export interface PlaceOptions {
  readonly folders: readonly FrameFolder[];
  readonly findings: Finding[];
}

/** Gives annotations their folders and the frame numbers that the pictures there have. */
export function placeInFolders(
  definition: DatasetDefinition,
  rows: readonly ReadRow[],
  { folders, findings }: PlaceOptions,
): Annotation[] {
  const index = indexFolders(folders, definition);
  const matches = rows.map((row) => findFolders(index, endsOf(definition, row)));
  const roots = chooseRoots(matches, definition.prefer);
  const frames = new Map<string, ReadonlyMap<number, string>>();
  const placed = rows.map((row, i): Annotation => {
    const { annotation } = row;
    const name = `${annotation.subject}/${annotation.clip}`;
    const tell = (message: string): void =>
      void findings.push({ kind: 'frames', row: row.row, clip: name, message });
    const match = roots
      .map((root) => matches[i]!.find((one) => one.root === root))
      .find((one) => one !== undefined);
    if (match === undefined) {
      if (folders.length > 0) {
        tell(`no folder with pictures: looked for ${endsOf(definition, row).join(', ')}`);
      }
      return annotation;
    }
    const { path, files } = match.folder;
    if (!frames.has(path)) frames.set(path, framesByNumber(files));
    const there = frames.get(path)!;
    const span = alignSpan(annotation, there, wholeNumber(row.cells.first));
    const missing = missingFrames(span, there);
    if (missing.length > 0) {
      const all = span.offset - span.onset + 1;
      tell(`${missing.length} of ${all} frames are missing in ${path}: ${showNumbers(missing)}`);
    }
    return { ...annotation, ...span, folder: path };
  });
  tellRoots(placed, { roots, matches, findings });
  return placed;
}

function endsOf(definition: DatasetDefinition, row: ReadRow): string[] {
  const { subject, emotion } = row.annotation;
  if (row.cells.folder !== '') return [row.cells.folder];
  const words: Words = {
    subject,
    subject0: withoutZeros(subject),
    file: row.file,
    file0: withoutZeros(row.file),
    emotion: emotion.replaceAll(/[\\/]/g, '_'),
    ...row.words,
  };
  const ends = definition.folders.map((template) =>
    template.replaceAll(/\{(\w+)\}/g, (whole, word: string) => words[word] ?? whole),
  );
  return [...new Set(ends)];
}

/** `s01_ne_03` → `s1_ne_3` has only its first number shortened: `s1_ne_03`. */
function withoutZeros(name: string): string {
  return name.replace(/^(\D*)0+(?=\d)/, '$1');
}

function tellRoots(
  placed: readonly Annotation[],
  {
    roots,
    matches,
    findings,
  }: {
    readonly roots: readonly string[];
    readonly matches: readonly (readonly { readonly root: string }[])[];
    readonly findings: Finding[];
  },
): void {
  if (roots.length === 0) return;
  const found = placed.filter(({ folder }) => folder !== '').length;
  const others = new Set(matches.flat().map(({ root }) => root || '.'));
  for (const root of roots) others.delete(root || '.');
  const shown = roots.map((root) => root || '.').slice(0, 4);
  const also =
    others.size > 0 ? `; there are also ${[...others].sort().slice(0, 4).join(', ')}` : '';
  const message = `pictures of ${found} of ${placed.length} clips are read from ${shown.join(', ')}${also}`;
  findings.unshift({ kind: 'note', message });
}
