/**
 * @file The program `telltale`.
 *
 * Each command is a file of `commands/` that is loaded on demand and loads its own modules when it runs, so that a
 * mistake in the command line is found before anything heavy is loaded.
 */
import process from 'node:process';

import { answerTo, mistakeIn } from './overview.ts';
import { reportError, watchStreams } from './terminal.ts';

watchStreams();

const words = process.argv.slice(2);
const { stdout } = process;
const answer = answerTo(words, stdout.isTTY ? stdout.columns : undefined);
const mistake = mistakeIn(words);
if (answer !== undefined) stdout.write(answer);
else if (mistake !== undefined) process.exitCode = reportError(mistake);
else {
  try {
    process.exitCode = await run();
  } catch (error) {
    process.exitCode = reportError(error); // a module that could not be loaded
  }
}

async function run(): Promise<number> {
  const [{ loadCommands }, { createProgram, runProgram }] = await Promise.all([
    import('./command-list.ts'),
    import('./program.ts'),
  ]);
  return runProgram(createProgram(await loadCommands(words)), words);
}
