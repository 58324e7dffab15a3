/** @file Recognizes the one expression of a clip and writes its report. */
import { join } from 'node:path';
import process from 'node:process';

import { recognizeClip } from '@telltale/core';
import type { FaceChoice, RecognizeOptions, Report } from '@telltale/core';
import { assertChoice, openTools } from '@telltale/node';
import type { RecognizerChoice } from '@telltale/node';
import { assertWritable } from '@telltale/node/output';
import { REPORT_FILES, reportJson, writeReport } from '@telltale/node/report';

import { openPart } from './part-options.ts';
import type { PartChoice } from './part-options.ts';
import { defaultFolder, withProgress } from './run.ts';

/** Options of the command. */
export interface RecognizeRun
  extends RecognizerChoice, PartChoice, Pick<RecognizeOptions, 'onset' | 'apex' | 'offset'> {
  readonly out?: string | undefined;
  readonly json: boolean;
  /** Whose expression. */
  readonly face?: FaceChoice | undefined;
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
  const out = options.out ?? (options.json ? undefined : defaultFolder(path, 'expression'));
  assertChoice({ network, weights });
  if (out !== undefined) await assertWritable(out, 'folder');
  const clip = await openPart(path, { fps, from, to, rotate });
  try {
    const tools = await openTools({ network, weights });
    try {
      const analysis = await withProgress((onProgress) =>
        recognizeClip(clip, tools, {
          onset,
          apex,
          offset,
          subject: options.face,
          signal,
          onProgress,
        }),
      );
      if (out !== undefined) await writeReport(out, analysis, options);
      if (options.json) process.stdout.write(reportJson(analysis.report));
      else for (const name of REPORT_FILES) process.stdout.write(`${join(out!, name)}\n`);
      process.stderr.write(summaryOf(analysis.report));
    } finally {
      await tools.close();
    }
  } finally {
    await clip.close();
  }
}

/** Frames, class probabilities and the verdict in a few lines. */
function summaryOf({ clip, expressions: [expression] }: Report): string {
  const { onset, apex, offset, kind, duration, classes = {}, verdict = '' } = expression!;
  const frames = [onset, apex, offset].map(({ frame }) => frame).join(' – ');
  const probabilities = Object.entries(classes)
    .sort(([, a], [, b]) => b - a)
    .map(([name, probability]) => `${name} ${probability.toFixed(2)}`);
  return `${clip.name}: ${kind} of ${duration.toFixed(2)} s, onset – apex – offset at the frames ${frames}\n  ${probabilities.join(', ')}: ${verdict}\n`;
}
