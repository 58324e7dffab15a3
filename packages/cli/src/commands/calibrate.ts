/** @file `telltale calibrate`: weights with calibrated probabilities, from an evaluation of their recipe. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveNumber } from '../arguments.ts';
import { SUMMARIES } from '../summaries.ts';
import { overwriteOption } from './output-options.ts';

/** The command; its action loads the modules that it needs. */
export function calibrateCommand(): CommandUnknownOpts {
  return new Command('calibrate')
    .description(SUMMARIES.calibrate.description)
    .requiredOption('--weights <file>', 'weights that "telltale train" wrote')
    .requiredOption('--scores <file>', 'the result.json that "telltale evaluate" wrote')
    .requiredOption('--out <file>', 'path of the calibrated weights')
    .option(
      '--right <share>',
      'accuracy that verdicts other than "unsure" must reach',
      positiveNumber,
      0.85,
    )
    .addOption(overwriteOption())
    .action(async (options) => {
      const { runCalibrate } = await import('../calibrate/run.ts');
      await runCalibrate(options);
    });
}
