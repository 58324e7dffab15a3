/** @file What the page and the worker that watches the camera say to each other. */
import type { FaceRegion } from '@telltale/core';
import type { Movement } from '@telltale/core/spot';

/** What the camera's last seconds show. */
export interface Strip {
  /** Seconds, one per sample. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly threshold: number;
  /** Only what the pictures came fast enough for. */
  readonly movements: readonly Movement[];
  /** Pictures a second that were looked at, in the last two seconds. */
  readonly rate: number;
  /** Which movements that rate carries. */
  readonly tells: 'all' | 'long' | 'nothing';
}

/** What is asked of the worker that watches the camera. */
export interface LiveRequests {
  /** Opens the models. */
  begin: { readonly ask: { readonly window: number }; readonly answer: true };
  watch: {
    readonly ask: {
      readonly picture: VideoFrame;
      /** Seconds from the first picture. */
      readonly time: number;
    };
    readonly answer: {
      readonly region: FaceRegion | null;
      /** About twice a second. */
      readonly strip?: Strip;
    };
  };
}

/** What is asked of the worker that keeps the last minute. */
export interface ReplayRequests {
  add: { readonly ask: { readonly frame: VideoFrame }; readonly answer: true };
  /** The last minute as a file. */
  save: { readonly ask: object; readonly answer: Blob };
}
