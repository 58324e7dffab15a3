/** @file `telltale magnify`: makes small movements, or the pulse, visible. */
import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { nonNegativeNumber, positiveInteger, positiveNumber } from '../arguments.ts';
import { blurOption, fromOption, oneFaceOption, rotateOption, toOption } from './clip-options.ts';
import { overwriteOption } from './output-options.ts';
import { refuseUnused } from '../option-rules.ts';
import { SUMMARIES } from '../summaries.ts';

/** The command; its action loads the modules that it needs. */
export function magnifyCommand(): CommandUnknownOpts {
  const command = new Command('magnify')
    .description(SUMMARIES.magnify.description)
    .argument('<clip>', 'video file, or folder of frames in the natural order of their names')
    .requiredOption('--out <video>', 'path of the magnified clip, as .mp4, without sound')
    .option(
      '--alpha <number>',
      'magnification factor (default: 10, or 50 with --pulse)',
      positiveNumber,
    )
    .option(
      '--low <hertz>',
      'lower cutoff frequency (default: 0.5, or 0.75 with --pulse)',
      positiveNumber,
    )
    .option(
      '--high <hertz>',
      'upper cutoff frequency (default: 10, or 3 with --pulse)',
      positiveNumber,
    )
    .addOption(
      new Option(
        '--filter <filter>',
        'temporal band-pass; ideal keeps the whole clip in memory (default: iir, or ideal with --pulse)',
      ).choices(['iir', 'butterworth', 'ideal'] as const),
    )
    .option(
      '--levels <number>',
      'levels of the pyramid (default: down to the size of a face)',
      positiveInteger,
    )
    .option(
      '--wavelength <pixels>',
      'spatial wavelength below which alpha is reduced (default: 16)',
      positiveNumber,
    )
    .option(
      '--chroma <share>',
      'share of alpha for chrominance, 0 to 1 (default: 0, or 1 with --pulse)',
      nonNegativeNumber,
    )
    .option('--pulse', 'magnify the pulse in the skin and print its rate', false)
    .addOption(oneFaceOption())
    .option('--beside', 'show the original on the left and the magnified clip on the right', false)
    .option(
      '--fps <rate>',
      'frames per second; required for a folder, replaces the times of a video',
      positiveNumber,
    )
    .addOption(fromOption('magnify'))
    .addOption(toOption('magnify'))
    .addOption(rotateOption())
    .addOption(blurOption())
    .addOption(overwriteOption())
    .action(async (clip, options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runMagnify } = await import('../magnify/run.ts');
      await interruptible((signal) => runMagnify(clip, options, signal));
    });
  return refuseUnused(command, [
    {
      mode: 'with --pulse: colors are magnified on one coarse level',
      unused: ['--wavelength'],
      applies: ({ pulse }) => pulse === true,
      instead: 'Leave it out.',
      example: ['clip.mp4', '--pulse'],
    },
    {
      mode: 'without --pulse: whole frames are magnified',
      unused: ['--face'],
      applies: ({ pulse }) => pulse !== true,
      instead: 'Leave it out, or add --pulse for the pulse of that face.',
      example: ['clip.mp4'],
    },
  ]);
}
