/**
 * @file A training task: its graph compiled once, trained any number of times.
 *
 * Compiling takes as long as several epochs, so the folds and seeds of an
 * evaluation share one graph and only begin with other parameters.
 */
import {
  compileTraining,
  createTrainer,
  crossEntropy,
  flattenParameters,
  initialState,
  softmax,
  withParameterData,
} from '@telltale/engine';
import type { RandomSource, SessionSettings, Trainer, TrainingProgram } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import type { Ort } from '../base/ort.ts';
import { createRandom } from '../base/random.ts';
import { sha256 } from '../base/sha256.ts';
import {
  checkSettings,
  findConfig,
  findNetwork,
  fineClasses,
  inputShape,
  planesOf,
} from '../nets/index.ts';
import type { Network, NetworkConfig } from '../nets/index.ts';
import { fit, maskSource, streams } from './fit.ts';
import type { Checkpoint, RunOptions, TrainEvent, TrainingSet } from './fit.ts';
import { openLive, predictWith } from './predict.ts';
import type { Answers, LivePredictor, Weights } from './predict.ts';
import { checkRecipe } from './recipe.ts';
import type { Recipe } from './recipe.ts';
import { freezeContext, freezeParameters, stagesOf } from './transfer.ts';
import type { Stage, Transfer } from './transfer.ts';

export type { Answers, Weights } from './predict.ts';

/** What is to be trained. Plain JSON. */
export interface Task {
  /** Name in the registry of networks. */
  readonly network: string;
  /** Name of the network's configuration. */
  readonly config: string;
  /** What is otherwise than in the configuration of this name: the switches of an ablation, and fine classes (`fine`). */
  readonly changes?: Readonly<Record<string, unknown>>;
  /** Names, in the order of the network's outputs. */
  readonly classes: readonly string[];
  /** Epochs, rates and augmentation of the training. */
  readonly recipe: Recipe;
  /** What it begins with, where it does not begin with random numbers. */
  readonly from?: Transfer;
}

/** How a task is opened. */
export interface TaskSettings extends SessionSettings {
  /** The trunk that a task with `from` begins with, as `trunkOf` reads it. */
  readonly trunk?: Weights;
}

/** A compiled task. */
export interface TaskTrainer {
  /**
   * Trains from new parameters, or from a checkpoint, and returns the weights:
   * the moving average, where the recipe keeps one.
   *
   * One training at a time; the next starts again.
   *
   * @throws TelltaleError `DATASET_INVALID`, `CANCELED`; EngineError `LOSS_NOT_FINITE`, `CHECKPOINT_MISMATCH`
   */
  fit(set: TrainingSet, run: RunOptions): AsyncGenerator<TrainEvent, Weights>;
  /**
   * Probabilities of each input's classes.
   *
   * @param inputs - prepared inputs, shape `[planes, size, size]` each
   * @returns shape `[inputs][classes]`
   */
  predict(weights: Weights, inputs: readonly Float32Array[]): Promise<Float32Array[]>;
  /**
   * The same, with the probabilities of the fine classes, where the task has any.
   *
   * @param inputs - prepared inputs, shape `[planes, size, size]` each
   */
  answer(weights: Weights, inputs: readonly Float32Array[]): Promise<Answers>;
  /**
   * The same with the weights of this moment of a training, between two of its epochs.
   *
   * @param inputs - prepared inputs, shape `[planes, size, size]` each
   * @returns shape `[inputs][classes]`
   */
  predictNow(inputs: readonly Float32Array[]): Promise<Float32Array[]>;
  /** Frees what the runtime holds. */
  release(): Promise<void>;
}

/**
 * Compiles a task.
 *
 * @throws TelltaleError `OPTION_INVALID` for an unknown network or configuration, or a recipe that
 *   cannot be followed
 */
export async function openTask(
  ort: Ort,
  task: Task,
  { trunk, ...settings }: TaskSettings = {},
): Promise<TaskTrainer> {
  checkRecipe(task.recipe);
  const { network, config } = networkOf(task);
  if (task.from && !trunk) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `the training is initialized from the weights ${task.from.weights.slice(0, 8)}…, which were not given`,
      'Give them with --from.',
    );
  }
  const stages = stagesOf(task.recipe, task.from, { network, config });
  const programs = stages.map((stage) => compileStage(network, config, stage));
  let masks: RandomSource = maskSource(0);
  const random: RandomSource = {
    uniform: () => masks.uniform(),
    fork: (key) => masks.fork(key),
  };
  const trainers: Trainer[] = [];
  for (const program of programs)
    trainers.push(await createTrainer(ort, program, { ...settings, random }));
  let live: LivePredictor | undefined;
  let running = trainers[0]!;
  return {
    async *fit(set, run) {
      const fresh = initWith(network, config, run.seed);
      let weights: Weights = { ...dataOf(fresh), ...trunk };
      let before = 0;
      for (const [i, { recipe }] of stages.entries()) {
        const first = before;
        before += recipe.epochs;
        if (run.resume && i + 1 < stages.length && run.resume.epoch > before) continue;
        // The first stage draws from the seed itself, so that a training of one stage is what it always was.
        const seed =
          i === 0
            ? run.seed
            : createRandom(run.seed)
                .fork(1000 + i)
                .integer(2 ** 31);
        const resume =
          run.resume && run.resume.epoch > first
            ? { ...run.resume, epoch: run.resume.epoch - first }
            : undefined;
        masks = maskSource(seed);
        running = trainers[i]!;
        running.restore(
          resume ? resume.state : initialState(programs[i]!, withParameterData(fresh, weights)),
        );
        const drive = {
          trainer: running,
          recipe,
          classes: task.classes.length,
          planes: planesOf(network, config),
          fine: fineClasses(config),
        };
        yield* renumber(fit(set, drive, stageRun(run, { seed, resume, first })), {
          first,
          epochs: task.recipe.epochs,
        });
        weights = weightsOf(running, task.recipe);
      }
      return weights;
    },
    predict: async (weights, inputs) =>
      (await predictWith({ ort, network, config, settings }, weights, inputs)).probabilities,
    answer: (weights, inputs) => predictWith({ ort, network, config, settings }, weights, inputs),
    async predictNow(inputs) {
      live ??= await openLive({ ort, network, config, settings });
      return (await live.predict(weightsOf(running, task.recipe), inputs)).probabilities;
    },
    async release() {
      await live?.release();
      for (const trainer of trainers) await trainer.release();
    },
  };
}

/** The run of one stage, which counts its epochs from 0. */
function stageRun(
  { signal, checkpoint }: RunOptions,
  {
    seed,
    resume,
    first,
  }: { readonly seed: number; readonly resume: Checkpoint | undefined; readonly first: number },
): RunOptions {
  return {
    seed,
    ...(signal && { signal }),
    ...(checkpoint && {
      checkpoint: (epoch, take) =>
        checkpoint(first + epoch, () => ({ ...take(), epoch: first + epoch })),
    }),
    ...(resume && { resume }),
  };
}

/** The events of a stage as those of the whole training, which is done once. */
async function* renumber(
  events: AsyncGenerator<TrainEvent, void>,
  { first, epochs }: { readonly first: number; readonly epochs: number },
): AsyncGenerator<TrainEvent, void> {
  for await (const event of events) {
    if (event.type === 'epoch') yield { ...event, epoch: first + event.epoch, epochs };
    else if (first + event.epochs === epochs) yield { ...event, epochs };
  }
}

function dataOf(params: object): Weights {
  return Object.fromEntries(
    flattenParameters(params).map(({ name, shape, data }) => [name, { shape, data }]),
  );
}

/**
 * The network and its configuration for the classes of the task.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function networkOf(task: Task): {
  readonly network: Network;
  readonly config: NetworkConfig;
} {
  const network = findNetwork(task.network);
  const usual = network.forClasses(findConfig(network, task.config), task.classes);
  if (task.changes?.['fine'] !== undefined && network.fineLoss === undefined)
    throw new TelltaleError(
      'OPTION_INVALID',
      `network ${network.name} has one granularity and takes no fine classes`,
      'Leave --fine out, or choose merba.',
    );
  return { network, config: checkSettings(network, { ...usual, ...task.changes }) };
}

/**
 * SHA-256 of the task's training graph, hexadecimal: it changes with the code of the network and of
 * the engine, so results of before and after are never taken for one another.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function graphOf(task: Task): string {
  checkRecipe(task.recipe);
  const { network, config } = networkOf(task);
  const stages = stagesOf(task.recipe, task.from, { network, config });
  const hashes = stages.map((stage) => sha256(compileStage(network, config, stage).model));
  return hashes.join('-');
}

function initWith(network: Network, config: NetworkConfig, seed: number): object {
  return network.init(config, createRandom(seed).fork(streams.weights));
}

function compileStage(
  network: Network,
  config: NetworkConfig,
  { recipe, stays }: Stage,
): TrainingProgram {
  const { batch, clipNorm, averageDecay } = recipe;
  const fine = fineClasses(config);
  return compileTraining({
    params: freezeParameters(initWith(network, config, 0), stays),
    inputs: {
      images: inputShape(config, batch, planesOf(network, config)),
      targets: [batch, config.classes],
      ...(fine.length > 0 && {
        fineTargets: [batch, fine.length],
        fineAmong: [batch, fine.length],
      }),
    },
    loss: (context, params, inputs) => {
      const { images, targets, fineTargets, fineAmong } = inputs;
      const outputs = network.forward(freezeContext(context, stays), config, params, images);
      const loss =
        fineTargets && fineAmong
          ? network.fineLoss!(config, outputs, targets, { targets: fineTargets, among: fineAmong })
          : (network.loss?.(config, outputs, targets) ?? crossEntropy(outputs.logits, targets));
      return { loss, probabilities: softmax(outputs.logits) };
    },
    optimizer: { clipNorm, ...(averageDecay > 0 && { averageDecay }) },
  });
}

function weightsOf(trainer: Trainer, recipe: Recipe): Weights {
  return trainer.parameters({ averaged: recipe.averageDecay > 0 });
}
