/** @file The file of a joint pretraining: a trunk to fine-tune, with the scores of its heads. */
import { writeSafetensors } from '@telltale/engine';

import { inputVersion } from '../nets/index.ts';
import { jointClasses } from './joint-batch.ts';
import { jointNetwork } from './joint.ts';
import type { JointTask } from './joint.ts';
import type { Weights } from './task.ts';

/** What a pretraining was made of. Equal origins give equal bits. Plain JSON. */
export interface JointOrigin extends JointTask {
  /** SHA-256 of the training graph, hexadecimal. */
  readonly graph: string;
  /** Seed of all randomness of the pretraining. */
  readonly seed: number;
  /** SHA-256 of the images and their labels, hexadecimal. */
  readonly data: string;
  /** Samples that are learned from. */
  readonly samples: number;
  /** Version of telltale. */
  readonly telltale: string;
}

/** What one head can do. */
export interface JointScore {
  /** Name of the dataset. */
  readonly name: string;
  /** Names of the dataset's labels, in the order of the scores. */
  readonly classes: readonly string[];
  /** Samples that it learned from. */
  readonly train: number;
  /** Samples that were held out. */
  readonly validation: number;
  /** Accuracy on the held-out samples. */
  readonly accuracy: number;
}

/**
 * The bytes of a pretrained file.
 *
 * It is laid out as a weights file (see `encodeWeights`), with `pretrained` (JSON: a score for each
 * dataset) besides, by which a recognizer knows that it is none.
 */
export function encodeJointWeights(
  weights: Weights,
  origin: JointOrigin,
  scores: readonly JointScore[],
): Uint8Array {
  const { config, planes } = jointNetwork(origin);
  return writeSafetensors({
    tensors: weights,
    metadata: {
      network: origin.network,
      config: origin.config,
      settings: JSON.stringify(config),
      classes: JSON.stringify(jointClasses(origin.sources)),
      input: inputVersion,
      planes: JSON.stringify(planes),
      recipe: JSON.stringify(origin.recipe),
      epochs: String(origin.recipe.epochs),
      seed: String(origin.seed),
      data: origin.data,
      samples: String(origin.samples),
      telltale: origin.telltale,
      pretrained: JSON.stringify(scores),
    },
  });
}
