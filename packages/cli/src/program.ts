/**
 * @file The command tree, strict: what it does not know it refuses.
 *
 * In a research tool a mistyped flag that runs anyway is a false result, so an
 * unknown option, command or surplus argument is an error with exit status 2
 * and, where one is near, the name that was probably meant.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

import { Command, CommanderError } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { TelltaleError } from '@telltale/core/errors';

import { EXIT, reportError } from './terminal.ts';

/**
 * Assembles `telltale` from its commands.
 *
 * @param commands - in the order the help lists them
 */
export function createProgram(commands: readonly CommandUnknownOpts[]): CommandUnknownOpts {
  const program = new Command('telltale')
    .description(
      'Micro-expressions in face video: when something moved, where, and what a recognizer makes of it.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nThe result goes to standard output, the talk to standard error.\nExit status: 0 done, 1 a mistake in telltale, 2 a mistake in what it was given, 130 interrupted.',
    );
  for (const command of commands) program.addCommand(command);
  beStrict(program);
  return program;
}

/**
 * Runs the program and returns its exit status. Never throws: every error is
 * printed, once, on standard error.
 *
 * @param words - the command line without the program's name
 */
export async function runProgram(
  program: CommandUnknownOpts,
  words: readonly string[],
): Promise<number> {
  try {
    await program.parseAsync(words, { from: 'user' });
    return EXIT.fine;
  } catch (error) {
    if (!isAnswer(error)) return reportError(error);
    return error.exitCode === EXIT.fine ? EXIT.fine : EXIT.users;
  }
}

/** The package's version. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

function beStrict(command: CommandUnknownOpts): void {
  command
    .showSuggestionAfterError(true)
    .allowUnknownOption(false)
    .allowExcessArguments(false)
    .configureOutput({
      outputError: () => undefined, // reportError prints it
      getErrHasColors: () => process.stderr.isTTY && !process.env['NO_COLOR'],
    })
    .exitOverride((error) => {
      throw isAnswer(error) ? error : misuse(error, command);
    });
  for (const child of command.commands) beStrict(child);
}

/** Help and version end the run by the same way as errors. Help that nobody asked for, for want of a command, is misuse. */
function isAnswer(error: unknown): error is CommanderError {
  return (
    error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')
  );
}

function misuse(error: CommanderError, command: CommandUnknownOpts): TelltaleError {
  const [message = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const guess = rest
    .join(' ')
    .replaceAll(/^\(|\)$/g, '')
    .trim();
  const help = `Run "${pathOf(command)} --help" to see what it takes.`;
  return new TelltaleError('OPTION_INVALID', message, guess === '' ? help : `${guess} ${help}`, {
    cause: error,
  });
}

function pathOf(command: CommandUnknownOpts): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
