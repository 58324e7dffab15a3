/**
 * @file CPU time of a training step of several configurations, which take turns:
 * `npm run build && node bench/steps.mjs merba:flow112 merba:awake112 [--batch 16] [--steps 4] [--rounds 5]`
 *
 * Prints parameters, and the median over the rounds of the CPU time of a step and of its ratio to the first one's.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';

import { findConfig, findNetwork, planesOf } from '@telltale/core/nets';
import { compileTraining, createTrainer, crossEntropy, flattenParameters } from '@telltale/engine';
import { loadRuntime } from '@telltale/node';

import { createRandom } from '../packages/core/dist/base/random.js';
import { median } from './pytorch.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: 'string', default: '16' },
    steps: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
  },
});
const [batch, steps, rounds] = [values.batch, values.steps, values.rounds].map(Number);
const ort = await loadRuntime();

async function open(name) {
  const [of, configuration] = name.split(':');
  const network = findNetwork(of);
  const config = findConfig(network, configuration);
  const planes = planesOf(network, config).length;
  const random = createRandom(1);
  const params = network.init(config, random.fork(0));
  const shape = [batch, planes, config.size, config.size];
  const images = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()); // prettier-ignore
  const targets = new Float32Array(batch * config.classes);
  for (let i = 0; i < batch; i++) targets[i * config.classes + (i % config.classes)] = 1;
  const program = compileTraining({
    params,
    inputs: { images: shape, targets: [batch, config.classes] },
    loss: (context, symbolic, inputs) => {
      const outputs = network.forward(context, config, symbolic, inputs.images);
      return { loss: network.loss?.(config, outputs, inputs.targets) ?? crossEntropy(outputs.logits, inputs.targets) }; // prettier-ignore
    },
    optimizer: { clipNorm: 1 },
  });
  const trainer = await createTrainer(ort, program, { intraOpNumThreads: 1, random: createRandom(2) }); // prettier-ignore
  const step = () => trainer.train({ inputs: { images, targets }, learningRate: 1e-3 });
  await step();
  const size = flattenParameters(params).reduce((sum, { data }) => sum + data.length, 0);
  return { name, step, size, times: [] };
}

const all = [];
for (const name of positionals) all.push(await open(name));
for (let round = 0; round < rounds; round++)
  for (const { step, times } of all) {
    const before = process.cpuUsage();
    for (let i = 0; i < steps; i++) await step();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000 / steps);
  }
for (const { name, size, times } of all) {
  const ratio = median(times.map((time, i) => time / all[0].times[i]));
  process.stdout.write(
    `${name}: ${size} parameters, ${median(times).toFixed(0)} ms a step of ${batch}, ${ratio.toFixed(2)}\n`,
  );
}
process.exit(0);
