/**
 * @file What `telltale` answers where no command is named: its help, its version, and that an option does not exist.
 *
 * Without Commander, which takes a third as long to load and to run as Node to start. The answers are Commander's, letter
 * for letter; whatever is not sure to be one of them is left to it.
 */
import { existsSync, readFileSync } from 'node:fs';

import { TelltaleError } from '@telltale/core/errors';

import { SUMMARIES } from './summaries.ts';

/** What the help states before the options. */
export const DESCRIPTION =
  'Micro-expressions in face video: when and where something moved, and how a recognizer classifies it.';

/** What the help states at its end. */
export const EPILOGUE =
  '\nResults go to standard output, progress and errors to standard error.\nExit status: 0 success, 1 bug in telltale, 2 invalid input, 130 interrupted.';

/** The option that prints the version, and what the help states of it. */
export const VERSION_OPTION = ['-V, --version', 'print the version'] as const;

const HELP_OPTION = ['-h, --help', 'display help for command'] as const;

/** Columns where the output is not a terminal. */
const COLUMNS = 80;
/** Text is not wrapped to fewer columns. */
const LEAST_COLUMNS = 40;
/** Columns before the name of an option or command, and between it and its description. */
const GAP = 2;

/** The package's version. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/**
 * The answer to a command line of one word for the help or the version.
 *
 * @param words - the command line without the program's name
 * @param columns - of the terminal, where there is one
 */
export function answerTo(words: readonly string[], columns?: number): string | undefined {
  if (words.length !== 1) return undefined;
  if (isOneOf(VERSION_OPTION, words[0]!)) return `${version()}\n`;
  return isOneOf(HELP_OPTION, words[0]!) ? overview(columns) : undefined;
}

/** The mistake in a command line of one word that is an option which does not exist, and resembles none that does. */
export function mistakeIn(words: readonly string[]): TelltaleError | undefined {
  const [word = ''] = words;
  if (words.length !== 1 || !/^--[^=]+$/.test(word)) return undefined;
  if ([VERSION_OPTION, HELP_OPTION].some(([flags]) => mayResemble(word, flags))) return undefined;
  return unknownOption(`unknown option '${word}'`, word, 'Run "telltale --help" for its options.');
}

/** The error where an option does not exist; a file may have that name. */
export function unknownOption(
  message: string,
  word: string,
  hint: string,
  cause?: unknown,
): TelltaleError {
  const help = existsSync(word) ? `If you mean the file of that name, write ./${word}.` : hint;
  return new TelltaleError('OPTION_INVALID', message, help, { cause });
}

function overview(columns: number | undefined): string {
  const commands = Object.entries(SUMMARIES).map(([name, summary]) => {
    const words = [name, ...(summary.hasOptions ? ['[options]'] : []), ...summary.arguments];
    return [words.join(' '), summary.description] as const;
  });
  const options = [VERSION_OPTION, HELP_OPTION];
  const names = Math.max(...[...options, ...commands].map(([term]) => term.length));
  const all = columns ?? COLUMNS;
  const indent = ' '.repeat(names + 2 * GAP);
  const rows = (items: readonly (readonly [string, string])[]): string[] =>
    items.map(([term, text]) => {
      const lines = wrapped(text, all - indent.length).join(`\n${indent}`);
      return `${' '.repeat(GAP)}${term.padEnd(names + GAP)}${lines}`;
    });
  return [
    ...['Usage: telltale [options] [command]', '', ...wrapped(DESCRIPTION, all), ''],
    ...['Options:', ...rows(options), ''],
    ...['Commands:', ...rows(commands), '', EPILOGUE.slice(1), ''],
  ].join('\n');
}

function wrapped(text: string, columns: number): string[] {
  if (columns < LEAST_COLUMNS) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}

const isOneOf = ([flags]: readonly [string, string], word: string): boolean =>
  flags.split(', ').includes(word);

/**
 * Whether Commander may take an option for a misspelling of another: at most three edits, and more than two fifths of the
 * letters kept. No more letters are kept than the longest common subsequence has.
 */
function mayResemble(word: string, flags: string): boolean {
  return isSimilar(word.slice(2), flags.slice(flags.indexOf('--') + 2));
}

/** The one of some names that a misspelled word resembles most, where it resembles any; upper and lower case are the same. */
export function mostSimilar(word: string, names: readonly string[]): string | undefined {
  const written = word.toLowerCase();
  const edits = (name: string): number =>
    Math.max(written.length, name.length) - commonLength(written, name);
  return names
    .filter((name) => isSimilar(written, name))
    .sort((one, other) => edits(one) - edits(other))[0];
}

function isSimilar(one: string, other: string): boolean {
  const longer = Math.max(one.length, other.length);
  const kept = commonLength(one, other);
  return longer - kept <= 3 && kept > 0.4 * longer;
}

/** Length of the longest common subsequence. */
function commonLength(one: string, other: string): number {
  let row = new Array<number>(other.length + 1).fill(0);
  for (const letter of one) {
    const next = [0];
    for (let i = 0; i < other.length; i++) {
      next.push(other[i] === letter ? row[i]! + 1 : Math.max(row[i + 1]!, next[i]!));
    }
    row = next;
  }
  return row[other.length]!;
}
