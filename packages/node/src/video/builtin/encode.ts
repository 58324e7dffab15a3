/** @file Encodes with the codecs that install with telltale, in a process of their own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';

import { childWords } from './child-words.ts';

/** Beside this file, in the language that this file is in. */
const PROCESS = new URL(`./encode-process${extname(import.meta.url)}`, import.meta.url);

/** Video to be written. */
export interface BuiltinTarget {
  readonly path: string;
  /** Pixels; even. */
  readonly width: number;
  /** Pixels; even. */
  readonly height: number;
  /** Frames per second. */
  readonly rate: number;
  /** As a constant rate factor of x264. */
  readonly quality: number;
}

/** Takes frames one after another. */
export interface BuiltinEncoder {
  /** @param rgb - `[height, width, 3]` */
  write(rgb: Uint8Array): Promise<void>;
  /**
   * @param times - of all frames, seconds, where they do not follow from the rate
   * @throws Error where the file could not be written, with the last line of the encoder's log
   */
  finish(times?: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts an encoder. */
export function encodeBuiltin({
  path,
  width,
  height,
  rate,
  quality,
}: BuiltinTarget): BuiltinEncoder {
  // OpenH264 aims at a bitrate: two bits per pixel are its best, and six steps of quality halve them as in x264.
  const bitrate = Math.round(width * height * rate * 2 ** ((18 - quality) / 6));
  const child = fork(PROCESS, [path, width, height, rate, bitrate].map(String), {
    execArgv: childWords(),
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  let out = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-4000)));
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (out += text));
  const input = child.stdin!;
  input.on('error', () => undefined); // a broken pipe is reported by the status below
  const left = once(child, 'close') as Promise<[number | null, string | null]>;
  left.catch(() => undefined);
  return {
    async write(rgb) {
      if (input.write(rgb)) return;
      await Promise.race([once(input, 'drain').catch(() => left), left]);
      if (child.exitCode !== null) throw new Error(reasonOf(log));
    },
    async finish(times) {
      child.send({ times }, () => undefined); // an error is reported by the status below
      input.end();
      const [code] = await left;
      if (code !== 0 || out !== 'done\n') throw new Error(reasonOf(log));
    },
    async close() {
      child.kill('SIGKILL');
      await left.catch(() => undefined);
    },
  };
}

/** The line of a log that names an error. */
function reasonOf(log: string): string {
  const lines = log.trim().split('\n');
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '';
}
