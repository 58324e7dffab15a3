/** @file `telltale train` of networks whose layers are solved: emotions inferred from units, Gaussian support vectors. */
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { learnGaussian } from '@telltale/core/classical';
import {
  drawSyntheticPart,
  encodeUnitEmotions,
  learnUnitEmotions,
  plannedClasses,
} from '@telltale/core/evaluate';
import type { UnitEmotionsData } from '@telltale/core/evaluate';
import { flowInput } from '@telltale/core/nets';
import { assertWritable, writeWhole } from '@telltale/node/output';

import { synthesizeFaces } from '../evaluate/synthetic-faces.ts';
import { withCodedUnits } from '../io/coded-units.ts';
import { readFlowFolder } from '../io/dataset.ts';
import { assertFree } from '../io/free.ts';
import type { Overwrite } from '../io/free.ts';
import { version } from '../overview.ts';
import { openProgress } from '../terminal.ts';
import type { Progress } from '../terminal.ts';

/** What the command takes. */
export interface SolvedTraining extends Overwrite {
  /** `units` or `svm-rbf`. */
  readonly network: string;
  readonly data: string;
  readonly out: string;
  readonly seed: number;
}

/** What is learned from, and with what. */
interface Material extends UnitEmotionsData {
  readonly classes: readonly string[];
  readonly seed: number;
  /** SHA-256 of the data. */
  readonly data: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Learns and writes the weights. The same data, seed and version give the same bits.
 *
 * @throws TelltaleError `DATASET_INVALID`, `DATASET_FILE_MISSING`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function trainSolved(
  { network, data, out, seed, overwrite }: SolvedTraining,
  signal: AbortSignal,
): Promise<void> {
  await assertWritable(out, 'file');
  await assertFree([out], { overwrite });
  const { samples: read, images, fingerprint } = await readFlowFolder(data, { signal });
  const all = network === 'units' ? await withCodedUnits(read, data) : read;
  const labeled = all.flatMap((sample, i) => (sample.emotion === undefined ? [] : [{ sample, i }]));
  if (labeled.length === 0)
    throw new TelltaleError(
      'DATASET_INVALID',
      `no sample of ${data} has an emotion`,
      'Fill in the column emotion of samples.csv.',
    );
  const samples = labeled.map(({ sample }) => sample);
  const classes = plannedClasses(samples);
  const progress = openProgress();
  try {
    const weights = await (network === 'units' ? learnUnits : learnVectors)({
      inputs: labeled.map(({ i }) => flowInput(images[i]!)),
      labels: samples.map(({ emotion }) => classes.indexOf(emotion!)),
      subjects: samples.map(({ subject }) => subject),
      annotated: samples,
      ...{ classes, seed, data: fingerprint, progress, signal },
    });
    await writeWhole(out, weights);
    progress.end();
    process.stdout.write(`${out}\n`);
  } finally {
    progress.end();
  }
}

async function learnUnits(material: Material): Promise<Uint8Array> {
  const { classes, seed, data, labels, progress, signal } = material;
  const synthetic = await drawSyntheticPart(
    (count, options) =>
      synthesizeFaces(count, {
        ...options,
        onDrawn: (done) => progress.update(`synthetic image ${done} of ${count}`),
      }),
    { seed, signal },
  );
  const fit = await learnUnitEmotions(material, { classes: classes.length, synthetic, signal });
  progress.note(`units of ${fit.coded} of ${labels.length} clips, and of synthetic flow`);
  const origin = { classes, seed, data, samples: labels.length, telltale: version() };
  return encodeUnitEmotions(fit, origin);
}

function learnVectors(material: Material): Promise<Uint8Array> {
  const { inputs, labels, subjects, classes, data, seed, progress, signal } = material;
  return learnGaussian(
    { inputs, labels, subjects, classes, data, telltale: version() },
    {
      ...{ seed, signal },
      progress: (share) => progress.update(`${Math.round(100 * share)} % of the cross-validation`),
    },
  );
}
