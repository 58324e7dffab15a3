/** @file `telltale show`: videos of what was found in a clip. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveNumber } from '../arguments.ts';
import { SUMMARIES } from '../summaries.ts';
import { blurOption, rotateOption } from './clip-options.ts';
import { overwriteOption } from './output-options.ts';

/** The command; its action loads the modules that it needs. */
export function showCommand(): CommandUnknownOpts {
  return new Command('show')
    .description(SUMMARIES.show.description)
    .argument('<clip>', 'the clip that was analyzed')
    .argument('<report>', 'its report.json, or the folder of its report')
    .requiredOption('--out <folder>', 'folder of the videos')
    .option('--gif', 'events as GIF instead of MP4', false)
    .option('--blinks', 'also of blinks', false)
    .option('--no-annotated', 'events alone')
    .option('--alpha <number>', 'magnification factor (default: 10)', positiveNumber)
    .option(
      '--fps <rate>',
      'frames per second; required for a folder, replaces the times of a video',
      positiveNumber,
    )
    .addOption(rotateOption())
    .addOption(blurOption())
    .addOption(overwriteOption())
    .action(async (clip, report, options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runShow } = await import('../show/run.ts');
      await interruptible((signal) => runShow(clip, report, options, signal));
    });
}
