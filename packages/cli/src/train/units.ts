/** @file `telltale train --network units`: emotions inferred from action units. */
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import {
  drawSyntheticPart,
  encodeUnitEmotions,
  learnUnitEmotions,
  plannedClasses,
} from '@telltale/core/evaluate';
import { flowInput } from '@telltale/core/nets';
import { assertWritable, writeWhole } from '@telltale/node/output';

import { synthesizeFaces } from '../evaluate/synthetic-faces.ts';
import { withCodedUnits } from '../io/coded-units.ts';
import { readFlowFolder } from '../io/dataset.ts';
import { assertFree } from '../io/free.ts';
import type { Overwrite } from '../io/free.ts';
import { version } from '../program.ts';
import { openProgress } from '../terminal.ts';

/** What the command takes. */
export interface UnitsTraining extends Overwrite {
  readonly data: string;
  readonly out: string;
  readonly seed: number;
}

/**
 * Learns and writes the weights. The same data, seed and version give the same bits.
 *
 * @throws TelltaleError `DATASET_INVALID`, `DATASET_FILE_MISSING`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function trainUnits(
  { data, out, seed, overwrite }: UnitsTraining,
  signal: AbortSignal,
): Promise<void> {
  await assertWritable(out, 'file');
  await assertFree([out], { overwrite });
  const { samples: read, images, fingerprint } = await readFlowFolder(data, { signal });
  const all = await withCodedUnits(read, data);
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
    const synthetic = await drawSyntheticPart(
      (count, options) =>
        synthesizeFaces(count, {
          ...options,
          onDrawn: (done) => progress.update(`synthetic image ${done} of ${count}`),
        }),
      { seed, signal },
    );
    const fit = await learnUnitEmotions(
      {
        inputs: labeled.map(({ i }) => flowInput(images[i]!)),
        labels: samples.map(({ emotion }) => classes.indexOf(emotion!)),
        subjects: samples.map(({ subject }) => subject),
        annotated: samples,
      },
      { classes: classes.length, synthetic, signal },
    );
    const origin = { classes, seed, data: fingerprint, samples: samples.length };
    await writeWhole(out, encodeUnitEmotions(fit, { ...origin, telltale: version() }));
    progress.end();
    process.stdout.write(`${out}\n`);
    progress.note(`units of ${fit.coded} of ${samples.length} clips, and of synthetic flow`);
  } finally {
    progress.end();
  }
}
