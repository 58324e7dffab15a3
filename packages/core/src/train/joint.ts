/**
 * @file Joint pretraining: one trunk learns from several datasets of strong expressions at once.
 *
 * Gan, Xiao, Zhu, Jain and Struc 2024 (Knowledge-Based Systems 305, 112640) pretrain on three of
 * them. Every dataset keeps its own labels and so has its own head. The heads lie side by side in one
 * layer, and a sample's loss looks at the logits of its own dataset alone: the same as a head each,
 * and batches may mix datasets as they come.
 *
 * A face is seen as the network will see a micro-expression: the peak, a face without expression, and
 * their difference. Where a dataset has the subject's own neutral face, it is used. Otherwise it is the mean
 * neutral face of the dataset's training part (of all its faces, where it has no class `neutral`):
 * the difference then includes the subject's identity.
 */
import {
  add,
  compileTraining,
  cosineSchedule,
  createPredictor,
  createTrainer,
  crossEntropy,
  initialState,
  withParameterData,
} from '@telltale/engine';
import type { SessionSettings, TrainingProgram } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import type { Ort } from '../base/ort.ts';
import { pause, throwIfCanceled } from '../base/pause.ts';
import { createRandom } from '../base/random.ts';
import { exportNetwork, findConfig, findNetwork, inputShape, planesOf } from '../nets/index.ts';
import type { InputPlane, Network, NetworkConfig } from '../nets/index.ts';
import { drawEpoch } from './balance.ts';
import { maskSource, streams } from './fit.ts';
import type { Checkpoint, RunOptions, TrainEvent } from './fit.ts';
import { countRight, headsOf, jointClasses, jointInput, makeBatch } from './joint-batch.ts';
import type { JointSample, JointSource } from './joint-batch.ts';
import { predictInBatches } from './predict.ts';
import { checkRecipe, defaultRecipe } from './recipe.ts';
import type { Recipe } from './recipe.ts';
import type { Weights } from './task.ts';

/** What is pretrained, on which labels. Plain JSON. */
export interface JointTask {
  /** Name in the registry of networks. */
  readonly network: string;
  /** Name of a configuration that looks at faces. */
  readonly config: string;
  /** The datasets with their labels, in the order of their heads. */
  readonly sources: readonly JointSource[];
  /** Epochs, rates and augmentation of the pretraining. */
  readonly recipe: Recipe;
}

/** The default recipe of pretraining, fixed before the first run. */
export const pretrainRecipe: Recipe = {
  ...defaultRecipe,
  epochs: 12,
  batch: 64,
  learningRate: 2e-3,
  averageDecay: 0, // the running statistics belong to the last weights
  balance: 0.5,
  augment: { mirror: 0.5, shift: 3, amplitude: 0, mixup: 0 },
};

/** Name of the configuration that a network is pretrained with unless another is given. */
export function pretrainConfigOf(network: string): string {
  return network === 'mfdan' ? 'face28' : 'face48';
}

/** Evaluation batch size. */
const EVALUATION_BATCH = 32;

/** A compiled {@link JointTask}. */
export interface JointTrainer {
  /**
   * Trains from new parameters, or from a checkpoint, and returns the weights.
   *
   * @throws TelltaleError `DATASET_INVALID` for no sample, `CANCELED`; EngineError `LOSS_NOT_FINITE`
   */
  fit(samples: readonly JointSample[], run: RunOptions): AsyncGenerator<TrainEvent, Weights>;
  /**
   * Share of the samples of each dataset whose label is the most probable one of that dataset; NaN for
   * a dataset without samples.
   */
  accuracy(weights: Weights, samples: readonly JointSample[]): Promise<number[]>;
  /** Frees what the runtime holds. */
  release(): Promise<void>;
}

/**
 * Compiles a task.
 *
 * @throws TelltaleError `OPTION_INVALID` for a network that takes nothing over, a configuration that
 *   does not look at faces, or a recipe that cannot be followed
 */
export async function openJointTask(
  ort: Ort,
  task: JointTask,
  settings: SessionSettings = {},
): Promise<JointTrainer> {
  const { network, config, planes } = jointNetwork(task);
  const { recipe, sources } = task;
  const program = compileJoint(network, config, recipe);
  let masks = maskSource(0);
  const trainer = await createTrainer(ort, program, {
    ...settings,
    random: { uniform: () => masks.uniform(), fork: (key) => masks.fork(key) },
  });
  const heads = headsOf(sources);
  return {
    async *fit(samples, run) {
      if (samples.length === 0) {
        throw new TelltaleError('DATASET_INVALID', 'there is no face to learn from', 'Add images.');
      }
      masks = maskSource(run.seed);
      const fresh = network.init(config, createRandom(run.seed).fork(streams.weights));
      trainer.restore(run.resume?.state ?? initialState(program, fresh));
      const steps = Math.ceil(samples.length / recipe.batch);
      const rate = cosineSchedule({
        peak: recipe.learningRate,
        warmup: Math.round(recipe.warmUp * steps * recipe.epochs),
        steps: steps * recipe.epochs,
      });
      const labels = samples.map(({ source, label }) => heads[source]!.first + label);
      let loss = run.resume?.loss ?? NaN;
      for (let epoch = run.resume?.epoch ?? 0; epoch < recipe.epochs; epoch++) {
        const random = createRandom(run.seed).fork(streams.epochs).fork(epoch);
        const order = drawEpoch(labels, recipe, random.fork(0));
        let [sum, right, learningRate] = [0, 0, 0];
        for (let at = 0; at < order.length; at += recipe.batch) {
          throwIfCanceled(run.signal);
          const chosen = order.slice(at, at + recipe.batch).map((i) => samples[i]!);
          const batch = makeBatch(chosen, { ...task, planes, heads, random: random.fork(1 + at) });
          learningRate = rate(trainer.step);
          const { loss: one, reports } = await trainer.train({
            inputs: batch,
            learningRate,
            weightDecay: recipe.weightDecay,
          });
          sum += one;
          right += countRight(reports['logits']!, chosen, heads);
          await pause(run.signal);
        }
        loss = sum / steps;
        const take = (): Checkpoint => ({ epoch: epoch + 1, loss, state: trainer.state() });
        await run.checkpoint?.(epoch + 1, take);
        yield {
          type: 'epoch',
          epoch: epoch + 1,
          epochs: recipe.epochs,
          loss,
          accuracy: right / order.length,
          learningRate,
        };
      }
      yield { type: 'done', epochs: recipe.epochs, loss };
      return trainer.parameters();
    },
    async accuracy(weights, samples) {
      const params = withParameterData(network.init(config, createRandom(0)), weights);
      const model = exportNetwork(network, { config, params }, { batch: EVALUATION_BATCH });
      const predictor = await createPredictor(ort, model, settings);
      try {
        const inputs = samples.map((sample) => jointInput(sample, planes));
        const { probabilities: found } = await predictInBatches(predictor, inputs, {
          batch: EVALUATION_BATCH,
        });
        return sources.map((_, source) => {
          const own = samples.flatMap((sample, i) => (sample.source === source ? [i] : []));
          const right = own.filter((i) => countRight(found[i]!, [samples[i]!], heads) === 1);
          return right.length / own.length;
        });
      } finally {
        await predictor.release();
      }
    },
    release: () => trainer.release(),
  };
}

/**
 * The network of a task, for the labels of all its datasets: of one with a branch for images, that branch.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function jointNetwork(task: Omit<JointTask, 'recipe'> & { readonly recipe?: Recipe }): {
  readonly network: Network;
  readonly config: NetworkConfig;
  readonly planes: readonly InputPlane[];
} {
  if (task.recipe) checkRecipe(task.recipe);
  const whole = findNetwork(task.network);
  // Before the configuration, whose default only networks that are pretrained have.
  if (whole.transfer === undefined) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `network ${whole.name} cannot be fine-tuned from pretrained weights`,
      'Pretrain densemix or mfdan.',
    );
  }
  const usual = findConfig(whole, task.config);
  const network = whole.transfer.branch ?? whole;
  const planes = planesOf(network, usual);
  if (planes.some((plane) => ['u', 'v', 'strain'].includes(plane))) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `configuration ${task.config} of ${network.name} looks at flow, and a single face has none`,
      'Choose a configuration that looks at faces, such as face48. Its trunk fits those for flow too.',
    );
  }
  return { network, config: network.forClasses(usual, jointClasses(task.sources)), planes };
}

/**
 * The bytes of the training graph, whose SHA-256 identifies it.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function jointGraph(task: JointTask): Uint8Array {
  const { network, config } = jointNetwork(task);
  return compileJoint(network, config, task.recipe).model;
}

function compileJoint(network: Network, config: NetworkConfig, recipe: Recipe): TrainingProgram {
  const { batch, clipNorm } = recipe;
  const shape = [batch, config.classes] as const;
  return compileTraining({
    params: network.init(config, createRandom(0).fork(streams.weights)),
    inputs: {
      images: inputShape(config, batch, planesOf(network, config)),
      targets: shape,
      others: shape,
    },
    loss: (context, params, { images, targets, others }) => {
      const { logits } = network.forward(context, config, params, images);
      return { loss: crossEntropy(add(logits, others), targets), logits };
    },
    optimizer: { clipNorm },
  });
}
