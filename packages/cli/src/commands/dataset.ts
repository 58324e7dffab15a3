/** @file `telltale dataset`: what is done with a licensed dataset before anything is learned from it. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { checkCommand } from './dataset-check.ts';
import { prepareCommand } from './dataset-prepare.ts';

/** The command, without having loaded what it works with. */
export function datasetCommand(): CommandUnknownOpts {
  return new Command('dataset')
    .description('Licensed datasets as labs have them: check and prepare them.')
    .addCommand(checkCommand())
    .addCommand(prepareCommand());
}
