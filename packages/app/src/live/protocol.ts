/** @file Messages between the page and the workers of the camera. */
import type { FaceRegion } from '@telltale/core';
import type { Movement } from '@telltale/core/spot';

/** What the camera's last seconds show. */
export interface Strip {
  /** Seconds, one per sample. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly threshold: number;
  /** Only movements for which the frame rate is sufficient. */
  readonly movements: readonly Movement[];
  /** Analyzed frames per second, over the last two seconds. */
  readonly rate: number;
  /** Which movements that rate carries. */
  readonly reports: 'all' | 'long' | 'nothing';
}

/** Requests to the worker that analyzes the camera. */
export interface LiveRequests {
  /** Opens the models. */
  begin: { readonly ask: { readonly window: number }; readonly answer: true };
  watch: {
    readonly ask: {
      readonly frame: VideoFrame;
      /** Seconds from the first frame. */
      readonly time: number;
    };
    readonly answer: {
      readonly region: FaceRegion | null;
      /** About twice a second. */
      readonly strip?: Strip;
    };
  };
}

/** Requests to the worker that keeps the last minute. */
export interface ReplayRequests {
  add: { readonly ask: { readonly frame: VideoFrame }; readonly answer: true };
  /** The last minute as a file. */
  save: { readonly ask: object; readonly answer: Blob };
}
