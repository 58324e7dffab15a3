/**
 * @file The program `telltale`.
 *
 * Each command is a file of `commands/`, loaded where it is asked for, that
 * loads what it needs when it runs: an error in the command line is found
 * before a network is loaded.
 */
import process from 'node:process';
import { removeUnfinished } from '@telltale/node/output';

import { loadCommands } from './command-list.ts';
import { createProgram, runProgram } from './program.ts';

process.on('exit', removeUnfinished);
// A reader that has seen enough (`telltale … --json | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const words = process.argv.slice(2);
process.exitCode = await runProgram(createProgram(await loadCommands(words)), words);
