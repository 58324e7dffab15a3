/**
 * @file A weights file becomes a network with its parameters, or an error that gives the reason.
 */
import {
  EngineError,
  readSafetensors,
  readSafetensorsHeader,
  withParameterData,
  writeSafetensors,
  type Safetensors,
  type SafetensorsHeader,
} from '@telltale/engine';

import { TelltaleError } from '../base/errors.ts';
import { own } from '../base/own.ts';
import { sha256 } from '../base/sha256.ts';
import { flowPlanes, inputVersion, type InputPlane } from '../nets/input.ts';
import { shapesOnly } from '../nets/layers.ts';
import { currentNames, planesOf, type Network, type NetworkConfig } from '../nets/network.ts';
import { standsIn, type ImageName } from '../nets/images.ts';
import { readableNetworks } from '../nets/registry.ts';
import { assertShapes } from '../nets/settings.ts';
import type { Calibration } from './calibration.ts';
import {
  elsewhereScore,
  NEVER_MEASURED,
  NEVER_SURE,
  type ElsewhereScore,
  type RecognizerCard,
} from './card.ts';

/** A trained network. */
export interface Model {
  /** The network, as code. */
  readonly network: Network;
  /** Its settings. */
  readonly config: NetworkConfig;
  /** Its parameters, as `network.init` shapes them. */
  readonly params: object;
  /** What is known of it. */
  readonly card: RecognizerCard;
  /** Divides the logits. */
  readonly temperature: number;
  /** What it looks at. */
  readonly planes: readonly InputPlane[];
  /** The images that it was trained on. */
  readonly images: readonly ImageName[];
  /** α of the magnified faces that it was trained on, where the file states it. */
  readonly alpha?: number;
}

/**
 * Reads a weights file as `telltale train` writes it.
 *
 * A file that was never calibrated has temperature 1 and no verdict that is unsure.
 *
 * @throws TelltaleError WEIGHTS_CORRUPT, WEIGHTS_MISMATCH, MODEL_INPUT_MISMATCH
 */
export function readModel(bytes: Uint8Array): Model {
  const { metadata, shapes } = readHeader(bytes);
  const network = networkOf(metadata['network']);
  if (metadata['pretrained'] !== undefined)
    throw new TelltaleError(
      'WEIGHTS_MISMATCH',
      'the weights come from pretraining and have no classes of micro-expressions yet',
      'Train with them first: telltale train --from.',
    );
  const classes = parse(metadata, 'classes');
  const settings = parse(metadata, 'settings');
  if (!Array.isArray(classes) || !classes.every((name) => typeof name === 'string'))
    throw corrupt('its classes are not a list of names');
  const wrong = network.settings(settings, 'settings');
  if (wrong !== undefined) throw corrupt(wrong);
  const config = settings as NetworkConfig;
  if (config.classes !== classes.length)
    throw corrupt(`its settings are for ${config.classes} classes, it names ${classes.length}`);
  if (metadata['input'] !== inputVersion)
    throw new TelltaleError(
      'MODEL_INPUT_MISMATCH',
      `the network was trained on images prepared as ${String(metadata['input'])}, this version of telltale prepares them as ${inputVersion}`,
      'Train again with this version, or use the version that made the weights.',
    );
  const planes = planesOf(network, config);
  assertPlanes(metadata['planes'], planes);
  const images = imagesOf(metadata['pictures']);
  assertFits(network, config, shapes);
  return {
    network,
    config,
    planes,
    images,
    ...(own(metadata, 'alpha') !== undefined && {
      alpha: numberOf(metadata, 'alpha', { otherwise: 0, least: 1e-6, most: 100 }),
    }),
    params: paramsOf(network, config, bytes),
    temperature: numberOf(metadata, 'temperature', { otherwise: 1, least: 1e-3, most: 1e3 }),
    card: {
      network: network.name,
      config: metadata['config'] ?? 'unnamed',
      classes,
      weights: sha256(bytes),
      score: metadata['score'] ?? NEVER_MEASURED,
      ...elsewhereOf(metadata),
      unsureBelow: numberOf(metadata, 'unsureBelow', { otherwise: NEVER_SURE, least: 0, most: 1 }),
      ...(standsIn(planes, images) && {
        note: `The image branch of ${network.name} saw the magnitude of the flow in the place of the face: its weights were trained without faces.`,
      }),
    },
  };
}

function readHeader(bytes: Uint8Array): SafetensorsHeader {
  try {
    return readSafetensorsHeader(bytes);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw corrupt(cause.message, cause);
  }
}

function networkOf(name: string | undefined): Network {
  const network = name === undefined ? undefined : own(readableNetworks, name);
  if (network === undefined)
    throw new TelltaleError(
      'WEIGHTS_MISMATCH',
      name === undefined
        ? 'the weights do not name their network'
        : `the weights are of network '${name}', which this version does not have`,
      `Use weights of one of these networks: ${Object.keys(readableNetworks).join(', ')}.`,
    );
  return network;
}

/** The network's parameters with the numbers of a file whose shapes are checked. */
function paramsOf(network: Network, config: NetworkConfig, bytes: Uint8Array): object {
  const tensors = currentNames(network, Object.entries(readSafetensors(bytes).tensors));
  return withParameterData(network.init(config, shapesOnly), Object.fromEntries(tensors));
}

function assertFits(
  network: Network,
  config: NetworkConfig,
  shapes: SafetensorsHeader['shapes'],
): void {
  try {
    assertShapes(network, config, shapes);
  } catch (cause) {
    if (!(cause instanceof TelltaleError) || cause.code === 'WEIGHTS_MISMATCH') throw cause;
    throw new TelltaleError(
      'WEIGHTS_MISMATCH',
      `network ${network.name} cannot be made with the settings of the weights: ${cause.message}`,
      'Use weights that were trained with this network and these settings.',
      { cause },
    );
  }
}

/** Weights without a list of planes take flow. */
function assertPlanes(text: string | undefined, planes: readonly InputPlane[]): void {
  const trained = text ?? JSON.stringify(flowPlanes);
  if (trained === JSON.stringify(planes)) return;
  throw new TelltaleError(
    'MODEL_INPUT_MISMATCH',
    `the weights were trained on the planes ${trained}, their network looks at ${JSON.stringify(planes)}`,
    'Train again with this version, or use the version that made the weights.',
  );
}

function imagesOf(text: string | undefined): readonly ImageName[] {
  if (text === undefined) return ['flow'];
  const known = ['flow', 'apex', 'onset', 'magnified'];
  let names: unknown;
  try {
    names = JSON.parse(text);
  } catch (cause) {
    throw corrupt('its images are not valid JSON', cause);
  }
  if (!Array.isArray(names) || !names.every((name) => known.includes(name as string)))
    throw corrupt('its images are not a list of known names');
  return names as ImageName[];
}

function elsewhereOf(metadata: Safetensors['metadata']): Pick<RecognizerCard, 'elsewhere'> {
  if (own(metadata, 'elsewhere') === undefined) return {};
  const value = parse(metadata, 'elsewhere');
  const wrong = elsewhereScore(value, 'elsewhere');
  if (wrong !== undefined) throw corrupt(wrong);
  return { elsewhere: value as ElsewhereScore };
}

function parse(metadata: Safetensors['metadata'], key: string): unknown {
  const text = own(metadata, key);
  if (text === undefined)
    throw new TelltaleError(
      'WEIGHTS_MISMATCH',
      `the weights lack the entry '${key}' in their metadata`,
      'Use a weights file that telltale train made.',
    );
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw corrupt(`its ${key} are not valid JSON`, cause);
  }
}

function numberOf(
  metadata: Safetensors['metadata'],
  key: string,
  {
    otherwise,
    least,
    most,
  }: { readonly otherwise: number; readonly least: number; readonly most: number },
): number {
  const text = own(metadata, key);
  const value = text === undefined ? otherwise : Number(text);
  if (!(value >= least && value <= most))
    throw corrupt(`its ${key} is ${String(text)}, outside ${least} to ${most}`);
  return value;
}

function corrupt(why: string, cause?: unknown): TelltaleError {
  return new TelltaleError(
    'WEIGHTS_CORRUPT',
    `the weights cannot be read: ${why}`,
    'Copy or download the file again.',
    { cause },
  );
}

/**
 * The weights file with what a calibration taught it; parameters stay as they are.
 *
 * @param note - `score` is one line: data, protocol and result
 * @throws TelltaleError WEIGHTS_CORRUPT, WEIGHTS_MISMATCH, MODEL_INPUT_MISMATCH
 */
export function calibrateWeights(
  bytes: Uint8Array,
  note: Calibration & Pick<RecognizerCard, 'score' | 'elsewhere'>,
): Uint8Array {
  readModel(bytes);
  const { tensors, metadata } = readSafetensors(bytes);
  const { temperature, unsureBelow, score, elsewhere } = note;
  return writeSafetensors({
    tensors,
    metadata: {
      ...metadata,
      temperature: temperature.toFixed(4),
      unsureBelow: unsureBelow.toFixed(4),
      score,
      ...(elsewhere && { elsewhere: JSON.stringify(elsewhere) }),
    },
  });
}
