/**
 * @file The training loop: epochs over a set of samples, reproducible to the bit.
 *
 * Everything random in epoch e is drawn from a stream that the seed and e name,
 * and everything random in step t from one that the seed and t name. So a checkpoint holds no random state, and a training that resumes from one gives
 * the bits of an uninterrupted one.
 */
import { cosineSchedule } from '@telltale/engine';
import type { RandomSource, Trainer, TrainerState } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import { pause, throwIfCanceled } from '../base/pause.ts';
import type { Cancellation } from '../base/pause.ts';
import { createRandom } from '../base/random.ts';
import type { Random } from '../base/random.ts';
import type { FineClass } from '../nets/network.ts';
import type { InputPlane } from '../nets/input.ts';
import { augmentInput, mixBatch } from './augment.ts';
import { classWeights, drawEpoch } from './balance.ts';
import { fineBatch, type FineBatch, type FineLabel } from './fine.ts';
import type { Recipe } from './recipe.ts';

/** The training samples. */
export interface TrainingSet {
  /** Prepared inputs, shape `[planes, size, size]` each. */
  readonly inputs: readonly Float32Array[];
  /** Class index of each input. */
  readonly labels: readonly number[];
  /** The fine class of each input, where it is annotated; absent where the task has no fine classes. */
  readonly fine?: readonly (FineLabel | undefined)[];
}

/** An event of a training. */
export type TrainEvent =
  | {
      /** After each epoch. */
      readonly type: 'epoch';
      /** Epochs done, from 1. */
      readonly epoch: number;
      /** Epochs in all. */
      readonly epochs: number;
      /** Mean over the epoch's steps. */
      readonly loss: number;
      /** Accuracy on the epoch's augmented samples, where the network reports it. */
      readonly accuracy?: number;
      /** At the last step. */
      readonly learningRate: number;
    }
  | {
      /** Once, at the end. */
      readonly type: 'done';
      /** Epochs done. */
      readonly epochs: number;
      /** Mean loss of the last epoch. */
      readonly loss: number;
    };

/** Everything needed to resume. */
export interface Checkpoint {
  /** Epochs done. */
  readonly epoch: number;
  /** Mean loss of the last epoch. */
  readonly loss: number;
  /** Parameters, moments and moving averages of the trainer. */
  readonly state: TrainerState;
}

/** A run of the loop. */
export interface RunOptions {
  /** Seeds everything random. */
  readonly seed: number;
  /** Cancels the training, which then fails with `CANCELED`. */
  readonly signal?: Cancellation;
  /** Called after each epoch; `take` copies the state, which costs time only where it is called. */
  readonly checkpoint?: (epoch: number, take: () => Checkpoint) => void | Promise<void>;
  /** Resumes from this checkpoint. */
  readonly resume?: Checkpoint;
}

/** What the loop drives. */
export interface Drive {
  /** In the state where the training begins, or in that of the checkpoint. */
  readonly trainer: Trainer;
  /** Epochs, rates and augmentation of the training. */
  readonly recipe: Recipe;
  /** Number of classes. */
  readonly classes: number;
  /** What the planes of the inputs show; u, v and strain where left out. */
  readonly planes?: readonly InputPlane[];
  /** Fine classes below the classes; none where left out. */
  readonly fine?: readonly FineClass[];
}

/** Streams that a seed names. Never renumber: it changes every result. */
export const streams = { weights: 0, masks: 1, epochs: 2 } as const;

/** The random masks of a training; hand it to the trainer. */
export function maskSource(seed: number): RandomSource {
  return createRandom(seed).fork(streams.masks);
}

/**
 * Trains for the recipe's number of epochs and yields an event after each.
 *
 * An epoch has ⌈samples / batch⌉ full batches; a last incomplete one is filled
 * up by drawing samples a further time.
 *
 * @throws TelltaleError `DATASET_INVALID` for a set without samples; `CANCELED`
 */
export async function* fit(
  set: TrainingSet,
  drive: Drive,
  run: RunOptions,
): AsyncGenerator<TrainEvent, void> {
  const { trainer, recipe } = drive;
  if (set.labels.length === 0) {
    throw new TelltaleError('DATASET_INVALID', 'there is no sample to train on', 'Add samples.');
  }
  const stepsPerEpoch = Math.ceil(set.labels.length / recipe.batch);
  const steps = recipe.epochs * stepsPerEpoch;
  const rate = cosineSchedule({
    peak: recipe.learningRate,
    warmup: Math.round(recipe.warmUp * steps),
    steps,
  });
  const weights = weightsOf(set, drive);
  const root = createRandom(run.seed).fork(streams.epochs);
  let loss = run.resume?.loss ?? NaN;
  for (let epoch = run.resume?.epoch ?? 0; epoch < recipe.epochs; epoch++) {
    const random = root.fork(epoch);
    const order = drawEpoch(set.labels, recipe, random.fork(0));
    let sum = 0;
    let right: number | undefined;
    let learningRate = 0;
    for (let at = 0; at < order.length; at += recipe.batch) {
      throwIfCanceled(run.signal);
      const indices = order.slice(at, at + recipe.batch);
      const { images, targets, ...fine } = makeBatch(set, indices, {
        ...drive,
        random: random.fork(1 + at),
      });
      learningRate = rate(trainer.step);
      const { loss: one, reports } = await trainer.train({
        inputs: { images, targets: weights ? weighted(targets, weights) : targets, ...fine },
        learningRate,
        weightDecay: recipe.weightDecay,
      });
      sum += one;
      const hits = countHits(reports['probabilities'], targets, drive.classes);
      if (hits !== undefined) right = (right ?? 0) + hits;
    }
    loss = sum / stepsPerEpoch;
    await run.checkpoint?.(epoch + 1, () => ({ epoch: epoch + 1, loss, state: trainer.state() }));
    yield {
      type: 'epoch',
      epoch: epoch + 1,
      epochs: recipe.epochs,
      loss,
      ...(right === undefined ? {} : { accuracy: right / order.length }),
      learningRate,
    };
    await pause(run.signal);
  }
  yield { type: 'done', epochs: recipe.epochs, loss };
}

/** Changed copies of some samples, and their smoothed and mixed targets. */
function makeBatch(
  set: TrainingSet,
  indices: readonly number[],
  { recipe, classes, planes, fine = [], random }: Drive & { readonly random: Random },
): Readonly<Record<'images' | 'targets', Float32Array>> & Partial<FineBatch> {
  const size = set.inputs[0]!.length;
  const images = new Float32Array(indices.length * size);
  const targets = new Float32Array(indices.length * classes);
  const changes = { ...recipe.augment, ...(planes && { planes }) };
  indices.forEach((index, row) => {
    images.set(augmentInput(set.inputs[index]!, changes, random), row * size);
    targets.fill(recipe.labelSmoothing / classes, row * classes, (row + 1) * classes);
    targets[row * classes + set.labels[index]!]! += 1 - recipe.labelSmoothing;
  });
  mixBatch({ inputs: images, targets, batch: indices.length }, recipe.augment.mixup, random);
  if (fine.length === 0) return { images, targets };
  const labels = indices.map((index) => set.fine?.[index]);
  return { images, targets, ...fineBatch(labels, fine, recipe.labelSmoothing) };
}

/** What the classes count for; undefined where the recipe does not weigh them. */
function weightsOf({ labels }: TrainingSet, { recipe, classes }: Drive): number[] | undefined {
  const { effectiveNumber = 0 } = recipe;
  if (effectiveNumber === 0) return undefined;
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label]! += 1;
  return classWeights(counts, effectiveNumber);
}

/** Each target times the weight of its class, which is how a loss gets to know it. */
function weighted(targets: Float32Array, weights: readonly number[]): Float32Array {
  return targets.map((share, i) => share * weights[i % weights.length]!);
}

/** Rows whose largest probability is where the largest target is. */
function countHits(
  probabilities: Float32Array | undefined,
  targets: Float32Array,
  classes: number,
): number | undefined {
  if (probabilities?.length !== targets.length) return undefined;
  const largest = (data: Float32Array, row: number): number => {
    const values = data.subarray(row * classes, (row + 1) * classes);
    return values.indexOf(Math.max(...values));
  };
  let hits = 0;
  for (let row = 0; row * classes < targets.length; row++) {
    if (largest(probabilities, row) === largest(targets, row)) hits += 1;
  }
  return hits;
}
