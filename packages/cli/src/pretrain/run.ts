/**
 * @file Joint pretraining of one trunk on datasets of strong expressions.
 *
 * Weights and checkpoints are written whole or not at all.
 */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import process from 'node:process';

import {
  encodeJointWeights,
  jointGraph,
  jointNetwork,
  openJointTask,
  pretrainConfigOf,
  pretrainRecipe,
} from '@telltale/core/train';
import type { JointOrigin, JointScore } from '@telltale/core/train';
import { loadRuntime } from '@telltale/node';
import { assertWritable, writeWhole } from '@telltale/node/output';

import { assertFree } from '../io/free.ts';
import type { Overwrite } from '../io/free.ts';
import { version } from '../overview.ts';
import { openProgress } from '../terminal.ts';
import { keepCheckpoints, readCheckpoint } from '../train/checkpoints.ts';
import { epochLine } from '../train/epoch-line.ts';
import { readJointData } from './read.ts';
import type { JointData } from './read.ts';

/** Options of the command. */
export interface PretrainOptions extends Overwrite {
  readonly network: string;
  readonly config?: string | undefined;
  /** `TAG:FOLDER` each. */
  readonly data: readonly string[];
  readonly out: string;
  readonly epochs?: number | undefined;
  readonly batch?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly restart: boolean;
}

/**
 * Pretrains and writes the weights.
 *
 * @throws TelltaleError `OPTION_INVALID`, `DATASET_INVALID`, `DATASET_FILE_MISSING`,
 *   `CHECKPOINT_MISMATCH`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runPretrain(options: PretrainOptions, signal: AbortSignal): Promise<void> {
  const checkpoint = `${options.out}.checkpoint`;
  await assertWritable(options.out, 'file');
  await assertFree([options.out], options);
  await assertWritable(checkpoint, 'file');
  const recipe = { ...pretrainRecipe, ...changesOf(options) };
  const { network } = options;
  const config = options.config ?? pretrainConfigOf(network);
  const { size } = jointNetwork({ network, config, sources: [], recipe }).config;
  const progress = openProgress();
  try {
    const log = (text: string): void => progress.update(text);
    const data = await readJointData(options.data, { size, signal, log });
    const task = { network, config, sources: data.sources, recipe };
    const origin: JointOrigin = {
      ...task,
      graph: createHash('sha256').update(jointGraph(task)).digest('hex'),
      seed: options.seed,
      data: data.fingerprint,
      samples: data.train.length,
      telltale: version(),
    };
    if (options.restart) await rm(checkpoint, { force: true });
    const resume = await readCheckpoint(checkpoint, origin);
    for (const line of summaryOf(data)) progress.note(line);
    if (resume) progress.note(`resumes after epoch ${resume.epoch} from ${checkpoint}`);
    const keeper = keepCheckpoints(checkpoint, origin);
    const trainer = await openJointTask(
      await loadRuntime(),
      task,
      options.threads === undefined ? {} : { intraOpNumThreads: options.threads },
    );
    try {
      const began = performance.now();
      const run = trainer.fit(data.train, {
        seed: options.seed,
        signal,
        checkpoint: keeper.offer,
        ...(resume && { resume }),
      });
      let step = await run.next();
      for (; !step.done; step = await run.next()) {
        const seconds = (performance.now() - began) / 1000;
        progress.update(epochLine(step.value, seconds, resume?.epoch ?? 0));
      }
      const scores = scoresOf(data, await trainer.accuracy(step.value, data.validation));
      await writeWhole(options.out, encodeJointWeights(step.value, origin, scores));
      await rm(checkpoint, { force: true });
      progress.end();
      process.stdout.write(`${options.out}\n${scores.map(scoreLine).join('')}`);
    } catch (error) {
      if (signal.aborted) await keeper.flush();
      throw error;
    } finally {
      await trainer.release();
    }
  } finally {
    progress.end();
  }
}

function changesOf({ epochs, batch, learningRate }: PretrainOptions): object {
  const named = { epochs, batch, learningRate };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function summaryOf({ sources, train, validation, dropped }: JointData): string[] {
  return sources.map(({ name, classes }, i) => {
    const count = (samples: typeof train): number =>
      samples.filter(({ source }) => source === i).length;
    const crossing =
      dropped[i]! > 0 ? `; ${dropped[i]!} excluded, their image or subject is held out` : '';
    return `${name}: ${count(train)} faces for training, ${count(validation)} held out, ${classes.length} classes (${classes.join(', ')})${crossing}`;
  });
}

function scoresOf(
  { sources, train, validation }: JointData,
  shares: readonly number[],
): JointScore[] {
  return sources.map(({ name, classes }, i) => ({
    name,
    classes,
    train: train.filter(({ source }) => source === i).length,
    validation: validation.filter(({ source }) => source === i).length,
    accuracy: shares[i]!,
  }));
}

function scoreLine({ name, classes, validation, accuracy }: JointScore): string {
  return `${name} ${(100 * accuracy).toFixed(1)} % of ${validation} held-out faces right (chance ${(100 / classes.length).toFixed(1)} %)\n`;
}
