/** @file `telltale evaluate units`: how well action units are recognized in subjects that a fit has not seen. */
import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveInteger, seedNumber } from '../arguments.ts';

/** The command, without having loaded what it works with. */
export function unitsCommand(): CommandUnknownOpts {
  return new Command('units')
    .description(
      'Measure the recognition of action units: leave one subject out, learn from the others and from synthetic flow, ' +
        'pool the predictions of all folds, repeat with other seeds. RUN gets result.json, result.md, predictions.csv ' +
        'and units.safetensors, which is learned from all clips and carries this score.',
    )
    .optionsGroup('Data:')
    .requiredOption(
      '--data <folder>',
      'folder that holds samples.csv; units are in its column action_units, or in action-units.csv beside it',
    )
    .addOption(
      new Option(
        '--protocol <name>',
        'leave one subject out, or one dataset out as in CD6ME, beside its published numbers',
      )
        .choices(['loso', 'cd6me'])
        .default('loso' as const),
    )
    .optionsGroup('Training:')
    .option('--synthetic <count>', 'synthetic flow images in every training', positiveInteger, 3000)
    .option('--seeds <count>', 'number of seeds', positiveInteger, 1)
    .option('--seed <number>', 'first seed', seedNumber, 1)
    .optionsGroup('Run:')
    .requiredOption('--out <run>', 'folder of the results')
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runUnits } = await import('../evaluate/units.ts');
      await interruptible((signal) => runUnits(options, signal));
    });
}
