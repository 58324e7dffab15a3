/**
 * @file Trains a network on a folder of flow images.
 *
 * Weights and checkpoints are written whole or not at all. A checkpoint records the settings and the data of its
 * training, and is never resumed with others.
 */
import { rm } from 'node:fs/promises';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { classesOf } from '@telltale/core/datasets';
import { alphaUsed, findConfig, findNetwork, standsIn } from '@telltale/core/nets';
import type { NetworkConfig } from '@telltale/core/nets';
import {
  encodeWeights,
  beginWith,
  beginningOf,
  fineClassesOf,
  fineLabelsOf,
  goingOn,
  graphOf,
  inputsOf,
  openTask,
  recipeOf,
} from '@telltale/core/train';
import type {
  Beginning,
  Origin,
  PreparedInputs,
  Recipe,
  Task,
  TrainingSet,
} from '@telltale/core/train';
import { loadRuntime, readWeights } from '@telltale/node';
import { assertWritable, writeWhole } from '@telltale/node/output';

import { readFlowFolder } from '../io/dataset.ts';
import { withFineEmotions } from '../io/fine.ts';
import type { FineSource } from '../io/fine.ts';
import type { FlowDataset } from '../io/dataset.ts';
import { NO_START, shippedStart } from './start.ts';
import { assertFree } from '../io/free.ts';
import type { Overwrite } from '../io/free.ts';
import { version } from '../overview.ts';
import { openProgress } from '../terminal.ts';
import { keepCheckpoints, readCheckpoint } from './checkpoints.ts';
import { epochLine } from './epoch-line.ts';
import { withoutFaces } from './without-faces.ts';

/** Options of the command. */
export interface TrainOptions extends Overwrite {
  readonly data: string;
  readonly out: string;
  readonly network: string;
  readonly config?: string | undefined;
  /** Weights to initialize from; `none`: initialize randomly. Default: weights that ship for the network, if any. */
  readonly from?: string | undefined;
  readonly epochs?: number | undefined;
  readonly batch?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly weightDecay?: number | undefined;
  readonly labelSmoothing?: number | undefined;
  /** Fine emotions below the classes: of the sheet (`true`), or of a CSV file. */
  readonly fine?: FineSource;
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly restart: boolean;
}

/**
 * Trains and writes the weights.
 *
 * @throws TelltaleError `DATASET_INVALID`, `OPTION_INVALID`, `CHECKPOINT_MISMATCH`,
 *   `WEIGHTS_CORRUPT`, `WEIGHTS_MISMATCH`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runTrain(options: TrainOptions, signal: AbortSignal): Promise<void> {
  const checkpoint = `${options.out}.checkpoint`;
  await assertWritable(options.out, 'file');
  await assertFree([options.out], options);
  await assertWritable(checkpoint, 'file');
  const { config, recipe: baseRecipe } = recipeOf(
    options.network,
    options.config,
    changesOf(options),
  );
  const network = findNetwork(options.network);
  const settings = findConfig(network, config);
  const chosen =
    options.from === undefined || options.from === NO_START
      ? undefined
      : await readWeights(options.from);
  const read = await readFlowFolder(options.data, { size: settings.size, signal });
  const data = { ...read, samples: await withFineEmotions(read.samples, options.fine) };
  const { set: plain, classes, planes, used } = trainingSet(data, options.network, settings);
  const labeled = data.samples.filter(({ emotion }) => emotion !== undefined);
  const fine = options.fine ? fineClassesOf(labeled, classes) : undefined;
  const set = fine ? { ...plain, fine: fineLabelsOf(labeled, classes, fine) } : plain;
  const shipped =
    options.from === undefined ? shippedStart(network.name, config, classes) : undefined;
  const start = chosen ?? shipped;
  const { from, trunk } = start
    ? beginWith(start, {
        network,
        config: { ...network.forClasses(settings, classes), ...(fine && { fine }) },
        classes,
        recipe: baseRecipe,
      })
    : {};
  const { recipe } = from?.whole
    ? recipeOf(network.name, config, { ...goingOn(network.name), ...changesOf(options) })
    : { recipe: baseRecipe };
  const alpha = alphaUsed(used, labeled);
  const task: Task = {
    ...{ network: network.name, config, classes, recipe },
    ...(fine && { changes: { fine } }),
    ...(from && { from }),
  };
  const origin: Origin = {
    ...task,
    graph: graphOf(task),
    seed: options.seed,
    data: data.fingerprint,
    ...(set.fine && { fine: set.fine.map((one) => one?.label ?? null) }),
    samples: set.labels.length,
    telltale: version(),
    ...(network.planes && { pictures: used }),
    ...(alpha !== undefined && { alpha }),
  };
  if (options.restart) await rm(checkpoint, { force: true });
  const resume = await readCheckpoint(checkpoint, origin);
  const trainer = await openTask(await loadRuntime(), task, {
    ...(options.threads !== undefined && { intraOpNumThreads: options.threads }),
    ...(trunk && { trunk }),
  });
  const progress = openProgress();
  const keeper = keepCheckpoints(checkpoint, origin);
  try {
    progress.note(
      `${options.network} ${config} on ${set.labels.length} samples: ${countsOf(set.labels, classes)}` +
        (resume === undefined ? '' : `; resumes after epoch ${resume.epoch} from ${checkpoint}`),
    );
    if (shipped)
      progress.note(
        'initialized from weights pretrained on synthetic flow; --from none initializes randomly',
      );
    if (trunk && chosen)
      for (const line of beginningLines(beginningOf({ network, config: settings }, trunk)))
        progress.note(line);
    if (standsIn(planes, used)) progress.note(withoutFaces(options.network));
    const began = performance.now();
    const run = trainer.fit(set, {
      seed: options.seed,
      signal,
      checkpoint: keeper.offer,
      ...(resume && { resume }),
    });
    let step = await run.next();
    for (; !step.done; step = await run.next()) {
      progress.update(
        epochLine(step.value, (performance.now() - began) / 1000, resume?.epoch ?? 0),
      );
    }
    await writeWhole(options.out, encodeWeights(step.value, origin));
    await rm(checkpoint, { force: true });
    progress.end();
    process.stdout.write(`${options.out}\n`);
    progress.note(`trained for ${recipe.epochs} epochs with seed ${options.seed}`);
  } catch (error) {
    if (signal.aborted) await keeper.flush();
    throw error;
  } finally {
    progress.end();
    await trainer.release();
  }
}

/** What is taken from weights, and what is new. */
function beginningLines({ taken, fresh }: Beginning): string[] {
  const lines = [`taken from the weights: ${taken.join(', ')}`];
  return fresh.length === 0 ? lines : [...lines, `initialized randomly: ${fresh.join(', ')}`];
}

/** The labeled samples as the training takes them; the others are ignored. */
function trainingSet(
  { samples, images, faces }: FlowDataset,
  network: string,
  config: NetworkConfig,
): Omit<PreparedInputs, 'inputs'> & {
  readonly set: TrainingSet;
  readonly classes: readonly string[];
} {
  const classes = classesOf(samples);
  if (classes.length < 2) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `the samples have ${classes.length === 0 ? 'no emotion' : `only one emotion, "${classes[0]!}"`}`,
      'Training needs samples of at least two emotions in the emotion column.',
    );
  }
  const labeled = samples.flatMap(({ emotion }, i) =>
    emotion === undefined ? [] : [{ emotion, i }],
  );
  const { inputs, planes, used } = inputsOf(network, config, {
    ids: labeled.map(({ i }) => samples[i]!.id),
    images: labeled.map(({ i }) => images[i]!),
    faces: labeled.map(({ i }) => faces[i]!),
  });
  return {
    classes,
    planes,
    used,
    set: { inputs, labels: labeled.map(({ emotion }) => classes.indexOf(emotion)) },
  };
}

function changesOf(options: TrainOptions): Partial<Recipe> {
  const { epochs, batch, learningRate, weightDecay, labelSmoothing } = options;
  const named = { epochs, batch, learningRate, weightDecay, labelSmoothing };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function countsOf(labels: readonly number[], classes: readonly string[]): string {
  return classes
    .map((name, c) => `${labels.filter((label) => label === c).length} ${name}`)
    .join(', ');
}
