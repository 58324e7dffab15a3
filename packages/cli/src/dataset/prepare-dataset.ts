/**
 * @file Prepares an annotated dataset the long way: reads its sheet, does every clip that is not done, writes the sheet
 * of the cache. Whether a clip is done is asked of the cache and of nothing else: that is what makes a run resumable.
 */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

import { TelltaleError } from '@telltale/core/errors';
import type { DatasetDefinition } from '@telltale/core/datasets';
import { resolvePreparation } from '@telltale/core/prepare';
import { lookAtFaceModelFiles } from '@telltale/node';
import { assertWritable } from '@telltale/node/output';

import { LARGEST_SHEET } from '../io/sheets.ts';
import { countOf, openProgress } from '../terminal.ts';
import { readDatasetFolder } from './content.ts';
import { seeFolder } from './listing.ts';
import type { SeenFolder } from './listing.ts';
import { readManifest, writeManifest } from './manifest.ts';
import { doInProcesses } from './pool.ts';
import type { Outcome } from './pool.ts';
import type { ClipJob } from './prepare-job.ts';
import { inParts, missingTargets, nameOf, planClips } from './prepare-plan.ts';
import type { PlannedClip, PrepareContext } from './prepare-plan.ts';
import { questionOf } from './prepare-run.ts';
import type { FailedClip, Prepared, PrepareHow, PrepareRun } from './prepare-run.ts';
import { writeSheets } from './prepare-sheets.ts';
import { programFiles } from './program-files.ts';
import { openSeenFiles } from './seen.ts';

/**
 * Prepares a dataset, or goes on with it, without a word about its end: clips that failed are told to the caller.
 *
 * @throws TelltaleError `OPTION_INVALID`, `OUTPUT_UNWRITABLE`, `CANCELED`, and what reading the dataset throws
 */
export async function prepareDataset(
  definition: DatasetDefinition,
  folder: string,
  options: PrepareRun & PrepareHow,
): Promise<Prepared> {
  const { signal, doClips = doInProcesses } = options;
  const preparation = resolvePreparation(options);
  const [root, cache] = [resolve(folder), resolve(options.out)];
  await assertWritable(cache, 'folder');
  const manifest = readManifest(definition.name, { root, cache });
  const seen = openSeenFiles(manifest?.files);
  const folders = new Map<string, SeenFolder>();
  const keepSeen = (question: string | undefined, clips: number): Promise<void> =>
    writeManifest(
      definition.name,
      { root, cache },
      { question, clips, folders, files: seen.files },
    );
  const progress = openProgress();
  try {
    // Everything is looked at before it is used: what changes meanwhile is found by the next run.
    const models = await lookAtFaceModelFiles(seen.digest);
    await inParts(await programFiles(), signal, async (path) => [await seen.digest(path)]);
    const reading = await readDatasetFolder(definition, root, {
      ...{ sheet: options.sheet, signal, except: cache },
      ...(options.images !== undefined && { images: options.images }),
      seen: (pictures) => progress.update(`looking through ${root}: ${pictures} pictures`),
      watch: {
        folder: (path) => folders.set(path, seeFolder(join(root, path))),
        sheet: (path) => seen.digest(path, LARGEST_SHEET),
      },
    });
    const annotations = reading.annotations.filter(
      ({ kind }) => options.kind === 'all' || kind === options.kind,
    );
    if (annotations.length === 0) throw nothing(definition, root, options.kind);
    const failed: FailedClip[] = [];
    const context = { definition, root, cache, preparation, models, seen };
    const clips = await planClips(annotations, { ...context, reading, failed, signal, progress });
    const todo = await missingTargets(clips, context);
    const started = performance.now();
    let done = 0;
    const say = (): void => {
      const left = (((performance.now() - started) / 1000) * (todo.length - done)) / done;
      const rest = done > 0 ? `, ${Math.ceil(left / 6) / 10} min left` : '';
      progress.update(`preparing clip ${countOf(done, todo.length)}${rest}`);
    };
    let made = 0;
    const ended = ({ index, failure }: Outcome): void => {
      done++;
      if (failure === undefined) made++;
      else failed.push({ ...nameOf(todo[index]!.annotation), ...failure });
      say();
    };
    const parallel = Math.min(options.parallel ?? availableParallelism(), todo.length);
    if (todo.length > 0) {
      await keepSeen(undefined, 0); // so that no frame is read again for its digest where this run is interrupted
      const words = ['dataset', 'prepare-clips'];
      await doClips(jobsOf(todo, context), { words, parallel, signal, ended });
    }
    const annotated = annotations.length;
    const isWhole = await writeSheets(clips, { ...context, annotated, reading, failed, options });
    await keepSeen(isWhole ? questionOf(root, options) : undefined, clips.length);
    return { made, before: clips.length - todo.length, failed, cache };
  } finally {
    progress.end();
  }
}

function* jobsOf(
  clips: readonly PlannedClip[],
  { root, cache, preparation }: PrepareContext,
): Generator<ClipJob> {
  for (const [index, { annotation, frames, targets }] of clips.entries()) {
    const { onset, apex, offset, framesPerSecond } = annotation;
    const span = { onset, ...(apex !== undefined && { apex }), offset, framesPerSecond };
    const places = targets.map((target) => ({ ...target, folder: join(cache, target.folder) }));
    yield { index, root, frames, span, preparation, targets: places };
  }
}

function nothing(definition: DatasetDefinition, root: string, kind: string): TelltaleError {
  return new TelltaleError(
    'DATASET_INVALID',
    `${definition.title} in ${root} annotates no ${kind === 'all' ? '' : `${kind}-`}expression`,
    'Look at what "telltale dataset check" finds in it, or choose with --kind.',
  );
}
