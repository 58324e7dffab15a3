/** @file How this process was started, as far as it concerns a process that it starts. */
import process from 'node:process';

/** Words that are followed by a program. A child that was given it would run that program again, and its children too. */
const PROGRAM = /^(-e|-p|-pe|--eval|--print)$/;
/** Words of the debugger, whose port is taken, and of a program that is not a file. */
const OWN = /^--(inspect|input-type|eval=|print=)/;

/** The words for Node that a child is to be started with too: loaders and conditions of tests, limits of memory. */
export function childWords(words: readonly string[] = process.execArgv): string[] {
  return words.filter(
    (word, i) => !OWN.test(word) && !PROGRAM.test(word) && !PROGRAM.test(words[i - 1] ?? ''),
  );
}
