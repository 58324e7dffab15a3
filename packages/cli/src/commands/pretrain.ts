/** @file `telltale pretrain`: one trunk that learns from several datasets of strong expressions. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveInteger, positiveNumber, seedNumber } from '../arguments.ts';

/** The command, without having loaded what it works with. */
export function pretrainCommand(): CommandUnknownOpts {
  return new Command('pretrain')
    .description(
      'Train a network on faces with strong expressions, for "telltale train --from" to go on with. ' +
        'Every dataset keeps its own labels. Accuracy is told on faces that were held out: nobody and ' +
        'no picture stands on both sides. A training that was interrupted goes on from ' +
        'WEIGHTS.checkpoint when the command is repeated.',
    )
    .requiredOption(
      '--data <tag:folder...>',
      'datasets: FER, CKPLUS, RAFDB, JAFFE, KDEF, OULU, AFFECTNET, or FOLDER for class/picture',
    )
    .requiredOption('--out <weights>', 'where the weights go, as safetensors')
    .option('--network <name>', 'network to pretrain', 'densemix')
    .option('--config <name>', 'a configuration that looks at faces', 'face48')
    .option('--epochs <count>', 'epochs; else 12', positiveInteger)
    .option('--batch <count>', 'faces per step; else 64', positiveInteger)
    .option('--learning-rate <rate>', 'highest learning rate; else 0.002', positiveNumber)
    .option('--seed <number>', 'seed of everything random', seedNumber, 1)
    .option(
      '--threads <count>',
      'processor threads; else as many as the runtime likes',
      positiveInteger,
    )
    .option('--restart', 'begin anew where there is a checkpoint', false)
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runPretrain } = await import('../pretrain/run.ts');
      await interruptible((signal) => runPretrain(options, signal));
    });
}
