/** @file What is done to one clip, wherever it is done: read its frames, prepare, write its folders. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openFaceModels, TelltaleError } from '@telltale/core';
import { createTvl1 } from '@telltale/core/motion';
import type { Plane } from '@telltale/core';
import { prepareClip } from '@telltale/core/prepare';
import type { FacePlane, Preparation, PrepareTools, ExpressionSpan } from '@telltale/core/prepare';
import { loadRuntime, readFaceModelFiles, readImage } from '@telltale/node';
import { encodePng } from '@telltale/node/images';

import { digestOf } from '../cache/key.ts';
import type { Job, Outcome, Worker } from '../jobs/job.ts';
import { keepClip } from './prepare-cache.ts';

/** One clip to do. */
export interface ClipJob extends Job {
  /** Folder of the dataset. */
  readonly root: string;
  /** Frames that are needed: number, path relative to the dataset's folder, and SHA-256 where its key holds that. */
  readonly frames: readonly (readonly [number: number, path: string, sha256?: string])[];
  readonly span: ExpressionSpan;
  readonly preparation: Preparation;
  /** Folder and key of the images of each size. */
  readonly targets: readonly {
    readonly size: number;
    readonly folder: string;
    readonly key: string;
  }[];
}

/** Tools of a process that prepares; the networks use one thread. */
export async function openPrepareTools(): Promise<PrepareTools> {
  const face = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), {
    threads: 1,
  });
  return { face, tvl1: await createTvl1() };
}

/** What a worker process prepares clips with. */
export async function openClipWorker(): Promise<Worker> {
  const tools = await openPrepareTools();
  return {
    work: (job, signal) => doClip(job as ClipJob, { ...tools, signal }),
    close: () => tools.face.close(),
  };
}

/** Faults of the data of one clip; anything else ends the run. */
const OF_THE_CLIP: ReadonlySet<string> = new Set([
  ...['FACE_NOT_FOUND', 'FRAMES_SIZE_CHANGED', 'FRAME_UNREADABLE', 'FILE_MISSING'],
  ...['DATASET_FILE_MISSING', 'DATASET_INVALID', 'FRAMES_EMPTY'],
]);

/**
 * Does one clip.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function doClip(job: ClipJob, tools: PrepareTools): Promise<Outcome> {
  const known = new Map(job.frames.map(([number, path, sha256]) => [number, { path: join(job.root, path), sha256 }])); // prettier-ignore
  const used = new Set<number>();
  const frames = {
    numbers: [...known.keys()],
    read: (number: number) => {
      used.add(number);
      return readImage(known.get(number)!.path);
    },
  };
  try {
    const options = { ...job.preparation, sizes: job.targets.map(({ size }) => size) };
    const { images, ...found } = await prepareClip(frames, job.span, { options, tools });
    for (const number of used) await assertUnchanged(known.get(number)!);
    for (const { size, folder, key } of job.targets) {
      const { flow, ranges, faces } = images.get(size)!;
      const files = new Map<FacePlane | 'flow', Uint8Array>([['flow', await encodePng(flow)]]);
      for (const [plane, face] of Object.entries(faces) as [FacePlane, Plane][]) {
        files.set(plane, await grayPng(face));
      }
      await keepClip(folder, { key, ...found, ranges }, files);
    }
    return { index: job.index };
  } catch (error) {
    if (!(error instanceof TelltaleError) || !OF_THE_CLIP.has(error.code)) throw error;
    return { index: job.index, failure: { code: error.code, message: error.message } };
  }
}

/** The key of a clip holds what its frames were when it was planned: nothing else may be kept under it. */
async function assertUnchanged({ path, sha256 }: FrameOfJob): Promise<void> {
  if (sha256 === undefined) return;
  const now = await readFile(path).catch(() => undefined);
  if (now !== undefined && digestOf(now) === sha256) return;
  throw new TelltaleError(
    'DATASET_INVALID',
    `${path} was changed while the dataset was being prepared`,
    'Run the same command again.',
  );
}

interface FrameOfJob {
  readonly path: string;
  readonly sha256: string | undefined;
}

function grayPng({ data, width, height }: Plane): Promise<Uint8Array> {
  const bytes = Uint8Array.from(data, (value) => Math.round(Math.max(0, Math.min(255, value))));
  return encodePng({ data: bytes, width, height, channels: 1 });
}
