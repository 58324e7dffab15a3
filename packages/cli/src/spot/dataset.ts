/**
 * @file A database of long videos: each is spotted once, in parallel, and kept under a key of its frames.
 *
 *     videos/<name>-<key>.json     one per video, whole or not at all
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { TelltaleError, VERSION } from '@telltale/core';
import { frameNumber } from '@telltale/core/datasets';
import type { Annotation, DatasetDefinition } from '@telltale/core/datasets';
import type { TrueInterval, VideoRecord } from '@telltale/core/evaluate';

import { readDatasetFolder } from '../dataset/content.ts';
import { doInProcesses } from '../dataset/pool.ts';
import type { Job, Outcome, PoolOptions } from '../dataset/pool.ts';
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
  readonly parallel: number;
  readonly signal: AbortSignal;
  /** How videos are done: in processes, or in this one where a test says so. */
  readonly doVideos?: (jobs: Iterator<Job>, options: PoolOptions) => Promise<void>;
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
  const { signal, parallel, doVideos = doInProcesses } = options;
  const [root, out] = [resolve(folder), resolve(options.out)];
  const progress = openProgress();
  try {
    const reading = await readDatasetFolder(definition, root, {
      ...{ sheet: options.sheet, signal },
      ...(options.images !== undefined && { images: options.images }),
      seen: (pictures) => progress.update(`looking through ${root}: ${pictures} pictures`),
    });
    const files = new Map(reading.content.folders.map((one) => [one.path, one.files]));
    const videos = videosOf(reading.annotations, files, definition);
    const jobs: VideoJob[] = [];
    const paths: string[] = [];
    for (const [index, video] of videos.entries()) {
      signal.throwIfAborted();
      const job = await jobOf(video, { index, root, out });
      paths.push(job.path);
      if ((await readRecord(job.path, job.known.key)) === undefined) jobs.push(job);
    }
    let done = 0;
    const failed: { readonly video: string; readonly message: string }[] = [];
    const ended = ({ index, failure }: Outcome): void => {
      done++;
      if (failure) failed.push({ video: videos[index]!.path, message: failure.message });
      progress.update(`spotting: video ${countOf(done, jobs.length)}`);
    };
    if (jobs.length > 0) {
      const words = ['dataset', 'spot-videos'];
      progress.update(`spotting: ${jobs.length} videos`);
      const count = Math.min(parallel, jobs.length);
      await doVideos(jobs.values(), { words, parallel: count, signal, ended });
    }
    if (failed.length > 0) throw unreadable(failed);
    const spotted = await Promise.all(
      videos.map(async ({ annotations }, i): Promise<DatabaseVideo> => {
        const record = (await readRecord(paths[i]!, undefined))!;
        return { record, annotations, truth: annotations.map(truthOf) };
      }),
    );
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
      `no annotated video of ${title} has a folder with pictures`,
      'Give the folder into which the dataset was unpacked, frames included; "telltale dataset check" says what is looked for.',
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

async function jobOf(
  { path, frames, annotations }: Video,
  { index, root, out }: { readonly index: number; readonly root: string; readonly out: string },
): Promise<VideoJob> {
  const [{ dataset, subject, framesPerSecond }] = annotations as [Annotation];
  const files: (readonly [string, number, number])[] = [];
  for (let start = 0; start < frames.length; start += 256) {
    const part = frames.slice(start, start + 256).map(async ([, name]) => {
      const { size, mtimeMs } = await stat(join(root, path, name));
      return [name, size, Math.round(mtimeMs)] as const;
    });
    files.push(...(await Promise.all(part)));
  }
  const identity = JSON.stringify({ version: VERSION, path, framesPerSecond, files });
  const key = createHash('sha256').update(identity).digest('hex');
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
    return undefined; // not there, or damaged: it is made anew
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
    'Put their frames right and run the same command again: it does only what is missing.',
  );
}
