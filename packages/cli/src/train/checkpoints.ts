/** @file Checkpoints of a training on disk, written every few seconds, whole or not at all. */
import { readFile } from 'node:fs/promises';

import { decodeCheckpoint, encodeCheckpoint } from '@telltale/core/train';
import type { Checkpoint } from '@telltale/core/train';
import { writeWhole } from '@telltale/node/output';

/** Shortest time between two checkpoints on disk, milliseconds. */
const CHECKPOINT_INTERVAL = 2000;

/**
 * Reads the checkpoint at a path; undefined where there is none.
 *
 * @param origin - settings and data of the training to resume
 * @throws TelltaleError `CHECKPOINT_MISMATCH`
 */
export async function readCheckpoint(
  path: string,
  origin: object,
): Promise<Checkpoint | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return decodeCheckpoint(bytes, origin);
}

/** Receives a checkpoint after each epoch and writes some of them. */
export interface CheckpointKeeper {
  /** Called after each epoch. */
  readonly offer: (epoch: number, take: () => Checkpoint) => Promise<void>;
  /** Writes the latest checkpoint. */
  readonly flush: () => Promise<void>;
}

/** Writes a checkpoint every few seconds, and on `flush` the latest. */
export function keepCheckpoints(path: string, origin: object): CheckpointKeeper {
  let written = performance.now();
  let latest: Checkpoint | undefined;
  const flush = async (): Promise<void> => {
    if (latest !== undefined) await writeWhole(path, encodeCheckpoint(latest, origin));
    latest = undefined;
    written = performance.now();
  };
  return {
    flush,
    async offer(_, take) {
      latest = take();
      if (performance.now() - written >= CHECKPOINT_INTERVAL) await flush();
    },
  };
}
