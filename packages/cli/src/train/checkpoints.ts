/** @file Checkpoints of a training on disk: written now and then, whole or not at all, and read again. */
import { readFile } from 'node:fs/promises';

import { decodeCheckpoint, encodeCheckpoint } from '@telltale/core/train';
import type { Checkpoint } from '@telltale/core/train';
import { writeWhole } from '@telltale/node/output';

/** Milliseconds between two checkpoints on disk, at least. */
const CHECKPOINT_INTERVAL = 2000;

/**
 * The checkpoint at a path, where there is one.
 *
 * @param origin - the training that wants to go on
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

/** Takes checkpoints and writes some. */
export interface CheckpointKeeper {
  /** To be called after each epoch. */
  readonly offer: (epoch: number, take: () => Checkpoint) => Promise<void>;
  /** Writes the last one that was offered. */
  readonly flush: () => Promise<void>;
}

/** Writes a checkpoint every few seconds, and the last one of an interrupted training. */
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
