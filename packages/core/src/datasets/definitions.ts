/** @file The licensed datasets that telltale reads, by their names on the command line. */
import { TelltaleError } from '../base/errors.ts';
import type { DatasetDefinition } from './definition.ts';
import { casme, casme2 } from './definitions/casme.ts';
import { casme3, casme3c, casmesq } from './definitions/casme3.ts';
import { generic } from './definitions/generic.ts';
import { dfme, fourdme, mmew } from './definitions/others.ts';
import { samm, sammlv } from './definitions/samm.ts';
import { smicHs, smicNir, smicVis } from './definitions/smic.ts';

/** Every dataset, in the order of docs/datasets.md. */
export const DATASETS: readonly DatasetDefinition[] = [
  ...[casme, casme2, samm, sammlv, smicHs, smicVis, smicNir],
  ...[casmesq, casme3, casme3c, mmew, fourdme, dfme, generic],
];

/**
 * The definition of a dataset by its name on the command line.
 *
 * @throws TelltaleError `OPTION_INVALID` listing the names
 */
export function definitionOf(name: string): DatasetDefinition {
  const wanted = name.toLowerCase();
  const found = DATASETS.find(
    (one) => one.name === wanted || one.aliases?.includes(wanted) === true,
  );
  if (found !== undefined) return found;
  throw new TelltaleError(
    'OPTION_INVALID',
    `there is no dataset "${name}"`,
    `Choose one of ${DATASETS.map((one) => one.name).join(', ')}.`,
  );
}
