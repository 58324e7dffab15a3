/** @file Starts threads, in whatever way the program itself was started. */
import { extname } from 'node:path';
import process from 'node:process';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Flags of a program that is given in the command line, which Node refuses for a thread that is a file. */
const OF_A_TEXT = /^(?:--input-type(?:=|$)|--eval(?:=|$)|--print(?:=|$)|-[ep]+$)/;
/** Flags that decide which modules are loaded, and how. */
const OF_MODULES = /^(?:--import|--loader|--experimental-loader|--require|-r|--conditions|-C)(=|$)/;

/**
 * The flags for a thread; undefined where it can inherit those of the process. Where they are listed, Node refuses those
 * of the whole process, such as `--max-old-space-size`.
 *
 * @param words - of the process
 */
export function threadFlags(words: readonly string[] = process.execArgv): string[] | undefined {
  if (!words.some((word) => OF_A_TEXT.test(word))) return undefined;
  return words.flatMap((word, i) => {
    const [isFlag, assigned] = OF_MODULES.exec(word) ?? [];
    if (isFlag === undefined) return [];
    return assigned === '=' ? [word] : [word, words[i + 1]!];
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
  const execArgv = threadFlags();
  return new Worker(file, { ...options, ...(execArgv && { execArgv }) });
}
