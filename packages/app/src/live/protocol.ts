/**
 * @file Messages between the page and the workers of the camera.
 *
 * ```
 *  camera ─► live worker ─► faces ─► motion worker ─► strip ─► page
 *     └────► replay worker
 * ```
 */
import type { LiveFace, Movement } from '@telltale/core/spot';

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
  /** Frames since the start. */
  readonly frames: FrameCounts;
}

/** What became of the camera's frames. */
export interface FrameCounts {
  readonly analyzed: number;
  /** Not analyzed for lack of time. */
  readonly leftOut: number;
}

/** What both workers that take the camera's frames understand. */
export interface FilmRequests {
  /** Takes all frames of a camera; answered when it ends. */
  film: { readonly ask: { readonly frames: ReadableStream<VideoFrame> }; readonly answer: true };
  /** Takes one frame, where the browser has no such stream; answered when there is room for one more. */
  frame: { readonly ask: { readonly frame: VideoFrame }; readonly answer: true };
  /** Whether frames are let go, unseen. */
  pause: { readonly ask: { readonly isPaused: boolean }; readonly answer: true };
}

/** Requests to the worker that finds the face. */
export interface LiveRequests extends FilmRequests {
  /** Opens the models. @param faces - the way to the worker that measures */
  open: { readonly ask: { readonly faces: MessagePort }; readonly answer: true };
  /** Starts again: what comes does not continue what was before. */
  begin: { readonly ask: { readonly window: number }; readonly answer: true };
  /** Analyzes until it fails. */
  run: { readonly ask: object; readonly answer: never };
}

/** Requests to the worker that measures movement. */
export interface MotionRequests {
  open: { readonly ask: { readonly faces: MessagePort }; readonly answer: true };
  /** What is new since the last answer, as soon as there is something. */
  news: { readonly ask: object; readonly answer: News };
}

/** What is new. */
export interface News {
  /** Whether the last frame shows a face. */
  readonly isSeen: boolean;
  /** About twice a second. */
  readonly strip?: Strip;
}

/** From the worker that finds the face to the one that measures: a new beginning, or what a frame shows. */
export type FaceMessage =
  { readonly window: number } | { readonly seen: LiveFace; readonly leftOut: number };

/** Requests to the worker that keeps the last minute. */
export interface ReplayRequests extends FilmRequests {
  /** The last minute as a file. */
  save: { readonly ask: object; readonly answer: Blob };
}
