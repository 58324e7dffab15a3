/** @file Networks of the registry as methods of an evaluation. */
import { TelltaleError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import {
  beginWith,
  fineLabelsOf,
  graphOf,
  inputsOf,
  networkOf,
  openTask,
} from '../../train/index.ts';
import type { FineClass, FineLabel } from '../../train/index.ts';
import type { Task, TaskTrainer, Transfer, Weights } from '../../train/index.ts';
import { goingOn, recipeOf } from '../../train/recipes.ts';
import type {
  EpochPrediction,
  FoldOptions,
  FoldOutcome,
  FoldPart,
  Method,
  MethodPlace,
  TestData,
  Trainable,
  TrainingData,
} from './method.ts';

/** The settings of a network's row in a table. Plain JSON. */
export interface NetworkSettings extends Task {
  /** Distinguishes networks from classical machines. */
  readonly kind: 'network';
  /** SHA-256 of the training graph: it changes with the code of the network and the engine. */
  readonly graph: string;
}

/** What may differ from a network's own recipe. */
export interface NetworkChoices {
  /** Name of the network's configuration. @defaultValue the first that the network defines, if no recipe names another */
  readonly config?: string | undefined;
  /** Number of epochs, at least 1. @defaultValue the recipe's */
  readonly epochs?: number | undefined;
  /** Switches of the configuration, for an ablation. */
  readonly changes?: Readonly<Record<string, unknown>> | undefined;
  /** Bytes of the initial weights, or the record of them in a plan. */
  readonly from?: Uint8Array | Transfer | undefined;
}

/**
 * The settings of a network with its recipe.
 *
 * @throws TelltaleError `OPTION_INVALID` for an unknown network or configuration; `WEIGHTS_CORRUPT`,
 *   `WEIGHTS_MISMATCH` for weights that do not fit
 */
export function networkSettings(
  network: string,
  classes: readonly string[],
  { config, epochs, changes, from }: NetworkChoices = {},
): NetworkSettings {
  const fixed = epochs === undefined ? {} : { epochs };
  const ownRecipe = recipeOf(network, config, fixed);
  const plain = { network, ...ownRecipe, ...(changes && { changes }), classes };
  if (from === undefined) return { kind: 'network', ...plain, graph: graphOf(plain) };
  const transfer = transferOf(plain, from);
  const { recipe } = transfer.whole
    ? recipeOf(network, config, { ...goingOn(network), ...fixed })
    : ownRecipe;
  const task = { ...plain, recipe, from: transfer };
  return { kind: 'network', ...task, graph: graphOf(task) };
}

function transferOf(task: Task, from: Uint8Array | Transfer): Transfer {
  if (!(from instanceof Uint8Array)) return from;
  return beginWith(from, { ...task, ...networkOf(task) }).from;
}

/** A network as a method under the given name. */
export function networkMethod(name: string, paper: string, settings: NetworkSettings): Method {
  return {
    name,
    paper,
    settings: { ...settings },
    epochs: settings.recipe.epochs,
    async open(classes, place): Promise<Trainable> {
      const { ort, threads } = place;
      const trunk = await trunkAt(place, settings);
      const trainer = await openTask(
        ort,
        { ...settings, classes },
        { ...(threads !== undefined && { intraOpNumThreads: threads }), ...(trunk && { trunk }) },
      );
      return {
        name,
        trainFold: (part, options) =>
          trainNetwork(
            trainer,
            {
              train: { ...part.train, inputs: inputsFor(settings, part.train) },
              test: { ...part.test, inputs: inputsFor(settings, part.test) },
            },
            { ...options, fineLabels: fineLabelsIn({ ...settings, classes }, part.train) },
          ),
        release: () => trainer.release(),
      };
    },
  };
}

/** The initial backbone, from the file that the plan names by its hash. */
async function trunkAt(
  { weights }: MethodPlace,
  settings: NetworkSettings,
): Promise<Weights | undefined> {
  if (settings.from === undefined) return undefined;
  const bytes = await weights?.(settings.from.weights);
  if (bytes && sha256(bytes) === settings.from.weights)
    return beginWith(bytes, { ...settings, ...networkOf(settings) }).trunk;
  throw new TelltaleError(
    'WEIGHTS_MISMATCH',
    `the weights ${settings.from.weights.slice(0, 16)} that initialize ${settings.network} are ${bytes ? 'not those of the plan' : 'missing'}`,
    'Put them back into the folder of the run, or plan again with another --out.',
  );
}

/** Inputs with the planes that the network uses. */
function inputsFor(settings: NetworkSettings, data: TestData): readonly Float32Array[] {
  const { network, config } = networkOf(settings);
  return network.planes === undefined ? data.inputs : inputsOf(network.name, config, data).inputs;
}

interface TrainingOptions extends FoldOptions {
  /** Of the training samples. */
  readonly fineLabels?: readonly (FineLabel | undefined)[] | undefined;
}

/** Fine labels of the training part, where the method has fine classes. */
function fineLabelsIn(
  settings: NetworkSettings,
  { annotated }: TrainingData,
): readonly (FineLabel | undefined)[] | undefined {
  const fine = settings.changes?.['fine'] as readonly FineClass[] | undefined;
  return fine && annotated ? fineLabelsOf(annotated, settings.classes, fine) : undefined;
}

async function trainNetwork(
  trainer: TaskTrainer,
  { train, test }: FoldPart,
  { seed, at, progress, signal, fineLabels }: TrainingOptions,
): Promise<FoldOutcome> {
  const predictions: EpochPrediction[] = [];
  const losses: number[] = [];
  const keep = (
    epoch: number,
    found: readonly Float32Array[],
    fine?: readonly Float32Array[],
  ): void =>
    void predictions.push({
      epoch,
      probabilities: found.map((row) => [...row]),
      ...(fine && { fine: fine.map((row) => [...row]) }),
    });
  const running = trainer.fit(
    { inputs: train.inputs, labels: train.labels, ...(fineLabels && { fine: fineLabels }) },
    { seed, ...(signal && { signal }) },
  );
  let step = await running.next();
  for (; !step.done; step = await running.next()) {
    if (step.value.type !== 'epoch') continue;
    const { epoch, epochs, loss } = step.value;
    losses.push(loss);
    progress?.(epoch / epochs);
    // The last prediction is computed as without `at`, so that predictions in between do not change a bit of it.
    if (at?.includes(epoch) !== true || epoch === epochs) continue;
    keep(epoch, await trainer.predictNow(test.inputs));
    if (epoch === at.at(-1)) {
      await running.return({});
      return { predictions, losses };
    }
  }
  const { probabilities, fine } = await trainer.answer(step.value, test.inputs);
  keep(losses.length, probabilities, fine);
  return { predictions, losses };
}
