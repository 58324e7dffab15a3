/**
 * @file `telltale analyze` on a clip of ten minutes, to the end: time, CPU time and memory while it runs.
 *
 * `npm run build && node bench/soak/analyze.mjs [rate] [seconds]` writes its part of bench/results/soak.md. The report
 * must hold every frame, and the planted expression must be found in most of the repetitions.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { longClip, memoryRow, watch, writePart } from './watch.mjs';

const rate = Number(process.argv[2] ?? 30);
const seconds = Number(process.argv[3] ?? 600);
const unit = rate > 60 ? 10 : 20;
const room = mkdtempSync(join(tmpdir(), 'telltale-soak-'));
try {
  const clip = longClip(room, { seconds, rate, unit });
  const out = join(room, 'report');
  const { status, text, wall, cpu, samples } = await watch(['analyze', clip, '--out', out]);
  if (status !== 0) throw new Error(`status ${status}\n${text}`);
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
  const { frames } = report.clip;
  const expected = Math.ceil(seconds / unit) * unit * rate;
  if (frames !== expected) throw new Error(`${frames} frames, not ${expected}`);
  const micro = report.expressions.filter(({ kind }) => kind === 'micro').length;
  const blinks = report.expressions.filter(({ kind }) => kind === 'blink').length;
  const repetitions = expected / rate / unit;
  writePart(
    `analyze, ${rate}`,
    `\`node bench/soak/analyze.mjs ${rate} ${seconds}\`: 640×480 at ${rate} frames per second, ${frames} frames; a clip of ${unit} s, ${repetitions} times, each with one micro-expression and one blink. Reported: ${micro} micro-expressions, ${blinks} blinks.

| elapsed, s | CPU, s | CPU, ms a frame | memory of all processes, MB, after 10 % | 25 % | 50 % | 75 % | at the end | most |
|---|---|---|---|---|---|---|---|---|
| ${wall.toFixed(0)} | ${cpu.toFixed(0)} | ${((1000 * cpu) / frames).toFixed(1)} | ${memoryRow(samples).join(' | ')} |`,
  );
} finally {
  rmSync(room, { recursive: true, force: true });
}
