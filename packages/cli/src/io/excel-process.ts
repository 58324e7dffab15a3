/**
 * @file The process that reads one Excel file, and that its parent ends.
 *
 * The library that reads the file never returns on some damaged files and exhausts memory on others. Here neither harms
 * the program: the parent sets the time, a second thread watches the memory that V8 does not limit (buffers), and ends the
 * process as soon as the parent is gone.
 */
import process from 'node:process';
import { Worker } from 'node:worker_threads';

import { cellsOf } from './excel-cells.ts';
import type { ExcelReading } from './excel-cells.ts';

/** What the parent sends. */
export interface ExcelRequest {
  readonly content: Uint8Array | string;
  /** Most memory of the process, bytes. */
  readonly memory: number;
}

/** What it gets: first that the process is ready, then what the file holds, or why nothing was read. */
export type ExcelAnswer = { readonly ready: true } | ExcelReading;

/** Runs in a thread of its own, because the reading blocks this one. */
const WATCH = `
  const { workerData: { memory, parent } } = require('node:worker_threads');
  setInterval(() => {
    if (process.memoryUsage.rss() > memory || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, 50);
`;

if (process.send) {
  // A terminal interrupts all of its processes at once; the parent knows what to make of it.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
  process.once('message', ({ content, memory }: ExcelRequest) => {
    new Worker(WATCH, { eval: true, workerData: { memory, parent: process.ppid } }).once(
      'online',
      () => {
        answer({ ready: true });
        // The word must be on its way before the reading takes the thread.
        setImmediate(() => void cellsOf(content).then((reading) => answer(reading, true)));
      },
    );
  });
}

function answer(message: ExcelAnswer, isLast = false): void {
  process.send!(message, () => {
    if (isLast) process.exit();
  });
}
