/** @file `telltale evaluate scores`: the results of a finished run, written again. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { eachOf } from '../arguments.ts';

/** The command, without having loaded what it works with. */
export function scoresCommand(): CommandUnknownOpts {
  return new Command('scores')
    .description(
      'Score a finished run of "telltale evaluate recognition" again, without training and without the dataset: ' +
        'result.json, tables, report.html and logs are written in the current form. Runs of every release since 0.1 ' +
        'can be scored.',
    )
    .argument('<run>', 'folder of the run: its plan and its folds')
    .option(
      '--ensemble <rows>',
      'one more row: the mean of the probabilities of these, such as merba,mfdan; may be given several times',
      eachOf,
    )
    .action(async (run, options) => {
      const { runScores } = await import('../evaluate/score.ts');
      await runScores(run, options);
    });
}
