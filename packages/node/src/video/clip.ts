/** @file Opens a clip: a video file or a folder of frames. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { TelltaleError } from '@telltale/core';
import { ANOTHER_FOLLOWS, clipOfStream } from '@telltale/core/video';
import type { VideoStream } from '@telltale/core/video';

import { openBuiltin } from './builtin/decode.ts';
import { hasBuiltin } from './builtin/native.ts';
import { openFramesFolder } from './frames-folder.ts';
import { isImageStack, openImageStack } from './image-stack.ts';
import { hasProgram, openWithFfmpeg } from './ffmpeg.ts';
import { closable, truncated, unreadable } from './stream.ts';
import type { Decoder, OpenClip } from './stream.ts';
import { factsOf } from './what-it-is.ts';
import type { FileFacts } from './what-it-is.ts';

export type { Decoder, OpenClip } from './stream.ts';

/** Options of {@link openClip}. */
export interface ClipOptions {
  /**
   * Frames per second. Required for a folder of frames and for a stack of TIFF, which have no times. For a video it replaces the times in
   * the file, as needed for high-speed recordings that are stored slowed down.
   */
  readonly rate?: number | undefined;
  /**
   * The decoder to use; no other is tried.
   *
   * @defaultValue the environment variable `TELLTALE_DECODER`, else the built-in decoder where it can, else `ffmpeg`
   */
  readonly decoder?: Decoder | undefined;
}

/**
 * Opens a video file, or a folder of frames (JPEG, PNG, BMP, TIFF, WebP, AVIF, GIF, PGM, PPM) in the natural order of
 * their names (`img2` before `img10`), or a file of several images: animated GIF, WebP or PNG, or a stack of TIFF.
 *
 * A video is decoded by the built-in decoder: H.264, HEVC, VP8, VP9 and AV1 in MP4, MOV, MKV, WebM and TS. Everything
 * else, and everything where there is no build for the system, is decoded by the program `ffmpeg` if it is installed.
 * Both give the same planes, which one code converts; a clip is always read by one of them from start to end.
 *
 * @example
 * ```ts
 * const clip = await openClip('clip.mp4');
 * for await (const { index, time, data } of clip.frames()) {
 *   // data: RGB, 8 bits, clip.width × clip.height pixels, row by row
 * }
 * await clip.close();
 * ```
 *
 * @param source - path or `file:` URL
 * @returns the clip; its frames are RGB, rotated as the container requests, with times in seconds from 0
 * @throws TelltaleError `FILE_MISSING`; `VIDEO_UNREADABLE`; `VIDEO_DECODER_MISSING`; `OPTION_INVALID` for a bad rate,
 *   or a folder without one; `FRAMES_EMPTY` for a folder without images; `FRAMES_AMBIGUOUS`; `FRAME_UNREADABLE`. While
 *   frames are read also `VIDEO_TRUNCATED`, `FRAMES_SIZE_CHANGED`, and `CANCELED` where the clip was closed
 */
export async function openClip(source: string | URL, options: ClipOptions = {}): Promise<OpenClip> {
  const path = typeof source === 'string' ? source : fileURLToPath(source);
  const { rate } = options;
  if (rate !== undefined && !(rate > 0 && Number.isFinite(rate))) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `${rate} is not a frame rate`,
      'Give frames per second as a positive number, such as 25 or 200.',
    );
  }
  const decoder = options.decoder ?? decoderFromEnvironment();
  const kind = await kindOf(path);
  if (kind === 'folder') return openFramesFolder(path, rate);
  if (await isImageStack(path)) return openImageStack(path, rate);
  const { isEncrypted, first } = await factsOf(path);
  if (isEncrypted) throw await unreadable(path, 'it is encrypted');
  const { stream, release } = await openStream(path, decoder, first);
  const clip = clipOfStream(first === undefined ? stream : firstPart(stream), {
    name: basename(path),
    rate,
    refusal: (reason) =>
      reason === 'damaged'
        ? truncated(path, 'none of its frames can be decoded')
        : new TelltaleError(
            'FRAMES_EMPTY',
            `${path} is a video without frames`,
            'Record or export the clip again.',
          ),
  });
  return closable(clip, release);
}

interface OpenStream {
  readonly stream: VideoStream;
  /** Frees what is held for the first reading. */
  readonly release?: () => Promise<void>;
}

/** The stream, which reports that another recording is behind it. */
function firstPart(stream: VideoStream): VideoStream {
  return {
    ...stream,
    async *decode(onTruncated) {
      yield* stream.decode(onTruncated);
      onTruncated(ANOTHER_FOLLOWS);
    },
  };
}

async function openStream(
  path: string,
  decoder: Decoder | undefined,
  first: FileFacts['first'],
): Promise<OpenStream> {
  const isBuiltin = decoder !== 'ffmpeg' && hasBuiltin();
  const opened = isBuiltin ? await openBuiltin(path) : undefined;
  if (opened !== undefined && 'stream' in opened) return opened;
  if (decoder !== 'built-in' && (await hasProgram('ffmpeg')) && (await hasProgram('ffprobe'))) {
    return { stream: await openWithFfmpeg(path, first?.end) };
  }
  if (opened === undefined) {
    throw new TelltaleError(
      'VIDEO_DECODER_MISSING',
      decoder === 'built-in'
        ? 'there is no built-in video decoder for this system'
        : 'there is no video decoder: the programs ffmpeg and ffprobe are not installed',
      'Install ffmpeg; or give a folder of frames.',
    );
  }
  if (decoder === 'built-in' || !opened.isVideo) throw await unreadable(path, opened.foreign);
  throw new TelltaleError(
    'VIDEO_DECODER_MISSING',
    `${path} cannot be read by the built-in decoder: ${opened.foreign}`,
    'Install ffmpeg, which reads it; or give a folder of frames.',
  );
}

function decoderFromEnvironment(): Decoder | undefined {
  const name = process.env['TELLTALE_DECODER'];
  if (name === undefined || name === '') return undefined;
  if (name === 'built-in' || name === 'ffmpeg') return name;
  throw new TelltaleError(
    'OPTION_INVALID',
    `the environment variable TELLTALE_DECODER is "${name}"`,
    'Set it to built-in or ffmpeg, or unset it.',
  );
}

async function kindOf(path: string): Promise<'file' | 'folder'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    throw new TelltaleError(
      'FILE_MISSING',
      `there is no file or folder ${path}`,
      'Check the path.',
      { cause: error },
    );
  }
}
