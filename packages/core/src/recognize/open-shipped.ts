/** @file Opens what ships by its name, wherever the files come from. */
import type { Ort } from '../base/ort.ts';
import { own } from '../base/own.ts';
import { ensembleOf } from './ensemble.ts';
import { openRecognizer, type Recognizer, type RecognizerOptions } from './recognizer.ts';
import { DEFAULT_RECOGNIZER, shippedEnsembles, shippedRecognizers } from './shipped.ts';

/** Names of all that ships, the default first. */
export const shippedNames: readonly string[] = [
  ...new Set([
    DEFAULT_RECOGNIZER,
    ...Object.keys(shippedRecognizers),
    ...Object.keys(shippedEnsembles),
  ]),
];

/**
 * Opens a recognizer that ships, alone or several as one.
 *
 * @param name - one of {@link shippedNames}
 * @param read - reads a file under `@telltale/core/models/`
 * @throws what `read` and `openRecognizer` throw; nothing stays open then
 */
export async function openShipped(
  ort: Ort,
  name: string,
  read: (file: string) => Promise<Uint8Array>,
  options: RecognizerOptions = {},
): Promise<Recognizer> {
  const ensemble = own(shippedEnsembles, name);
  if (ensemble === undefined)
    return openRecognizer(ort, await read(own(shippedRecognizers, name)!), options);
  const members: Recognizer[] = [];
  try {
    for (const member of ensemble.members) {
      const weights = await read(own(shippedRecognizers, member)!);
      members.push(await openRecognizer(ort, weights, { ...options, uncalibrated: true }));
    }
    return ensembleOf(members, { ...ensemble, name });
  } catch (error) {
    for (const member of members) await member.release();
    throw error;
  }
}
