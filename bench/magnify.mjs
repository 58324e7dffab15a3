/**
 * @file Magnification against a plain NumPy and OpenCV implementation, taken in turns, and the whole command.
 *
 * `node bench/magnify.mjs` (after `npm run build`) needs python3 with NumPy and OpenCV and writes
 * bench/results/magnify.md. PYTHON names another interpreter. The method is in docs/benchmarks.md.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { runnerImport } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const load = async (path) => (await runnerImport(here(path), { logLevel: 'error' })).module;
const { createMagnifier } = await load('../packages/core/src/magnify/magnifier.ts');
const { resolveMagnification } = await load('../packages/core/src/magnify/options.ts');

const [WIDTH, HEIGHT, RATE, KEPT, COUNT, ROUNDS] = [640, 480, 30, 30, 61, 9];
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** A photograph that sways by a fifth of a pixel, with noise: 30 frames, shown again and again. */
async function makeFrames() {
  const photo = here('../node_modules/@vladmandic/face-api/demo/sample6.jpg');
  const { data } = await sharp(readFileSync(photo))
    .resize(4 * WIDTH, 4 * HEIGHT, { fit: 'cover' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  let seed = 1;
  const noise = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed / 2 ** 32 - 0.5) * 5;
  };
  return Array.from({ length: KEPT }, (_, t) => {
    const shift = Math.round(0.8 * Math.sin((2 * Math.PI * 2 * t) / KEPT) + 1);
    const frame = new Uint8Array(WIDTH * HEIGHT * 3);
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const from = 3 * (4 * y * 4 * WIDTH + Math.min(4 * x + shift, 4 * WIDTH - 1));
        const to = 3 * (y * WIDTH + x);
        for (let c = 0; c < 3; c++) {
          frame[to + c] = Math.max(0, Math.min(255, Math.round(data[from + c] + noise())));
        }
      }
    }
    return { data: frame, width: WIDTH, height: HEIGHT, channels: 3 };
  });
}

const folder = mkdtempSync(join(tmpdir(), 'magnify-'));
const frames = await makeFrames();
writeFileSync(join(folder, 'frames'), Buffer.concat(frames.map(({ data }) => data)));
const python = spawn(process.env.PYTHON ?? '/usr/bin/python3', [here('magnify.py')], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface(python.stdout)[Symbol.asyncIterator]();
const answer = async () => JSON.parse((await answers.next()).value);
const versions = await answer();

/** telltale's magnifier, whose rounds follow each other: milliseconds per frame, wall time and CPU time of all threads. */
async function open(options) {
  const magnifier = await createMagnifier({ width: WIDTH, height: HEIGHT, rate: RATE }, options);
  const into = new Uint8ClampedArray(WIDTH * HEIGHT * 3);
  magnifier.next(frames[0], into);
  return () => {
    const [start, work] = [performance.now(), process.cpuUsage()];
    for (let i = 1; i < COUNT; i++) magnifier.next(frames[i % KEPT], into);
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(work);
    const done = COUNT - 1;
    return { wall: wall / done, busy: (user + system) / 1000 / done, last: into };
  };
}

async function theirs(options) {
  const { filter, gains, chroma } = resolveMagnification(
    { width: WIDTH, height: HEIGHT, rate: RATE },
    options,
  );
  const { fast, slow, gain } = filter;
  const request = { width: WIDTH, height: HEIGHT, count: COUNT, gains, chroma, fast, slow, gain };
  const files = { frames: join(folder, 'frames'), last: join(folder, 'last') };
  python.stdin.write(`${JSON.stringify({ ...request, ...files })}\n`);
  return { ...(await answer()), last: readFileSync(files.last) };
}

/** How close the last frames are: decibels of the change that both made over their difference. */
function agreement(one, other) {
  const before = frames[(COUNT - 1) % KEPT].data;
  let [signal, noise] = [0, 0];
  for (let i = 0; i < before.length; i++) {
    signal += (other[i] - before[i]) ** 2;
    noise += (other[i] - one[i]) ** 2;
  }
  return 10 * Math.log10(signal / Math.max(noise, 1e-9));
}

const rows = [];
for (const [name, options] of [
  ['luma alone (the default)', {}],
  ['chroma 0.1', { chroma: 0.1 }],
]) {
  const ours = await open(options);
  // The first round begins where theirs begins; it is compared, not counted.
  const decibels = agreement(ours().last, (await theirs(options)).last);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ one: ours(), other: await theirs(options) });
  }
  const of = (pick) => rounds.map(pick);
  const cell = (values) => `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)})`;
  const walls = of(({ one }) => one.wall);
  rows.push([
    name,
    cell(walls),
    cell(of(({ one }) => one.busy)),
    cell(of(({ other }) => other.wall)),
    cell(of(({ other }) => other.busy)),
    median(of(({ one, other }) => other.wall / one.wall)).toFixed(1),
    median(of(({ one, other }) => other.busy / one.busy)).toFixed(1),
    (1000 / RATE / median(walls)).toFixed(1),
    `${decibels.toFixed(0)} dB`,
  ]);
}
python.stdin.end();

/** The whole command on ten seconds of video: decoding, magnifying, encoding. */
const clip = join(folder, 'clip.mp4');
execFileSync('ffmpeg', [
  ...['-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${WIDTH}x${HEIGHT}`],
  ...['-r', `${RATE}`, '-stream_loop', '9', '-i', join(folder, 'frames')],
  ...['-crf', '18', '-pix_fmt', 'yuv420p', clip],
]);
const program = here('../packages/cli/bin/telltale.js');
const runs = [];
for (let round = 0; round < 3; round++) {
  const words = [process.execPath, program, 'magnify', clip, '--out', join(folder, 'out.mp4')];
  const timing = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null 2>&1; } 2>&1';
  const text = execFileSync('bash', ['-c', timing, 'bash', ...words], { encoding: 'utf8' });
  const [wall, user, system] = text.trim().split(' ').map(Number);
  runs.push({ wall, busy: user + system });
}
const best = Math.min(...runs.map(({ wall }) => wall));
const busy = median(runs.map((run) => run.busy));
rmSync(folder, { recursive: true });

const head = [
  'milliseconds a frame, median (best)',
  'telltale',
  'telltale, CPU time',
  'NumPy and OpenCV',
  'NumPy and OpenCV, CPU time',
  'ratio',
  'ratio, CPU time',
  'times real time',
  'agreement',
];
const table = (cells) => `| ${cells.join(' | ')} |`;
const clipSeconds = (10 * KEPT) / RATE;
const report = `# Magnification: time

Made by \`node bench/magnify.mjs\`; the method is in docs/benchmarks.md.
Machine: ${cpus().length} shared cores (${cpus()[0].model.trim()}), other work running at the same time; Node ${process.versions.node}; OpenCV ${versions.version} (${versions.threads} threads), NumPy ${versions.numpy}.

## 640×480 pixels, 30 frames per second, filter iir, alpha 10

${[head, head.map(() => '---'), ...rows].map(table).join('\n')}

## The whole command, decoding and encoding included

\`telltale magnify\` of a clip of ${clipSeconds} s, 640×480, 30 frames per second, its start included: ${busy.toFixed(2)} s of CPU time over both cores, ${(clipSeconds / (busy / 2)).toFixed(1)} times real time where both are free; on the clock of this shared machine ${best.toFixed(2)} s at best.
`;
writeFileSync(here('results/magnify.md'), report);
process.stdout.write(report);
