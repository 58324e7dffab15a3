/** @file What a run of `telltale dataset prepare` is asked, and how it ended. */
import { resolve } from 'node:path';

import type { PrepareOptions } from '@telltale/core/prepare';

import { version } from '../program.ts';
import type { PoolOptions } from './pool.ts';
import type { ClipJob } from './prepare-job.ts';

/** What the command takes. */
export interface PrepareRun extends PrepareOptions {
  readonly out: string;
  /** Which expressions. */
  readonly kind: 'micro' | 'macro' | 'all';
  /** Path of the annotation file, where it is not to be looked for. */
  readonly sheet?: string | undefined;
  /** Part of the paths of the pictures to use. */
  readonly images?: string | undefined;
  /** Clips at a time; all cores where left out. */
  readonly parallel?: number | undefined;
}

/** How clips are done: in processes, or in this one where a test says so. */
export type DoClips = (jobs: Iterator<ClipJob>, options: PoolOptions) => Promise<void>;

/** How a run is done. */
export interface PrepareHow {
  readonly signal: AbortSignal;
  readonly doClips?: DoClips;
}

/** A clip that could not be done. */
export interface FailedClip {
  readonly subject: string;
  readonly clip: string;
  readonly code: string;
  readonly message: string;
}

/** How a run ended. */
export interface Prepared {
  /** Clips that this run did. */
  readonly made: number;
  /** Clips that were there. */
  readonly before: number;
  readonly failed: readonly FailedClip[];
  /** Absolute path. */
  readonly cache: string;
}

/** What a run asks, by which release of the program: only a run that asked the same left what this one would. */
export function questionOf(root: string, options: PrepareRun): string {
  const { kind, images, sizes, planes, alpha, aligned, sheet } = options;
  return JSON.stringify({
    telltale: version(),
    ...{ root, kind, images, sizes, planes, alpha, aligned },
    sheet: sheet === undefined ? undefined : resolve(sheet),
  });
}
