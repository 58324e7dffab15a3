/**
 * Trains a recognizer on a prepared dataset, writes its weights, and classifies the training samples with them.
 *
 *     telltale dataset prepare generic mydata --out cache
 *     node examples/train.mjs cache mine.safetensors 5
 *
 * The score printed at the end is that of the training samples: it shows that the program works, not how good the
 * recognizer is. For that, `telltale evaluate` leaves subjects out.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { VERSION } from '@telltale/core';
import { classesOf, parseFlowFolder } from '@telltale/core/datasets';
import { findConfig, findNetwork } from '@telltale/core/nets';
import { encodeWeights, graphOf, inputsOf, openTask, recipeOf } from '@telltale/core/train';
import { loadRuntime } from '@telltale/node';
import { decodeExact } from '@telltale/node/images';

const [folder, out, epochs = '20'] = process.argv.slice(2);
if (out === undefined || !(Number(epochs) >= 1)) {
  console.error('usage: node examples/train.mjs FOLDER WEIGHTS [EPOCHS]');
  process.exit(2);
}
const network = 'ststnet'; // small: seconds per training
const seed = 1;

// Samples with their flow images. Their channels are displacements, so the pixels are read unchanged.
const samples = parseFlowFolder(await readFile(join(folder, 'samples.csv'), 'utf8')).filter(
  ({ emotion }) => emotion !== undefined,
);
const images = [];
const digest = createHash('sha256');
for (const { id, file, emotion } of samples) {
  const image = await decodeExact(await readFile(join(folder, file)));
  images.push(image);
  digest.update(`${id}\n${emotion}\n`).update(image.data);
}
const classes = classesOf(samples);
const labels = samples.map(({ emotion }) => classes.indexOf(emotion));

// What is trained, and how: the recipe of the network, with fewer epochs.
const { config, recipe } = recipeOf(network, undefined, { epochs: Number(epochs) });
const settings = findConfig(findNetwork(network), config);
const ids = samples.map(({ id }) => id);
const { inputs } = inputsOf(network, settings, { ids, images });
const task = { network, config, classes, recipe };

const trainer = await openTask(await loadRuntime(), task);
try {
  let weights;
  const events = trainer.fit({ inputs, labels }, { seed });
  for (;;) {
    const { done, value } = await events.next();
    if (done) {
      weights = value;
      break;
    }
    if (value.type === 'epoch') console.log(`epoch ${value.epoch}: loss ${value.loss.toFixed(4)}`);
  }
  const origin = {
    ...task,
    graph: graphOf(task),
    seed,
    data: digest.digest('hex'),
    samples: samples.length,
    telltale: VERSION,
  };
  await writeFile(out, encodeWeights(weights, origin));

  const probabilities = await trainer.predict(weights, inputs);
  const right = probabilities.filter((row, i) => row.indexOf(Math.max(...row)) === labels[i]);
  console.log(`${right.length} of ${samples.length} training samples are classified correctly`);
} finally {
  await trainer.release();
}
