/** @file `telltale pretrain`: one trunk, trained jointly on several datasets of strong expressions. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveInteger, positiveNumber, seedNumber } from '../arguments.ts';
import { SUMMARIES } from '../summaries.ts';
import { overwriteOption } from './output-options.ts';

/** The command; its action loads the modules that it needs. */
export function pretrainCommand(): CommandUnknownOpts {
  return new Command('pretrain')
    .description(SUMMARIES.pretrain.description)
    .requiredOption(
      '--data <tag:folder...>',
      'datasets: FER, CKPLUS, RAFDB, JAFFE, KDEF, OULU, AFFECTNET, or FOLDER for class/image',
    )
    .requiredOption('--out <weights>', 'path of the weights, as safetensors')
    .option(
      '--network <name>',
      'network to pretrain: densemix, or the image branch of mfdan',
      'densemix',
    )
    .option(
      '--config <name>',
      'a configuration that takes faces (default: face48 of densemix, face28 of mfdan)',
    )
    .option('--epochs <count>', 'epochs (default: 12)', positiveInteger)
    .option('--batch <count>', 'batch size (default: 64)', positiveInteger)
    .option('--learning-rate <rate>', 'peak learning rate (default: 0.002)', positiveNumber)
    .option('--seed <number>', 'seed of all random numbers', seedNumber, 1)
    .option('--threads <count>', 'CPU threads (default: chosen by the runtime)', positiveInteger)
    .option('--restart', 'start over and ignore a checkpoint', false)
    .addOption(overwriteOption())
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runPretrain } = await import('../pretrain/run.ts');
      await interruptible((signal) => runPretrain(options, signal));
    });
}
