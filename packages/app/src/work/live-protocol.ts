/** @file What the page and the worker that watches the camera say to each other. */
import type { FaceRegion, Movement } from '@telltale/core';

/** What the camera's last seconds show. */
export interface Strip {
  /** Seconds, one per sample. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly threshold: number;
  readonly movements: readonly Movement[];
}

/** What is asked of the worker that watches the camera. */
export interface LiveRequests {
  /** Opens the models. */
  begin: { readonly ask: { readonly window: number }; readonly answer: true };
  watch: {
    readonly ask: {
      readonly picture: ImageBitmap;
      /** Seconds from the first picture. */
      readonly time: number;
    };
    readonly answer: {
      readonly region: FaceRegion | null;
      /** About once a second. */
      readonly strip?: Strip;
    };
  };
  /** The last minute as a file. */
  save: { readonly ask: object; readonly answer: Blob };
}
