/** @file `telltale magnify`: makes small movements, or the pulse, visible. */
import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { nonNegativeNumber, positiveInteger, positiveNumber } from '../arguments.ts';

/** The command, without having loaded what it works with. */
export function magnifyCommand(): CommandUnknownOpts {
  return new Command('magnify')
    .description(
      'Enlarge the small movements of a clip (Eulerian video magnification), as they are in a micro-expression ' +
        'unless a band is given; or, with --pulse, the color of the pulse, whose rate is printed.',
    )
    .argument('<clip>', 'video file, or folder of pictures in the order of their numbers')
    .requiredOption('--out <video>', 'where the magnified clip goes, as .mp4; it has no sound')
    .option(
      '--alpha <number>',
      'how much of the change is added; 10, or 50 for --pulse',
      positiveNumber,
    )
    .option(
      '--low <hertz>',
      'slowest change that is magnified; 0.5, or 0.75 for --pulse',
      positiveNumber,
    )
    .option(
      '--high <hertz>',
      'fastest change that is magnified; 10, or 3 for --pulse',
      positiveNumber,
    )
    .addOption(
      new Option(
        '--filter <filter>',
        'band-pass over time; iir and butterworth hold no clip, ideal does; iir, or ideal for --pulse',
      ).choices(['iir', 'butterworth', 'ideal'] as const),
    )
    .option(
      '--levels <number>',
      'levels of the pyramid; else down to the size of a face',
      positiveInteger,
    )
    .option(
      '--wavelength <pixels>',
      'structures finer than this get less than alpha; 16',
      positiveNumber,
    )
    .option(
      '--chroma <share>',
      'share of alpha for colors, 0 to 1; 0, or 1 for --pulse',
      nonNegativeNumber,
    )
    .option('--pulse', 'magnify the pulse in the skin and print its rate', false)
    .option('--beside', 'show the clip as it is on the left, magnified on the right', false)
    .option(
      '--fps <rate>',
      'frames per second: of a folder, or instead of what a video says',
      positiveNumber,
    )
    .action(async (clip, options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runMagnify } = await import('../magnify/run.ts');
      await interruptible((signal) => runMagnify(clip, options, signal));
    });
}
