/**
 * @file TV-L1 against OpenCV's: time and end-point error on the same images, alternating.
 *
 * `node bench/tvl1.mjs` needs python3 with OpenCV's optflow (Debian: python3-opencv) and writes
 * bench/results/tvl1.md. PYTHON names another interpreter. The method is in docs/benchmarks.md.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { runnerImport } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const load = async (path) => (await runnerImport(here(path), { logLevel: 'error' })).module;
const { createTvl1 } = await load('../packages/core/src/motion/tvl1.ts');
const { ACCURATE, FAST } = await load('../packages/core/src/motion/tvl1-options.ts');
const { tvl1Reference } = await load('../packages/core/src/motion/tvl1-reference.ts');
const { endPointError, syntheticPair } = await load(
  '../packages/core/src/motion/synthetic.cases.ts',
);

const NOISE = 1.5;
const AMPLITUDES = [0.3, 1, 3];
const shared = process.env.TELLTALE_SHARED ?? here('../../shared/data');

const demo = (number) => here(`../node_modules/@vladmandic/face-api/demo/sample${number}.jpg`);
const square = (left, top, side) => ({ left, top, width: side, height: side });

/** Faces by name: file and the square that holds the face. The first and the last were used to choose parameters. */
const FACES = {
  photo: { path: demo(1), square: square(1470, 190, 260) },
  'held-out face 1': { path: demo(3), square: square(1032, 216, 312) },
  'held-out face 2': { path: demo(5), square: square(304, 875, 318) },
  'held-out face 3': { path: demo(6), square: square(1440, 273, 305) },
  astronaut: {
    path: join(shared, 'clips/astronaut.png'),
    square: square(160, 65, 128),
  },
};

async function pair(name, { width, height }, amplitude, noise, seed) {
  const face = FACES[name];
  const { data, info } = await sharp(readFileSync(face.path))
    .removeAlpha()
    .extract(face.square)
    .resize(2 * width, 2 * height, { kernel: 'lanczos3', fit: 'fill' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const source = {
    data: Float32Array.from(
      { length: info.width * info.height },
      (_, i) => data[i * info.channels],
    ),
    width: info.width,
    height: info.height,
  };
  return syntheticPair(source, { amplitude, noise, seed });
}

const folder = mkdtempSync(join(tmpdir(), 'tvl1-'));
const python = spawn(process.env.PYTHON ?? '/usr/bin/python3', [here('tvl1_opencv.py')], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface(python.stdout)[Symbol.asyncIterator]();
const answer = async () => JSON.parse((await answers.next()).value);
const opencv = await answer();

async function runOpenCv({ from, to }, single) {
  const files = Object.fromEntries(
    ['from', 'to', 'flow'].map((name) => [name, join(folder, name)]),
  );
  writeFileSync(files.from, Uint8Array.from(from.data));
  writeFileSync(files.to, Uint8Array.from(to.data));
  const { width, height } = from;
  python.stdin.write(`${JSON.stringify({ ...files, width, height, single })}\n`);
  const { milliseconds } = await answer();
  const bytes = readFileSync(files.flow);
  const both = new Float32Array(bytes.buffer, bytes.byteOffset, 2 * width * height);
  const flow = { u: both.slice(0, width * height), v: both.slice(width * height), width, height };
  return { milliseconds, flow };
}

const tvl1 = await createTvl1();
const timed = (compute) => {
  const start = performance.now();
  const flow = compute();
  return { milliseconds: performance.now() - start, flow };
};

const METHODS = {
  'telltale, accurate': ({ from, to }) => timed(() => tvl1.compute(from, to, ACCURATE)),
  'telltale, fast': ({ from, to }) => timed(() => tvl1.compute(from, to, FAST)),
  'OpenCV, 1 thread': (images) => runOpenCv(images, true),
  [`OpenCV, ${opencv.threads} threads`]: (images) => runOpenCv(images, false),
};
/** Threads change OpenCV's time, not its numbers. */
const COMPARED = Object.fromEntries(Object.entries(METHODS).slice(0, 3));
const REFERENCE = 'plain TypeScript, accurate';

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
};
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** Medians over rounds; the methods take turns within each round. */
async function speed(size, rounds, methods) {
  const images = await pair('photo', size, 1, NOISE, 1);
  const times = Object.fromEntries(Object.keys(methods).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, method] of Object.entries(methods)) {
      const { milliseconds } = await method(images);
      if (round >= 0) times[name].push(milliseconds);
    }
  }
  return times;
}

const sizes = [
  [{ width: 128, height: 128 }, 15],
  [{ width: 224, height: 224 }, 15],
  [{ width: 640, height: 480 }, 3],
];
const withReference = {
  ...METHODS,
  [REFERENCE]: ({ from, to }) => timed(() => tvl1Reference(from, to, ACCURATE)),
};
const measured = [];
for (const [size, rounds] of sizes) measured.push(await speed(size, rounds, withReference));
const speedRows = Object.keys(withReference).map((name) => [
  name,
  ...measured.map(
    (times) => `${median(times[name]).toFixed(1)} (${Math.min(...times[name]).toFixed(1)})`,
  ),
]);
const ratios = Object.keys(METHODS)
  .filter((name) => name.startsWith('OpenCV'))
  .map((name) => {
    const at = measured.map((times) =>
      median(times['telltale, accurate'].map((value, i) => value / times[name][i])).toFixed(2),
    );
    return [`telltale, accurate / ${name}`, ...at];
  });

const errorTables = [];
for (const noise of [NOISE, 0]) {
  for (const face of Object.keys(FACES).filter((name) => existsSync(FACES[name].path))) {
    const errors = Object.fromEntries(Object.keys(COMPARED).map((name) => [name, []]));
    for (const amplitude of AMPLITUDES) {
      const sums = Object.fromEntries(Object.keys(COMPARED).map((name) => [name, [0, 0]]));
      const seeds = noise > 0 ? [1, 2, 3] : [1];
      for (const seed of seeds) {
        const images = await pair(face, { width: 224, height: 224 }, amplitude, noise, seed);
        for (const [name, method] of Object.entries(COMPARED)) {
          const { all, moving } = endPointError((await method(images)).flow, images.truth);
          sums[name][0] += all / seeds.length;
          sums[name][1] += moving / seeds.length;
        }
      }
      for (const [name, both] of Object.entries(sums)) {
        errors[name].push(both.map((value) => value.toFixed(3)).join(' / '));
      }
    }
    const head = [`${face}, noise ${noise}`, ...AMPLITUDES.map((amplitude) => `${amplitude} px`)];
    const rows = Object.entries(errors).map(([name, cells]) => [name, ...cells]);
    errorTables.push(table(head, rows));
  }
}
python.stdin.end();
rmSync(folder, { recursive: true });

const head = ['milliseconds, median (best)', '128×128', '224×224', '640×480'];
const report = `# TV-L1: time and error

Made by \`node bench/tvl1.mjs\`; the method is in docs/benchmarks.md.
Machine: ${cpus().length} shared cores (${cpus()[0].model.trim()}), other work running at the same time; Node ${process.versions.node}; OpenCV ${opencv.version}.

## Time

${table(head, speedRows)}

Ratios, median over the rounds:

${table(['ratio', '128×128', '224×224', '640×480'], ratios)}

## End-point error in pixels, all pixels / moving pixels, 224×224

${errorTables.join('\n\n')}
`;
writeFileSync(here('results/tvl1.md'), report);
process.stdout.write(report);
