/**
 * @file How fast a dataset is prepared, what a second run costs, and how much memory it takes.
 *
 * `npm run build && node bench/prepare.mjs [clips]` writes bench/results/prepare.md. `telltale synth dataset --layout
 * casme2` makes eight clips of 150×170 pixels, which are filed under new subjects until there are as many as wanted:
 * making faces takes longer than preparing them. Processor time is that of all processes together; on a machine that
 * does nothing else, two cores do two seconds of it in one.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const program = here('../packages/cli/bin/telltale.js');
const wanted = Number(process.argv[2] ?? 100);
const BASE = 8;

const folder = mkdtempSync(join(tmpdir(), 'telltale-prepare-'));
try {
  const [base, data] = [join(folder, 'base'), join(folder, 'data')];
  const size = ['--size', '150x170'];
  execFileSync(process.execPath, [
    ...[program, 'synth', 'dataset', '--layout', 'casme2', '--subjects', '4'],
    ...['--clips', String(BASE), ...size, '--out', base],
  ]);
  multiply(base, data);
  const rows = [];
  for (const [name, clips, more] of [
    ['a quarter of the clips', Math.ceil(wanted / 4), []],
    ['all of them, again with what is there', wanted, []],
    ['second run', wanted, []],
    [
      'searching for every apex of a quarter',
      Math.ceil(wanted / 4),
      ['--sheet', join(data, 'without-apex.csv')],
    ],
  ]) {
    writeSheet(data, clips);
    const cache = join(folder, more.length > 0 ? 'searched' : 'cache');
    rows.push({ name, clips, ...run(['dataset', 'prepare', 'casme2', data, '--out', cache, '--parallel', '2', ...more]) }); // prettier-ignore
    console.log(rows.at(-1));
  }
  report(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Files the clips of one dataset under new subjects until there are enough; the sheet says so. */
function multiply(base, data) {
  const truth = JSON.parse(readFileSync(join(base, 'telltale-truth.json'), 'utf8'));
  mkdirSync(data, { recursive: true });
  multiply.rows = [];
  for (let i = 0; i < wanted; i++) {
    const { folder: from, events } = truth.films[i % BASE];
    const [{ onset, apex, offset, emotion }] = events;
    const as = `sub${String(1 + Math.floor(i / 4)).padStart(2, '0')}`;
    const name = `EP${String(1 + (i % 4)).padStart(2, '0')}_${String(1 + i).padStart(2, '0')}`;
    cpSync(join(base, from), join(data, 'Cropped', as, name), { recursive: true, preserveTimestamps: true }); // prettier-ignore
    multiply.rows.push([as.slice(3), name, onset, apex, offset, '4', emotion]);
  }
  const part = multiply.rows.slice(0, Math.ceil(wanted / 4));
  writeFileSync(join(data, 'without-apex.csv'), sheetOf(part.map((row) => row.with(3, '/'))));
}

function writeSheet(data, clips) {
  writeFileSync(join(data, 'CASME2-coding-20140508.csv'), sheetOf(multiply.rows.slice(0, clips)));
}

function sheetOf(rows) {
  const header = 'Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion';
  return `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`;
}

/** Wall and processor seconds of all processes, and the largest memory of any. */
function run(words) {
  const line = ['-f', '%e %U %S %M', process.execPath, program, ...words];
  const { stderr, status } = spawnSync('/usr/bin/time', line, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const [wall, user, system, memory] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, processor: user + system, megabytes: Math.round(memory / 1024) };
}

function report(rows) {
  const [quarter, all, second] = rows;
  const made = all.clips - quarter.clips;
  const seconds = quarter.processor + all.processor;
  const text = `# Preparing a dataset

Made by \`node bench/prepare.mjs ${wanted}\` on Node ${process.version}, ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)} on ${cpus().length} cores. ${BASE} made-up clips of CASME II, 150×170 pixels, filed under new subjects; two processes; flow, apex and onset at 28×28.

Processor time of a clip, once the processes run: ${(all.processor / made).toFixed(3)} s. All ${all.clips} clips: ${seconds.toFixed(1)} s, starts of both runs included, which is ${((2 * all.clips) / seconds).toFixed(1)} clips a second on two cores that do nothing else. Second run: ${second.processor.toFixed(2)} s of processor time, ${(seconds / second.processor).toFixed(0)} times less.

| run | clips | seconds | processor seconds | largest process, MB |
|---|---|---|---|---|
${rows.map(({ name, clips, wall, processor, megabytes }) => `| ${name} | ${clips} | ${wall.toFixed(1)} | ${processor.toFixed(2)} | ${megabytes} |`).join('\n')}
`;
  console.log(text);
  writeFileSync(here('results/prepare.md'), text);
}
