/**
 * @file `telltale dataset prepare` of 5,000 clips, to the end: time, CPU time and memory while it runs.
 *
 * `npm run build && node bench/soak/prepare.mjs [clips]` writes its part of bench/results/soak.md. Eight synthetic clips
 * of CASME II, 150×170 pixels, are linked under new subjects until there are as many as wanted; every one is prepared
 * on its own. The same command again must find all of them there.
 */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { memoryRow, telltale, watch, writePart } from './watch.mjs';

const BASE = 8;
const wanted = Number(process.argv[2] ?? 5000);
const room = mkdtempSync(join(tmpdir(), 'telltale-soak-'));
try {
  const base = join(room, 'base');
  const made = ['--layout', 'casme2', '--subjects', '4', '--clips', String(BASE)];
  execFileSync(process.execPath, [
    ...[telltale, 'synth', 'dataset', ...made, '--size', '150x170', '--out', base],
  ]);
  const data = join(room, 'data');
  fileClips(base, data);
  const line = ['dataset', 'prepare', 'casme2', data, '--out', join(room, 'cache')];
  const rows = [];
  for (const expected of [`${wanted} clips prepared`, `${wanted} were there`]) {
    const { status, text, wall, cpu, samples } = await watch([...line, '--parallel', '2']);
    if (status !== 0 || !text.includes(expected)) throw new Error(`status ${status}, not "${expected}" but:\n${text}`); // prettier-ignore
    rows.push(
      `| ${expected} | ${wall.toFixed(0)} | ${cpu.toFixed(1)} | ${((1000 * cpu) / wanted).toFixed(1)} | ${memoryRow(samples).join(' | ')} |`,
    );
    console.log(rows.at(-1));
  }
  const lines = readFileSync(join(room, 'cache', 'samples.csv'), 'utf8')
    .trim()
    .split('\n').length;
  if (lines !== wanted + 1) throw new Error(`samples.csv has ${lines} lines`);
  writePart(
    'prepare',
    `\`node bench/soak/prepare.mjs ${wanted}\`: ${wanted} clips of 150×170 pixels, two processes.

| run | elapsed, s | CPU, s | CPU, ms a clip | memory of all processes, MB, after 10 % | 25 % | 50 % | 75 % | at the end | most |
|---|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}`,
  );
} finally {
  rmSync(room, { recursive: true, force: true });
}

/** Links the clips of one dataset under new subjects, and writes the annotation sheet. */
function fileClips(from, data) {
  const { films } = JSON.parse(readFileSync(join(from, 'telltale-truth.json'), 'utf8'));
  const ofOne = Math.max(4, Math.ceil(wanted / 100));
  const rows = Array.from({ length: wanted }, (_, i) => {
    const { folder, events } = films[i % BASE];
    const [{ onset, apex, offset, emotion }] = events;
    const subject = `sub${String(1 + Math.floor(i / ofOne)).padStart(2, '0')}`;
    const name = `EP${String(1 + (i % ofOne)).padStart(2, '0')}_${String(1 + i).padStart(2, '0')}`;
    const to = join(data, 'Cropped', subject, name);
    mkdirSync(to, { recursive: true });
    for (const file of readdirSync(join(from, folder))) linkSync(join(from, folder, file), join(to, file)); // prettier-ignore
    return [subject.slice(3), name, onset, apex, offset, '4', emotion].join(',');
  });
  const header = 'Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion';
  writeFileSync(join(data, 'CASME2-coding-20140508.csv'), `${[header, ...rows].join('\n')}\n`);
}
