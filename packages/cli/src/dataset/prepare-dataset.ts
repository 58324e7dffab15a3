/**
 * @file Prepares an annotated dataset: reads its sheet, prepares every clip that is missing, writes the sheet of the
 * cache. The cache alone determines whether a clip is prepared: that is what makes a run resumable.
 */
import { join, resolve } from 'node:path';

import type { DatasetDefinition } from '@telltale/core/datasets';
import { TelltaleError } from '@telltale/core/errors';
import { resolvePreparation } from '@telltale/core/prepare';
import { assertWritable } from '@telltale/node/output';

import { codeDigest } from '../cache/code.ts';
import { faceModelDigests } from '../cache/models.ts';
import { runJobs } from '../jobs/run.ts';
import { openProgress } from '../terminal.ts';
import { readDatasetFolder } from './content.ts';
import type { ClipJob } from './prepare-job.ts';
import { nameOf, planClips, readAllKept } from './prepare-plan.ts';
import type { PlannedClip, PrepareContext } from './prepare-plan.ts';
import type { FailedClip, Prepared, PrepareHow, PrepareRun } from './prepare-run.ts';
import { writeSheets } from './prepare-sheets.ts';

/** Clips that are worth the start of a process on a cluster: loading the networks takes as long as some ten of them. */
export const PER_TASK = 32;

/**
 * Prepares a dataset, or resumes its preparation. Clips that fail are reported to the caller.
 *
 * @throws TelltaleError `OPTION_INVALID`, `OUTPUT_UNWRITABLE`, `CANCELED`, and what reading the dataset throws
 */
export async function prepareDataset(
  definition: DatasetDefinition,
  folder: string,
  options: PrepareRun & PrepareHow,
): Promise<Prepared> {
  const { signal, launcher, parallel } = options;
  const preparation = resolvePreparation(options);
  const [root, cache] = [resolve(folder), resolve(options.out)];
  await assertWritable(cache, 'folder');
  const progress = openProgress();
  try {
    const reading = await readDatasetFolder(definition, root, {
      ...{ sheet: options.sheet, signal, except: cache },
      ...(options.images !== undefined && { images: options.images }),
      onImages: (images) => progress.update(`looking through ${root}: ${images} images`),
    });
    const annotations = reading.annotations.filter(
      ({ kind }) => options.kind === 'all' || kind === options.kind,
    );
    if (annotations.length === 0) throw nothing(definition, root, options.kind);
    const failed: FailedClip[] = [];
    const context = {
      ...{ definition, root, cache, preparation },
      ...{ models: await faceModelDigests(), code: codeDigest('clip') },
    };
    const clips = await planClips(annotations, { ...context, reading, failed, signal, progress });
    const kept = await readAllKept(clips, { cache, signal });
    const missing = clips.flatMap((clip) => {
      const targets = clip.targets.filter((target) => !kept.has(target.folder));
      return targets.length === 0 ? [] : [{ ...clip, targets }];
    });
    const outcomes = await runJobs(
      { kind: 'clips', folder: cache, jobs: jobsOf(missing, context), perTask: PER_TASK },
      { launcher, parallel, signal, progress, label: 'preparing clip' },
    );
    for (const { index, failure } of outcomes) {
      if (failure) failed.push({ ...nameOf(missing[index]!.annotation), ...failure });
    }
    const now = new Map([...kept, ...(await readAllKept(missing, { cache, signal }))]);
    const annotated = annotations.length;
    await writeSheets(clips, { ...context, kept: now, annotated, reading, failed, options });
    const prepared = outcomes.filter(({ failure }) => failure === undefined).length;
    return { prepared, before: clips.length - missing.length, failed, cache };
  } finally {
    progress.end();
  }
}

function jobsOf(
  clips: readonly PlannedClip[],
  { root, cache, preparation }: PrepareContext,
): ClipJob[] {
  return clips.map(({ annotation, frames, targets }, index) => {
    const { onset, apex, offset, framesPerSecond } = annotation;
    const span = { onset, ...(apex !== undefined && { apex }), offset, framesPerSecond };
    const places = targets.map((target) => ({ ...target, folder: join(cache, target.folder) }));
    return { index, root, frames, span, preparation, targets: places };
  });
}

function nothing(definition: DatasetDefinition, root: string, kind: string): TelltaleError {
  return new TelltaleError(
    'DATASET_INVALID',
    `${definition.title} in ${root} annotates no ${kind === 'all' ? '' : `${kind}-`}expression`,
    'Look at what "telltale dataset check" finds in it, or choose with --kind.',
  );
}
