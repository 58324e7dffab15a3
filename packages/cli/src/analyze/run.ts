/** @file Analyzes a clip and writes its report. */
import { join } from 'node:path';
import process from 'node:process';

import { analyze, findSubjects, TelltaleError } from '@telltale/core';
import type { Analysis, AnalysisProgress, Clip } from '@telltale/core';
import { assertAttention } from '@telltale/core/expression';
import { reportTable } from '@telltale/core/report';
import { verdictWithUnits } from '@telltale/core/units';
import { assertChoice, openTools } from '@telltale/node';
import type { OpenClip, RecognizerChoice, Tools, ToolsOptions } from '@telltale/node';
import { assertWritable } from '@telltale/node/output';

import { FACE_SHEET, reportJson, writeFaceSheet, writeReport } from '@telltale/node/report';
import { csvInLocale, csvStart } from '../io/csv-locale.ts';
import type { CsvLocale } from '../io/csv-locale.ts';
import { writeXlsx } from '../io/xlsx.ts';
import { countOf, estimateTime, openProgress } from '../terminal.ts';
import type { Stages } from '../terminal.ts';
import { frameFiles, writeFrames } from './frames-csv.ts';
import type { FrameTables } from './frames-csv.ts';
import { assertPart, openPart, spotOf } from './part-options.ts';
import type { PartChoice } from './part-options.ts';
import { folderFor, reportFolder } from './report-folder.ts';
import { chosenSubjects, eachSubject, folderOf, subjectText } from './subject-choice.ts';
import type { SubjectChoice } from './subject-choice.ts';

/** Options of the command. */
export interface AnalyzeRun extends RecognizerChoice, FrameTables, PartChoice, SubjectChoice {
  readonly out?: string | undefined;
  /** How much smaller a movement may be than by default. */
  readonly sensitivity?: number | undefined;
  readonly json: boolean;
  /** Whether the table is written for Excel too. */
  readonly xlsx: boolean;
  readonly recognizer: boolean;
  /** Whether the recognizer's attention is shown. */
  readonly attention?: boolean | undefined;
  /** Whether faces are hidden in what is written. */
  readonly blur: boolean;
  readonly csvLocale: CsvLocale;
}

/** Label of each stage in the progress line. */
const STAGES: Readonly<Record<AnalysisProgress['stage'], string>> = {
  face: '1 of 3, finding the face and its movement: frame',
  movement: '2 of 3, measuring movement: frame',
  expressions: '3 of 3, classifying expressions: frame',
};

/** Part of the time that each stage usually takes: the movement of a face that is alone is measured in the first. */
const SHARES: Stages = [
  ['face', 0.85],
  ['movement', 0],
  ['expressions', 0.15],
];
/** The same where the face was found before: its movement is still to be measured, or was measured. */
const LATER: Readonly<Record<'unmeasured' | 'measured', Stages>> = {
  unmeasured: [
    ['movement', 0.8],
    ['expressions', 0.2],
  ],
  measured: [['expressions', 1]],
};

/**
 * Analyzes a clip and writes its report.
 *
 * @throws TelltaleError for any problem with the clip, the weights or the output
 */
export async function runAnalyze(
  path: string,
  options: AnalyzeRun,
  signal: AbortSignal,
): Promise<void> {
  assertChoice(options);
  assertPart(options);
  const forFiles = (['xlsx', 'frames', 'landmarks', 'attention'] as const).find(
    (name) => options[name] === true,
  );
  if (options.json && options.out === undefined && forFiles !== undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `--${forFiles} is given with --json and without --out`,
      'Name the folder for it with --out.',
    );
  }
  const isWritten = options.out !== undefined || !options.json;
  const out = isWritten ? await reportFolder(path, { out: options.out, end: 'report' }) : undefined;
  if (out !== undefined) await assertWritable(out, 'folder');
  const { fps, from, to, rotate, network, weights } = options;
  const models = options.recognizer ? { network, weights } : { recognizer: false as const };
  const { clip, tools } = await openBoth(openPart(path, { fps, from, to, rotate }), models);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= tools.close().finally(() => clip.close()));
  try {
    if (options.attention === true) assertAttention(tools.recognizer);
    const analyses = await analyzeSubjects(clip, tools, { options, out, signal, close });
    if (options.json) {
      const reports = analyses.map(({ report }) => reportJson(report));
      process.stdout.write(options.face === 'all' ? `[${reports.join(',')}]\n` : reports[0]!);
    }
  } finally {
    await close();
  }
}

/**
 * Opens the models while the clip is opened, which happens in another process.
 *
 * @throws TelltaleError what is wrong with the clip, else with the models; what was opened is closed
 */
async function openBoth(
  opening: Promise<OpenClip>,
  models: ToolsOptions,
): Promise<{ readonly clip: OpenClip; readonly tools: Tools }> {
  const abort = new AbortController();
  opening.catch(() => abort.abort());
  const [clip, tools] = await Promise.allSettled([
    opening,
    openTools({ ...models, signal: abort.signal }),
  ]);
  if (clip.status === 'fulfilled' && tools.status === 'fulfilled') {
    return { clip: clip.value, tools: tools.value };
  }
  if (tools.status === 'fulfilled') await tools.value.close();
  if (clip.status === 'rejected') throw clip.reason;
  await clip.value.close();
  throw (tools as PromiseRejectedResult).reason;
}

interface SubjectsContext {
  readonly options: AnalyzeRun;
  readonly out: string | undefined;
  readonly signal: AbortSignal;
  /** Closes the clip and the models; may be called again. */
  readonly close: () => Promise<void>;
}

/** Analyzes everyone who was chosen, and writes their results one after the other. */
async function analyzeSubjects(
  clip: Clip,
  tools: Tools,
  { options, out, signal, close }: SubjectsContext,
): Promise<Analysis[]> {
  const subjects = await withProgress((onProgress) =>
    findSubjects(clip, tools.face, {
      ...{ measure: true, openFollower: tools.openFollower, signal },
      onProgress: (stage, done, total) =>
        onProgress({ stage, done, ...(total !== undefined && { total }) }),
    }),
  );
  const chosen = chosenSubjects(subjects, options);
  if (out !== undefined && subjects.subjects.length > 1) {
    const sheet = join(out, FACE_SHEET);
    await writeFaceSheet(sheet, clip, subjects, { blur: options.blur, signal });
    if (!options.json) process.stdout.write(`${sheet}\n`);
  }
  const spot = spotOf(options.sensitivity);
  return eachSubject(
    chosen,
    async (one) => {
      const analysis = await withProgress(
        (onProgress) =>
          analyze(clip, tools, {
            ...{ spot, subjects, subject: one.subject, signal, onProgress },
            attention: options.attention === true,
          }),
        LATER[subjects.measured === undefined ? 'unmeasured' : 'measured'],
      );
      if (out !== undefined) {
        const folder = await folderFor(folderOf(out, one), analysis.report);
        await writeFramesOf(clip, analysis, { face: tools.face, tables: options, folder, signal });
        // The process that decodes and the networks make room: the report of a long clip takes much memory.
        if (one === chosen.at(-1)) await close();
        await writeResults(folder, analysis, options);
      }
      process.stderr.write(summary(analysis));
      return analysis;
    },
    ({ folder }, { message }) => process.stderr.write(`${folder}: left out, ${message}\n`),
  );
}

/** All files of one subject but those of its frames. */
async function writeResults(
  folder: string,
  analysis: Analysis,
  options: AnalyzeRun,
): Promise<void> {
  if (options.xlsx) {
    const { columns, rows } = reportTable(analysis.report);
    await writeXlsx(join(folder, 'report.xlsx'), [{ name: 'expressions', header: columns, rows }]);
  }
  const written = await writeReport(folder, analysis, {
    blur: options.blur,
    table: (csv) => csvStart(options.csvLocale) + csvInLocale(csv, options.csvLocale),
  });
  if (options.json) return;
  const tables = [...(options.xlsx ? ['report.xlsx'] : []), ...frameFiles(options)];
  for (const name of [...written, ...tables]) process.stdout.write(`${join(folder, name)}\n`);
}

/** Runs an analysis with its progress on standard error, and how long it will take. */
export async function withProgress<T>(
  work: (onProgress: (progress: AnalysisProgress) => void) => Promise<T>,
  stages: Stages = SHARES,
): Promise<T> {
  const progress = openProgress();
  const left = estimateTime(stages);
  try {
    return await work(({ stage, done, total }) =>
      progress.update(`${STAGES[stage]} ${countOf(done, total)}${left.text(stage, done, total)}`),
    );
  } finally {
    progress.end();
  }
}

interface FramesOptions {
  readonly face: Tools['face'];
  readonly tables: FrameTables;
  readonly folder: string;
  readonly signal: AbortSignal;
}

async function writeFramesOf(
  clip: Clip,
  analysis: Analysis,
  { face, tables, folder, signal }: FramesOptions,
): Promise<void> {
  if (frameFiles(tables).length === 0) return;
  const progress = openProgress();
  const { frames } = analysis.report.clip;
  const left = estimateTime([['frames', 1]]);
  try {
    await writeFrames(folder, clip, {
      ...{ tables, analysis, face, signal },
      onProgress: (done) =>
        progress.update(
          `writing the numbers of frame ${countOf(done, frames)}${left.text('frames', done, frames)}`,
        ),
    });
  } finally {
    progress.end();
  }
}

/** The findings in a few lines. */
function summary(analysis: Analysis): string {
  const { clip, face, expressions, candidates = [] } = analysis.report;
  const who = subjectText(analysis);
  const lines = [
    `${clip.name}${who === undefined ? '' : ` (${who})`}: ${clip.frames} frames, ${clip.duration.toFixed(1)} s; face in ${face.frames} of them.`,
  ];
  const of = (kind: string): number => expressions.filter((found) => found.kind === kind).length;
  lines.push(
    `Micro-expressions: ${of('micro')}. Longer ones: ${of('macro')}. Blinks: ${of('blink')}.`,
  );
  for (const [i, expression] of expressions.entries()) {
    const { kind, onset, apex, offset, verdict, units, confidence, atEdge } = expression;
    if (kind === 'blink') continue;
    const times = [onset, apex, offset].map(({ time }) => time.toFixed(2)).join(' – ');
    lines.push(
      `  ${kind} ${times} s, confidence ${confidence?.toFixed(2) ?? 'none'}${verdict === undefined ? '' : `, ${verdictWithUnits(verdict, units)}`}${atEdge === true ? ', at the edge' : ''}${attentionText(analysis, i)}`,
    );
  }
  const missed = candidates.filter(({ kind }) => kind !== 'blink');
  if (missed.length > 0) {
    const times = missed.map(({ apex }) => `${apex.time.toFixed(2)} s`).join(', ');
    lines.push(`At the edge and not reported: ${missed.length} (${times}).`);
  }
  return `${lines.join('\n')}\n${caveatLines(analysis.report.caveats)}`;
}

/** How much the attention adds that is shown of an expression. */
export function attentionText({ images }: Pick<Analysis, 'images'>, index: number): string {
  const attention = images[index]?.attention;
  if (!attention) return '';
  return `, the attention driven by the flow adds ${(100 * attention.share).toFixed(1)} % to the image’s features`;
}

/** What the reader must know before believing a report, below its findings. */
export function caveatLines(caveats: readonly string[]): string {
  return `Caveats:\n${caveats.map((caveat) => `  - ${caveat}\n`).join('')}`;
}
