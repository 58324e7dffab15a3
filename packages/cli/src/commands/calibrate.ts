/** @file `telltale calibrate`: weights learn from an evaluation of their recipe how sure they may sound. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveNumber } from '../arguments.ts';

/** The command, without having loaded what it works with. */
export function calibrateCommand(): CommandUnknownOpts {
  return new Command('calibrate')
    .description(
      'Write weights again with a temperature, a threshold below which verdicts are "unsure", and ' +
        'the score, all taken from the predictions of "telltale evaluate" for people that were left ' +
        'out. The score must be of the recipe, the data and the settings of the weights.',
    )
    .requiredOption('--weights <file>', 'weights that "telltale train" made')
    .requiredOption('--scores <file>', 'the result.json that "telltale evaluate" wrote')
    .requiredOption('--out <file>', 'where the calibrated weights go')
    .option(
      '--right <share>',
      'verdicts that are not "unsure" were right as often as this',
      positiveNumber,
      0.85,
    )
    .action(async (options) => {
      const { runCalibrate } = await import('../calibrate/run.ts');
      await runCalibrate(options);
    });
}
