/**
 * @file Whether networks recognize another laboratory better where synthetic flow is part of every batch of their training.
 *
 * `npm run build && node bench/cotraining.mjs [merba,merba:none,mfdan,densemix] [seeds]`: one dataset left out at a time (CASME II,
 * SMIC-HS), initialized as each network ships (`merba:none`: at random, with the recipe for that). Each real image is
 * drawn as often as without synthetic ones: the real images count several times, the epochs are divided by as many,
 * and new synthetic images join them, as many or three times as many. Each row also with the Gaussian machine, as the
 * default recognizer has it. Shares were fixed before the first run. Results go to bench/results/cotraining.json; rows
 * that are there are not computed again.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { classicalMethods } from '@telltale/core/classical';
import {
  bootstrap,
  measuresOf,
  networkSettings,
  pairedBootstrap,
  spreadOf,
} from '@telltale/core/evaluate';
import { findConfig, findNetwork, flowInput } from '@telltale/core/nets';
import { planFlowSamples } from '@telltale/core/synth';
import { beginWith, inputsOf, openTask } from '@telltale/core/train';
import { loadRuntime } from '@telltale/node';

import { readFlowFolder } from '../packages/cli/dist/io/dataset.js';
import { shippedStart } from '../packages/cli/dist/train/start.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const FILE = here('results/cotraining.json');
const NAMES = (process.argv[2] ?? 'merba,merba:none,mfdan,densemix').split(',');
const SEEDS = Number(process.argv[3] ?? 3);
const SHARES = [0, 1 / 2, 3 / 4];
/** Times that the real images count; each divides the epochs of its recipe. */
const REPEATS = { merba: 4, 'merba:none': 5, mfdan: 5, densemix: 4 };
const { samples, images } = await readFlowFolder(here('../../shared/data/megc2019-flow'), {});
const classes = [...new Set(samples.map(({ emotion }) => emotion))].sort();
const labels = samples.map(({ emotion }) => classes.indexOf(emotion));
const datasets = [...new Set(samples.map(({ dataset }) => dataset))];
const runtime = await loadRuntime();

/** Indices of the clips of all other datasets, and of this one. */
const partsOf = (left) => {
  const [train, test] = [[], []];
  for (const [i, { dataset }] of samples.entries()) (dataset === left ? test : train).push(i);
  return { train, test };
};
/** Probabilities of all clips, each dataset by what was trained on the others: shape `[clips, classes]`. */
async function predictEach(predict) {
  const found = [];
  for (const left of datasets) {
    const { train, test } = partsOf(left);
    const rows = await predict(train, test, datasets.indexOf(left));
    for (const [at, i] of test.entries()) found[i] = Array.from(rows[at]);
  }
  return found;
}

/** The Gaussian machine, with these seeds. */
async function machine() {
  const inputs = images.map((image) => flowInput(image));
  const method = await classicalMethods['svm-rbf'].open(classes, { ort: runtime });
  const dataOf = (some) => ({
    ids: some.map((i) => samples[i].id),
    images: some.map((i) => images[i]),
    inputs: some.map((i) => inputs[i]),
  });
  const answers = [];
  for (let seed = 1; seed <= SEEDS; seed++)
    answers.push(
      await predictEach(async (some, rest) => {
        const train = { ...dataOf(some), labels: some.map((i) => labels[i]), subjects: some.map((i) => samples[i].subject) }; // prettier-ignore
        const { predictions } = await method.trainFold({ train, test: dataOf(rest) }, { seed });
        return predictions.at(-1).probabilities;
      }),
    );
  await method.release();
  return answers;
}

/** A network with this share of synthetic images, with these seeds. */
async function network(name, share) {
  const [kind, start] = name.split(':');
  const found = findNetwork(kind);
  const from = start === 'none' ? undefined : shippedStart(kind, 'flow28', classes);
  const settings = networkSettings(kind, classes, { from });
  const config = found.forClasses(findConfig(found, settings.config), classes);
  const trunk = from && beginWith(from, { ...settings, network: found, config }).trunk;
  const times = share === 0 ? 1 : REPEATS[name];
  const epochs = settings.recipe.epochs / times;
  if (!Number.isInteger(epochs)) throw new Error(`${name}: ${epochs} epochs`);
  const task = { ...settings, recipe: { ...settings.recipe, epochs } };
  const trainer = await openTask(runtime, task, { intraOpNumThreads: 1, ...(trunk && { trunk }) });
  const inputsFor = (some, names) => inputsOf(kind, config, { ids: names, images: some }).inputs;
  const inputs = inputsFor(images, samples.map(({ id }) => id)); // prettier-ignore
  const answers = [];
  for (let seed = 1; seed <= SEEDS; seed++)
    answers.push(
      await predictEach(async (train, test, at) => {
        const clips = Math.round((times * train.length * share) / (1 - share));
        // Other faces than those of the start, which are of seed 1.
        const drawn = clips === 0 ? [] : planFlowSamples({ clips, subjects: Math.min(clips, 500), seed: 1000 * seed + at }); // prettier-ignore
        const shown = drawn.map((one) => one.draw().image);
        const real = Array.from({ length: times }, () => train).flat();
        const running = trainer.fit(
          {
            inputs: [...real.map((i) => inputs[i]), ...inputsFor(shown, shown.map((_, i) => `${i}`))], // prettier-ignore
            labels: [...real.map((i) => labels[i]), ...drawn.map(({ emotion }) => classes.indexOf(emotion))], // prettier-ignore
          },
          { seed },
        );
        let step = await running.next();
        while (!step.done) step = await running.next();
        return trainer.predict(step.value, test.map((i) => inputs[i])); // prettier-ignore
      }),
    );
  await trainer.release();
  return answers;
}

/** Counts of the subjects, one matrix per seed. */
function countsOf(answers, only = () => true) {
  const subjects = new Map();
  const none = () => classes.map(() => classes.map(() => 0));
  for (const [i, sample] of samples.entries()) {
    if (!only(sample)) continue;
    const key = `${sample.dataset}/${sample.subject}`;
    if (!subjects.has(key)) subjects.set(key, answers.map(none));
    for (const [s, rows] of answers.entries())
      subjects.get(key)[s][labels[i]][rows[i].indexOf(Math.max(...rows[i]))] += 1;
  }
  return [...subjects.values()];
}
const digits = (value) => Number(value.toFixed(4));
/** Mean, standard deviation and interval of the scores of all seeds, and the difference from the row without synthetic flow. */
function scoresOf(answers, without) {
  const pooled = (only) => {
    const counts = countsOf(answers, only);
    return answers.map(
      (_, s) =>
      measuresOf(classes.map((_, a) => classes.map((_, b) => counts.reduce((sum, one) => sum + one[s][a][b], 0)))), // prettier-ignore
    );
  };
  const [seeds, intervals] = [pooled(), bootstrap(countsOf(answers))];
  const row = {};
  for (const key of ['uf1', 'uar', 'standardizedUf1']) {
    const spread = spreadOf(seeds.map((one) => one[key]));
    row[key] = { mean: digits(spread.mean), deviation: digits(spread.deviation), interval: intervals[key].map(digits) }; // prettier-ignore
  }
  for (const left of datasets) {
    const own = pooled(({ dataset }) => dataset === left);
    row[left] = ['uf1', 'uar'].map((key) => digits(spreadOf(own.map((one) => one[key])).mean));
  }
  if (without !== undefined) {
    const { measured, intervals } = pairedBootstrap(countsOf(answers), countsOf(without));
    row.gained = { uf1: digits(measured.uf1), interval: intervals.uf1.map(digits) };
  }
  return row;
}
const meanOf = (a, b) => a.map((seed, s) => seed.map((row, i) => row.map((p, c) => (p + b[s][i][c]) / 2))); // prettier-ignore

const result = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : { rows: [] };
const gaussian = await machine();
for (const name of NAMES) {
  let without;
  for (const share of SHARES) {
    if (result.rows.some((row) => row.network === name && row.share === SHARES.at(-1))) continue;
    const answers = await network(name, share);
    without ??= answers;
    const base = share === 0 ? undefined : without;
    const row = {
      ...{ network: name, share, seeds: SEEDS, alone: scoresOf(answers, base) },
      withMachine: scoresOf(meanOf(answers, gaussian), base && meanOf(base, gaussian)),
    };
    result.rows = [...result.rows.filter((one) => one.network !== name || one.share !== share), row]; // prettier-ignore
    console.log(JSON.stringify(row));
    writeFileSync(FILE, `${JSON.stringify(result, null, 1)}\n`);
  }
}
