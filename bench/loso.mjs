/**
 * @file How long leave-one-subject-out takes here and written plainly in PyTorch.
 *
 * `npm run build && node bench/loso.mjs [--data FOLDER] [--folds 3] [--twins loop,joint]`
 *
 * Both sides train MERba on the same folds from the same parameters by the same recipe: epochs, classes
 * drawn evenly, changed copies, AdamW with clipped gradients and a cosine, predictions of each image
 * and its mirror. They take turns, a fold each, one thread each; every fold has nearly as many steps
 * as every other, so a whole run takes as many times a fold as there are subjects. Measured is the time
 * of CPU time, which other load changes little. Telltale's fold processes share
 * nothing, so two of them take half of the time; what PyTorch gains by a second thread is measured
 * by bench/training.mjs. Writes bench/results/loso.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

import { createRandom } from '../packages/core/dist/base/random.js';
import { readFlowFolder } from '../packages/cli/dist/io/dataset.js';
import { leaveOneSubjectOut } from '@telltale/core/evaluate';
import { findConfig, findNetwork, flowInput } from '@telltale/core/nets';
import { openTask, recipeOf } from '@telltale/core/train';
import { loadRuntime } from '@telltale/node';

import { median, openPytorch } from './pytorch.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: here('../../shared/data/megc2019-flow') },
    folds: { type: 'string', default: '3' },
    twins: { type: 'string', default: 'loop,joint' },
    python: { type: 'string', default: '/usr/bin/python3' },
    'no-write': { type: 'boolean', default: false },
  },
});

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const dataset = await readFlowFolder(options.data, {});
const { samples, images } = dataset;
const classes = [...new Set(samples.map(({ emotion }) => emotion))].sort();
const labels = samples.map(({ emotion }) => classes.indexOf(emotion));
const inputs = images.map((image) => flowInput(image));
const folds = leaveOneSubjectOut(samples);
const place = new Map(samples.map(({ id }, i) => [id, i]));
const network = findNetwork('merba');
const { config: name, recipe } = recipeOf('merba');
const config = network.forClasses(findConfig(network, name), classes);

const begun = cpu();
const task = { network: 'merba', config: name, classes, recipe };
const trainer = await openTask(await loadRuntime(), task, { intraOpNumThreads: 1 });
const compile = cpu() - begun;

/** One fold here. */
async function ourFold({ train, test }) {
  const [wall, spent] = [performance.now(), cpu()];
  const running = trainer.fit(
    { inputs: train.map((i) => inputs[i]), labels: train.map((i) => labels[i]) },
    { seed: 1 },
  );
  let step = await running.next();
  while (!step.done) step = await running.next();
  const found = await trainer.predict(
    step.value,
    test.map((i) => inputs[i]),
  );
  const right = found.filter((row, i) => row.indexOf(Math.max(...row)) === labels[test[i]]).length;
  return {
    wall: (performance.now() - wall) / 1000,
    cpu: cpu() - spent,
    steps: recipe.epochs * Math.ceil(train.length / recipe.batch),
    right,
  };
}

const pytorch = await openPytorch({ python: options.python, threads: 1 });
const size = inputs[0].length;
const images = new Float32Array(inputs.length * size);
inputs.forEach((input, i) => images.set(input, i * size));
const targets = new Float32Array(inputs.length * classes.length);
labels.forEach((label, i) => (targets[i * classes.length + label] = 1));
await pytorch.load({ network, config }, network.init(config, createRandom(1)), {
  images: { shape: [inputs.length, 3, config.size, config.size], data: images },
  targets: { shape: [inputs.length, classes.length], data: targets },
});

const twins = options.twins.split(',');
const measured = Object.fromEntries(['telltale', ...twins].map((side) => [side, []]));
const count = Math.min(Number(options.folds), folds.length);
let clips = 0;
for (let i = 0; i < count; i++) {
  const { train, test } = folds[Math.floor((i * folds.length) / count)];
  const part = { train: train.map((id) => place.get(id)), test: test.map((id) => place.get(id)) };
  clips += test.length;
  measured.telltale.push(await ourFold(part));
  for (const twin of twins) {
    const still = { dropout: 0, dropPath: 0 };
    const fold = { do: 'fold', network: 'merba', recipe, twin, still, ...part };
    measured[twin].push(await pytorch.ask(fold));
  }
  const results = Object.entries(measured).map(
    ([side, all]) => `${side} ${all.at(-1).cpu.toFixed(1)} s`,
  );
  console.error(`fold of ${test.length} clips: ${results.join(', ')}`);
}
await trainer.release();
await pytorch.close();

const sides = Object.entries(measured).map(([side, all]) => ({
  side,
  foldSeconds: median(all.map((fold) => fold.cpu)),
  stepMilliseconds: median(all.map((fold) => (fold.cpu / fold.steps) * 1000)),
  right: all.reduce((sum, fold) => sum + fold.right, 0),
  ratio: median(all.map((fold, i) => measured.telltale[i].cpu / fold.cpu)),
}));
for (const { side, foldSeconds, right, ratio } of sides) {
  console.log(
    `${side.padEnd(9)} ${foldSeconds.toFixed(1)} s a fold, ${((foldSeconds * folds.length) / 60).toFixed(1)} min for ` +
      `${folds.length} folds; ${right} of ${clips} clips right; telltale takes ${ratio.toFixed(2)} of it`,
  );
}
const memory = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(`compiled once in ${compile.toFixed(1)} s; largest resident set ${memory} MB`);

if (!options['no-write']) {
  const round = (_, value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value);
  const machine = { cpu: cpus()[0].model, cores: cpus().length, load: loadavg()[0] };
  const result = {
    measured: new Date().toISOString().slice(0, 16),
    pytorch: pytorch.version,
    ...machine,
    recipe,
    folds: { measured: count, all: folds.length },
    clips,
    compileSeconds: compile,
    memoryMegabytes: memory,
    sides,
  };
  mkdirSync(here('results'), { recursive: true });
  writeFileSync(here('results/loso.json'), `${JSON.stringify(result, round, 2)}\n`);
}
