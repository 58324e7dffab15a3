/** @file `telltale synth`: demonstration clips with a movement that is known. */
import { extname } from 'node:path';

import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { nonNegativeNumber, positiveNumber, seedNumber } from '../arguments.ts';

/** What can be planted; the list is checked against the library when the command runs. */
const KINDS = [
  'brow-raise',
  'brow-lower',
  'lip-corner-pull',
  'lip-corner-depress',
  'nose-wrinkle',
] as const;

/** The command, without having loaded what it works with. */
export function synthCommand(): CommandUnknownOpts {
  return new Command('synth')
    .description(
      'Make a demonstration clip out of a photograph of a face: one movement of known kind, size and time, ' +
        'with head sway, changing light and sensor noise. What was planted lies beside the clip, as JSON.',
    )
    .requiredOption('--out <clip>', 'where the clip goes, as .mp4')
    .option(
      '--face <photo>',
      'photograph of a face; else one that ships with the development setup',
    )
    .addOption(
      new Option('--kind <kind>', 'what moves').choices(KINDS).default('lip-corner-pull' as const),
    )
    .option(
      '--amplitude <pixels>',
      'largest displacement, pixels of the clip',
      nonNegativeNumber,
      2,
    )
    .option('--rate <fps>', 'frames per second', positiveNumber, 30)
    .option('--seconds <seconds>', 'length of the clip', positiveNumber, 4)
    .option('--seed <number>', 'seed of times, sway and noise', seedNumber, 1)
    .option('--noise <levels>', 'sensor noise, grey levels of 255', nonNegativeNumber, 1.5)
    .option('--sway <scale>', 'head sway: 1 is about 3 pixels, 0 none', nonNegativeNumber, 1)
    .option('--blink', 'let the eyes blink once, too', false)
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runSynth } = await import('../synth/run.ts');
      const { out, face, ...rest } = options;
      const truth = `${out.slice(0, out.length - extname(out).length)}.json`;
      await interruptible((signal) => runSynth({ out, truth, face, synthesis: rest }, signal));
    });
}
