/**
 * @file The files of a training: its weights, and checkpoints to resume from.
 *
 * Both are safetensors with metadata that describe what the file holds and how it
 * was made.
 */
import { readSafetensors, writeSafetensors } from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import { own } from '../base/own.ts';
import { findConfig, findNetwork, flowPlanes, inputVersion, planesOf } from '../nets/index.ts';
import type { ImageName } from '../nets/index.ts';
import type { Checkpoint } from './fit.ts';
import type { Task, Weights } from './task.ts';

/** What a training was made of. Equal origins give equal bits. Plain JSON. */
export interface Origin extends Task {
  /** SHA-256 of the training graph, hexadecimal. */
  readonly graph: string;
  /** Seed of all randomness of the training. */
  readonly seed: number;
  /** SHA-256 of the data, hexadecimal. */
  readonly data: string;
  /** Number of samples. */
  readonly samples: number;
  /** Version of telltale. */
  readonly telltale: string;
  /** The images that the network was trained on, from `imagesUsed`; by default only the flow. */
  readonly pictures?: readonly ImageName[];
  /** α of the magnified faces that it was trained on, where it was and α is known. */
  readonly alpha?: number;
  /** Index of the fine class of each sample, `null` where it has none; absent without fine classes. */
  readonly fine?: readonly (number | null)[];
}

/**
 * The bytes of a weights file.
 *
 * Its metadata are `network`, `config` (name), `settings` (the configuration
 * as JSON), `classes` (JSON), `input` (version of the preparation of
 * images), `recipe` (JSON), `epochs`, `seed`, `data`, `samples`, `telltale`;
 * and, where the network takes more than flow as input, `planes` and `pictures` (JSON), and `alpha`, of a magnified one; and `from` (JSON), if the
 * network was initialized from other weights.
 */
export function encodeWeights(weights: Weights, origin: Origin): Uint8Array {
  const network = findNetwork(origin.network);
  const usual = network.forClasses(findConfig(network, origin.config), origin.classes);
  const settings = { ...usual, ...origin.changes };
  const planes = planesOf(network, settings);
  return writeSafetensors({
    tensors: weights,
    metadata: {
      network: origin.network,
      config: origin.config,
      settings: JSON.stringify(settings),
      classes: JSON.stringify(origin.classes),
      input: inputVersion,
      recipe: JSON.stringify(origin.recipe),
      epochs: String(origin.recipe.epochs),
      seed: String(origin.seed),
      data: origin.data,
      samples: String(origin.samples),
      telltale: origin.telltale,
      ...(origin.from && { from: JSON.stringify(origin.from) }),
      ...(planes.some((plane) => !flowPlanes.includes(plane)) && {
        planes: JSON.stringify(planes),
        pictures: JSON.stringify(origin.pictures ?? ['flow']),
        ...(origin.alpha !== undefined && { alpha: String(origin.alpha) }),
      }),
    },
  });
}

/** The bytes of a checkpoint file; its origin is plain JSON, an {@link Origin} or that of another training. */
export function encodeCheckpoint({ epoch, loss, state }: Checkpoint, origin: object): Uint8Array {
  return writeSafetensors({
    tensors: state.tensors,
    metadata: {
      checkpoint: JSON.stringify({ epoch, loss, step: state.step }),
      origin: JSON.stringify(origin),
    },
  });
}

/**
 * Reads a checkpoint file.
 *
 * @param origin - the training to resume
 * @throws TelltaleError `CHECKPOINT_MISMATCH` where the file is damaged or of another training,
 *   naming every difference
 */
export function decodeCheckpoint(bytes: Uint8Array, origin: object): Checkpoint {
  let file: ReturnType<typeof readSafetensors>;
  let made: Readonly<Record<string, unknown>>;
  let at: { readonly epoch: number; readonly loss: number; readonly step: number };
  try {
    file = readSafetensors(bytes);
    made = JSON.parse(file.metadata['origin']!) as typeof made;
    at = JSON.parse(file.metadata['checkpoint']!) as typeof at;
  } catch (cause) {
    throw new TelltaleError(
      'CHECKPOINT_MISMATCH',
      `the checkpoint cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Remove it to start again.',
      { cause },
    );
  }
  const wanted: Readonly<Record<string, unknown>> = { ...origin };
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(made)])].sort();
  const differing = keys.filter(
    (key) => JSON.stringify(own(made, key)) !== JSON.stringify(own(wanted, key)),
  );
  if (differing.length > 0) {
    const differences = differing.map(
      (key) => `${key} ${JSON.stringify(own(made, key))}, now ${JSON.stringify(own(wanted, key))}`,
    );
    throw new TelltaleError(
      'CHECKPOINT_MISMATCH',
      `the checkpoint is of another training: ${differences.join('; ')}`,
      'Repeat the command as it was, or remove the checkpoint to start again.',
    );
  }
  return {
    epoch: at.epoch,
    loss: at.loss,
    state: { step: at.step, tensors: file.tensors },
  };
}
