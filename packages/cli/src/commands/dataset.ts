/** @file `telltale dataset`: what is done with a licensed dataset before training. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { checkCommand } from './dataset-check.ts';
import { prepareCommand } from './dataset-prepare.ts';
import { SUMMARIES } from '../summaries.ts';

/** The command, without having loaded what it works with. */
export function datasetCommand(): CommandUnknownOpts {
  return new Command('dataset')
    .description(SUMMARIES.dataset.description)
    .addCommand(checkCommand())
    .addCommand(prepareCommand());
}
