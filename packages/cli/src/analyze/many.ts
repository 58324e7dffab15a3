/**
 * @file Many clips in one run: each is analyzed once and kept under a key of its content, the options, the models and
 * the code; then the tables and the index are built of all reports. The folder of the run alone determines what is
 * left to do, so an interrupted run resumes, and gives what an uninterrupted one gives.
 */
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core/errors';
import { assertAttention } from '@telltale/core/expression';
import { IMAGE_EXTENSIONS, openRecognizer } from '@telltale/node';
import { assertWritable } from '@telltale/node/output';

import { codeDigest } from '../cache/code.ts';
import { cacheKey, digestOfFolder, digestOfLargeFile } from '../cache/key.ts';
import { faceModelDigests } from '../cache/models.ts';
import type { CsvLocale } from '../io/csv-locale.ts';
import type { Launcher } from '../jobs/job.ts';
import { launcherOf, runJobs } from '../jobs/run.ts';
import type { LauncherChoice } from '../jobs/run.ts';
import { countOf, openProgress } from '../terminal.ts';
import type { Progress } from '../terminal.ts';
import { otherClipIn, readAnalyzed } from './clip-job.ts';
import type { AnalyzeChoice, AnalyzeJob } from './clip-job.ts';
import { findClips } from './clips.ts';
import type { FoundClip } from './clips.ts';
import { assertPart } from './part-options.ts';
import { RUN_FILES, writeTables } from './tables.ts';
import type { TableClip } from './tables.ts';

/** Clips that are worth the start of a process on a cluster. */
const PER_TASK = 4;
/** Failures that are shown; all are in the tables. */
const MOST_SHOWN = 20;

/** How a run is done. */
export interface ManyRun extends AnalyzeChoice {
  /** Folder of the run. */
  readonly out?: string | undefined;
  /** Clips at a time; all cores by default. */
  readonly parallel?: number | undefined;
  /** How clips.csv and expressions.csv are written. */
  readonly csvLocale?: CsvLocale | undefined;
  readonly signal: AbortSignal;
  /** @defaultValue processes on this machine */
  readonly launcher?: Launcher | undefined;
}

/** The command with many clips. @throws TelltaleError as {@link analyzeMany} */
export async function runMany(
  words: readonly string[],
  options: Omit<ManyRun, 'launcher' | 'signal'> & LauncherChoice,
  signal: AbortSignal,
): Promise<void> {
  await analyzeMany(words, { ...options, signal, launcher: launcherOf(options) });
}

/**
 * Analyzes the clips that words mean, or resumes that.
 *
 * @throws TelltaleError `CLIPS_FAILED` after everything else is done, naming the first; `OPTION_INVALID`,
 *   `FILE_MISSING`, `OUTPUT_UNWRITABLE`, `CANCELED`, and what opening the recognizer throws
 */
export async function analyzeMany(words: readonly string[], options: ManyRun): Promise<void> {
  const { signal, launcher, parallel, network, recognizer, csvLocale } = options;
  const { fps, from, to, rotate, sensitivity, frames, landmarks, framesFormat, face, blur, attention } = options; // prettier-ignore
  if (options.out === undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      'many clips are given without --out',
      'Give the folder of the run with --out, for example --out run.',
    );
  }
  assertPart(options);
  const run = resolve(options.out);
  const weights = options.weights === undefined ? undefined : resolve(options.weights);
  const choice: AnalyzeChoice = {
    ...{ fps, from, to, rotate, sensitivity, frames, landmarks, framesFormat, face, blur },
    ...{ network, weights, recognizer, attention },
  };
  await assertWritable(run, 'folder');
  const progress = openProgress();
  try {
    const clips = await findClips(words, { except: run, signal });
    const options = { ...(await choiceKey(choice)), models: await faceModelDigests() };
    const code = codeDigest('analysis');
    const { jobs, failed } = await planJobs(clips, {
      run,
      choice,
      options,
      code,
      signal,
      progress,
    });
    const outcomes = await runJobs(
      { kind: 'analyses', folder: run, jobs, perTask: PER_TASK },
      {
        ...{ launcher, parallel, signal, progress, label: 'analyzing clip' },
        before: clips.length - jobs.length,
      },
    );
    for (const { index, failure } of outcomes) if (failure) failed.set(index, failure);
    const rows = clips.map(({ id, folder }, i): TableClip => ({
      id,
      folder,
      failure: failed.get(i),
    }));
    progress.update('writing the tables');
    await writeTables(run, basename(run), { clips: rows, csvLocale: csvLocale ?? 'point' });
    progress.end();
    report(run, rows, clips.length - jobs.length);
  } finally {
    progress.end();
  }
}

interface PlanContext {
  readonly run: string;
  readonly choice: AnalyzeChoice;
  readonly options: unknown;
  readonly code: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What is left to do. A clip whose content cannot be read has failed already. */
async function planJobs(
  clips: readonly FoundClip[],
  { run, choice, options, code, signal, progress }: PlanContext,
): Promise<{ jobs: AnalyzeJob[]; failed: Map<number, NonNullable<TableClip['failure']>> }> {
  const jobs: AnalyzeJob[] = [];
  const failed = new Map<number, NonNullable<TableClip['failure']>>();
  for (const [index, { id, path, folder: name }] of clips.entries()) {
    signal.throwIfAborted();
    progress.update(`looking at clip ${countOf(index + 1, clips.length)}`);
    try {
      const digest = await digestOfClip(path, signal);
      const key = cacheKey({ content: { id, digest }, options, code });
      const folder = join(run, 'clips', name);
      if ((await readAnalyzed(folder, key, choice)) === undefined) {
        await assertSameClip(folder, { path, digest });
        jobs.push({ index, id, path, folder, key, digest, choice });
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TelltaleError && error.code === 'OUTPUT_UNWRITABLE') throw error;
      const message = `cannot read ${path}: ${(error as Error).message}`;
      failed.set(index, { code: 'FILE_UNREADABLE', message });
    }
  }
  return { jobs, failed };
}

/**
 * Checks that a folder of the run does not hold another clip.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE` where its results would be replaced
 */
async function assertSameClip(
  folder: string,
  clip: { readonly path: string; readonly digest: string },
): Promise<void> {
  const other = await otherClipIn(folder, clip);
  if (other === undefined) return;
  throw new TelltaleError(
    'OUTPUT_UNWRITABLE',
    `${folder} holds the report of ${other}, which that of ${clip.path} would replace`,
    'Give another folder with --out, or both folders of clips in one command.',
  );
}

async function digestOfClip(path: string, signal: AbortSignal): Promise<string> {
  const isFolder = (await stat(path)).isDirectory();
  return isFolder
    ? digestOfFolder(path, { extensions: IMAGE_EXTENSIONS, signal })
    : digestOfLargeFile(path, signal);
}

/** The recognizer by its content; opened once here, so that a mistake in the choice is reported before any work. */
async function choiceKey(choice: AnalyzeChoice): Promise<object> {
  const { network, weights, recognizer, ...others } = choice;
  if (!recognizer) return others;
  const opened = await openRecognizer({ network, weights });
  await opened.release();
  if (choice.attention === true) assertAttention(opened);
  return { ...others, recognizer: opened.card };
}

function report(run: string, rows: readonly TableClip[], before: number): void {
  for (const name of RUN_FILES) process.stdout.write(`${join(run, name)}\n`);
  const failed = rows.flatMap(({ id, failure }) => (failure === undefined ? [] : [{ id, ...failure }])); // prettier-ignore
  const counts = [
    `${rows.length - failed.length} ${rows.length - failed.length === 1 ? 'clip' : 'clips'} analyzed`,
    ...(before > 0 ? [`${Math.min(before, rows.length - failed.length)} of them before`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ];
  process.stderr.write(`${counts.join(', ')}.\n`);
  const [first] = failed;
  if (first === undefined) return;
  for (const { id, message } of failed.slice(0, MOST_SHOWN)) {
    process.stderr.write(`  ${id}: ${message}\n`);
  }
  throw new TelltaleError(
    'CLIPS_FAILED',
    `${failed.length} of ${rows.length} clips could not be analyzed, the first is ${first.id}: ${first.message}`,
    'All others are in the tables; clips.csv and index.html list these with their reasons. Correct them and run the same command again: it does only what is missing.',
  );
}
