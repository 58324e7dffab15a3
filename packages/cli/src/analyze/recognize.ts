/** @file Recognizes the one expression of a clip and writes its report. */
import { join } from 'node:path';
import process from 'node:process';

import { recognizeClip, TelltaleError } from '@telltale/core';
import type { Analysis, Clip, FaceChoice, RecognizeOptions } from '@telltale/core';
import { assertAttention } from '@telltale/core/expression';
import { verdictWithUnits } from '@telltale/core/units';
import { assertChoice, openTools } from '@telltale/node';
import type { RecognizerChoice } from '@telltale/node';
import { assertWritable } from '@telltale/node/output';
import { reportJson, writeReport } from '@telltale/node/report';

import { assertPart, openPart } from './part-options.ts';
import type { PartChoice } from './part-options.ts';
import { folderFor, reportFolder } from './report-folder.ts';
import { attentionText, caveatLines, withProgress } from './run.ts';

/** Options of the command. */
export interface RecognizeRun
  extends RecognizerChoice, PartChoice, Pick<RecognizeOptions, 'onset' | 'apex' | 'offset'> {
  readonly out?: string | undefined;
  readonly json: boolean;
  /** Whose expression. */
  readonly face?: FaceChoice | undefined;
  /** Whether the recognizer's attention is shown. */
  readonly attention?: boolean | undefined;
  /** Whether faces are hidden in what is written. */
  readonly blur: boolean;
}

/**
 * Recognizes the expression of a clip.
 *
 * @throws TelltaleError for any problem with the clip, the frames, the weights or the output
 */
export async function runRecognize(
  path: string,
  options: RecognizeRun,
  signal: AbortSignal,
): Promise<void> {
  const { onset, apex, offset, fps, from, to, rotate, network, weights } = options;
  assertChoice({ network, weights });
  assertPart(options);
  assertOrder(options);
  if (options.attention === true && options.json && options.out === undefined)
    throw new TelltaleError(
      'OPTION_INVALID',
      '--attention is given with --json and without --out',
      'Name the folder for it with --out.',
    );
  const isWritten = options.out !== undefined || !options.json;
  const out = isWritten
    ? await reportFolder(path, { out: options.out, end: 'expression' })
    : undefined;
  if (out !== undefined) await assertWritable(out, 'folder');
  const clip = await openPart(path, { fps, from, to, rotate });
  try {
    if (from === undefined && to === undefined) assertStated(options, clip);
    const tools = await openTools({ network, weights });
    try {
      if (options.attention === true) assertAttention(tools.recognizer);
      const analysis = await withProgress((onProgress) =>
        recognizeClip(clip, tools, {
          onset,
          apex,
          offset,
          subject: options.face,
          attention: options.attention === true,
          signal,
          onProgress,
        }),
      );
      const folder = out && (await folderFor(out, analysis.report));
      const written = folder === undefined ? [] : await writeReport(folder, analysis, options);
      if (options.json) process.stdout.write(reportJson(analysis.report));
      else for (const name of written) process.stdout.write(`${join(folder!, name)}\n`);
      process.stderr.write(summaryOf(analysis));
    } finally {
      await tools.close();
    }
  } finally {
    await clip.close();
  }
}

/** The moments that are given, in order; whether they lie in the clip is known once it was read. */
function assertOrder({
  onset,
  apex,
  offset,
}: Pick<RecognizeOptions, 'onset' | 'apex' | 'offset'>): void {
  const given = Object.entries({ onset, apex, offset }).filter(([, frame]) => frame !== undefined);
  const late = given.findIndex(([name, frame], i) => {
    const [, before = -1] = given[i - 1] ?? [];
    return name === 'offset' && apex !== undefined ? frame! < before : frame! <= before;
  });
  if (late < 0) return;
  const [[first, one], [second, other]] = [given[late - 1]!, given[late]!];
  throw new TelltaleError(
    'OPTION_INVALID',
    `--${second} ${other!} is not behind --${first} ${one!}`,
    'Give frame numbers from 0: the onset before the apex, and the apex not behind the offset.',
  );
}

/** Where the file states how many frames it has: a frame that it does not have, before anything is measured. */
function assertStated(
  { onset, apex, offset }: RecognizeRun,
  { name, expectedFrames = Infinity }: Clip,
): void {
  const outside = Object.entries({ onset, apex, offset }).find(([, frame]) => (frame ?? 0) >= expectedFrames); // prettier-ignore
  if (outside === undefined) return;
  const [option, frame] = outside;
  throw new TelltaleError(
    'OPTION_INVALID',
    `--${option} ${frame!} is not in ${name}, which has ${expectedFrames} frames`,
    `Give frame numbers from 0 to ${expectedFrames - 1}.`,
  );
}

/** Frames, class probabilities and the verdict in a few lines. */
function summaryOf(analysis: Analysis): string {
  const { clip, expressions, caveats } = analysis.report;
  const [expression] = expressions;
  const { onset, apex, offset, kind, duration, classes = {}, verdict = '', units } = expression!;
  const frames = [onset, apex, offset].map(({ frame }) => frame).join(' – ');
  const probabilities = Object.entries(classes)
    .sort(([, a], [, b]) => b - a)
    .map(([name, probability]) => `${name} ${probability.toFixed(2)}`);
  return `${clip.name}: ${kind} of ${duration.toFixed(2)} s, onset – apex – offset at the frames ${frames}\n  ${probabilities.join(', ')}: ${verdictWithUnits(verdict, units)}${attentionText(analysis, 0)}\n${caveatLines(caveats)}`;
}
