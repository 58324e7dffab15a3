/**
 * @file The program `telltale`.
 *
 * Each command is a file of `commands/` that is loaded on demand and loads its own modules when it runs, so that a
 * mistake in the command line is found before anything heavy is loaded.
 */
import process from 'node:process';
import { removeUnfinished } from '@telltale/node/output';

import { loadCommands } from './command-list.ts';
import { createProgram, runProgram } from './program.ts';

process.on('exit', removeUnfinished);
// A reader that stops early (`telltale … --json | head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const words = process.argv.slice(2);
process.exitCode = await runProgram(createProgram(await loadCommands(words)), words);
