/**
 * @file `telltale dataset prepare` as it begins and ends: where the manifest of the last run says that everything is
 * as it was, nothing is left to do, and nothing that would do it is loaded.
 */
import { join, resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core/errors';

import { readManifest, stillTrue, writeManifest } from './manifest.ts';
import type { Places } from './manifest.ts';
import { questionOf } from './prepare-run.ts';
import type { FailedClip, Prepared, PrepareHow, PrepareRun } from './prepare-run.ts';

/** Failures that are told on standard error; all stand in the list. */
const MOST_TOLD = 20;

/**
 * Prepares a dataset, or goes on with it.
 *
 * @param name - of the dataset, such as `casme2`
 * @throws TelltaleError `CLIPS_FAILED` after everything else is done, naming the first; `OPTION_INVALID`,
 *   `OUTPUT_UNWRITABLE`, `CANCELED`, and what reading the dataset throws
 */
export async function runPrepare(
  name: string,
  folder: string,
  options: PrepareRun & PrepareHow,
): Promise<void> {
  const places = { root: resolve(folder), cache: resolve(options.out) };
  const called = name.toLowerCase();
  let before = await clipsThere(called, places, options);
  if (before === undefined) {
    const { definitionOf } = await import('@telltale/core/datasets');
    const definition = definitionOf(name);
    if (definition.name !== called) before = await clipsThere(definition.name, places, options);
    if (before === undefined) {
      const { prepareDataset } = await import('./prepare-dataset.ts');
      tellEnd(await prepareDataset(definition, folder, options));
      return;
    }
  }
  tellEnd({ made: 0, before, failed: [], cache: places.cache });
}

/** Clips that are prepared where the last run left nothing to do and nothing has changed since. */
async function clipsThere(
  name: string,
  places: Places,
  options: PrepareRun & PrepareHow,
): Promise<number | undefined> {
  const manifest = readManifest(name, places);
  if (manifest?.question !== questionOf(places.root, options)) return undefined;
  const now = await stillTrue(manifest, places.root, options.signal);
  if (now === undefined) return undefined;
  if (now !== manifest) await writeManifest(name, places, now);
  return manifest.clips;
}

function tellEnd({ made, before, failed, cache }: Prepared): void {
  const counts = [
    `${made} clips prepared`,
    ...(before > 0 ? [`${before} were there`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ];
  process.stderr.write(`${counts.join(', ')}.\n`);
  const isAny = made + before > 0;
  const sheet = join(cache, 'samples.csv');
  if (isAny) process.stdout.write(`${sheet}\n`);
  if (failed.length === 0) return;
  for (const { subject, clip, message } of failed.slice(0, MOST_TOLD)) {
    process.stderr.write(`  ${subject}/${clip}: ${message}\n`);
  }
  const [first] = failed as [FailedClip];
  throw new TelltaleError(
    'CLIPS_FAILED',
    `${failed.length} clips could not be prepared, the first is ${first.subject}/${first.clip}: ${first.message}`,
    `${isAny ? `All others are in ${sheet}; ` : ''}prepared/*-failed.csv in ${cache} lists these with their reasons. Put them right and run the same command again: it does only what is missing.`,
  );
}
