/** @file What a run of `telltale dataset prepare` is called with, and how it ended. */
import type { PrepareOptions } from '@telltale/core/prepare';

import type { Launcher } from '../jobs/job.ts';

/** What the command takes. */
export interface PrepareRun extends PrepareOptions {
  readonly out: string;
  /** Which expressions. */
  readonly kind: 'micro' | 'macro' | 'all';
  /** Path of the annotation file, where it is not to be looked for. */
  readonly sheet?: string | undefined;
  /** Part of the paths of the frames to use. */
  readonly images?: string | undefined;
  /** Clips at a time; all cores by default. */
  readonly parallel?: number | undefined;
}

/** How a run is done. */
export interface PrepareHow {
  readonly signal: AbortSignal;
  /** @defaultValue processes on this machine */
  readonly launcher?: Launcher | undefined;
}

/** A clip that could not be prepared. */
export interface FailedClip {
  readonly subject: string;
  readonly clip: string;
  readonly code: string;
  readonly message: string;
}

/** How a run ended. */
export interface Prepared {
  /** Clips that this run prepared. */
  readonly prepared: number;
  /** Clips that were there. */
  readonly before: number;
  readonly failed: readonly FailedClip[];
  /** Absolute path. */
  readonly cache: string;
}
