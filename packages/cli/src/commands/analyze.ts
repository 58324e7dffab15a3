/** @file `telltale analyze`: from a clip of a face to a report. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveNumber } from '../arguments.ts';
import { refuseUnused } from '../option-rules.ts';

/** The command; its action loads the modules that it needs. */
export function analyzeCommand(): CommandUnknownOpts {
  const command = new Command('analyze')
    .description(
      'Find the micro-expressions in a clip of a face: when they occur, what moves, and how a recognizer ' +
        'classifies them. Writes report.json, report.csv and report.html (a single self-contained file).',
    )
    .argument('<clip>', 'video file, or folder of frames in the natural order of their names')
    .option('--out <folder>', 'folder of the report (default: <clip>-report in the current folder)')
    .option(
      '--fps <rate>',
      'frames per second; required for a folder, replaces the times of a video',
      positiveNumber,
    )
    .option('--json', 'print the report as JSON; write files only with --out', false)
    .option(
      '--network <name>',
      'recognizer that ships, such as merba or mfdan; ensemble: the mean of all of them',
    )
    .option(
      '--weights <file>',
      'your own recognizer: weights, or an exported .onnx with its .json beside it',
    )
    .option('--no-recognizer', 'spot movements without classifying them')
    .action(async (clip, options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runAnalyze } = await import('../analyze/run.ts');
      await interruptible((signal) => runAnalyze(clip, options, signal));
    });
  return refuseUnused(command, [
    {
      mode: 'with --no-recognizer',
      unused: ['--network', '--weights'],
      applies: ({ recognizer }) => recognizer === false,
      instead: 'Leave out one of them.',
      example: ['clip.mp4', '--no-recognizer'],
    },
  ]);
}
