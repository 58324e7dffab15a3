/** @file `telltale recognize`: the one expression of a clip that is cut to it. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { refuseUnused, weightsRule } from '../option-rules.ts';

import { positiveNumber, seedNumber } from '../arguments.ts';
import { SUMMARIES } from '../summaries.ts';
import {
  attentionOption,
  blurOption,
  fromOption,
  oneFaceOption,
  rotateOption,
  toOption,
} from './clip-options.ts';

/** The command; its action loads the modules that it needs. */
export function recognizeCommand(): CommandUnknownOpts {
  const command = new Command('recognize')
    .description(SUMMARIES.recognize.description)
    .argument('<clip>', 'video file, or folder of frames in the natural order of their names')
    .option('--onset <frame>', 'frame number from 0: the last one before the movement', seedNumber)
    .option('--apex <frame>', 'frame number: the height of the movement', seedNumber)
    .option('--offset <frame>', 'frame number: the first one after the movement', seedNumber)
    .option(
      '--out <folder>',
      'folder of the report (default: <clip>-expression in the current folder)',
    ) // prettier-ignore
    .option(
      '--fps <rate>',
      'frames per second; required for a folder, replaces the times of a video',
      positiveNumber,
    )
    .addOption(fromOption())
    .addOption(toOption())
    .addOption(rotateOption())
    .addOption(oneFaceOption())
    .addOption(attentionOption())
    .addOption(blurOption())
    .option('--json', 'print the report as JSON; write files only with --out', false)
    .option(
      '--network <name>',
      'recognizer that ships: merba, mfdan, densemix-flow, svm-rbf, merba-awake; always unsure: mfdan-faces, with faces, and densemix, on magnified ones; ensemble: the mean of the first three (default: the mean of merba and svm-rbf)',
    )
    .option(
      '--weights <file>',
      'your own recognizer: weights, or an exported .onnx with its .json beside it',
    )
    .action(async (clip, options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runRecognize } = await import('../analyze/recognize.ts');
      await interruptible((signal) => runRecognize(clip, options, signal));
    });
  return refuseUnused(command, [weightsRule('clip.mp4')]);
}
