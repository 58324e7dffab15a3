/** @file Weights on disk: those that a person names, or those that ship with telltale. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { Ort } from '@telltale/core';
import {
  ENSEMBLE,
  ensembleOf,
  openExported,
  openRecognizer,
  shippedEnsembleScore,
  shippedRecognizers,
} from '@telltale/core/recognize';
import type { Recognizer } from '@telltale/core/recognize';

/** Which recognizer a person wants. */
export interface RecognizerChoice {
  /** Path of a weights file, or of an ONNX file with its description beside it. */
  readonly weights?: string | undefined;
  /** One that ships, by the name of its network, or `ensemble`; the first of them where left out. */
  readonly network?: string | undefined;
}

/** What `--network` takes. */
export const recognizerNames: readonly string[] = [...Object.keys(shippedRecognizers), ENSEMBLE];

/**
 * Bytes of a weights file.
 *
 * @param path - the shipped recognizer where left out
 * @throws TelltaleError `FILE_MISSING`
 */
export async function readWeights(path?: string): Promise<Uint8Array> {
  return path === undefined
    ? readShipped(Object.keys(shippedRecognizers)[0]!)
    : readBytes(path, 'Give the path of a weights file that "telltale train" made.');
}

/**
 * Bytes of a weights file that is named by its path, or by the network of one that ships.
 *
 * @throws TelltaleError `FILE_MISSING`; `OPTION_INVALID` for the ensemble, which has no weights of its own
 */
export async function readWeightsOrShipped(name: string): Promise<Uint8Array> {
  if (Object.hasOwn(shippedRecognizers, name)) return readShipped(name);
  if (name === ENSEMBLE)
    throw new TelltaleError(
      'OPTION_INVALID',
      'the ensemble is several networks, one file holds one',
      `Export its members, one by one: ${Object.keys(shippedRecognizers).join(', ')}.`,
    );
  return readBytes(
    name,
    `Give the path of a weights file that "telltale train" made, or the name of one that ships: ${Object.keys(shippedRecognizers).join(', ')}.`,
  );
}

/** Path of the description that belongs to an ONNX file: the same name, with the ending `.json`. */
export function descriptionOf(onnx: string): string {
  return onnx.replace(ONNX, '.json');
}

/**
 * The recognizer that was chosen, open.
 *
 * @throws TelltaleError `OPTION_INVALID`, `FILE_MISSING`, and what is wrong with the weights
 */
export async function openChosen(
  runtime: Ort,
  { weights, network }: RecognizerChoice,
  options: { readonly threads?: number } = {},
): Promise<Recognizer> {
  assertChoice({ weights, network });
  if (weights !== undefined) return openOwn(runtime, weights, options);
  if (network === undefined) return openRecognizer(runtime, await readWeights(), options);
  const names = network === ENSEMBLE ? Object.keys(shippedRecognizers) : [network];
  const members: Recognizer[] = [];
  for (const name of names)
    members.push(await openRecognizer(runtime, await readShipped(name), options));
  return network === ENSEMBLE ? ensembleOf(members, { score: shippedEnsembleScore }) : members[0]!;
}

/**
 * Refuses a choice that makes no sense, before any work.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function assertChoice({ weights, network }: RecognizerChoice): void {
  if (weights !== undefined && network !== undefined)
    throw new TelltaleError(
      'OPTION_INVALID',
      '--weights and --network are both given',
      'Leave one of them out: weights say which network they belong to.',
    );
  if (network !== undefined && !recognizerNames.includes(network))
    throw new TelltaleError(
      'OPTION_INVALID',
      `no recognizer '${network}' ships with telltale`,
      `Choose one of: ${recognizerNames.join(', ')}; or give weights of your own with --weights.`,
    );
}

/** How an ONNX file's name ends. */
const ONNX = /\.onnx$/i;

/** A recognizer that a person brought: its card names the file. */
async function openOwn(
  runtime: Ort,
  path: string,
  options: { readonly threads?: number },
): Promise<Recognizer> {
  const file = basename(path);
  if (!ONNX.test(path)) {
    const recognizer = await openRecognizer(runtime, await readWeights(path), options);
    return { ...recognizer, card: { ...recognizer.card, file } };
  }
  const beside = descriptionOf(path);
  const onnx = await readBytes(path, 'Give the path of an ONNX file that "telltale export" wrote.');
  const description = await readBytes(
    beside,
    `An ONNX file needs its description beside it: ${basename(beside)}, as "telltale export" writes it.`,
  );
  const model = { onnx, description: new TextDecoder().decode(description) };
  const recognizer = await openExported(runtime, model, options);
  return { ...recognizer, card: { ...recognizer.card, file } };
}

const REINSTALL = 'Install telltale again: the weights that ship with it are missing.';

function readShipped(name: string): Promise<Uint8Array> {
  const file = `@telltale/core/models/${shippedRecognizers[name]!}`;
  return readBytes(file, REINSTALL, () => createRequire(import.meta.url).resolve(file));
}

async function readBytes(name: string, hint: string, find = () => name): Promise<Uint8Array> {
  try {
    return await readFile(find());
  } catch (error) {
    throw unreadable(name, hint, error);
  }
}

function unreadable(name: string, hint: string, cause: unknown): TelltaleError {
  return new TelltaleError(
    'FILE_MISSING',
    `cannot read the weights ${name}: ${(cause as Error).message}`,
    hint,
    { cause },
  );
}
