/**
 * @file The frames of an annotation: its folder, the numbers in their names, the gaps.
 */
import type { FrameFolder } from './annotation.ts';
import type { DatasetDefinition } from './definition.ts';

/**
 * The frame number in a file name: the last run of digits before the extension.
 *
 * `img46.jpg`, `reg_img46.jpg`, `006_0046.jpg` and `00046.png` are all frame 46.
 */
export function frameNumber(name: string): number | undefined {
  const match = /(\d{1,15})\D*$/.exec(name.replace(/\.[A-Za-z]+$/, ''));
  return match ? Number(match[1]) : undefined;
}

/** File names of a folder's frames by frame number, in the order of the numbers. */
export function framesByNumber(files: readonly string[]): ReadonlyMap<number, string> {
  const found = files.flatMap((file): [number, string][] => {
    const number = frameNumber(file);
    return number === undefined ? [] : [[number, file]];
  });
  found.sort(([a, left], [b, right]) => a - b || (left < right ? 1 : -1));
  return new Map(found);
}

/** A name or path without what copies of one dataset spell differently: case, zeros in front of numbers, `_`, `-`, spaces. */
export function looseName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '_')
    .replaceAll(/(?<!\d)0+(?=\d)/g, '');
}

/** Folders by the ends of their paths. */
export interface FolderIndex {
  /** The same by {@link looseName}. */
  readonly byLooseEnd: ReadonlyMap<string, readonly FolderMatch[]>;
  /** Folders by each of the ends that their paths have. */
  readonly byEnd: ReadonlyMap<string, readonly FolderMatch[]>;
}

/** Longest end of a path that is looked up, parts. */
const LONGEST_END = 4;

/** Prepares folders for {@link findFolders}. */
export function indexFolders(
  folders: readonly FrameFolder[],
  { folderAlias }: Pick<DatasetDefinition, 'folderAlias'>,
): FolderIndex {
  const byEnd = new Map<string, FolderMatch[]>();
  const byLooseEnd = new Map<string, FolderMatch[]>();
  const put = (end: string, match: FolderMatch): void => {
    for (const [map, key] of [
      [byEnd, end],
      [byLooseEnd, looseName(end)],
    ] as const) {
      const there = map.get(key);
      if (there === undefined) map.set(key, [match]);
      else there.push(match);
    }
  };
  for (const folder of folders) {
    const parts = folder.path.split('/');
    const root = (length: number): string => parts.slice(0, -length).join('/');
    for (let length = 1; length <= Math.min(parts.length, LONGEST_END); length++) {
      const end = parts.slice(-length).join('/').toLowerCase();
      put(end, { folder, root: root(length) });
    }
    if (parts.length > LONGEST_END) put(folder.path.toLowerCase(), { folder, root: '' });
    const alias = folderAlias?.(folder.path);
    if (alias !== undefined) put(alias.toLowerCase(), { folder, root: root(2) });
  }
  return { byEnd, byLooseEnd };
}

/** A folder that an annotation could mean. */
export interface FolderMatch {
  /** The folder with its files. */
  readonly folder: FrameFolder;
  /** The path before the part that names subject and clip. */
  readonly root: string;
}

/** Every folder whose path ends in one of `ends`. */
export function findFolders({ byEnd }: FolderIndex, ends: readonly string[]): FolderMatch[] {
  return ends.flatMap((end) => byEnd.get(end.toLowerCase()) ?? []);
}

/**
 * Every folder whose path ends in one of `ends` but for case, zeros and dashes; of none where one root has several.
 *
 * @param taken - folders that other rows name exactly
 */
export function findLooseFolders(
  { byLooseEnd }: FolderIndex,
  ends: readonly string[],
  taken: ReadonlySet<FrameFolder>,
): FolderMatch[] {
  const found = ends
    .flatMap((end) => byLooseEnd.get(looseName(end)) ?? [])
    .filter(({ folder }) => !taken.has(folder));
  return found.filter(
    ({ root, folder }) => !found.some((other) => other.root === root && other.folder !== folder),
  );
}

/**
 * Which roots to read from, best first.
 *
 * A dataset often lies there both raw and cropped. All clips are taken from
 * roots of one kind: the first kind of `prefer` that has nine tenths of what
 * the fullest kind has.
 */
export function chooseRoots(
  matches: readonly (readonly FolderMatch[])[],
  prefer: readonly RegExp[] = [],
): string[] {
  const rankOf = (root: string): number => {
    const rank = prefer.findIndex((pattern) => pattern.test(root));
    return rank < 0 ? prefer.length : rank;
  };
  const perRoot = new Map<string, number>();
  const perRank = new Array<number>(prefer.length + 1).fill(0);
  for (const some of matches) {
    for (const rank of new Set(some.map(({ root }) => rankOf(root)))) perRank[rank]! += 1;
    for (const { root } of some) perRoot.set(root, (perRoot.get(root) ?? 0) + 1);
  }
  const most = Math.max(...perRank);
  const best = perRank.findIndex((count) => count >= 0.9 * most && count > 0);
  return [...perRoot]
    .filter(([root]) => rankOf(root) === best)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([root]) => root);
}

/** Frame numbers of an annotation as its sheet has them. */
export interface Span {
  /** Number of the first frame. */
  readonly onset: number;
  /** Number of the frame of strongest movement; absent where it is not annotated. */
  readonly apex?: number;
  /** Number of the last frame. */
  readonly offset: number;
}

/**
 * The interval in the numbers of the frames.
 *
 * Most datasets number frames as their sheet does. SMIC's sheet counts as the
 * camera did, from `first` on; and where a folder holds exactly the expression
 * under other numbers, its first frame is the onset.
 */
export function alignSpan(
  span: Span,
  frames: ReadonlyMap<number, string>,
  first: number | undefined,
): Span {
  const { onset, apex, offset } = span;
  if (frames.size === 0 || (frames.has(onset) && frames.has(offset))) return span;
  const numbers = [...frames.keys()];
  const isRenumbered = numbers[0]! <= 1 || !(frames.has(onset) || frames.has(offset));
  const isWhole = isRenumbered && numbers.length === offset - onset + 1;
  const from = first !== undefined && first <= onset ? first : isWhole ? onset : undefined;
  if (from === undefined || offset - from >= numbers.length) return span;
  const at = (frame: number): number => numbers[frame - from]!;
  return {
    onset: at(onset),
    ...(apex === undefined ? {} : { apex: at(apex) }),
    offset: at(offset),
  };
}

/**
 * By how much the files count frames from another number than the sheet: -1 where the sheet counts from 1 and the files
 * from 0, 1 the other way round, else 0.
 *
 * Decided over all clips: at least two show it, by an offset just behind the last file or an onset just before the
 * first, and none contradicts.
 */
export function countingShift(
  clips: readonly {
    readonly span: Span;
    readonly frames: ReadonlyMap<number, string> | undefined;
  }[],
): -1 | 0 | 1 {
  const seen = { less: 0, notLess: 0, more: 0, notMore: 0 };
  for (const { span, frames } of clips) {
    if (frames === undefined || frames.size < 2) continue;
    const numbers = [...frames.keys()];
    const [first, last] = [numbers[0]!, numbers.at(-1)!];
    if (first === 0 && span.offset === last + 1) seen.less += 1;
    if (span.onset === 0) seen.notLess += 1;
    if (first === 1 && span.onset === 0) seen.more += 1;
    if (span.offset >= last) seen.notMore += 1;
  }
  if (seen.less >= 2 && seen.notLess === 0) return -1;
  return seen.more >= 2 && seen.notMore === 0 ? 1 : 0;
}

/** The interval with all its numbers moved. */
export function shiftSpan<T extends Span>(span: T, shift: number): T {
  const { onset, apex, offset } = span;
  return {
    ...{ ...span, onset: onset + shift, offset: offset + shift },
    ...(apex !== undefined && { apex: apex + shift }),
  };
}

/** Numbers from onset to offset without a frame. */
export function missingFrames(
  { onset, offset }: Span,
  frames: ReadonlyMap<number, string>,
): number[] {
  const missing: number[] = [];
  for (let frame = onset; frame <= offset; frame++) if (!frames.has(frame)) missing.push(frame);
  return missing;
}

/** `46-48, 50`. */
export function showNumbers(numbers: readonly number[], most = 8): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  const shown = runs.slice(0, most).map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`));
  return shown.join(', ') + (runs.length > most ? `, and ${runs.length - most} more` : '');
}
