/** @file Starts threads, in whatever way the program itself was started. */
import { extname } from 'node:path';
import process from 'node:process';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Flags of a program that is given in the command line, which Node refuses for a thread that is a file. */
const OF_A_TEXT = /^(?:--input-type(?:=|$)|--eval(?:=|$)|--print(?:=|$)|-[ep]+$)/;

/** The flags that this process was started with, less those. */
function flags(): string[] {
  const words = process.execArgv;
  return words.filter((word, i) => {
    const before = words[i - 1] ?? '';
    const isValue = OF_A_TEXT.test(before) && !before.includes('=') && !word.startsWith('-');
    return !OF_A_TEXT.test(word) && !isValue;
  });
}

/**
 * Starts a thread.
 *
 * @param name - its file beside the module, without the extension, which is that of the module
 * @param module - `import.meta.url` of the module that starts it
 */
export function startThread(name: string, module: string, options: WorkerOptions = {}): Worker {
  const file = new URL(`./${name}${extname(module)}`, module);
  return new Worker(file, { ...options, execArgv: flags() });
}
