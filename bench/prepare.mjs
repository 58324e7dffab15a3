/**
 * @file How fast a dataset is prepared, what a second run costs, and how time and memory grow with the number of clips.
 *
 * `npm run build && node bench/prepare.mjs [clips]` writes the part on time of bench/results/prepare.md,
 * `node bench/prepare.mjs --growth 500 1000 2000` that on growth. `telltale synth dataset --layout casme2` makes eight
 * clips of 150×170 pixels, which are filed under new subjects until there are as many as wanted: drawing faces takes
 * longer than preparing them. Every one of them is prepared; nothing is known of its content beforehand, and the run
 * must report it. CPU time is that of all processes together; elapsed time is comparable only on an idle machine.
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
  if (words[0] === '--growth') measureGrowth(base, words.slice(1).map(Number));
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
  const again = many(AGAIN, () => prepare(data, cache, { there: wanted }));
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
  const ratio = (name) => (first[name] / again[name]).toFixed(0);
  write(
    'Time',
    `Measured by \`node bench/prepare.mjs ${wanted}\` on ${machine()}. ${BASE} synthetic clips of CASME II, 150×170 pixels, filed under new subjects; two processes; flow, apex and onset at 28×28. Runs that repeat are given by their median of ${AGAIN}.

All ${wanted} clips: ${first.wall.toFixed(1)} s, ${(wanted / first.wall).toFixed(1)} clips per second, start included. The same command again: ${again.wall.toFixed(2)} s, **${ratio('wall')}× faster** in elapsed time, ${ratio('cpu')}× in CPU time. Node itself takes ${start.wall.toFixed(3)} s to start.

| run | clips | seconds | CPU seconds | largest process, MB |
|---|---|---|---|---|
${[
  ['all of them', wanted, first],
  ['the same again', wanted, again],
  ['searching for every apex of a quarter', quarter, searched],
  ...Object.entries(starts).map(([name, one]) => [`\`${name}\``, '', one]),
]
  .map(
    ([name, clips, { wall, cpu, megabytes }]) =>
      `| ${name} | ${clips} | ${wall.toFixed(wall < 2 ? 3 : 1)} | ${cpu.toFixed(2)} | ${megabytes} |`,
  ) // prettier-ignore
  .join('\n')}
`,
  );
}

function measureGrowth(base, sizes) {
  const lines = [];
  for (const wanted of sizes) {
    const data = join(room, `data-${wanted}`);
    const cache = join(room, `cache-${wanted}`);
    const rows = fileClips(base, data, { wanted, copy: linkFrames });
    writeFileSync(join(data, SHEET), sheetOf(rows));
    const first = prepare(data, cache, { prepared: wanted });
    const again = prepare(data, cache, { there: wanted });
    const cells = ({ cpu, wall, megabytes }) =>
      `${cpu.toFixed(1)} | ${wall.toFixed(1)} | ${megabytes}`;
    const perClip = ((1000 * first.cpu) / wanted).toFixed(0);
    lines.push(`| ${wanted} | ${cells(first)} | ${perClip} | ${cells(again)} |`);
    console.log(lines.at(-1));
    rmSync(data, { recursive: true });
    rmSync(cache, { recursive: true });
  }
  write(
    'Growth',
    `Measured by \`node bench/prepare.mjs --growth ${sizes.join(' ')}\` on ${machine()}. The frames of ${BASE} synthetic clips of CASME II, 150×170 pixels, linked under new subjects; every clip is prepared on its own; two processes. CPU seconds of all processes, elapsed seconds, and the largest process in MB.

| clips | first run: CPU | elapsed | MB | CPU milliseconds per clip | again: CPU | elapsed | MB |
|---|---|---|---|---|---|---|---|
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

/** Prepares, and checks that it did what it is measured for. */
function prepare(data, cache, { prepared = 0, there = 0 }, ...more) {
  const expected = `${prepared} clips prepared${there > 0 ? `, ${there} were there` : ''}.`;
  const line = ['dataset', 'prepare', 'casme2', data, '--out', cache, '--parallel', '2', ...more];
  const { text, ...measured } = run([program, ...line]);
  if (!text.includes(expected)) throw new Error(`not "${expected}" but:\n${text}`);
  console.log(expected, measured);
  return measured;
}

/** Elapsed seconds, CPU seconds of all processes, the largest memory of any process, and its standard error. */
function run(line) {
  const began = performance.now();
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '%U %S %M', process.execPath, ...line], { encoding: 'utf8' }); // prettier-ignore
  const wall = (performance.now() - began) / 1000; // /usr/bin/time reports hundredths and takes a millisecond
  if (status !== 0) throw new Error(stderr);
  const lines = stderr.trim().split('\n');
  const [user, system, memory] = lines.pop().split(' ').map(Number);
  return { wall, cpu: user + system, megabytes: Math.round(memory / 1024), text: lines.join('\n') }; // prettier-ignore
}

/** The median of several runs in each of what is measured. */
function many(times, measure) {
  const all = Array.from({ length: times }, measure);
  const median = (name) => all.map((one) => one[name]).sort((a, b) => a - b)[times >> 1];
  return { wall: median('wall'), cpu: median('cpu'), megabytes: median('megabytes') };
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
  const order = ['Time', 'Growth'].filter((name) => parts.has(name));
  const whole = order.map((name) => `## ${name}\n\n${parts.get(name)}\n`).join('\n');
  writeFileSync(results, `# Preparing a dataset\n\n${whole}`);
  console.log(text);
}
