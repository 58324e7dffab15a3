/** @file `telltale fold run`: folds of a planned evaluation, in this process: the way to run an evaluation under any scheduler. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveInteger } from '../arguments.ts';
import { refuseUnused } from '../option-rules.ts';
import { SUMMARIES } from '../summaries.ts';

/** The command, without having loaded what it works with. */
export function foldCommand(): CommandUnknownOpts {
  const run = new Command('run')
    .description(
      'Do folds of the run that "telltale evaluate" planned. Each writes its file whole or not at ' +
        'all; what is done already is left out. Without --index and --share, all that is missing.',
    )
    .argument('<run>', 'folder of the run')
    .option('--index <list>', 'which folds: 3, or 3,4,5, or 0-39')
    .option('--share <i/n>', 'part i of n of all folds, i from 1')
    .option('--data <folder>', 'folder of the data on this machine (default: as planned)')
    .option('--threads <count>', 'CPU threads', positiveInteger, 1)
    .action(async (folder, options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runFolds } = await import('../evaluate/fold.ts');
      await interruptible((signal) => runFolds(folder, options, signal));
    });
  refuseUnused(run, [
    {
      mode: 'with --index',
      unused: ['--share'],
      applies: ({ index }) => index !== undefined,
      instead: 'Give one of them.',
      example: ['run', '--index', '3'],
    },
  ]);
  return new Command('fold').description(SUMMARIES.fold.description).addCommand(run);
}
