/**
 * @file A database of long videos: each is spotted once and kept under a key of its frames, the face models and the
 * code that spots.
 *
 *     videos/<name>-<key>.json     one per video, whole or not at all
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { TelltaleError } from '@telltale/core';
import { frameNumber } from '@telltale/core/datasets';
import type { Annotation, DatasetDefinition } from '@telltale/core/datasets';
import type { TrueInterval, VideoRecord } from '@telltale/core/evaluate';

import { codeDigest } from '../cache/code.ts';
import { cacheKey, digestOfFrame } from '../cache/key.ts';
import { faceModelDigests } from '../cache/models.ts';
import { readDatasetFolder } from '../dataset/content.ts';
import type { Launcher } from '../jobs/job.ts';
import { runJobs } from '../jobs/run.ts';
import { countOf, openProgress } from '../terminal.ts';
import type { VideoJob } from './video.ts';

/** A video with what was annotated and what was spotted in it. */
export interface DatabaseVideo {
  readonly record: VideoRecord;
  readonly truth: readonly TrueInterval[];
  readonly annotations: readonly Annotation[];
}

/** How a database is spotted. */
export interface DatabaseOptions {
  /** Folder of the run: records go into `videos/` there. */
  readonly out: string;
  readonly sheet?: string | undefined;
  readonly images?: string | undefined;
  readonly parallel?: number | undefined;
  readonly signal: AbortSignal;
  /** @defaultValue processes on this machine */
  readonly launcher?: Launcher | undefined;
}

/** A database, spotted. */
export interface SpottedDatabase {
  /** As the composite protocol spells it. */
  readonly dataset: string;
  /** Path of the annotation file. */
  readonly workbook: string;
  readonly videos: readonly DatabaseVideo[];
}

/**
 * Spots every annotated video of a dataset that is not spotted yet.
 *
 * @throws TelltaleError `CLIPS_FAILED` where a video cannot be read, `DATASET_INVALID` where none is annotated,
 *   `OUTPUT_UNWRITABLE`, `CANCELED`, and what reading the dataset throws
 */
export async function spotDatabase(
  definition: DatasetDefinition,
  folder: string,
  options: DatabaseOptions,
): Promise<SpottedDatabase> {
  const { signal, parallel, launcher } = options;
  const [root, out] = [resolve(folder), resolve(options.out)];
  const progress = openProgress();
  try {
    const reading = await readDatasetFolder(definition, root, {
      ...{ sheet: options.sheet, signal },
      ...(options.images !== undefined && { images: options.images }),
      onImages: (images) => progress.update(`looking through ${root}: ${images} images`),
    });
    const files = new Map(reading.content.folders.map((one) => [one.path, one.files]));
    const videos = videosOf(reading.annotations, files, definition);
    const how = { root, out, models: await faceModelDigests(), code: codeDigest('video') };
    const jobs: VideoJob[] = [];
    const paths: string[] = [];
    for (const [index, video] of videos.entries()) {
      progress.update(`looking at video ${countOf(index + 1, videos.length)}`);
      const job = await jobOf(video, { ...how, index, signal });
      paths.push(job.path);
      if ((await readRecord(job.path, job.known.key)) === undefined) jobs.push(job);
    }
    const outcomes = await runJobs(
      { kind: 'videos', folder: out, jobs },
      { launcher, parallel, signal, progress, label: 'spotting video' },
    );
    const failed = outcomes.flatMap(({ index, failure }) =>
      failure ? [{ video: videos[index]!.path, message: failure.message }] : [],
    );
    if (failed.length > 0) throw unreadable(failed);
    const spotted: DatabaseVideo[] = [];
    for (const [i, { annotations }] of videos.entries()) {
      const record = (await readRecord(paths[i]!, undefined))!;
      spotted.push({ record, annotations, truth: annotations.map(truthOf) });
    }
    return { dataset: reading.dataset, workbook: reading.workbook, videos: spotted };
  } finally {
    progress.end();
  }
}

/** A folder of frames with its annotations. */
interface Video {
  readonly path: string;
  /** In the order of the numbers. */
  readonly frames: readonly (readonly [number: number, name: string])[];
  readonly annotations: readonly Annotation[];
}

function videosOf(
  annotations: readonly Annotation[],
  files: ReadonlyMap<string, readonly string[]>,
  { title }: DatasetDefinition,
): Video[] {
  const byFolder = new Map<string, Annotation[]>();
  for (const annotation of annotations) {
    const there = byFolder.get(annotation.folder);
    if (there === undefined) byFolder.set(annotation.folder, [annotation]);
    else there.push(annotation);
  }
  byFolder.delete('');
  if (byFolder.size === 0) {
    throw new TelltaleError(
      'DATASET_INVALID',
      `no annotated video of ${title} has a folder with frames`,
      'Give the folder into which the dataset was unpacked, frames included; "telltale dataset check" lists what is looked for.',
    );
  }
  return [...byFolder].map(([path, own]) => ({
    path,
    annotations: own,
    frames: (files.get(path) ?? [])
      .flatMap((name): (readonly [number, string])[] => {
        const number = frameNumber(name);
        return number === undefined ? [] : [[number, name]];
      })
      .sort(([a], [b]) => a - b),
  }));
}

/** Frames that are read at a time: Node reads with four threads, and open files are limited. */
const TOGETHER = 8;

interface VideoContext {
  readonly index: number;
  readonly root: string;
  readonly out: string;
  /** Digests of the face models. */
  readonly models: readonly string[];
  /** Digest of the code that spots. */
  readonly code: string;
  readonly signal: AbortSignal;
}

async function jobOf(
  { path, frames, annotations }: Video,
  { index, root, out, models, code, signal }: VideoContext,
): Promise<VideoJob> {
  const [{ dataset, subject, framesPerSecond }] = annotations as [Annotation];
  const digests: string[] = [];
  for (let start = 0; start < frames.length; start += TOGETHER) {
    signal.throwIfAborted();
    const part = frames.slice(start, start + TOGETHER);
    digests.push(
      ...(await Promise.all(part.map(([, name]) => digestOfFrame(join(root, path, name))))),
    );
  }
  // The record holds the path and the numbers of the frames.
  const content = { path, frames: frames.map(([number], i) => [number, digests[i]!]) };
  const key = cacheKey({ content, options: { framesPerSecond, models }, code });
  const name = path.replaceAll(/[^\w.-]+/g, '_').slice(-80);
  return {
    index,
    folder: join(root, path),
    path: join(out, 'videos', `${name}-${key.slice(0, 16)}.json`),
    known: {
      ...{ key, dataset, framesPerSecond, video: path },
      id: `${dataset}/${path}`,
      subject: `${dataset}/${subject}`,
      numbers: frames.map(([number]) => number),
    },
  };
}

/** The record of a video; `undefined` where there is none, or another one. */
async function readRecord(path: string, key: string | undefined): Promise<VideoRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as VideoRecord;
    return key === undefined || record.key === key ? record : undefined;
  } catch {
    return undefined; // not there, or damaged: it is spotted again
  }
}

function truthOf({ kind, onset, apex, offset, emotion }: Annotation): TrueInterval {
  return {
    ...{ kind, onset, offset },
    ...(apex !== undefined && { apex }),
    ...(emotion !== '' && { emotion }),
  };
}

function unreadable(
  failed: readonly { readonly video: string; readonly message: string }[],
): TelltaleError {
  const [first] = failed as [(typeof failed)[number]];
  return new TelltaleError(
    'CLIPS_FAILED',
    `${failed.length} videos could not be read, the first is ${first.video}: ${first.message}`,
    'Correct their frames and run the same command again: it does only what is missing.',
  );
}
