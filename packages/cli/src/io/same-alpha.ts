/** @file Faces of a dataset are magnified as those that a recognizer was trained on, or it is not asked. */
import { TelltaleError } from '@telltale/core';
import type { Sample } from '@telltale/core/datasets';
import { alphaUsed } from '@telltale/core/nets';
import type { Recognizer } from '@telltale/core/recognize';

/**
 * Faces that were magnified by another factor than those of the training would be given an answer that means nothing.
 *
 * @throws TelltaleError `MODEL_INPUT_MISMATCH` for another factor; `DATASET_INVALID` where samples differ in it
 */
export function assertSameAlpha(
  { images, alpha: known }: Pick<Recognizer, 'images' | 'alpha'>,
  samples: readonly Sample[],
): void {
  const alpha = alphaUsed(images, samples);
  if (alpha === undefined || known === undefined || alpha === known) return;
  throw new TelltaleError(
    'MODEL_INPUT_MISMATCH',
    `the faces of the data are magnified by ${alpha}, the recognizer was trained with ${known}`,
    `Prepare the data with --alpha ${known}.`,
  );
}
