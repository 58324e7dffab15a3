/**
 * @file Writes a clip as H.264 in MP4, which every browser and player supports.
 *
 * Frames are encoded in YUV 4:2:0 at a quality (CRF) that preserves motion of a fraction of a pixel.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

import { TelltaleError } from '@telltale/core';
import type { RgbImage } from '@telltale/core';

import { writeThrough } from '../output.ts';
import { encodeBuiltin } from './builtin/encode.ts';
import { hasBuiltin } from './builtin/native.ts';
import { hasProgram } from './ffmpeg.ts';
import type { Decoder } from './stream.ts';

/** Options of {@link writeVideo}. */
export interface WriteVideoOptions {
  /** Frames per second. */
  readonly rate: number;
  /**
   * Whether frames are shown at their own times, as those of a clip whose rate varies; `rate` is then for the encoder
   * and for the last frame. @defaultValue false: one frame after another at `rate`, from 0
   */
  readonly keepTimes?: boolean;
  /** Constant rate factor of x264, 0 (best, largest file) to 51; the built-in encoder takes a bitrate from it. @defaultValue 12 */
  readonly quality?: number;
  /** Preset of x264, with `ffmpeg`: a slower one writes a smaller file of the same quality. @defaultValue 'medium' */
  readonly preset?: Preset;
  /** The encoder to use; no other is tried. @defaultValue the built-in one where the system has it, else `ffmpeg` */
  readonly encoder?: Decoder;
}

/** The presets of x264 that are used. */
type Preset = 'medium' | 'superfast';

/** An image, with the time at which it is shown. */
export interface TimedImage extends RgbImage {
  /** Seconds, increasing; used with `keepTimes`. */
  readonly time?: number;
}

/** Encodes frames one by one, all of the same even size. */
interface Encoder {
  write(rgb: Uint8Array): Promise<void>;
  /** @param times - of all frames, seconds, where they do not follow from the rate */
  finish(times: readonly number[] | undefined): Promise<void>;
  /** Frees all resources, finished or not. */
  close(): Promise<void>;
}

interface Target {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly rate: number;
  readonly quality: number;
  readonly preset: Preset;
}

/**
 * Writes frames as an MP4 file, whole or not at all.
 *
 * An odd width or height grows by one pixel, because H.264 stores color for blocks of 2 × 2 pixels.
 *
 * @param frames - RGB or RGBA, 8 bits, all of the same size; alpha is ignored
 * @throws TelltaleError `OPTION_INVALID` for a bad rate; `FRAMES_EMPTY`; `FRAMES_SIZE_CHANGED`;
 *   `VIDEO_DECODER_MISSING` where there is no encoder; `OUTPUT_UNWRITABLE`
 */
export async function writeVideo(
  path: string,
  frames: AsyncIterable<TimedImage> | Iterable<TimedImage>,
  { rate, keepTimes = false, quality = 12, preset = 'medium', encoder: wanted }: WriteVideoOptions,
): Promise<void> {
  if (!(rate > 0 && Number.isFinite(rate))) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `${rate} is not a frame rate`,
      'Give frames per second as a positive number, such as 25 or 200.',
    );
  }
  const open = await chooseEncoder(wanted);
  await writeThrough(path, async (temporary) => {
    let encoder: Encoder | undefined;
    let first: RgbImage | undefined;
    const times: number[] = [];
    try {
      for await (const frame of frames) {
        first ??= frame;
        const { width, height } = first;
        if (frame.width !== width || frame.height !== height) {
          throw new TelltaleError(
            'FRAMES_SIZE_CHANGED',
            `a frame of ${frame.width} × ${frame.height} pixels follows frames of ${width} × ${height}`,
            'Write one video for each size.',
          );
        }
        const even = { width: width + (width % 2), height: height + (height % 2) };
        encoder ??= open({ path: temporary, ...even, rate, quality, preset });
        await encoder.write(toEvenRgb(frame));
        times.push(frame.time ?? times.length / rate);
      }
      if (encoder === undefined) {
        throw new TelltaleError(
          'FRAMES_EMPTY',
          `there is no frame to write to ${path}`,
          'Give at least one frame.',
        );
      }
      await encoder.finish(keepTimes && !isSteady(times, rate) ? times : undefined);
    } finally {
      await encoder?.close();
    }
  });
}

/** Whether times follow from a rate, as exactly as containers that round to milliseconds keep them. */
function isSteady(times: readonly number[], rate: number): boolean {
  return times.every((time, i) => Math.abs(time - i / rate) < 0.001);
}

async function chooseEncoder(wanted: Decoder | undefined): Promise<(target: Target) => Encoder> {
  if (wanted !== 'ffmpeg' && hasBuiltin()) return encodeWithBuiltin;
  if (wanted !== 'built-in' && (await hasProgram('ffmpeg'))) return encodeWithFfmpeg;
  throw new TelltaleError(
    'VIDEO_DECODER_MISSING',
    wanted === 'built-in'
      ? 'there is no built-in video encoder for this system'
      : 'there is no video encoder: the program ffmpeg is not installed',
    'Install ffmpeg.',
  );
}

function encodeWithBuiltin(target: Target): Encoder {
  const encoder = encodeBuiltin(target);
  const named = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      throw unwritable((error as Error).message);
    }
  };
  return {
    write: (rgb) => named(encoder.write(rgb)),
    finish: (times) => named(encoder.finish(times)),
    close: () => encoder.close(),
  };
}

/** RGB bytes of a frame; the last column or row is repeated where their number is odd. */
function toEvenRgb({ data, width, height, channels }: RgbImage): Uint8Array {
  const evenWidth = width + (width % 2);
  const evenHeight = height + (height % 2);
  if (channels === 3 && evenWidth === width && evenHeight === height) {
    return new Uint8Array(data.buffer, data.byteOffset, data.length);
  }
  const out = new Uint8Array(3 * evenWidth * evenHeight);
  for (let y = 0; y < evenHeight; y++) {
    for (let x = 0; x < evenWidth; x++) {
      const from = channels * (Math.min(y, height - 1) * width + Math.min(x, width - 1));
      const to = 3 * (y * evenWidth + x);
      for (let channel = 0; channel < 3; channel++) out[to + channel] = data[from + channel]!;
    }
  }
  return out;
}

/** A rate as a fraction: integer, of the NTSC family, or in thousandths. */
function fractionOf(rate: number): { num: number; den: number } {
  if (Number.isInteger(rate)) return { num: rate, den: 1 };
  const ntsc = Math.round(rate * 1.001);
  if (Math.abs((ntsc * 1000) / 1001 - rate) < 1e-3) return { num: ntsc * 1000, den: 1001 };
  return { num: Math.round(rate * 1000), den: 1000 };
}

function unwritable(why: string): TelltaleError {
  return new TelltaleError(
    'OUTPUT_UNWRITABLE',
    `the video cannot be written: ${why}`,
    'Check that the disk is not full and, where ffmpeg encodes, that it has libx264.',
  );
}

function encodeWithFfmpeg({ path, width, height, rate, quality, preset }: Target): Encoder {
  const { num, den } = fractionOf(rate);
  const child = spawn(
    'ffmpeg',
    [
      ...['-hide_banner', '-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24'],
      ...['-s', `${width}x${height}`, '-r', `${num}/${den}`, '-i', 'pipe:0'],
      ...['-sws_flags', 'bicubic+accurate_rnd+full_chroma_int'],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        preset,
        '-crf',
        `${quality}`,
        '-pix_fmt',
        'yuv420p',
        '-colorspace',
      ],
      ...['smpte170m', '-movflags', '+faststart', '-f', 'mp4', `file:${resolve(path)}`],
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdin.on('error', () => undefined); // a broken pipe is reported by the exit code below
  const ended = once(child, 'close') as Promise<[number | null]>;
  const failure = (): TelltaleError => unwritable(errors.trim().split('\n').at(-1) ?? 'ffmpeg');
  return {
    async write(rgb) {
      if (child.exitCode !== null) throw failure();
      if (!child.stdin.write(rgb)) await Promise.race([once(child.stdin, 'drain'), ended]);
    },
    async finish(times) {
      child.stdin.end();
      const [code] = await ended;
      if (code !== 0) throw failure();
      if (times === undefined) return;
      // Loaded where it is needed: it takes longer to load than everything else of this package.
      const { retime } = await import('./retime.ts');
      await retime(path, times, rate);
    },
    async close() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}
