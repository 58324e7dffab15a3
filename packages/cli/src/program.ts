/**
 * @file The command tree. It is strict: anything unknown is an error.
 *
 * In a research tool a mistyped flag that runs anyway is a false result, so an
 * unknown option, command or surplus argument is an error with exit status 2
 * and, with the name that was probably meant, where there is a similar one.
 */
import process from 'node:process';

import { Command, CommanderError, Help } from '@commander-js/extra-typings';
import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { TelltaleError } from '@telltale/core/errors';

import {
  DESCRIPTION,
  EPILOGUE,
  mostSimilar,
  unknownOption,
  version,
  VERSION_OPTION,
} from './overview.ts';
import { EXIT, reportError } from './terminal.ts';

/**
 * Assembles `telltale` from its commands.
 *
 * @param commands - in the order the help lists them
 */
export function createProgram(commands: readonly CommandUnknownOpts[]): CommandUnknownOpts {
  const program = new Command('telltale')
    .description(DESCRIPTION)
    .version(version(), ...VERSION_OPTION)
    .helpCommand(false)
    .addHelpText('after', EPILOGUE);
  for (const command of commands) program.addCommand(command);
  program.hook('preAction', (_, running) => refuseEmpty(running));
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
    const line = asOption(words);
    refuseUnknownCommand(program, line);
    await program.parseAsync(line, { from: 'user' });
    return EXIT.fine;
  } catch (error) {
    if (!isAnswer(error)) return reportError(error);
    return error.exitCode === EXIT.fine ? EXIT.fine : EXIT.users;
  }
}

/** `help analyze`, as other programs have it, is `analyze --help`. */
function asOption(words: readonly string[]): readonly string[] {
  const [first, ...others] = words;
  return first === 'help' ? [...others, '--help'] : words;
}

/**
 * Refuses the first word that stands where a command is expected and names none. Commander gives such a word to the default
 * subcommand, which then lacks its options, or answers it with the help where `--help` follows.
 *
 * @throws TelltaleError `OPTION_INVALID` with the command that was probably meant
 */
function refuseUnknownCommand(program: CommandUnknownOpts, words: readonly string[]): void {
  let command = program;
  for (const word of words) {
    if (word.startsWith('-') || command.commands.length === 0) return;
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined && word !== 'help') {
      const guess = mostSimilar(
        word,
        new Help().visibleCommands(command).map((one) => one.name()),
      );
      const hint = `Run "${pathOf(command)} --help" for its commands.`;
      throw new TelltaleError(
        'OPTION_INVALID',
        `unknown command '${word}'`,
        guess === undefined ? hint : `Did you mean ${guess}? ${hint}`,
      );
    }
    command = next ?? command; // `evaluate help spotting` is Commander's own
  }
}

/** In scripts a variable that is not set becomes an empty word, and an empty path is the current folder. */
function refuseEmpty(running: CommandUnknownOpts): void {
  const isEmpty = (value: unknown): boolean =>
    value === '' || (Array.isArray(value) && value.includes(''));
  const argument = running.processedArgs.findIndex(isEmpty);
  const option = running.options.find(
    (one) => isEmpty(running.getOptionValue(one.attributeName())), // prettier-ignore
  );
  if (argument < 0 && option === undefined) return;
  const what = option?.long ?? `the argument ${running.registeredArguments[argument]!.name()}`;
  throw new TelltaleError(
    'OPTION_INVALID',
    `${what} is empty`,
    `Give it a value. Run "${pathOf(running)} --help" for what it takes.`,
  );
}

/** Defaults as they are typed: no list in brackets, and nothing about switches, which are off. */
function optionDescription(option: Option): string {
  const defaultValue: unknown = option.defaultValue;
  if (Array.isArray(defaultValue)) option.defaultValueDescription = defaultValue.join(',');
  return new Help().optionDescription(option).replace(' (default: false)', '');
}

function beStrict(command: CommandUnknownOpts): void {
  command
    .configureHelp({ optionDescription })
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

/** Commander also ends help and version with an error. Help that is printed because no command was given is a misuse. */
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
  const help = `Run "${pathOf(command)} --help" for its options.`;
  const word = /^unknown option '(-.*)'$/.exec(message)?.[1] ?? '';
  return unknownOption(message, word, guess === '' ? help : `${guess} ${help}`, error);
}

function pathOf(command: CommandUnknownOpts): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
