/**
 * @file Recognition of spotted expressions by networks trained without their subject.
 *
 *     training/     the annotated micro-expressions, prepared as `telltale dataset prepare` does
 *     spotted/      the spotted ones, prepared by the same steps
 *     folds/        one per tested subject: its training samples and its verdicts
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { TelltaleError } from '@telltale/core';
import { EMOTIONS_3, framesByNumber } from '@telltale/core/datasets';
import type { DatasetDefinition } from '@telltale/core/datasets';
import {
  classOfThree,
  networkMethod,
  networkSettings,
  recognizeFold,
  spottedFolds,
} from '@telltale/core/evaluate';
import type { ExpressionSample, SpottedFold, SpottedInterval } from '@telltale/core/evaluate';
import { findNetwork } from '@telltale/core/nets';
import { resolvePreparation, sheetText } from '@telltale/core/prepare';
import type { PreparedRow } from '@telltale/core/prepare';

import { codeDigest } from '../cache/code.ts';
import { cacheKey, digestOf } from '../cache/key.ts';
import { faceModelDigests } from '../cache/models.ts';
import { clipFolder, readKept } from '../dataset/prepare-cache.ts';
import type { ClipJob } from '../dataset/prepare-job.ts';
import { PER_TASK, prepareDataset } from '../dataset/prepare-dataset.ts';
import { readFlowFolder } from '../io/dataset.ts';
import type { FlowDataset } from '../io/dataset.ts';
import type { DatabaseOptions, DatabaseVideo } from '../spot/dataset.ts';
import { PROCESS_ENDED, runJobs } from '../jobs/run.ts';
import { countOf, openProgress } from '../terminal.ts';
import { loadRuntime } from '@telltale/node';
import { writeWhole } from '@telltale/node/output';

/** Options of {@link recognizeSpotted}. */
export interface RecognizeOptions extends Pick<DatabaseOptions, 'signal' | 'launcher'> {
  readonly definition: DatasetDefinition;
  /** Where the dataset was unpacked. */
  readonly data: string;
  /** Folder of the run. */
  readonly out: string;
  readonly sheet?: string | undefined;
  readonly images?: string | undefined;
  readonly network: string;
  readonly config?: string | undefined;
  readonly epochs?: number | undefined;
  readonly seed: number;
  readonly parallel?: number | undefined;
}

/** Videos whose spotted micro-expressions have an emotion. */
export interface RecognizedVideos {
  readonly videos: readonly DatabaseVideo[];
  readonly recognizer: Readonly<Record<string, unknown>>;
}

/** The verdict where no flow image could be computed: no emotion, so that it counts as wrong. */
const NO_VERDICT = 'none';

/**
 * Recognizes spotted expressions: for every subject, a network is trained on the annotated expressions of the others.
 *
 * @throws TelltaleError `CLIPS_FAILED` where an annotated expression cannot be prepared, `DATASET_INVALID`,
 *   `OPTION_INVALID` for an unknown network, `CANCELED`
 */
export async function recognizeSpotted(
  videos: readonly DatabaseVideo[],
  options: RecognizeOptions,
): Promise<RecognizedVideos> {
  const { network, config, epochs, seed } = options;
  const settings = networkSettings(network, EMOTIONS_3, { config, epochs });
  const annotated = await prepareAnnotated(options);
  const spotted = await prepareSpotted(videos, options);
  const verdicts = new Map<string, string>();
  const method = networkMethod(network, findNetwork(network).paper, settings);
  const trainable = await method.open(EMOTIONS_3, { ort: await loadRuntime(), threads: 1 });
  const progress = openProgress();
  try {
    const folds = spottedFolds(annotated, spotted);
    const code = codeDigest('fold');
    for (const [index, fold] of folds.entries()) {
      progress.update(`training and recognizing: subject ${countOf(index + 1, folds.length)}`);
      const path = join(options.out, 'folds', `${fold.subject.replaceAll(/[^\w.-]+/g, '_')}.json`);
      const key = foldKey(fold, { settings, seed, code });
      const kept = await readFold(path, key);
      const classified = kept ?? [
        ...(await recognizeFold(fold, trainable, { seed, signal: options.signal })),
      ];
      if (kept === undefined) {
        const { subject, part } = fold;
        const record = { schema: 'telltale.spotted-fold/1', key, subject, train: part.train.ids, verdicts: classified }; // prettier-ignore
        await writeWhole(path, `${JSON.stringify(record)}\n`);
      }
      for (const [id, emotion] of classified) verdicts.set(id, emotion);
    }
  } finally {
    progress.end();
    await trainable.release();
  }
  return {
    recognizer: { network, seed, settings },
    videos: videos.map(({ record, truth, annotations }) => ({
      annotations,
      truth: truth.map(({ emotion, ...one }) => {
        const known = emotion === undefined ? undefined : classOfThree(emotion);
        return { ...one, ...(known !== undefined && { emotion: known }) };
      }),
      record: {
        ...record,
        spotted: record.spotted.map((one) =>
          one.kind === 'micro'
            ? { ...one, emotion: verdicts.get(idOf(record.subject, nameOf(record.key, one))) ?? NO_VERDICT } // prettier-ignore
            : one,
        ),
      },
    })),
  };
}

/** The annotated micro-expressions. One that cannot be prepared ends the run: the training data would differ. */
async function prepareAnnotated(options: RecognizeOptions): Promise<ExpressionSample[]> {
  const { definition, data, out, signal, sheet, images, parallel, launcher } = options;
  const { failed, cache } = await prepareDataset(definition, data, {
    ...{ out: join(out, 'training'), kind: 'micro', signal, sheet, images, parallel, launcher },
  });
  if (failed.length > 0) {
    const [{ subject, clip, message }] = failed as [(typeof failed)[number]];
    throw new TelltaleError(
      'CLIPS_FAILED',
      `${failed.length} annotated clips could not be prepared, the first is ${subject}/${clip}: ${message}`,
      'Correct them, or remove their rows from the sheet, and run the same command again.',
    );
  }
  return expressionsOf(await readFlowFolder(cache, { signal }), (emotion) =>
    emotion === undefined ? undefined : classOfThree(emotion),
  );
}

/** The spotted micro-expressions; those without a face are left out. */
async function prepareSpotted(
  videos: readonly DatabaseVideo[],
  options: RecognizeOptions,
): Promise<ExpressionSample[]> {
  const { definition, data, out, signal, parallel, launcher } = options;
  const preparation = resolvePreparation();
  const [code, models] = [codeDigest('clip'), await faceModelDigests()];
  const cache = join(out, 'spotted');
  const jobs: ClipJob[] = [];
  const rows: (() => Promise<PreparedRow[]>)[] = [];
  for (const { record } of videos) {
    const micro = record.spotted.filter(({ kind }) => kind === 'micro');
    if (micro.length === 0) continue;
    const root = resolve(data);
    const names = framesByNumber(await readdir(join(root, record.video)));
    const ownSubject = record.subject.slice(record.dataset.length + 1);
    for (const one of micro) {
      const clip = nameOf(record.key, one);
      // The key of the record holds the frames.
      const content = { video: record.key, spotted: one };
      const key = cacheKey({ content, options: { preparation, models }, code });
      const folder = clipFolder(definition.name, { subject: ownSubject, clip }, key);
      const { framesPerSecond, dataset, video } = record;
      const apex = Math.max(one.apex!, one.onset + 1);
      const span = { onset: one.onset, apex, offset: Math.max(one.offset, apex), framesPerSecond };
      if ((await readKept(join(cache, folder), key)) === undefined) {
        jobs.push({
          ...{ index: jobs.length, root, span, preparation },
          frames: [span.onset, apex].flatMap((number) => {
            const name = names.get(number);
            return name === undefined ? [] : [[number, `${video}/${name}`] as const];
          }),
          targets: [{ size: preparation.sizes[0]!, folder: join(cache, folder), key }],
        });
      }
      rows.push(async () => {
        const kept = await readKept(join(cache, folder), key);
        if (kept === undefined) return [];
        const faces = { apex: `${folder}/apex.png`, onset: `${folder}/onset.png` };
        const annotation = {
          ...span,
          dataset,
          clip,
          subject: ownSubject,
          folder: video,
          emotion: '',
        };
        return [
          {
            annotation: { ...annotation, actionUnits: [], kind: 'micro' },
            ...{ apex: kept.apex, isFound: false, flow: `${folder}/flow.png`, faces },
            ranges: kept.ranges,
          },
        ];
      });
    }
  }
  const progress = openProgress();
  try {
    // Where there is no flow image, there is no verdict: see NO_VERDICT.
    const outcomes = await runJobs(
      { kind: 'clips', folder: cache, jobs, perTask: PER_TASK },
      { launcher, parallel, signal, progress, label: 'preparing spotted interval' },
    );
    const ended = outcomes.find(({ failure }) => failure?.code === PROCESS_ENDED);
    if (ended !== undefined) throw lostInterval(ended.failure!.message);
  } finally {
    progress.end();
  }
  const there = (await Promise.all(rows.map((row) => row()))).flat();
  if (there.length === 0) return [];
  await writeWhole(join(cache, 'samples.csv'), sheetText(there));
  return expressionsOf(await readFlowFolder(cache, { signal }), () => undefined);
}

/** A process that was ended is not a verdict on the interval, which must not count as wrong. */
function lostInterval(reason: string): TelltaleError {
  return new TelltaleError(
    'CLIPS_FAILED',
    `a spotted interval could not be prepared: ${reason}`,
    'Run the same command again: it does only what is missing.',
  );
}

/** Unique within a subject, and the same as long as the video is. */
function nameOf(key: string, { onset, offset }: SpottedInterval): string {
  return `${key.slice(0, 12)}_${onset}-${offset}`;
}

function idOf(subject: string, name: string): string {
  return `${subject}/${name}`;
}

function expressionsOf(
  { samples, images, faces }: FlowDataset,
  classOf: (emotion: string | undefined) => string | undefined,
): ExpressionSample[] {
  return samples.map(({ id, subject, emotion }, i) => {
    const known = classOf(emotion);
    const own = { id, subject, flow: images[i]!, faces: faces[i]! };
    return known === undefined ? own : { ...own, emotion: known };
  });
}

function foldKey(
  { part, subject }: SpottedFold,
  {
    settings,
    seed,
    code,
  }: { readonly settings: unknown; readonly seed: number; readonly code: string },
): string {
  const read = [part.train, part.test].map(({ ids, images }) => [
    ids,
    images.map(({ data }) => digestOf(new Uint8Array(data))),
  ]);
  return cacheKey({
    content: { subject, read, labels: part.train.labels },
    options: { settings, seed },
    code,
  });
}

/** The verdicts of a fold that was done; `undefined` where it was not, or on something else. */
async function readFold(path: string, key: string): Promise<[string, string][] | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const fold = JSON.parse(text) as {
      readonly key: string;
      readonly verdicts: [string, string][];
    };
    return fold.key === key ? fold.verdicts : undefined;
  } catch {
    return undefined; // not there, or damaged: it is computed again
  }
}
