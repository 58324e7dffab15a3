/** @file Recognizers from files: those that ship with telltale and those of the user. */
import { own } from '@telltale/core/report';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';

import { TelltaleError } from '@telltale/core';
import {
  openExported,
  openRecognizer as openWeights,
  openShipped,
  shippedEnsembles,
  shippedNames,
  shippedRecognizers,
} from '@telltale/core/recognize';
import type { Recognizer } from '@telltale/core/recognize';

import { readUnitsModel, shippedUnits } from '@telltale/core/units';
import type { UnitsModel } from '@telltale/core/units';

import { loadRuntime } from './runtime.ts';
import { whyUnreadable } from './unreadable.ts';

/** Which recognizer to open. */
export interface RecognizerChoice {
  /**
   * Name of a network that ships with telltale: one of {@link recognizerNames}.
   *
   * @defaultValue the first of them
   */
  readonly network?: string | undefined;
  /**
   * Path of your own weights instead: a `.safetensors` file that `telltale train` wrote, or an `.onnx` file
   * with its description (`.json`) beside it, as `telltale export` writes them.
   */
  readonly weights?: string | undefined;
}

/** Options of {@link openRecognizer}. */
export interface RecognizerOptions extends RecognizerChoice {
  /** CPU threads that one network may use. @defaultValue chosen by ONNX Runtime */
  readonly threads?: number | undefined;
  /** Names of parts of the network that are taken out, as `openRecognizer` of `@telltale/core/recognize` takes them. */
  readonly without?: readonly string[] | undefined;
}

/** What ships with telltale, the default first: networks, and means of several of them. */
export const recognizerNames: readonly string[] = shippedNames;

/**
 * Opens a recognizer.
 *
 * @throws TelltaleError `OPTION_INVALID` for an unknown network, or where `network` and `weights` are both given;
 *   `FILE_MISSING`; `WEIGHTS_CORRUPT`, `WEIGHTS_MISMATCH`, `MODEL_…` for weights that cannot be used
 */
export async function openRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  const { network = recognizerNames[0]!, weights, threads, without } = options;
  assertChoice(options);
  const settings = { ...(threads !== undefined && { threads }), ...(without && { without }) };
  if (weights !== undefined) return openOwn(weights, settings);
  return openShipped(await loadRuntime(), network, readModelFile, settings);
}

/**
 * Checks a choice before any work.
 *
 * @throws TelltaleError `OPTION_INVALID` for an unknown network, or where `network` and `weights` are both given
 */
export function assertChoice({ weights, network }: RecognizerChoice): void {
  if (weights !== undefined && network !== undefined)
    throw new TelltaleError(
      'OPTION_INVALID',
      'weights and network are both given (--weights and --network)',
      'Leave one of them out: a weights file states its network.',
    );
  if (network !== undefined && !recognizerNames.includes(network))
    throw new TelltaleError(
      'OPTION_INVALID',
      `no recognizer '${network}' ships with telltale`,
      `Choose one of ${recognizerNames.join(', ')}, or give weights of your own.`,
    );
}

/**
 * Opens the recognizer of action units that ships, or one of your own.
 *
 * @param path - a `units.safetensors` that `telltale evaluate units` wrote
 * @throws TelltaleError `FILE_MISSING`, `WEIGHTS_CORRUPT`, `WEIGHTS_MISMATCH`, `MODEL_INPUT_MISMATCH`
 */
export async function openUnits(path?: string): Promise<UnitsModel> {
  const hint = 'Give the path of a units.safetensors that "telltale evaluate units" wrote.';
  return readUnitsModel(
    await (path === undefined ? readModelFile(shippedUnits) : readBytes(path, hint)),
  );
}

/**
 * Reads a weights file.
 *
 * @param path - default: the weights of MERba, the network of the default recognizer
 * @returns the bytes of the file
 * @throws TelltaleError `FILE_MISSING`; `WEIGHTS_CORRUPT` where the file is in another format
 */
export async function readWeights(path?: string): Promise<Uint8Array> {
  return path === undefined
    ? readShipped(Object.keys(shippedRecognizers)[0]!)
    : readSafetensorsFile(path, 'Give the path of a weights file that "telltale train" wrote.');
}

/**
 * Reads the weights of a network that ships, or a weights file.
 *
 * @param nameOrPath - the name of a network that ships, else a path
 * @returns the bytes of the file
 * @throws TelltaleError `FILE_MISSING`; `WEIGHTS_CORRUPT` where the file is in another format; `OPTION_INVALID` for the ensemble, which has no file of its own
 */
export async function readWeightsOrShipped(nameOrPath: string): Promise<Uint8Array> {
  if (Object.hasOwn(shippedRecognizers, nameOrPath)) return readShipped(nameOrPath);
  const shipped = Object.keys(shippedRecognizers).join(', ');
  if (Object.hasOwn(shippedEnsembles, nameOrPath))
    throw new TelltaleError(
      'OPTION_INVALID',
      `${nameOrPath} is several networks, and a file holds one`,
      `Export its members one by one: ${own(shippedEnsembles, nameOrPath)!.members.join(', ')}.`,
    );
  return readSafetensorsFile(
    nameOrPath,
    `Give the path of a weights file that "telltale train" wrote, or the name of a network that ships: ${shipped}.`,
  );
}

/** Path of the description of an ONNX file: the same path with the extension `.json`. */
export function descriptionOf(onnx: string): string {
  return onnx.replace(ONNX, '.json');
}

const ONNX = /\.onnx$/i;

/** A user-supplied recognizer: its card names the file. */
async function openOwn(
  path: string,
  settings: { readonly threads?: number; readonly without?: readonly string[] },
): Promise<Recognizer> {
  const runtime = await loadRuntime();
  const file = basename(path);
  const named = (one: Recognizer): Recognizer => ({ ...one, card: { ...one.card, file } });
  if (!ONNX.test(path)) {
    const bytes = await readWeights(path);
    return named(await namingFile(path, () => openWeights(runtime, bytes, settings)));
  }
  if (settings.without !== undefined && settings.without.length > 0)
    throw new TelltaleError(
      'OPTION_INVALID',
      `parts of ${file} cannot be taken out: an exported file does not name them`,
      'Give the weights (.safetensors) that it was made of.',
    );
  const beside = descriptionOf(path);
  const onnx = await readBytes(path, 'Give the path of an ONNX file that "telltale export" wrote.');
  const description = await readBytes(
    beside,
    `An ONNX file needs its description beside it: ${basename(beside)}, as "telltale export" writes it.`,
  );
  const model = { onnx, description: new TextDecoder().decode(description) };
  return named(await namingFile(path, () => openExported(runtime, model, settings)));
}

const REINSTALL = 'Install telltale again: the weights that ship with it are missing.';

function readShipped(name: string): Promise<Uint8Array> {
  return readModelFile(own(shippedRecognizers, name)!);
}

function readModelFile(name: string): Promise<Uint8Array> {
  const file = `@telltale/core/models/${name}`;
  return readBytes(file, REINSTALL, () => createRequire(import.meta.url).resolve(file));
}

async function readBytes(name: string, hint: string, find = () => name): Promise<Uint8Array> {
  try {
    return await readFile(find());
  } catch (error) {
    throw new TelltaleError('FILE_MISSING', whyUnreadable(name, error), hint, { cause: error });
  }
}

/** A weights file, recognized by its start: the length of a header, and the header in JSON. */
async function readSafetensorsFile(path: string, hint: string): Promise<Uint8Array> {
  const bytes = await readBytes(path, hint);
  if (bytes[8] === 0x7b) return bytes;
  throw new TelltaleError(
    'WEIGHTS_CORRUPT',
    `${path} is not a weights file: it is not in the format safetensors`,
    hint,
  );
}

/**
 * Has errors about the content of a file name it.
 *
 * @throws TelltaleError with the code and the hint of what `work` throws
 */
export async function namingFile<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message, hint } = error as TelltaleError;
    if (!/^(?:WEIGHTS|MODEL)_/.test(code) || message.includes(path)) throw error;
    throw new TelltaleError(code, `${path}: ${message}`, hint, { cause: error });
  }
}
