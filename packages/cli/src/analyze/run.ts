/** @file Analyzes a clip and writes its report. */
import { basename, extname, join, resolve } from 'node:path';
import process from 'node:process';

import { analyze, TelltaleError } from '@telltale/core';
import type { Analysis, AnalysisProgress, Clip, Report } from '@telltale/core';
import { reportTable } from '@telltale/core/report';
import { assertChoice, openTools } from '@telltale/node';
import type { RecognizerChoice, Tools } from '@telltale/node';
import { assertWritable } from '@telltale/node/output';

import { REPORT_FILES, reportJson, writeReport } from '@telltale/node/report';
import { writeXlsx } from '../io/xlsx.ts';
import { countOf, estimateTime, openProgress } from '../terminal.ts';
import { frameFiles, writeFrames } from './frames-csv.ts';
import type { FrameTables } from './frames-csv.ts';
import { openPart, spotOf } from './part-options.ts';
import type { PartChoice } from './part-options.ts';

/** Options of the command. */
export interface AnalyzeRun extends RecognizerChoice, FrameTables, PartChoice {
  readonly out?: string | undefined;
  /** How much smaller a movement may be than by default. */
  readonly sensitivity?: number | undefined;
  readonly json: boolean;
  /** Whether the table is written for Excel too. */
  readonly xlsx: boolean;
  readonly recognizer: boolean;
}

/** Label of each stage in the progress line. */
const STAGES: Readonly<Record<AnalysisProgress['stage'], string>> = {
  face: '1 of 3, finding the face: frame',
  movement: '2 of 3, measuring movement: frame',
  expressions: '3 of 3, classifying expressions: frame',
};

/** Part of the time that each stage usually takes. */
const SHARES = [
  ['face', 0.3],
  ['movement', 0.55],
  ['expressions', 0.15],
] as const;

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
  const out = options.out ?? (options.json ? undefined : defaultFolder(path, 'report'));
  assertChoice(options);
  const tables = [...(options.xlsx ? ['report.xlsx'] : []), ...frameFiles(options)];
  if (out === undefined && tables.length > 0) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `--${options.xlsx ? 'xlsx' : options.frames === true ? 'frames' : 'landmarks'} is given with --json and without --out`,
      'Name the folder for it with --out.',
    );
  }
  if (out !== undefined) await assertWritable(out, 'folder');
  const { fps, from, to, rotate } = options;
  const clip = await openPart(path, { fps, from, to, rotate });
  try {
    const { network, weights } = options;
    const tools = await openTools(
      options.recognizer ? { network, weights } : { recognizer: false },
    );
    let analysis: Analysis;
    try {
      analysis = await withProgress((onProgress) =>
        analyze(clip, tools, { spot: spotOf(options.sensitivity), signal, onProgress }),
      );
      if (out !== undefined) {
        await writeFramesOf(clip, analysis, { ...tools, tables: options, folder: out, signal });
      }
    } finally {
      await tools.close();
    }
    if (out !== undefined && options.xlsx) {
      const { columns, rows } = reportTable(analysis.report);
      await writeXlsx(join(out, 'report.xlsx'), [{ name: 'expressions', header: columns, rows }]);
    }
    if (out !== undefined) await writeReport(out, analysis);
    if (options.json) process.stdout.write(reportJson(analysis.report));
    else {
      for (const name of [...REPORT_FILES, ...tables])
        process.stdout.write(`${join(out!, name)}\n`);
    }
    process.stderr.write(summary(analysis.report));
  } finally {
    await clip.close();
  }
}

/** Runs an analysis with its progress on standard error, and how long it will take. */
export async function withProgress<T>(
  work: (onProgress: (progress: AnalysisProgress) => void) => Promise<T>,
): Promise<T> {
  const progress = openProgress();
  const left = estimateTime(SHARES);
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
  const progress = openProgress();
  try {
    await writeFrames(folder, clip, {
      ...{ tables, analysis, face, signal },
      onProgress: (done) =>
        progress.update(
          `writing the numbers of frame ${countOf(done, analysis.report.clip.frames)}`,
        ),
    });
  } finally {
    progress.end();
  }
}

/** `<clip>-report` or the like in the current folder. */
export function defaultFolder(path: string, end: string): string {
  const name = basename(resolve(path));
  return `${name.slice(0, name.length - extname(name).length)}-${end}`;
}

/** The findings in a few lines. */
function summary({ clip, face, expressions, candidates = [] }: Report): string {
  const lines = [
    `${clip.name}: ${clip.frames} frames, ${clip.duration.toFixed(1)} s; face in ${face.frames} of them.`,
  ];
  const of = (kind: string): number => expressions.filter((found) => found.kind === kind).length;
  lines.push(
    `Micro-expressions: ${of('micro')}. Longer ones: ${of('macro')}. Blinks: ${of('blink')}.`,
  );
  for (const { kind, onset, apex, offset, verdict, confidence, atEdge } of expressions) {
    if (kind === 'blink') continue;
    const times = [onset, apex, offset].map(({ time }) => time.toFixed(2)).join(' – ');
    lines.push(
      `  ${kind} ${times} s, confidence ${confidence.toFixed(2)}${verdict === undefined ? '' : `, ${verdict}`}${atEdge === true ? ', at the edge' : ''}`,
    );
  }
  const missed = candidates.filter(({ kind }) => kind !== 'blink');
  if (missed.length > 0) {
    const times = missed.map(({ apex }) => `${apex.time.toFixed(2)} s`).join(', ');
    lines.push(`At the edge and not reported: ${missed.length} (${times}).`);
  }
  return `${lines.join('\n')}\n`;
}
