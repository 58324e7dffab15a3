/** @file Weights on disk: those that a person names, or those that ship with telltale. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { TelltaleError } from '@telltale/core';
import type { Ort } from '@telltale/core';
import { ENSEMBLE, ensembleOf, openRecognizer, shippedRecognizers } from '@telltale/core/recognize';
import type { Recognizer } from '@telltale/core/recognize';

/** Which recognizer a person wants. */
export interface RecognizerChoice {
  /** Path of a weights file. */
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
  if (network === undefined) return openRecognizer(runtime, await readWeights(weights), options);
  const names = network === ENSEMBLE ? Object.keys(shippedRecognizers) : [network];
  const members: Recognizer[] = [];
  for (const name of names)
    members.push(await openRecognizer(runtime, await readShipped(name), options));
  return network === ENSEMBLE ? ensembleOf(members) : members[0]!;
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

function readShipped(name: string): Promise<Uint8Array> {
  const file = `@telltale/core/models/${shippedRecognizers[name]!}`;
  const hint = 'Install telltale again: the weights that ship with it are missing.';
  return readBytes(file, hint, () => createRequire(import.meta.url).resolve(file));
}

async function readBytes(name: string, hint: string, find = () => name): Promise<Uint8Array> {
  try {
    return await readFile(find());
  } catch (error) {
    throw new TelltaleError(
      'FILE_MISSING',
      `cannot read the weights ${name}: ${(error as Error).message}`,
      hint,
      { cause: error },
    );
  }
}
