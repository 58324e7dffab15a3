/** @file `telltale train`: a network trained on a folder of flow pictures. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { nonNegativeNumber, positiveInteger, positiveNumber, seedNumber } from '../arguments.ts';

/** The command, without having loaded what it works with. */
export function trainCommand(): CommandUnknownOpts {
  return new Command('train')
    .description(
      'Train a network on a folder of flow pictures (samples.csv and square PNG, 28×28 unless ' +
        'the configuration says otherwise). On one machine ' +
        'the same command, data and version give the same weights to the bit. A training that ' +
        'was interrupted goes on from WEIGHTS.checkpoint when the command is repeated.',
    )
    .requiredOption('--data <folder>', 'folder that holds samples.csv')
    .requiredOption('--out <weights>', 'where the weights go, as safetensors')
    .option('--network <name>', 'network to train', 'merba')
    .option('--config <name>', 'configuration of the network; else its default')
    .option(
      '--from <weights>',
      'begin with the trunk of weights that "telltale pretrain" made: first the end learns, then all at a tenth of the rate; ' +
        'weights of the same network for the same classes go on as they are; none: begin with random numbers',
    )
    .option('--epochs <count>', 'epochs; else as the recipe of the network has it', positiveInteger)
    .option('--batch <count>', 'samples per step', positiveInteger)
    .option('--learning-rate <rate>', 'highest learning rate', positiveNumber)
    .option('--weight-decay <rate>', 'decoupled weight decay', nonNegativeNumber)
    .option(
      '--label-smoothing <share>',
      'share of a target spread over all classes',
      nonNegativeNumber,
    )
    .option('--seed <number>', 'seed of everything random', seedNumber, 1)
    .option(
      '--threads <count>',
      'processor threads; else as many as the runtime likes',
      positiveInteger,
    )
    .option('--restart', 'begin anew where there is a checkpoint', false)
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runTrain } = await import('../train/run.ts');
      await interruptible((signal) => runTrain(options, signal));
    });
}
