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
import { reportError, watchStreams } from './terminal.ts';

process.on('exit', removeUnfinished);
watchStreams();

const words = process.argv.slice(2);
try {
  process.exitCode = await runProgram(createProgram(await loadCommands(words)), words);
} catch (error) {
  process.exitCode = reportError(error); // a command that could not be loaded
}
