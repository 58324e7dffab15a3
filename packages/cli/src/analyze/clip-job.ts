/**
 * @file One clip of a run, wherever it is analyzed: its report, and what the tables and the index need of it.
 *
 *     clips/NAME/report.json, report.csv, report.html, frames.csv, landmarks.csv (where wanted, or .parquet)
 *     clips/NAME/subject-N/     instead, of each subject with --face all
 *     clips/NAME/faces.jpg      where the clip shows several subjects
 *     clips/NAME/clip.json      written last: under which key the others were made, and their digests
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { analyze, findSubjects, TelltaleError } from '@telltale/core';
import type { Report, Subjects } from '@telltale/core';
import { hideFaces } from '@telltale/core/face';
import { own } from '@telltale/core/report';
import { smallTimeline } from '@telltale/figures/run';
import { openTools } from '@telltale/node';
import type { OpenClip, Tools } from '@telltale/node';
import { writeWhole } from '@telltale/node/output';
import {
  ATTENTION_FILE,
  FACE_SHEET,
  REPORT_FILES,
  writeFaceSheet,
  writeReport,
} from '@telltale/node/report';
import sharp from 'sharp';

import { digestOfLargeFile } from '../cache/key.ts';
import type { Job, Outcome, Worker } from '../jobs/job.ts';
import { frameFiles, writeFrames } from './frames-csv.ts';
import type { FrameTables } from './frames-csv.ts';
import { openPart, spotOf } from './part-options.ts';
import type { PartChoice } from './part-options.ts';
import { chosenSubjects, eachSubject, folderOf } from './subject-choice.ts';
import type { ChosenSubject, SubjectChoice } from './subject-choice.ts';

/** What determines how a clip is analyzed. */
export interface AnalyzeChoice extends FrameTables, PartChoice, SubjectChoice {
  /** How much smaller a movement may be than by default. */
  readonly sensitivity?: number | undefined;
  readonly network?: string | undefined;
  readonly weights?: string | undefined;
  readonly recognizer: boolean;
  /** Whether the recognizer's attention is shown. */
  readonly attention?: boolean | undefined;
  /** Whether faces are hidden in what is written. */
  readonly blur?: boolean | undefined;
}

/** One clip to analyze. */
export interface AnalyzeJob extends Job {
  readonly id: string;
  /** Absolute path of the clip. */
  readonly path: string;
  /** Absolute path of its folder in the run. */
  readonly folder: string;
  readonly key: string;
  /** SHA-256 of the clip's content, hexadecimal. */
  readonly digest: string;
  readonly choice: AnalyzeChoice;
}

/** A clip's `clip.json`. */
export interface AnalyzedClip {
  readonly schema: 'telltale.analyzed/2';
  readonly key: string;
  readonly id: string;
  /** The clip: its absolute path, and the SHA-256 of its content, hexadecimal. */
  readonly source?: { readonly path: string; readonly digest: string };
  /** SHA-256 of each file of the results, hexadecimal. */
  readonly files: Readonly<Record<string, string>>;
  /** At least one; one per subject with `--face all`. */
  readonly results: readonly AnalyzedSubject[];
}

/** What the tables and the index need of a subject. */
export interface AnalyzedSubject {
  /** Name of its folder below that of the clip; empty: that one. */
  readonly folder: string;
  readonly summary: ClipSummary;
  /** A frame with the face, as a `data:image/…` address. */
  readonly thumbnail?: string;
  /** Movement over time, as SVG. */
  readonly timeline: string;
}

/** The numbers of a clip in the tables. */
export interface ClipSummary {
  readonly frames: number;
  /** Frames per second. */
  readonly rate: number;
  /** Seconds. */
  readonly duration: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames in which the face was found. */
  readonly faceFrames: number;
  /** Largest number of faces in a frame. */
  readonly faces: number;
  /** Number of subjects in the clip. */
  readonly subjects: number;
  /** Which of them was analyzed. */
  readonly subject: number;
  readonly micro: number;
  readonly macro: number;
  readonly blinks: number;
  /** Micro-expressions by verdict. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** Codes of the caveats of the report. */
  readonly caveats: readonly string[];
}

/** What a worker process analyzes clips with: models are opened for the first clip. */
export function openAnalyzeWorker(): Promise<Worker> {
  let opened: { readonly choice: string; readonly tools: Tools } | undefined;
  const toolsFor = async ({ network, weights, recognizer }: AnalyzeChoice): Promise<Tools> => {
    const choice = JSON.stringify([network, weights, recognizer]);
    if (opened?.choice === choice) return opened.tools;
    await opened?.tools.close();
    // As many of these processes run as there are cores: a second thread in each would only wait.
    const models = recognizer ? { network, weights } : { recognizer: false as const };
    const tools = await openTools({ ...models, parallel: false });
    opened = { choice, tools };
    return tools;
  };
  return Promise.resolve({
    work: async (job, signal) => {
      const own = job as AnalyzeJob;
      return doAnalyze(own, await toolsFor(own.choice), signal);
    },
    close: async () => opened?.tools.close(),
  });
}

/** Errors that no single clip caused: they end the run. */
const OF_THE_RUN: ReadonlySet<string> = new Set([
  ...['OUTPUT_UNWRITABLE', 'CANCELED', 'SYSTEM_LIMIT'],
]);

/**
 * Analyzes one clip. Whatever is wrong with it is its failure: the run continues with the others.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function doAnalyze(
  { index, id, path, folder, key, digest, choice }: AnalyzeJob,
  tools: Tools,
  signal: AbortSignal,
): Promise<Outcome> {
  // A task of a cluster that is started again finds what it did before.
  if ((await readAnalyzed(folder, key, choice)) !== undefined) return { index };
  let clip: OpenClip | undefined;
  try {
    clip = await openPart(path, choice);
    const subjects = await findSubjects(clip, tools.face, { measure: true, signal });
    const isOne = subjects.subjects.length === 1;
    const sheet = isOne ? [] : [FACE_SHEET];
    await removeResults(folder);
    if (!isOne) await writeFaceSheet(join(folder, FACE_SHEET), clip, subjects, { blur: choice.blur, signal }); // prettier-ignore
    const context = { folder, clip, subjects, tools, choice, signal };
    const results = await eachSubject(chosenSubjects(subjects, choice), (one) => analyzeSubject(one, context)); // prettier-ignore
    const names = results.flatMap(({ result, written }) => written.map((name) => join(result.folder, name))); // prettier-ignore
    const files = await digestsOf(folder, [...sheet, ...names]);
    const source = { path, digest };
    const kept: AnalyzedClip = {
      schema: 'telltale.analyzed/2',
      ...{ key, id, source, files },
      results: results.map(({ result }) => result),
    };
    await writeWhole(join(folder, 'clip.json'), `${JSON.stringify(kept)}\n`);
    return { index };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TelltaleError && OF_THE_RUN.has(error.code)) throw error;
    if (error instanceof TelltaleError) {
      return { index, failure: { code: error.code, message: error.message } };
    }
    const message = `a mistake in telltale: ${error instanceof Error ? error.message : String(error)}`;
    return { index, failure: { code: 'UNEXPECTED', message } };
  } finally {
    await clip?.close();
  }
}

/** Removes what an analysis with other options left: images that are now to be blurred must not stay. */
async function removeResults(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const ours = new Set<string>([...REPORT_FILES, FACE_SHEET, 'clip.json', ...['csv', 'parquet'].flatMap((end) => [`frames.${end}`, `landmarks.${end}`])]); // prettier-ignore
  for (const name of names) {
    if (!ours.has(name) && !/^subject-\d+$/.test(name) && !ATTENTION_FILE.test(name)) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

interface SubjectContext {
  readonly folder: string;
  readonly clip: OpenClip;
  readonly subjects: Subjects;
  readonly tools: Tools;
  readonly choice: AnalyzeChoice;
  readonly signal: AbortSignal;
}

async function analyzeSubject(
  one: ChosenSubject,
  { clip, subjects, tools, choice, signal, ...context }: SubjectContext,
): Promise<{ readonly result: AnalyzedSubject; readonly written: readonly string[] }> {
  const { subject } = one;
  const spot = spotOf(choice.sensitivity);
  const analysis = await analyze(clip, tools, {
    ...{ spot, subjects, subject, signal },
    attention: choice.attention === true,
  });
  const first = analysis.regions.findIndex((region) => region !== null);
  const index = analysis.report.expressions[0]?.apex.frame ?? first;
  const thumbnail = await thumbnailOf(clip, index, choice.blur === true ? subjects : undefined);
  const folder = folderOf(context.folder, one);
  await writeFrames(folder, clip, { tables: choice, analysis, face: tools.face, signal });
  const written = await writeReport(folder, analysis, choice);
  const result = {
    ...{ folder: one.folder, summary: summaryOf(analysis.report) },
    ...(thumbnail !== undefined && { thumbnail }),
    timeline: smallTimeline(analysis.report),
  };
  return { result, written: [...written, ...frameFiles(choice)] };
}

/**
 * The clip whose results a folder of the run holds, where that is another one: another file with other content. A file
 * that was changed or moved is none.
 */
export async function otherClipIn(
  folder: string,
  { path, digest }: Pick<AnalyzeJob, 'path' | 'digest'>,
): Promise<string | undefined> {
  try {
    const text = await readFile(join(folder, 'clip.json'), 'utf8');
    const { source } = JSON.parse(text) as Partial<AnalyzedClip>;
    const isOther = source !== undefined && source.path !== path && source.digest !== digest;
    return isOther ? source.path : undefined;
  } catch {
    return undefined; // nothing is there, or it is damaged
  }
}

/** What is kept of a clip under a key; `undefined` where nothing is, or not all of it as it was written. */
export async function readAnalyzed(
  folder: string,
  key: string,
  tables: FrameTables,
): Promise<AnalyzedClip | undefined> {
  try {
    const kept = JSON.parse(await readFile(join(folder, 'clip.json'), 'utf8')) as AnalyzedClip;
    if ((kept.schema as string) !== 'telltale.analyzed/2' || kept.key !== key) return undefined;
    const needed = kept.results.flatMap((one) => filesOf(tables).map((name) => join(one.folder, name))); // prettier-ignore
    const now = await digestsOf(folder, [...new Set([...needed, ...Object.keys(kept.files)])]);
    return Object.entries(now).every(([name, digest]) => own(kept.files, name) === digest)
      ? kept
      : undefined;
  } catch {
    return undefined; // not there, or damaged: it is analyzed again
  }
}

/** The files of one subject. */
function filesOf(tables: FrameTables): string[] {
  return [...REPORT_FILES, ...frameFiles(tables)];
}

async function digestsOf(
  folder: string,
  names: readonly string[],
): Promise<Record<string, string>> {
  const digests: [string, string][] = [];
  for (const name of names) digests.push([name, await digestOfLargeFile(join(folder, name))]);
  return Object.fromEntries(digests);
}

function summaryOf({ clip, face, expressions, caveatCodes = [] }: Report): ClipSummary {
  const of = (kind: string): number => expressions.filter((one) => one.kind === kind).length;
  const verdicts = new Map<string, number>();
  for (const { kind, verdict } of expressions) {
    if (kind === 'micro' && verdict !== undefined)
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }
  return {
    ...{ frames: clip.frames, rate: clip.rate, duration: clip.duration },
    ...{ width: clip.width, height: clip.height, faceFrames: face.frames, faces: face.faces },
    ...{ subjects: face.subject?.of ?? 1, subject: face.subject?.number ?? 1 },
    ...{ micro: of('micro'), macro: of('macro'), blinks: of('blink') },
    verdicts: Object.fromEntries([...verdicts].sort(([a], [b]) => (a < b ? -1 : 1))),
    caveats: caveatCodes.map(({ code }) => code),
  };
}

/** A frame as a small JPEG. The clip is read up to it. */
async function thumbnailOf(
  clip: OpenClip,
  index: number,
  hidden: Subjects | undefined,
): Promise<string | undefined> {
  for await (const frame of clip.frames()) {
    if (frame.index < index) continue;
    const { data, width, height } = hidden ? hideFaces(frame, hidden.regionsAt(index)) : frame;
    const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
      .resize(144, 108, { fit: 'cover', position: 'top' })
      .jpeg({ quality: 70 })
      .toBuffer();
    return `data:image/jpeg;base64,${bytes.toString('base64')}`;
  }
  return undefined;
}
