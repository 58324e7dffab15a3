/** @file Networks of the registry as something that can be evaluated. */
import { graphOf, inputsOf, networkOf, openTask } from '../train/index.ts';
import type { Task, TaskTrainer } from '../train/index.ts';
import { recipeOf } from '../train/recipes.ts';
import type {
  FoldOptions,
  FoldOutcome,
  FoldPart,
  Method,
  Moment,
  TestData,
  Trainable,
} from './trainable.ts';

/** What makes one line of a table out of a network. Plain JSON. */
export interface NetworkSettings extends Task {
  readonly kind: 'network';
  /** SHA-256 of the training graph: it changes with the code of the network and of the engine. */
  readonly graph: string;
}

/** What may be otherwise than a network's own recipe has it. */
export interface NetworkChoices {
  readonly config?: string | undefined;
  readonly epochs?: number | undefined;
  /** Switches of the configuration, for an ablation. */
  readonly changes?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The settings of a network with its recipe.
 *
 * @throws TelltaleError `OPTION_INVALID` for an unknown network or configuration
 */
export function networkSettings(
  network: string,
  classes: readonly string[],
  { config, epochs, changes }: NetworkChoices = {},
): NetworkSettings {
  const usual = recipeOf(network, config, epochs === undefined ? {} : { epochs });
  const task = { network, ...usual, ...(changes && { changes }), classes };
  return { kind: 'network', ...task, graph: graphOf(task) };
}

/** A network under a name of its own. */
export function networkMethod(name: string, paper: string, settings: NetworkSettings): Method {
  return {
    name,
    paper,
    settings: { ...settings },
    epochs: settings.recipe.epochs,
    async open(classes, { ort, threads }): Promise<Trainable> {
      const trainer = await openTask(
        ort,
        { ...settings, classes },
        threads === undefined ? {} : { intraOpNumThreads: threads },
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
            options,
          ),
        release: () => trainer.release(),
      };
    },
  };
}

/** Inputs of the planes that the network looks at. */
function inputsFor(settings: NetworkSettings, data: TestData): readonly Float32Array[] {
  const { network, config } = networkOf(settings);
  return network.planes === undefined ? data.inputs : inputsOf(network.name, config, data).inputs;
}

async function trainNetwork(
  trainer: TaskTrainer,
  { train, test }: FoldPart,
  { seed, at, progress, signal }: FoldOptions,
): Promise<FoldOutcome> {
  const moments: Moment[] = [];
  const losses: number[] = [];
  const keep = (epoch: number, found: readonly Float32Array[]): void =>
    void moments.push({ epoch, probabilities: found.map((row) => [...row]) });
  const running = trainer.fit(
    { inputs: train.inputs, labels: train.labels },
    { seed, ...(signal && { signal }) },
  );
  let step = await running.next();
  for (; !step.done; step = await running.next()) {
    if (step.value.type !== 'epoch') continue;
    const { epoch, epochs, loss } = step.value;
    losses.push(loss);
    progress?.(epoch / epochs);
    // The last prediction is made as without `at`, so that a look in between changes no bit of it.
    if (at?.includes(epoch) !== true || epoch === epochs) continue;
    keep(epoch, await trainer.predictNow(test.inputs));
    if (epoch === at.at(-1)) {
      await running.return({});
      return { moments, losses };
    }
  }
  keep(losses.length, await trainer.predict(step.value, test.inputs));
  return { moments, losses };
}
