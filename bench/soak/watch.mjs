/**
 * @file What the soak runs share: a program that is started and watched to its end, long clips, and the file of results.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { memoryOf } from '../page/processes.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The program `telltale` of this checkout. */
export const telltale = here('../../packages/cli/bin/telltale.js');

/** Milliseconds between two samples of the memory. */
const EVERY = 5000;

/**
 * Runs the program to its end.
 *
 * @returns exit status, what it wrote to standard error, elapsed and CPU seconds of all of its processes, and bytes of
 *   memory of all of them together (PSS) every five seconds
 */
export async function watch(words) {
  const began = performance.now();
  const child = spawn('/usr/bin/time', ['-f', '%U %S', process.execPath, telltale, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr = (stderr + text).slice(-100_000)));
  const samples = [];
  const timer = setInterval(() => samples.push(memoryOf(child.pid)), EVERY);
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  clearInterval(timer);
  const lines = stderr.trim().split('\n');
  const [user, system] = lines.pop().split(' ').map(Number);
  const wall = (performance.now() - began) / 1000;
  return { status, text: lines.join('\n'), wall, cpu: user + system, samples };
}

/**
 * A clip of 640×480 pixels with one planted expression and a blink, in H.264, played over and over without being
 * encoded again.
 *
 * @param folder - where it is written
 */
export function longClip(folder, { seconds, rate, unit = 20 }) {
  const short = join(folder, `unit-${rate}.mp4`);
  const long = join(folder, `${seconds} seconds at ${rate}.mp4`);
  const planted = ['--amplitude', '1.5', '--blink', '--seed', '2'];
  const shape = ['--seconds', String(unit), '--rate', String(rate)];
  execFileSync(process.execPath, [telltale, 'synth', 'clip', '--out', short, ...planted, ...shape]);
  const times = Math.ceil(seconds / unit);
  const loop = ['-v', 'error', '-y', '-stream_loop', String(times - 1), '-i', short, '-c', 'copy'];
  execFileSync('ffmpeg', [...loop, long]);
  return long;
}

/** Memory over time in one row of a table: its value at five moments, and the most. */
export function memoryRow(samples) {
  const megabytes = (bytes) => `${Math.round(bytes / 1e6)}`;
  const at = (part) => megabytes(samples[Math.round(part * (samples.length - 1))] ?? 0);
  return [0.1, 0.25, 0.5, 0.75, 1].map(at).concat(megabytes(Math.max(0, ...samples)));
}

/** The machine, for a result. */
export const machine = () =>
  `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)} at the end`;

/** Parts of the results in their order. */
const ORDER = [
  'analyze, 30',
  'analyze, 200',
  'analyze, three long clips',
  'analyze, 30 clips killed',
  'page',
  'prepare',
  'evaluate',
];

/** Writes one part of bench/results/soak.md; the others stay. */
export function writePart(name, body) {
  const file = here('../results/soak.md');
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const parts = new Map(
    before
      .split('\n## ')
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n')).trim()]),
  );
  parts.set(name, `${body.trim()}\n\n${machine()}.`);
  const sections = ORDER.filter((one) => parts.has(one)).map(
    (one) => `## ${one}\n\n${parts.get(one)}\n`,
  );
  writeFileSync(file, `# Long runs\n\nMade by the scripts in bench/soak; method in docs/reliability.md.\n\n${sections.join('\n')}`); // prettier-ignore
  console.log(`## ${name}\n\n${body}`);
}
