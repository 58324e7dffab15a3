/** @file `telltale analyze`: from a clip of a face to a report. */
import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { isMany } from '../analyze/clips.ts';
import { positiveInteger, positiveNumber } from '../arguments.ts';
import {
  attentionOption,
  blurOption,
  csvLocaleOption,
  faceOption,
  fromOption,
  rotateOption,
  sensitivityOption,
  toOption,
} from './clip-options.ts';
import { launcherOption, sbatchOption, sbatchRule } from './launcher-options.ts';
import { refuseUnused, weightsRule } from '../option-rules.ts';
import { SUMMARIES } from '../summaries.ts';

/** The command; its action loads the modules that it needs. */
export function analyzeCommand(): CommandUnknownOpts {
  const command = new Command('analyze')
    .description(SUMMARIES.analyze.description)
    .argument(
      '<clips...>',
      'a video file, or a folder of frames in the natural order of their names; or many of them: ' +
        'several paths, a folder to search, or a pattern in quotes such as "videos/**/*.mp4"',
    )
    .option(
      '--out <folder>',
      'folder of the report (default: <clip>-report in the current folder); folder RUN of many clips',
    )
    .option(
      '--fps <rate>',
      'frames per second; required for a folder, replaces the times of a video',
      positiveNumber,
    )
    .addOption(fromOption())
    .addOption(toOption())
    .addOption(rotateOption())
    .addOption(faceOption())
    .addOption(sensitivityOption())
    .option('--json', 'print the report as JSON; write files only with --out', false)
    .option(
      '--network <name>',
      'recognizer that ships: merba, mfdan, densemix-flow, svm-rbf, merba-awake; always unsure: mfdan-faces, with faces, and densemix, on magnified ones; ensemble: the mean of the first three (default: the mean of merba and svm-rbf)',
    )
    .option(
      '--weights <file>',
      'your own recognizer: weights, or an exported .onnx with its .json beside it',
    )
    .option('--no-recognizer', 'spot movements without classifying them')
    .addOption(csvLocaleOption())
    .option('--xlsx', 'also write report.xlsx, for Excel', false)
    .option(
      '--frames',
      'also write frames.csv, a row per frame: face, pose, eyes, mouth, movement of each region',
      false,
    )
    .option('--landmarks', 'also write landmarks.csv: the 478 landmarks of every frame', false)
    .addOption(
      new Option(
        '--frames-format <format>',
        'format of --frames and --landmarks; parquet: frames.parquet, for long clips (default: csv)',
      ).choices(['csv', 'parquet'] as const),
    )
    .addOption(attentionOption())
    .addOption(blurOption())
    .option('--parallel <count>', 'clips at a time (default: all cores)', positiveInteger)
    .addOption(launcherOption('clips'))
    .addOption(sbatchOption())
    .action(async (clips, options) => {
      const { interruptible } = await import('../terminal.ts');
      if (isMany(clips)) {
        const { runMany } = await import('../analyze/many.ts');
        await interruptible((signal) => runMany(clips, options, signal));
      } else {
        const { runAnalyze } = await import('../analyze/run.ts');
        await interruptible((signal) => runAnalyze(clips[0]!, options, signal));
      }
    });
  return refuseUnused(command, [
    {
      mode: 'with one clip',
      unused: ['--parallel', '--launcher', '--sbatch'],
      applies: (_, words) => !isMany(words),
      instead: 'Leave it out, or give several clips.',
      example: ['clip.mp4'],
    },
    {
      mode: 'with many clips',
      unused: ['--json', '--xlsx'],
      applies: (_, words) => isMany(words),
      instead: 'Leave it out: RUN has results.xlsx, and RUN/clips the report.json of each clip.',
      example: ['a.mp4', 'b.mp4'],
    },
    {
      mode: 'without --frames and --landmarks',
      unused: ['--frames-format'],
      applies: ({ frames, landmarks }) => frames !== true && landmarks !== true,
      instead: 'Add one of them, or leave it out.',
      example: ['clip.mp4'],
    },
    sbatchRule('a.mp4', 'b.mp4'),
    weightsRule('clip.mp4'),
    {
      mode: 'with --no-recognizer',
      unused: ['--network', '--weights', '--attention'],
      applies: ({ recognizer }) => recognizer === false,
      instead: 'Leave out one of them.',
      example: ['clip.mp4', '--no-recognizer'],
    },
  ]);
}
