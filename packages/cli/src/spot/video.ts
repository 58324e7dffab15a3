/** @file One video, wherever it is done: spot it, write its record. */
import { openFaceModels, spotClip, TelltaleError } from '@telltale/core';
import type { Clip, FaceModels, FrameMovement, SpottedClip } from '@telltale/core';
import type { SpottedInterval, VideoRecord } from '@telltale/core/evaluate';
import { loadRuntime, openFramesFolder, readFaceModelFiles } from '@telltale/node';
import { writeWhole } from '@telltale/node/output';

import type { Job, Outcome, Worker } from '../jobs/job.ts';

/** One video of a database. */
export interface VideoJob extends Job {
  /** Folder of its frames. */
  readonly folder: string;
  /** Where its record goes. */
  readonly path: string;
  /** The part of the record that is known before. */
  readonly known: Pick<
    VideoRecord,
    'key' | 'id' | 'dataset' | 'subject' | 'video' | 'framesPerSecond' | 'numbers'
  >;
}

/** The face networks, with one thread. */
export async function openFace(): Promise<FaceModels> {
  return openFaceModels(await loadRuntime(), await readFaceModelFiles(), { threads: 1 });
}

/** What a worker process spots videos with. */
export async function openVideoWorker(): Promise<Worker> {
  const face = await openFace();
  return {
    work: (job, signal) => doVideo(job as VideoJob, face, signal),
    close: () => face.close(),
  };
}

/** Faults of the data of one video; anything else ends the run. */
const OF_THE_VIDEO = new Set(['FRAME_UNREADABLE', 'FRAMES_SIZE_CHANGED', 'FRAMES_EMPTY', 'FILE_MISSING']); // prettier-ignore

/**
 * Spots one video. Where it shows no face, nothing is spotted, and the record has a note.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function doVideo(
  { index, folder, path, known }: VideoJob,
  face: FaceModels,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const clip = await openFramesFolder(folder, known.framesPerSecond);
    const record = recordOf(known, await spotOrExplain(clip, face, signal));
    await writeWhole(path, `${JSON.stringify(record)}\n`);
    return { index };
  } catch (error) {
    if (!(error instanceof TelltaleError) || !OF_THE_VIDEO.has(error.code)) throw error;
    return { index, failure: { code: error.code, message: error.message } };
  }
}

async function spotOrExplain(
  clip: Clip,
  face: FaceModels,
  signal: AbortSignal,
): Promise<SpottedClip | string> {
  try {
    return await spotClip(clip, face, { signal });
  } catch (error) {
    if (error instanceof TelltaleError && error.code === 'FACE_NOT_FOUND') return error.message;
    throw error;
  }
}

/** The record of a video; a text instead of what was spotted is the reason why nothing was. */
export function recordOf(known: VideoJob['known'], spotted: SpottedClip | string): VideoRecord {
  const head = { schema: 'telltale.spotted/1', ...known } as const;
  if (typeof spotted === 'string') {
    const curve = known.numbers.map(() => null);
    return { ...head, curve, threshold: 0, spotted: [], note: spotted };
  }
  const round = (value: number): number => Math.round(value * 1e3) / 1e3;
  return {
    ...head,
    curve: spotted.curve.map((value) => (value === null ? null : round(value))),
    threshold: round(spotted.threshold),
    spotted: spotted.movements.flatMap((one) => intervalOf(one, known.numbers)),
  };
}

function intervalOf(
  { kind, confidence, ...at }: FrameMovement,
  numbers: readonly number[],
): SpottedInterval[] {
  if (kind === 'blink') return [];
  const [onset, apex, offset] = [at.onset, at.apex, at.offset].map((frame) => numbers[frame]!) as [
    number,
    number,
    number,
  ];
  return [{ kind, onset, apex, offset, score: Math.round(confidence * 1e4) / 1e4 }];
}
