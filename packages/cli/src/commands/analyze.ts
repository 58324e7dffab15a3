/** @file `telltale analyze`: from a clip of a face to a report. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveNumber } from '../arguments.ts';

/** The command, without having loaded what it works with. */
export function analyzeCommand(): CommandUnknownOpts {
  return new Command('analyze')
    .description(
      'Find the micro-expressions in a clip of a face: when they are, what moves, and what a recognizer ' +
        'makes of them. Writes report.json, report.csv and report.html (one file that needs nothing else).',
    )
    .argument('<clip>', 'video file, or folder of pictures in the order of their numbers')
    .option('--out <folder>', 'where the report goes; else <clip>-report here')
    .option(
      '--fps <rate>',
      'frames per second: of a folder, or instead of what a video says',
      positiveNumber,
    )
    .option('--json', 'print the report; writes files only where --out is given', false)
    .option(
      '--network <name>',
      'recognizer that ships, such as merba or mfdan; ensemble: the mean of all of them',
    )
    .option(
      '--weights <file>',
      'recognizer of your own: weights, or an exported .onnx with its .json beside it',
    )
    .option('--no-recognizer', 'spot movements without classifying them')
    .action(async (clip, options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runAnalyze } = await import('../analyze/run.ts');
      await interruptible((signal) => runAnalyze(clip, options, signal));
    });
}
