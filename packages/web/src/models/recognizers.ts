/** @file Recognizers in the browser: those that ship and those of the user. */
import { openRecognizer as openWeights, TelltaleError } from '@telltale/core';
import type { Ort, Recognizer, RecognizerOptions as CoreOptions } from '@telltale/core';
import { openExported, openShipped, shippedNames } from '@telltale/core/recognize';

import { readUnitsModel, shippedUnits } from '@telltale/core/units';
import type { UnitsModel } from '@telltale/core/units';

import { bundledUnits, bundledWeights, fetchAsset, type ModelAddresses } from './assets.ts';
import { readModelSource, type ModelFile, type ModelSource } from './model-files.ts';
import { WebError } from '../errors.ts';
import { loadRuntime } from './runtime.ts';
import { placeRecognizer, type PlacedRecognizer, type WebGpu } from './webgpu.ts';

/** Which recognizer to open. */
export interface RecognizerChoice {
  /** Name of what ships with telltale: a network, or a mean of several such as `ensemble`. @defaultValue the best by leave-one-dataset-out */
  readonly network?: string | undefined;
  /** Your own instead: a `.safetensors` file, or an `.onnx` file with its `.json`. */
  readonly weights?: ModelSource | undefined;
}

/** Options of {@link openRecognizer}. */
export interface RecognizerOptions extends RecognizerChoice {
  /** Threads of all networks of this page or worker together. @defaultValue 1 */
  readonly threads?: number | undefined;
  /** Whether `weights` may run on the GPU. @defaultValue `'auto'`: where they are slow on the CPU and faster there */
  readonly webgpu?: WebGpu | undefined;
  /** Where files are served, for bundlers that do not find them. */
  readonly addresses?: ModelAddresses | undefined;
}

/**
 * Opens a recognizer.
 *
 * @throws TelltaleError `OPTION_INVALID` for an unknown network, for `network` together with `weights`, or `webgpu`
 *   without `weights`; `FILE_UNREADABLE`; `WEIGHTS_CORRUPT`, `WEIGHTS_MISMATCH`, `MODEL_…` for weights that cannot be used
 */
export async function openRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  assertChoice(options);
  const { weights, network, threads, addresses } = options;
  if (weights !== undefined) {
    return (await openOwnRecognizer(await readModelSource(weights), options)).recognizer;
  }
  const runtime = await loadRuntime(threads, addresses);
  const read = (file: string): Promise<Uint8Array> => fetchWeights(file, addresses);
  return openShipped(runtime, network ?? shippedNames[0]!, read, { threads: 1 });
}

/**
 * Opens a recognizer of the user, where it runs best. Its card names the file.
 *
 * @throws TelltaleError `WEIGHTS_CORRUPT`, `WEIGHTS_MISMATCH`, `MODEL_…`
 */
export async function openOwnRecognizer(
  own: ModelFile,
  {
    webgpu = 'auto',
    threads,
    addresses,
  }: Pick<RecognizerOptions, 'webgpu' | 'threads' | 'addresses'> = {},
): Promise<PlacedRecognizer> {
  const runtime = await loadRuntime(threads, addresses);
  const open = (ort: Ort, options: CoreOptions): Promise<Recognizer> =>
    'weights' in own
      ? openWeights(ort, new Uint8Array(own.weights), options)
      : openExported(
          ort,
          { onnx: new Uint8Array(own.onnx), description: own.description },
          options,
        );
  const onCpu = await open(runtime, {});
  const { recognizer, on } = await placeRecognizer(onCpu, open, webgpu);
  const card = { ...recognizer.card, file: own.file };
  return { recognizer: { ...recognizer, card }, on };
}

/**
 * Refuses a choice that makes no sense, before anything is fetched.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function assertChoice({ network, weights, webgpu }: RecognizerOptions): void {
  const known = shippedNames;
  if (network !== undefined && weights !== undefined)
    throw invalid('network and weights are both given', 'Leave one of them out.');
  if (network !== undefined && !known.includes(network))
    throw invalid(
      `no recognizer '${network}' ships with telltale`,
      `Choose one of: ${known.join(', ')}; or give your own with weights.`,
    );
  if (webgpu !== undefined && weights === undefined)
    throw invalid('webgpu is given without weights', 'Leave it out: what ships runs on the CPU.');
}

/**
 * Opens the recognizer of action units that ships.
 *
 * @throws WebError `MODEL_UNREADABLE`; TelltaleError `WEIGHTS_CORRUPT`
 */
export async function openUnits({ weights }: ModelAddresses = {}): Promise<UnitsModel> {
  const address = weights === undefined ? bundledUnits : besides(weights, shippedUnits);
  return readUnitsModel(await fetchAsset(address));
}

/** A file in the folder of the weights. */
function besides(weights: string | URL, file: string): URL {
  return new URL(file, new URL(weights, globalThis.location.href));
}

function invalid(message: string, hint: string): TelltaleError {
  return new TelltaleError('OPTION_INVALID', message, hint);
}

async function fetchWeights(file: string, addresses: ModelAddresses = {}): Promise<Uint8Array> {
  const bundled = Object.hasOwn(bundledWeights, file) ? bundledWeights[file] : undefined;
  const address = addresses.weights === undefined ? bundled : besides(addresses.weights, file);
  if (address === undefined) throw new WebError('MODEL_UNREADABLE', { name: file });
  return fetchAsset(address);
}
