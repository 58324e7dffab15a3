/**
 * @file Prepares an annotated dataset once: reads its sheet, does every clip that is not done, writes the sheet of
 * the cache. Whether a clip is done is asked of the cache and of nothing else: that is what makes a run resumable.
 */
import { readFile, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { framesByNumber } from '@telltale/core/datasets';
import type { Annotation, DatasetDefinition, Reading } from '@telltale/core/datasets';
import { clipKey, mergeSheet, neededFrames, resolvePreparation } from '@telltale/core/prepare';
import type { FrameFile, Preparation, PreparedRow, PrepareOptions } from '@telltale/core/prepare';

import { assertWritable, writeWhole } from '../io/output.ts';
import { version } from '../program.ts';
import { countOf, openProgress } from '../terminal.ts';
import { readDatasetFolder } from './content.ts';
import { doInProcesses } from './pool.ts';
import type { Outcome, PoolOptions } from './pool.ts';
import { clipFolder, readKept, sizeFolder } from './prepare-cache.ts';
import type { KeptClip } from './prepare-cache.ts';
import type { ClipJob } from './prepare-job.ts';

/** What the command takes. */
export interface PrepareRun extends PrepareOptions {
  readonly out: string;
  /** Which expressions. */
  readonly kind: 'micro' | 'macro' | 'all';
  /** Path of the annotation file, where it is not to be looked for. */
  readonly sheet?: string | undefined;
  /** Part of the paths of the pictures to use. */
  readonly images?: string | undefined;
  /** Clips at a time; all cores where left out. */
  readonly parallel?: number | undefined;
}

/** How clips are done: in processes, or in this one where a test says so. */
export type DoClips = (jobs: Iterator<ClipJob>, options: PoolOptions) => Promise<void>;

/** A clip on its way. */
interface PlannedClip {
  readonly annotation: Annotation;
  /** Frames that are needed. */
  readonly frames: readonly (readonly [number: number, path: string])[];
  /** One per size. */
  readonly targets: readonly Target[];
}

interface Target {
  readonly size: number;
  /** Relative to the cache. */
  readonly folder: string;
  readonly key: string;
}

/** A clip that could not be done. */
export interface FailedClip {
  readonly subject: string;
  readonly clip: string;
  readonly code: string;
  readonly message: string;
}

/** Failures that are told on standard error; all stand in the list. */
const MOST_TOLD = 20;
/** Clips whose files are asked for at a time. */
const TOGETHER = 64;

/**
 * Prepares a dataset, or goes on with it.
 *
 * @throws TelltaleError `CLIPS_FAILED` after everything else is done, naming the first; `OPTION_INVALID`,
 *   `OUTPUT_UNWRITABLE`, `CANCELED`, and what reading the dataset throws
 */
export async function runPrepare(
  definition: DatasetDefinition,
  folder: string,
  options: PrepareRun,
  how: PrepareHow,
): Promise<void> {
  tellEnd(await prepareDataset(definition, folder, { ...options, ...how }));
}

/** How a run is done. */
export interface PrepareHow {
  readonly signal: AbortSignal;
  readonly doClips?: DoClips;
}

/** How a run ended. */
export interface Prepared {
  /** Clips that this run did. */
  readonly made: number;
  /** Clips that were there. */
  readonly before: number;
  readonly failed: readonly FailedClip[];
  /** Absolute path. */
  readonly cache: string;
}

/**
 * {@link runPrepare} without a word about its end: clips that failed are told to the caller.
 *
 * @throws TelltaleError as {@link runPrepare}, but for `CLIPS_FAILED`
 */
export async function prepareDataset(
  definition: DatasetDefinition,
  folder: string,
  options: PrepareRun & PrepareHow,
): Promise<Prepared> {
  const { signal, doClips = doInProcesses } = options;
  const preparation = resolvePreparation(options);
  const [root, cache] = [resolve(folder), resolve(options.out)];
  await assertWritable(cache, 'folder');
  const progress = openProgress();
  try {
    const reading = await readDatasetFolder(definition, root, {
      ...{ sheet: options.sheet, signal },
      ...(options.images !== undefined && { images: options.images }),
      seen: (pictures) => progress.update(`looking through ${root}: ${pictures} pictures`),
    });
    const annotations = reading.annotations.filter(
      ({ kind }) => options.kind === 'all' || kind === options.kind,
    );
    if (annotations.length === 0) throw nothing(definition, root, options.kind);
    const failed: FailedClip[] = [];
    const context = { definition, root, cache, preparation };
    const clips = await planClips(annotations, { ...context, reading, failed, signal });
    const todo = await missingTargets(clips, cache);
    const started = performance.now();
    let done = 0;
    const say = (): void => {
      const left = (((performance.now() - started) / 1000) * (todo.length - done)) / done;
      const rest = done > 0 ? `, ${Math.ceil(left / 6) / 10} min left` : '';
      progress.update(`preparing clip ${countOf(done, todo.length)}${rest}`);
    };
    let made = 0;
    const ended = ({ index, failure }: Outcome): void => {
      done++;
      if (failure === undefined) made++;
      else failed.push({ ...nameOf(todo[index]!.annotation), ...failure });
      say();
    };
    const parallel = Math.min(options.parallel ?? availableParallelism(), todo.length);
    if (todo.length > 0) {
      const words = ['dataset', 'prepare-clips'];
      await doClips(jobsOf(todo, context), { words, parallel, signal, ended });
    }
    const annotated = annotations.length;
    await writeSheets(clips, { ...context, annotated, reading, failed, options });
    return { made, before: clips.length - todo.length, failed, cache };
  } finally {
    progress.end();
  }
}

/** What is the same for all clips of a run. */
interface Context {
  readonly definition: DatasetDefinition;
  readonly root: string;
  readonly cache: string;
  readonly preparation: Preparation;
}

/** Finds each clip's frames and key. */
async function planClips(
  annotations: readonly Annotation[],
  context: Context & {
    readonly reading: Awaited<ReturnType<typeof readDatasetFolder>>;
    readonly failed: FailedClip[];
    readonly signal: AbortSignal;
  },
): Promise<PlannedClip[]> {
  const folders = new Map(context.reading.content.folders.map(({ path, files }) => [path, files]));
  const numbered = new Map<string, ReadonlyMap<number, string>>();
  const framesIn = (path: string): ReadonlyMap<number, string> => {
    const known = numbered.get(path) ?? framesByNumber(folders.get(path) ?? []);
    numbered.set(path, known);
    return known;
  };
  return inParts(annotations, context.signal, async (annotation) => {
    try {
      return [await planClip(annotation, framesIn(annotation.folder), context)];
    } catch (error) {
      if (!(error instanceof TelltaleError)) throw error;
      const { code, message } = error;
      context.failed.push({ ...nameOf(annotation), code, message });
      return [];
    }
  });
}

async function planClip(
  annotation: Annotation,
  frames: ReadonlyMap<number, string>,
  { definition, root, preparation }: Context,
): Promise<PlannedClip> {
  const { folder } = annotation;
  if (folder === '' && frames.size === 0) {
    throw new TelltaleError('DATASET_FILE_MISSING', 'there is no folder with its pictures', '');
  }
  const numbers = neededFrames(annotation, [...frames.keys()], preparation);
  const paths = numbers.map((number): readonly [number, string] => [
    number,
    folder === '' ? frames.get(number)! : `${folder}/${frames.get(number)!}`,
  ]);
  const files = await Promise.all(
    paths.map(async ([number, path]): Promise<FrameFile> => {
      const { size, mtimeMs } = await stat(join(root, path));
      return { number, path, size, changed: Math.round(mtimeMs) };
    }),
  );
  const [first] = preparation.sizes;
  return {
    annotation,
    frames: paths,
    targets: preparation.sizes.map((size) => {
      const key = clipKey(annotation, files, { ...preparation, size });
      const place = clipFolder(definition.name, annotation, key);
      return { size, key, folder: sizeFolder(size, first!) + place };
    }),
  };
}

/** The clips of which something is missing, with what is missing. */
async function missingTargets(
  clips: readonly PlannedClip[],
  cache: string,
): Promise<PlannedClip[]> {
  return inParts(clips, undefined, async (clip) => {
    const kept = await Promise.all(
      clip.targets.map(({ folder, key }) => readKept(join(cache, folder), key)),
    );
    const targets = clip.targets.filter((_, i) => kept[i] === undefined);
    return targets.length === 0 ? [] : [{ ...clip, targets }];
  });
}

function* jobsOf(
  clips: readonly PlannedClip[],
  { root, cache, preparation }: Context,
): Generator<ClipJob> {
  for (const [index, { annotation, frames, targets }] of clips.entries()) {
    const { onset, apex, offset, framesPerSecond } = annotation;
    const span = { onset, ...(apex !== undefined && { apex }), offset, framesPerSecond };
    const places = targets.map((target) => ({ ...target, folder: join(cache, target.folder) }));
    yield { index, root, frames, span, preparation, targets: places };
  }
}

/** Writes the sheet of each size, last of all what was read: its presence says that the sheets are whole. */
async function writeSheets(
  clips: readonly PlannedClip[],
  {
    definition,
    cache,
    preparation,
    annotated,
    reading,
    failed,
    options,
  }: Context & {
    /** Clips. */
    readonly annotated: number;
    readonly reading: Reading;
    readonly failed: readonly FailedClip[];
    readonly options: PrepareRun;
  },
): Promise<void> {
  let prepared = 0;
  let found = 0;
  for (const [place, size] of preparation.sizes.entries()) {
    const part = sizeFolder(size, preparation.sizes[0]!);
    const rows = await inParts(clips, undefined, async ({ annotation, targets }) => {
      const { folder, key } = targets[place]!;
      const kept = await readKept(join(cache, folder), key);
      return kept === undefined ? [] : [rowOf(annotation, kept, folder.slice(part.length))];
    });
    prepared = rows.length;
    found = rows.filter(({ isFound }) => isFound).length;
    const path = join(cache, part, 'samples.csv');
    const before = await readFile(path, 'utf8').catch(() => undefined);
    if (rows.length === 0 && before === undefined) continue;
    await writeWhole(path, mergeSheet(before, rows, reading.dataset));
  }
  const told = {
    schema: 'telltale.prepared/1',
    telltale: version(),
    dataset: reading.dataset,
    annotation: { file: reading.workbook, sheet: reading.sheet },
    kind: options.kind,
    preparation,
    clips: { annotated, prepared, apexFound: found },
    failed,
    findings: reading.findings,
  };
  await writeWhole(
    join(cache, 'prepared', `${definition.name}.json`),
    `${JSON.stringify(told, null, 1)}\n`,
  );
  const list = join(cache, 'prepared', `${definition.name}-failed.csv`);
  if (failed.length === 0) await rm(list, { force: true });
  else await writeWhole(list, failedCsv(failed));
}

function rowOf(annotation: Annotation, kept: KeptClip, folder: string): PreparedRow {
  const faces = Object.keys(kept.pictures).filter((plane) => plane !== 'flow');
  const paths = faces.map((plane) => [plane, `${folder}/${plane}.png`]);
  return {
    ...{ annotation, apex: kept.apex, isFound: kept.isFound, flow: `${folder}/flow.png` },
    faces: Object.fromEntries(paths) as PreparedRow['faces'],
  };
}

function failedCsv(failed: readonly FailedClip[]): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = failed.map(({ subject, clip, code, message }) =>
    [subject, clip, code, message].map(quote).join(','),
  );
  return `${['subject,clip,code,reason', ...lines].join('\n')}\n`;
}

function tellEnd({ made, before, failed, cache }: Prepared): void {
  const counts = [
    `${made} clips prepared`,
    ...(before > 0 ? [`${before} were there`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ];
  process.stderr.write(`${counts.join(', ')}.\n`);
  const isAny = made + before > 0;
  const sheet = join(cache, 'samples.csv');
  if (isAny) process.stdout.write(`${sheet}\n`);
  if (failed.length === 0) return;
  for (const { subject, clip, message } of failed.slice(0, MOST_TOLD)) {
    process.stderr.write(`  ${subject}/${clip}: ${message}\n`);
  }
  const [first] = failed as [FailedClip];
  throw new TelltaleError(
    'CLIPS_FAILED',
    `${failed.length} clips could not be prepared, the first is ${first.subject}/${first.clip}: ${first.message}`,
    `${isAny ? `All others are in ${sheet}; ` : ''}prepared/*-failed.csv in ${cache} lists these with their reasons. Put them right and run the same command again: it does only what is missing.`,
  );
}

function nothing(definition: DatasetDefinition, root: string, kind: string): TelltaleError {
  return new TelltaleError(
    'DATASET_INVALID',
    `${definition.title} in ${root} annotates no ${kind === 'all' ? '' : `${kind}-`}expression`,
    'Look at what "telltale dataset check" finds in it, or choose with --kind.',
  );
}

function nameOf({ subject, clip }: Annotation): {
  readonly subject: string;
  readonly clip: string;
} {
  return { subject, clip };
}

/** Maps in order, so many at a time. */
async function inParts<T, R>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  map: (item: T) => Promise<readonly R[]>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += TOGETHER) {
    signal?.throwIfAborted();
    const part = await Promise.all(items.slice(start, start + TOGETHER).map(map));
    results.push(...part.flat());
  }
  return results;
}
