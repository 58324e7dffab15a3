/** @file Opens a clip, whatever it is kept in: a video file or a folder of pictures. */
import { stat } from 'node:fs/promises';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';

import { openFramesFolder } from './frames-folder.ts';
import { hasProgram, openWithFfmpeg } from './ffmpeg.ts';
import { loadNodeAv, openWithNodeAv } from './node-av.ts';
import { clipOfStream } from './stream.ts';
import type { Decoder, OpenClip, VideoStream } from './stream.ts';

export type { Decoder, OpenClip } from './stream.ts';

/** Options of {@link openClip}. */
export interface ClipOptions {
  /**
   * Frames per second. A folder of pictures needs it; of a video it replaces the
   * times that the file states, for recordings that play slowed down.
   */
  readonly rate?: number | undefined;
  /**
   * The only decoder to try.
   *
   * @defaultValue the environment variable `TELLTALE_DECODER`, or else whichever is there
   */
  readonly decoder?: Decoder;
}

/**
 * Opens a video file, or a folder of pictures.
 *
 * A video is decoded by the package `node-av` where it is installed and else by
 * the program `ffmpeg`. Decoders differ by some gray levels, so that one clip is
 * always read by one of them.
 *
 * @throws TelltaleError `FILE_MISSING`, `VIDEO_UNREADABLE`, `VIDEO_DECODER_MISSING`, `OPTION_INVALID`,
 *   or what a folder can bring; while frames are read also `VIDEO_TRUNCATED`,
 *   `FRAMES_SIZE_CHANGED`, `FRAMES_EMPTY`
 */
export async function openClip(path: string, options: ClipOptions = {}): Promise<OpenClip> {
  const { rate } = options;
  if (rate !== undefined && !(rate > 0 && Number.isFinite(rate))) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `${rate} is not a number of frames per second`,
      'Give a positive number, such as 25 or 200.',
    );
  }
  const decoder = options.decoder ?? decoderFromEnvironment();
  const kind = await kindOf(path);
  if (kind === 'folder') return openFramesFolder(path, rate);
  return clipOfStream(path, await openStream(path, decoder), rate);
}

async function openStream(path: string, decoder: Decoder | undefined): Promise<VideoStream> {
  const av = decoder === 'ffmpeg' ? undefined : await loadNodeAv();
  if (av) return openWithNodeAv(av, path);
  const ffmpeg =
    decoder !== 'node-av' && (await hasProgram('ffmpeg')) && (await hasProgram('ffprobe'));
  if (ffmpeg) return openWithFfmpeg(path);
  throw new TelltaleError(
    'VIDEO_DECODER_MISSING',
    decoder === undefined
      ? 'no video decoder: neither the package node-av nor the programs ffmpeg and ffprobe are there'
      : `no video decoder: ${decoder} is not there`,
    'Install ffmpeg, or node-av with npm install node-av; or give a folder of pictures with --fps.',
  );
}

function decoderFromEnvironment(): Decoder | undefined {
  const name = process.env['TELLTALE_DECODER'];
  if (name === undefined || name === '') return undefined;
  if (name === 'node-av' || name === 'ffmpeg') return name;
  throw new TelltaleError(
    'OPTION_INVALID',
    `the environment variable TELLTALE_DECODER is "${name}"`,
    'Set it to node-av or ffmpeg, or unset it.',
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
