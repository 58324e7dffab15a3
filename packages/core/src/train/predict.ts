/**
 * @file Predictions of networks in training: by a session for some weights, or by one session for
 * the weights of every epoch.
 */
import { createPredictor, withParameterData } from '@telltale/engine';
import type { NamedArray, Predictor, SessionSettings } from '@telltale/engine';

import type { Ort } from '../base/ort.ts';
import { createRandom } from '../base/random.ts';
import { exportLive, exportNetwork, weightInput } from '../nets/index.ts';
import type { Network, NetworkConfig } from '../nets/index.ts';

/** Trained parameters by name. */
export type Weights = Readonly<Record<string, NamedArray>>;

/** Batch size of predictions. */
const PREDICTION_BATCH = 16;

/** What a network gives for some inputs. */
export interface Answers {
  /** Shape `[inputs][classes]`. */
  readonly probabilities: Float32Array[];
  /** Shape `[inputs][fine classes]`; absent where the network has none. */
  readonly fine?: Float32Array[];
}

/** Where a prediction runs. */
export interface PredictionPlace {
  readonly ort: Ort;
  readonly network: Network;
  readonly config: NetworkConfig;
  readonly settings: SessionSettings;
}

/** Probabilities of each input's classes with these weights, in a session of its own. */
export async function predictWith(
  { ort, network, config, settings }: PredictionPlace,
  weights: Weights,
  inputs: readonly Float32Array[],
): Promise<Answers> {
  const params = withParameterData(network.init(config, createRandom(0)), weights);
  const model = exportNetwork(network, { config, params }, { batch: PREDICTION_BATCH });
  const predictor = await createPredictor(ort, model, settings);
  try {
    return await predictInBatches(predictor, inputs, { batch: PREDICTION_BATCH });
  } finally {
    await predictor.release();
  }
}

/** One session that predicts with any weights. */
export interface LivePredictor {
  predict(weights: Weights, inputs: readonly Float32Array[]): Promise<Answers>;
  release(): Promise<void>;
}

/** Opens a session whose weights are inputs. */
export async function openLive(place: PredictionPlace): Promise<LivePredictor> {
  const { ort, network, config, settings } = place;
  const model = { config, params: network.init(config, createRandom(0)) };
  const predictor = await createPredictor(
    ort,
    exportLive(network, model, PREDICTION_BATCH),
    settings,
  );
  return {
    predict(weights, inputs) {
      const given = Object.fromEntries(
        Object.entries(weights)
          .map(([name, { data }]) => [weightInput(name), data] as const)
          .filter(([name]) => Object.hasOwn(predictor.inputs, name)), // an unused weight is not an input
      );
      const run = (images: Readonly<Record<string, Float32Array>>) =>
        predictor.run({ ...given, ...images });
      return predictInBatches({ run }, inputs, { batch: PREDICTION_BATCH });
    },
    release: () => predictor.release(),
  };
}

/**
 * Runs a predictor of a fixed batch over any number of inputs; a last incomplete batch is filled
 * with zeros, whose results are dropped.
 *
 * @param predictor - takes `images` and gives `probabilities`, and `fine` where it has fine classes
 */
export async function predictInBatches(
  predictor: Pick<Predictor, 'run'>,
  inputs: readonly Float32Array[],
  { batch }: { readonly batch: number },
): Promise<Answers> {
  const probabilities: Float32Array[] = [];
  const fine: Float32Array[] = [];
  for (let at = 0; at < inputs.length; at += batch) {
    const size = inputs[at]!.length;
    const images = new Float32Array(batch * size);
    const here = inputs.slice(at, at + batch);
    here.forEach((input, row) => images.set(input, row * size));
    const found = await predictor.run({ images });
    const rows = (all: Float32Array): Float32Array[] =>
      here.map((_, row) => all.slice((row * all.length) / batch, ((row + 1) * all.length) / batch));
    probabilities.push(...rows(found['probabilities']!));
    if (found['fine']) fine.push(...rows(found['fine']));
  }
  return { probabilities, ...(fine.length > 0 && { fine }) };
}
