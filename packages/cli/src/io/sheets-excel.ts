/** @file Sheets of xlsx, xls, xlsb, ods and numbers files, read in a process with limits on time and memory. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core/errors';
import type { Sheet } from '@telltale/core/datasets';

import type { ExcelReading } from './excel-cells.ts';
import type { ExcelAnswer, ExcelRequest } from './excel-process.ts';

/** What reading one file may take. */
export interface ExcelLimits {
  /** Seconds. @defaultValue 10, and 5 more per megabyte of the file */
  readonly seconds?: number;
  /** Memory, bytes. @defaultValue 768 MB, and 24 times the file */
  readonly memory?: number;
}

/** Options of {@link readExcel}. */
export interface ExcelOptions extends ExcelLimits {
  readonly signal?: AbortSignal | undefined;
}

/** Beside this file, in the language that this file is in. */
const PROCESS = new URL(`./excel-process${extname(import.meta.url)}`, import.meta.url);

/**
 * All sheets of a file of a spreadsheet program.
 *
 * @param content - its bytes, or the text of HTML, SpreadsheetML 2003, SYLK or DIF
 * @param path - for the message
 * @throws TelltaleError `DATASET_INVALID` where it is damaged, locked or too large, or takes more than the limits;
 *   the reason of `signal`
 */
export async function readExcel(
  content: Uint8Array | string,
  path: string,
  options: ExcelOptions = {},
): Promise<Sheet[]> {
  const megabytes = content.length / 2 ** 20;
  const { seconds = 10 + 5 * megabytes, memory = (768 + 24 * megabytes) * 2 ** 20 } = options;
  const { signal } = options;
  signal?.throwIfAborted();
  const child = start(memory);
  const abort = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const reading = await ask(child, { content, memory }, seconds);
    signal?.throwIfAborted();
    if ('problem' in reading) {
      throw invalid(path, reading.problem, reading.detail && new Error(reading.detail));
    }
    return [...reading.sheets];
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    child.kill('SIGKILL');
  }
}

function start(memory: number): ChildProcess {
  const heap = `--max-old-space-size=${Math.ceil(memory / 2 ** 20)}`;
  return fork(PROCESS, {
    execArgv: [...process.execArgv.filter((word) => !word.startsWith('--inspect')), heap],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

/** What the process answers, or why it has not. */
function ask(child: ChildProcess, request: ExcelRequest, seconds: number): Promise<ExcelReading> {
  return new Promise((resolve, reject) => {
    let isReady = false;
    let timer: NodeJS.Timeout | undefined;
    const end = (reading: ExcelReading): void => {
      clearTimeout(timer);
      resolve(reading);
    };
    child.on('message', (answer: ExcelAnswer) => {
      if (!('ready' in answer)) {
        end(answer);
        return;
      }
      isReady = true;
      timer = setTimeout(() => {
        end({
          problem: `is not read: after ${Math.round(seconds)} s there was still no end to it`,
        });
      }, 1000 * seconds);
    });
    child.once('error', reject);
    child.once('close', (code, by) => {
      clearTimeout(timer);
      if (!isReady) reject(new Error(`the process that reads sheets ended with ${by ?? code}`));
      const isMemory = by === 'SIGKILL' || by === 'SIGABRT';
      end({
        problem: isMemory
          ? `is not read: reading it takes more memory than ${Math.round(request.memory / 2 ** 20)} MB`
          : `is damaged: the process that read it ended with ${by ?? code}`,
      });
    });
    child.send(request, () => undefined); // if it cannot be sent, the process is gone: see above
  });
}

function invalid(path: string, why: string, cause?: unknown): TelltaleError {
  return new TelltaleError(
    'DATASET_INVALID',
    `${path} ${why}`,
    'Open it in a spreadsheet program, remove its password if it has one, and save it again as xlsx or csv.',
    { cause },
  );
}
