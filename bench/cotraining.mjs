/**
 * @file Whether MERba recognizes another laboratory better where synthetic flow is part of every batch of its training.
 *
 * `npm run build && node bench/cotraining.mjs [seeds]`: one dataset left out at a time (CASME II, SMIC-HS), initialized from the
 * weights that ship, recipe as shipped. Each real image is drawn as often as without synthetic ones: the real images
 * count four times, the epochs are a quarter, and new synthetic images join them, as many or three times as many.
 * Results go to bench/results/cotraining.json. Shares were fixed before the first run.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { networkSettings, scoreJudgments } from '@telltale/core/evaluate';
import { findNetwork, findConfig, flowInput } from '@telltale/core/nets';
import { planFlowSamples } from '@telltale/core/synth';
import { beginWith, openTask } from '@telltale/core/train';
import { loadRuntime } from '@telltale/node';

import { readFlowFolder } from '../packages/cli/dist/io/dataset.js';
import { shippedStart } from '../packages/cli/dist/train/start.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const SEEDS = Number(process.argv[2] ?? 3);
const REPEATS = 4;
const { samples, images } = await readFlowFolder(here('../../shared/data/megc2019-flow'), {});
const classes = [...new Set(samples.map(({ emotion }) => emotion))].sort();
const inputs = images.map((image) => flowInput(image));
const labels = samples.map(({ emotion }) => classes.indexOf(emotion));
const datasets = [...new Set(samples.map(({ dataset }) => dataset))];
const from = shippedStart('merba', 'flow28', classes);
const { settings: chosen, trunk } = (() => {
  const settings = networkSettings('merba', classes, { from });
  const network = findNetwork('merba');
  const config = network.forClasses(findConfig(network, settings.config), classes);
  return { settings, trunk: beginWith(from, { ...settings, network, config }).trunk };
})();
const runtime = await loadRuntime();

const rows = [];
for (const share of [0, 1 / 2, 3 / 4]) {
  const { epochs } = chosen.recipe;
  const recipe = { ...chosen.recipe, epochs: share === 0 ? epochs : epochs / REPEATS };
  const task = { ...chosen, recipe };
  const trainer = await openTask(runtime, task, { intraOpNumThreads: 1, trunk });
  for (let seed = 1; seed <= SEEDS; seed++) {
    const judgments = [];
    for (const left of datasets) {
      const train = samples.flatMap(({ dataset }, i) => (dataset === left ? [] : [i]));
      const test = samples.flatMap(({ dataset }, i) => (dataset === left ? [i] : []));
      const times = share === 0 ? 1 : REPEATS;
      const count = Math.round((times * train.length * share) / (1 - share));
      // Other faces than those of the start, which are of seed 1.
      const drawn = count === 0 ? [] : planFlowSamples({ clips: count, subjects: Math.min(count, 500), seed: 1000 * seed + datasets.indexOf(left) }); // prettier-ignore
      const real = Array.from({ length: times }, () => train).flat();
      const running = trainer.fit(
        {
          inputs: [
            ...real.map((i) => inputs[i]),
            ...drawn.map((one) => flowInput(one.draw().image)),
          ],
          labels: [...real.map((i) => labels[i]), ...drawn.map(({ emotion }) => classes.indexOf(emotion))], // prettier-ignore
        },
        { seed },
      );
      let step = await running.next();
      while (!step.done) step = await running.next();
      const found = await trainer.predict(step.value, test.map((i) => inputs[i])); // prettier-ignore
      test.forEach((i, at) =>
        judgments.push({
          ...{ dataset: left, target: samples[i].emotion },
          prediction: classes[found[at].indexOf(Math.max(...found[at]))],
        }),
      );
    }
    const scoreOf = (some) => {
      const { uf1, uar } = scoreJudgments(some, classes);
      return [uf1, uar].map((value) => Number(value.toFixed(3)));
    };
    const row = { share, seed, all: scoreOf(judgments) };
    for (const left of datasets) row[left] = scoreOf(judgments.filter(({ dataset }) => dataset === left)); // prettier-ignore
    rows.push(row);
    console.log(JSON.stringify(row));
  }
  await trainer.release();
}
writeFileSync(here('results/cotraining.json'), `${JSON.stringify(rows, null, 1)}\n`);
