/** @file `telltale score`: the honest score of a training recipe, leaving one subject out at a time. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveInteger, seedNumber } from '../arguments.ts';

/** The command, without having loaded what it works with. */
export function scoreCommand(): CommandUnknownOpts {
  return new Command('score')
    .description(
      'Measure a training recipe: leave one subject out, train on the others for a fixed ' +
        'number of epochs, pool the predictions of all folds, repeat with other seeds. ' +
        'What is done stays in FILE.folds, and the same command goes on from there.',
    )
    .requiredOption('--data <folder>', 'folder that holds samples.csv')
    .requiredOption('--out <file>', 'where scores and predictions go, as JSON')
    .option('--network <name>', 'network to train', 'merba')
    .option('--config <name>', 'configuration of the network; else its default')
    .option('--epochs <count>', "epochs of every fold; else the network's recipe", positiveInteger)
    .option('--seed <number>', 'first seed', seedNumber, 1)
    .option('--seeds <count>', 'number of seeds', positiveInteger, 1)
    .option('--parallel <count>', 'trainings at a time, one thread each', positiveInteger, 1)
    .option('--share <i/n>', 'do only part i of n of the trainings, without scores; for clusters')
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runScore } = await import('../score/run.ts');
      await interruptible((signal) => runScore(options, signal));
    });
}
