/** @file `telltale train`: a network, trained on a folder of flow images. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { nonNegativeNumber, positiveInteger, positiveNumber, seedNumber } from '../arguments.ts';
import { refuseUnused } from '../option-rules.ts';
import { SUMMARIES } from '../summaries.ts';
import { overwriteOption } from './output-options.ts';

/** Networks whose layers are solved. */
const SOLVED: readonly string[] = ['units', 'svm-rbf'];

/** The command; its action loads the modules that it needs. */
export function trainCommand(): CommandUnknownOpts {
  const command = new Command('train')
    .description(SUMMARIES.train.description)
    .requiredOption('--data <folder>', 'folder with samples.csv')
    .requiredOption('--out <weights>', 'path of the weights, as safetensors')
    .option(
      '--network <name>',
      'network to train; units, emotions inferred from action units, and svm-rbf, a Gaussian support vector machine, are solved and have no epochs',
      'merba',
    )
    .option('--config <name>', 'configuration of the network (default: that of the network)')
    .option(
      '--from <weights>',
      'initialize from weights of "telltale pretrain", whose trunk is frozen at first and then trained at a tenth of ' +
        'the rate (the image branch of mfdan, at the whole rate), or from weights of the same network and classes; none: initialize randomly',
    )
    .option(
      '--fine [file]',
      'train a head of two granularities: fine emotions below the classes, from the column fine_emotion of samples.csv ' +
        'or from a CSV file with dataset, subject, clip and emotion_fine; clips without one count for the classes only',
    )
    .option('--epochs <count>', 'epochs (default: from the recipe of the network)', positiveInteger)
    .option('--batch <count>', 'batch size', positiveInteger)
    .option('--learning-rate <rate>', 'peak learning rate', positiveNumber)
    .option('--weight-decay <rate>', 'decoupled weight decay', nonNegativeNumber)
    .option(
      '--label-smoothing <share>',
      'share of the target spread over all classes',
      nonNegativeNumber,
    )
    .option('--seed <number>', 'seed of all random numbers', seedNumber, 1)
    .option('--threads <count>', 'CPU threads (default: chosen by the runtime)', positiveInteger)
    .option('--restart', 'start over and ignore a checkpoint', false)
    .addOption(overwriteOption())
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      if (SOLVED.includes(options.network)) {
        const { trainSolved } = await import('../train/solved.ts');
        return interruptible((signal) => trainSolved(options, signal));
      }
      const { runTrain } = await import('../train/run.ts');
      return interruptible((signal) => runTrain(options, signal));
    });
  return refuseUnused(command, [
    {
      mode: 'with a network that is solved and not trained in epochs',
      unused: [
        ...['--config', '--from', '--fine', '--epochs', '--batch', '--learning-rate'],
        ...['--weight-decay', '--label-smoothing', '--threads', '--restart'],
      ],
      applies: ({ network }) => SOLVED.includes(String(network)),
      instead: 'Leave it out, or train another network.',
      example: ['--network', 'units'],
    },
  ]);
}
