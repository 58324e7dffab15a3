/** @file Starts the built program `telltale` as a user would, and small inputs for it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import sharp from 'sharp';

import { createRandom } from '../packages/core/src/base/random.ts';

const program = fileURLToPath(new URL('../packages/cli/bin/telltale.js', import.meta.url));

/** How a run ended. */
export interface Ended {
  /** Exit status; `null` where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the program. */
export function start(
  words: readonly string[],
  folder?: string,
  environment: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve({ status, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the program to its end. */
export function telltale(...words: readonly string[]): Promise<Ended> {
  return start(words).ended;
}

/** Everything below a folder, sorted, hidden files too. */
export function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map(String).sort();
}

/** Makes a folder of flow images in the published layout: `clips` samples of colored noise, two subjects or more. */
export async function makeFlowFolder(folder: string, clips: number, subjects = 2): Promise<void> {
  const random = createRandom(clips);
  const emotions = ['negative', 'positive', 'surprise'];
  const lines = ['dataset,subject,clip,emotion,flow'];
  await mkdir(join(folder, 'flow'), { recursive: true });
  for (let i = 0; i < clips; i++) {
    const data = Uint8Array.from({ length: 28 * 28 * 3 }, () => random.integer(256));
    await sharp(data, { raw: { width: 28, height: 28, channels: 3 } })
      .png()
      .toFile(join(folder, 'flow', `${i}.png`));
    lines.push(`made,s${i % subjects},clip${i},${emotions[i % 3]!},flow/${i}.png`);
  }
  await writeFile(join(folder, 'samples.csv'), `${lines.join('\n')}\n`);
}

/** Makes a folder of grey frames without a face, 64×48 by default. */
export async function makeFrames(
  folder: string,
  frames: number,
  sizeOf: (frame: number) => number = () => 64,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const random = createRandom(frames);
  for (let i = 0; i < frames; i++) {
    const [width, height] = [sizeOf(i), (sizeOf(i) * 3) / 4];
    const data = Uint8Array.from({ length: width * height * 3 }, () => 96 + random.integer(64));
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(join(folder, `${String(i).padStart(4, '0')}.png`));
  }
}
