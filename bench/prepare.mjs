/**
 * @file How fast a dataset is prepared, what a second run costs, and how much memory it takes.
 *
 * `npm run build && node bench/prepare.mjs [clips]` writes the part on time of bench/results/prepare.md,
 * `node bench/prepare.mjs --memory 1000 2000 10000` that on memory. `telltale synth dataset --layout casme2` makes
 * eight clips of 150×170 pixels, which are filed under new subjects until there are as many as wanted: making faces
 * takes longer than preparing them. Every one of them is prepared; nothing is known of its content beforehand, and the
 * run must say so. Processor time is that of all processes together; times by the clock are worth something only on a
 * machine that does nothing else.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const program = here('../packages/cli/bin/telltale.js');
const results = here('results/prepare.md');
const BASE = 8;
const AGAIN = 9;
const SHEET = 'CASME2-coding-20140508.csv';
const machine = () =>
  `Node ${process.version}, ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)} on ${cpus().length} cores`;

const words = process.argv.slice(2);
const room = mkdtempSync(join(tmpdir(), 'telltale-prepare-'));
try {
  const base = join(room, 'base');
  execFileSync(process.execPath, [
    ...[program, 'synth', 'dataset', '--layout', 'casme2', '--subjects', '4'],
    ...['--clips', String(BASE), '--size', '150x170', '--out', base],
  ]);
  if (words[0] === '--memory') measureMemory(base, words.slice(1).map(Number));
  else measureTime(base, Number(words[0] ?? 100));
} finally {
  rmSync(room, { recursive: true, force: true });
}

function measureTime(base, wanted) {
  const data = join(room, 'data');
  const cache = join(room, 'cache');
  const rows = fileClips(base, data, { wanted, copy: (from, to) => cpSync(from, to, { recursive: true, preserveTimestamps: true }) }); // prettier-ignore
  writeFileSync(join(data, SHEET), sheetOf(rows));
  const first = prepare(data, cache, { prepared: wanted });
  const second = prepare(data, cache, { there: wanted });
  const again = many(AGAIN, () => prepare(data, cache, { there: wanted }));
  rmSync(join(cache, 'prepared/casme2.seen.json'));
  const slow = prepare(data, cache, { there: wanted });
  const quarter = Math.ceil(wanted / 4);
  const bare = join(room, 'without-apex.csv');
  writeFileSync(bare, sheetOf(rows.slice(0, quarter).map((row) => row.with(3, '/'))));
  const searched = prepare(data, join(room, 'searched'), { prepared: quarter }, '--sheet', bare);
  const starts = {
    'node -e 0': many(AGAIN, () => run(['-e', '0'])),
    'telltale --version': many(AGAIN, () => run([program, '--version'])),
    'telltale --help': many(AGAIN, () => run([program, '--help'])),
  };
  const start = starts['node -e 0'];
  const ratio = (later, name) => (first[name] / later[name]).toFixed(0);
  const work = (first.wall - start.wall) / (again.wall - start.wall);
  write(
    'Time',
    `Made by \`node bench/prepare.mjs ${wanted}\` on ${machine()}. ${BASE} made-up clips of CASME II, 150×170 pixels, filed under new subjects; two processes; flow, apex and onset at 28×28. Runs that repeat are given by their median of ${AGAIN}.

All ${wanted} clips: ${first.wall.toFixed(1)} s, ${(wanted / first.wall).toFixed(1)} clips a second, start included. The same command again: ${second.wall.toFixed(3)} s right after it (what was written in its last moments is read again), ${again.wall.toFixed(3)} s from then on: **${ratio(second, 'wall')}× and ${ratio(again, 'wall')}× faster** by the clock, ${ratio(second, 'processor')}× and ${ratio(again, 'processor')}× by processor time. Node itself takes ${start.wall.toFixed(3)} s to start; without that, the work is ${work.toFixed(0)}× faster.

| run | clips | seconds | processor seconds | largest process, MB |
|---|---|---|---|---|
${[
  ['all of them', wanted, first],
  ['the same again, right after', wanted, second],
  ['the same again', wanted, again],
  ['again, the manifest deleted', wanted, slow],
  ['searching for every apex of a quarter', quarter, searched],
  ...Object.entries(starts).map(([name, one]) => [`\`${name}\``, '', one]),
]
  .map(
    ([name, clips, { wall, processor, megabytes }]) =>
      `| ${name} | ${clips} | ${wall.toFixed(wall < 2 ? 3 : 1)} | ${processor.toFixed(2)} | ${megabytes} |`,
  ) // prettier-ignore
  .join('\n')}
`,
  );
}

function measureMemory(base, sizes) {
  const lines = [];
  for (const wanted of sizes) {
    const data = join(room, `data-${wanted}`);
    const cache = join(room, `cache-${wanted}`);
    const rows = fileClips(base, data, { wanted, copy: linkFrames });
    writeFileSync(join(data, SHEET), sheetOf(rows));
    const first = prepare(data, cache, { prepared: wanted });
    const again = prepare(data, cache, { there: wanted });
    rmSync(join(cache, 'prepared/casme2.seen.json'));
    const slow = prepare(data, cache, { there: wanted });
    const cell = ({ wall, megabytes }) => `${megabytes} MB, ${wall.toFixed(1)} s`;
    lines.push(`| ${wanted} | ${[first, again, slow].map(cell).join(' | ')} |`);
    console.log(lines.at(-1));
    rmSync(data, { recursive: true });
    rmSync(cache, { recursive: true });
  }
  write(
    'Memory',
    `Made by \`node bench/prepare.mjs --memory ${sizes.join(' ')}\` on ${machine()}. The frames of ${BASE} made-up clips of CASME II, 150×170 pixels, linked under new subjects; every clip is prepared on its own; two processes. The largest of all processes, and seconds by the clock; where nothing is prepared, that is the one which plans.

| clips | first run | the same again | again, the manifest deleted |
|---|---|---|---|
${lines.join('\n')}
`,
  );
}

/** Files the clips of one dataset under new subjects until there are enough; returns the rows of the sheet. */
function fileClips(base, data, { wanted, copy }) {
  const truth = JSON.parse(readFileSync(join(base, 'telltale-truth.json'), 'utf8'));
  const ofOne = Math.max(4, Math.ceil(wanted / 100));
  return Array.from({ length: wanted }, (_, i) => {
    const { folder: from, events } = truth.films[i % BASE];
    const [{ onset, apex, offset, emotion }] = events;
    const as = `sub${String(1 + Math.floor(i / ofOne)).padStart(2, '0')}`;
    const name = `EP${String(1 + (i % ofOne)).padStart(2, '0')}_${String(1 + i).padStart(2, '0')}`;
    copy(join(base, from), join(data, 'Cropped', as, name));
    return [as.slice(3), name, onset, apex, offset, '4', emotion];
  });
}

/** A folder whose files are those of another, by another name: ten thousand clips take no room. */
function linkFrames(from, to) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) linkSync(join(from, name), join(to, name));
}

function sheetOf(rows) {
  const header = 'Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion';
  return `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`;
}

/** Prepares, and sees that it did what it is measured for. */
function prepare(data, cache, { prepared = 0, there = 0 }, ...more) {
  const told = `${prepared} clips prepared${there > 0 ? `, ${there} were there` : ''}.`;
  const line = ['dataset', 'prepare', 'casme2', data, '--out', cache, '--parallel', '2', ...more];
  const { said, ...measured } = run([program, ...line]);
  if (!said.includes(told)) throw new Error(`not "${told}" but:\n${said}`);
  console.log(told, measured);
  return measured;
}

/** Seconds by the clock and of all processors, the largest memory of any process, and what was said. */
function run(line) {
  const began = performance.now();
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '%U %S %M', process.execPath, ...line], { encoding: 'utf8' }); // prettier-ignore
  const wall = (performance.now() - began) / 1000; // /usr/bin/time says hundredths and takes a millisecond
  if (status !== 0) throw new Error(stderr);
  const lines = stderr.trim().split('\n');
  const [user, system, memory] = lines.pop().split(' ').map(Number);
  return { wall, processor: user + system, megabytes: Math.round(memory / 1024), said: lines.join('\n') }; // prettier-ignore
}

/** The median of several runs in each of what is measured. */
function many(times, measure) {
  const all = Array.from({ length: times }, measure);
  const median = (name) => all.map((one) => one[name]).sort((a, b) => a - b)[times >> 1];
  return { wall: median('wall'), processor: median('processor'), megabytes: median('megabytes') };
}

/** Writes one part of the results; the others stay. */
function write(title, text) {
  const before = existsSync(results) ? readFileSync(results, 'utf8') : '';
  const parts = new Map(
    before
      .split('\n## ')
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n')).trim()]),
  );
  parts.set(title, text.trim());
  const order = ['Time', 'Memory'].filter((name) => parts.has(name));
  const whole = order.map((name) => `## ${name}\n\n${parts.get(name)}\n`).join('\n');
  writeFileSync(results, `# Preparing a dataset\n\n${whole}`);
  console.log(text);
}
