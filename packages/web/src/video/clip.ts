/** @file Opens a clip in the browser, whatever it comes from. */
import { TelltaleError } from '@telltale/core';

import { WebError } from '../errors.ts';
import { openFfmpegClip } from '../ffmpeg/ffmpeg-clip.ts';
import type { FfmpegWorker } from '../ffmpeg/remote.ts';
import type { OpenClip } from './open-clip.ts';
import { openPlanes } from './planes.ts';
import { inspectVideo } from './webcodecs-clip.ts';

/** A file that the user chose, a part of one, or an address. */
export type ClipSource = Blob | URL | string;

/** Options of {@link openClip}. */
export interface ClipOptions {
  /** Name in the report. @defaultValue the file's name, or the last part of the address */
  readonly name?: string | undefined;
  /**
   * Starts a worker that runs `serveFfmpeg` of `@telltale/web/ffmpeg`, for clips that the browser itself does not
   * decode (AVI, MPEG-1, often HEVC) or of which it gives no planes (Firefox: H.264 and others). Without it they are refused with
   * `VIDEO_DECODER_MISSING`. In a worker, give `requestFfmpeg` of `@telltale/web/ffmpeg`: Firefox does not always
   * start a worker of a worker.
   */
  readonly ffmpeg?: (() => FfmpegWorker) | undefined;
  /** Cancels fetching an address. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a video: a `File` or `Blob`, or the address of one, which is fetched whole.
 *
 * Frames are decoded by WebCodecs, and by FFmpeg where the browser cannot, or gives no planes, and `ffmpeg` is given.
 * Planes are converted by the functions that the command line uses. One clip is always read by one decoder.
 *
 * @example
 * ```ts
 * const clip = await openClip(file);
 * const { report } = await analyze(clip, await openTools());
 * clip.close();
 * ```
 *
 * @throws TelltaleError `FILE_MISSING` where an address answers with an error; `VIDEO_UNREADABLE`; `FRAMES_EMPTY`;
 *   `VIDEO_DECODER_MISSING`; `CANCELED` after the signal. While frames are read also `VIDEO_TRUNCATED`
 */
export async function openClip(source: ClipSource, options: ClipOptions = {}): Promise<OpenClip> {
  const { ffmpeg, signal } = options;
  const { file, name } = await fileOf(source, signal);
  const title = options.name ?? name;
  const inspected = await inspectVideo(file, title);
  if (inspected.kind === 'track') {
    return openPlanes(inspected, title, ffmpeg === undefined ? undefined : { start: ffmpeg });
  }
  const { codec } = inspected;
  if (ffmpeg === undefined) throw new WebError('CODEC_UNSUPPORTED', { name: title, codec });
  return openFfmpegClip(file, { name: title, codec, start: ffmpeg });
}

/** The bytes behind a source, and its name. */
async function fileOf(
  source: ClipSource,
  signal: AbortSignal | undefined,
): Promise<{ readonly file: Blob; readonly name: string }> {
  if (source instanceof Blob) {
    const { name = 'clip' } = source as Partial<File>;
    return { file: source, name };
  }
  const address = new URL(source, globalThis.location.href);
  const name = decodeURIComponent(address.pathname.split('/').at(-1) ?? '') || address.href;
  try {
    const response = await fetch(address, signal === undefined ? {} : { signal });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`.trim());
    return { file: await response.blob(), name };
  } catch (cause) {
    if (signal?.aborted) throw new TelltaleError('CANCELED', 'canceled', 'Open the clip again.');
    throw new TelltaleError(
      'FILE_MISSING',
      `cannot fetch ${address.href}: ${(cause as Error).message}`,
      'Check the address; another host must allow it (CORS).',
      { cause },
    );
  }
}
