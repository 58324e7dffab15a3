/**
 * @file Trains each named mechanism, and the network without it, on the task that is made for it.
 *
 * `npm run build && node golden/mechanisms.mjs [TASK…]` writes `golden/mechanisms/TASK.safetensors` and
 * `TASK-without.safetensors`; a test classifies samples of other seeds with both. The rates and epochs were chosen once,
 * for the whole networks, on other seeds than the test's.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import process from 'node:process';

import { drawRelations, relationTasks } from '@telltale/core/synth';
import { defaultRecipe, encodeWeights, openTask } from '@telltale/core/train';
import { loadRuntime } from '@telltale/node';

/** Which network and part each task is made for. */
const PROBES = {
  window: { network: 'merba', part: 'scan', changes: { without: ['attention'] }, samples: 1440, epochs: 60 },
  windows: { network: 'merba', part: 'attention' },
  place: { network: 'mfdan', part: 'driven-attention' },
  context: { network: 'densemix', part: 'mixed-attention' },
};
const augment = { mirror: 0.5, shift: 0, amplitude: 0, mixup: 0 };
const recipe = { ...defaultRecipe, batch: 32, learningRate: 4e-3, labelSmoothing: 0, averageDecay: 0, weightDecay: 0.01, augment }; // prettier-ignore

const runtime = await loadRuntime();
mkdirSync(new URL('mechanisms/', import.meta.url), { recursive: true });
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PROBES);
for (const name of names) {
  const { network, part, changes = {}, samples = 960, epochs = 40 } = PROBES[name];
  const { classes } = relationTasks[name];
  const train = drawRelations(name, { samples, seed: 1 });
  const test = drawRelations(name, { samples: 300, seed: 2 });
  for (const isWhole of [true, false]) {
    const without = [...(changes.without ?? []), ...(isWhole ? [] : [part])];
    const task = { network, config: 'probe', classes, recipe: { ...recipe, epochs }, changes: { without } };
    const trainer = await openTask(runtime, task, { intraOpNumThreads: 1 });
    const run = trainer.fit(train, { seed: 1 });
    let step = await run.next();
    while (!step.done) step = await run.next();
    const answers = await trainer.predict(step.value, test.inputs);
    const right = answers.filter((row, i) => row.indexOf(Math.max(...row)) === test.labels[i]);
    await trainer.release();
    const file = `mechanisms/${name}${isWhole ? '' : '-without'}.safetensors`;
    const origin = { ...task, graph: '', seed: 1, data: 'relations', samples, telltale: '' };
    const images = network === 'mfdan' ? { pictures: ['flow', 'apex'] } : {};
    writeFileSync(new URL(file, import.meta.url), encodeWeights(step.value, { ...origin, ...images }));
    process.stdout.write(`${file}: ${(right.length / test.labels.length).toFixed(3)} right on seed 2\n`);
  }
}
