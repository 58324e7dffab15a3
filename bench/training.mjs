/**
 * @file How long a training step takes here and in PyTorch.
 *
 * `npm run build && node bench/training.mjs [--rows merba,vit] [--rounds 9] [--threads 2]`
 *
 * Both sides train the same network from the same parameters on the same batch with AdamW and clipped
 * gradients; before anything is timed, loss, norm of the gradients and the loss after a step must
 * agree. PyTorch is a process that lives as long as the run; the sides take turns in blocks of about
 * a second. Writes bench/results/training.json.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { createRandom } from '../packages/core/dist/base/random.js';
import { compileTraining, createTrainer, crossEntropy } from '@telltale/engine';
import { loadRuntime } from '@telltale/node';

import { CLIP, median, openPytorch } from './pytorch.mjs';
import { rows } from './training-networks.mjs';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '' },
    rounds: { type: 'string', default: '9' },
    threads: { type: 'string', default: '2' },
    python: { type: 'string', default: '/usr/bin/python3' },
    'no-write': { type: 'boolean', default: false },
  },
});
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const threads = Number(options.threads);
const BLOCK = 800; // milliseconds of one side before the other takes over
const pytorch = await openPytorch({ python: options.python, threads });

/** Parameters, a batch and a trainer of a row. */
async function open({ network, config, batch, planes = 3 }) {
  const random = createRandom(1);
  const params = network.init(config, random.fork(0));
  const data = random.fork(1);
  const images = Float32Array.from({ length: batch * planes * config.size ** 2 }, () =>
    data.normal(),
  );
  const targets = new Float32Array(batch * config.classes);
  for (let i = 0; i < batch; i++) targets[i * config.classes + data.integer(config.classes)] = 1;
  const start = performance.now();
  const program = compileTraining({
    params,
    inputs: {
      images: [batch, planes, config.size, config.size],
      targets: [batch, config.classes],
    },
    loss: (context, symbolic, inputs) => {
      const outputs = network.forward(context, config, symbolic, inputs.images);
      const loss =
        network.loss?.(config, outputs, inputs.targets) ??
        crossEntropy(outputs.logits, inputs.targets);
      return { loss };
    },
    optimizer: { clipNorm: CLIP },
  });
  const settings = { intraOpNumThreads: threads, random: createRandom(2) };
  const trainer = await createTrainer(await loadRuntime(), program, settings);
  const compile = performance.now() - start;
  const inputs = { images, targets };
  const step = () => trainer.train({ inputs, learningRate: 1e-3, weightDecay: 0.05 });
  return { params, inputs, shapes: program.inputs, trainer, step, compile };
}

/** Hands parameters and batch to PyTorch. */
function hand(row, { params, inputs, shapes }) {
  const { images, targets } = inputs;
  return pytorch.load(row, params, {
    images: { shape: shapes.images, data: images },
    targets: { shape: shapes.targets, data: targets },
  });
}

/** Fails where the two sides do not compute the same. */
async function compare(row, twins) {
  const quiet = { ...row, config: { ...row.config, ...row.still } };
  const ours = await open(quiet);
  const first = await ours.step();
  const second = await ours.step();
  await ours.trainer.release();
  const seen = [first.loss, first.reports.gradientNorm[0], second.loss];
  for (const twin of twins) {
    await hand(quiet, ours);
    const { loss, norm, second: again } = await pytorch.ask({ do: 'check', twin });
    [loss, norm, again].forEach((value, i) => {
      if (Math.abs(value - seen[i]) > 2e-3 * Math.abs(value)) {
        throw new Error(
          `${row.name} (${twin}): PyTorch sees ${[loss, norm, again]}, telltale ${seen}`,
        );
      }
    });
  }
}

/** Steps until a block is full. */
async function ourBlock(step, steps) {
  const times = [];
  const before = process.cpuUsage();
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  return { times, cpu: (user + system) / 1000 / steps };
}

async function measure(row) {
  const twins = row.twins ?? ['plain'];
  await compare(row, twins);
  const ours = await open(row);
  await hand(row, ours);
  const sides = [
    { name: 'telltale', run: (steps) => ourBlock(ours.step, steps) },
    ...twins.map((twin) => ({
      name: twin,
      run: (steps) => pytorch.ask({ do: 'time', twin, steps }),
    })),
  ];
  for (const side of sides) {
    const { times } = await side.run(2);
    side.steps = Math.max(2, Math.round(BLOCK / times.at(-1)));
    side.blocks = [];
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const side of sides) {
      const { times, cpu } = await side.run(side.steps);
      side.blocks.push({ wall: median(times), cpu });
    }
  }
  await ours.trainer.release();
  const medians = sides.map(({ name, blocks }) => ({
    name,
    wall: median(blocks.map(({ wall }) => wall)),
    cpu: median(blocks.map(({ cpu }) => cpu)),
  }));
  const [, ...theirs] = medians;
  const best = theirs.toSorted((a, b) => a.wall - b.wall)[0];
  const rival = sides.find(({ name }) => name === best.name);
  const ratio = (kind) =>
    median(sides[0].blocks.map((block, i) => block[kind] / rival.blocks[i][kind]));
  return {
    row: row.name,
    batch: row.batch,
    compile: ours.compile,
    against: best.name,
    ratio: ratio('wall'),
    cpuRatio: ratio('cpu'),
    milliseconds: Object.fromEntries(medians.map(({ name, wall }) => [name, wall])),
    cpuMilliseconds: Object.fromEntries(medians.map(({ name, cpu }) => [name, cpu])),
  };
}

const wanted = options.rows.split(',');
const chosen = rows.filter(({ name }) => wanted.some((part) => name.includes(part)));
const found = [];
try {
  for (const row of chosen) {
    const result = await measure(row);
    found.push(result);
    const all = Object.entries(result.milliseconds).map(([name, ms]) => `${name} ${ms.toFixed(1)}`);
    console.log(
      `${row.name.padEnd(16)} ${result.ratio.toFixed(2)}× (CPU ${result.cpuRatio.toFixed(2)}×)` +
        `  ${all.join(', ')} ms; compiled in ${(result.compile / 1000).toFixed(1)} s`,
    );
  }
} finally {
  await pytorch.close();
}

if (!options['no-write']) {
  const file = here('results/training.json');
  mkdirSync(here('results'), { recursive: true });
  let kept = [];
  try {
    kept = JSON.parse(readFileSync(file, 'utf8')).rows;
  } catch {
    // the first run
  }
  const round = (_, value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value);
  const measured = new Date().toISOString().slice(0, 16);
  const machine = { cpu: cpus()[0].model, cores: cpus().length, load: loadavg()[0] };
  const fresh = found.map((result) => ({
    ...result,
    measured,
    pytorch: pytorch.version,
    threads,
    ...machine,
  }));
  const key = ({ row, threads: count }) => `${row} ${count}`;
  const known = new Map([...kept, ...fresh].map((result) => [key(result), result]));
  const counts = [...new Set([...known.values()].map((result) => result.threads))].sort();
  const all = rows.flatMap(({ name }) =>
    counts.flatMap((count) => known.get(key({ row: name, threads: count })) ?? []),
  );
  writeFileSync(file, `${JSON.stringify({ rows: all }, round, 2)}\n`);
}
