/**
 * @file Decodes with the programs `ffmpeg` and `ffprobe` where they are installed.
 *
 * ffmpeg writes planes to a pipe, and the time, size and fields of each frame to its log (filter `showinfo`), so that
 * one run gives all. What is done with the planes is the same as with those of the built-in decoder (present.ts).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';

import { samplesOf } from '@telltale/core/video';
import type { Planes } from '@telltale/core/video';
import type { RgbImage } from '@telltale/core';

import type { PacketPlace } from './damage.ts';
import { isNoClip, orientationOf, rateOf, unreadable, UPRIGHT } from './stream.ts';
import { aspectOf, colorOf, formatOf } from './ffmpeg-format.ts';
import type { Format, ProbedStream } from './ffmpeg-format.ts';
import { jointsIn, trackGaps } from './ffmpeg-gaps.ts';
import { watchLog } from './ffmpeg-log.ts';
import type { FrameInfo } from './ffmpeg-log.ts';
import type { DecodedFrame, Orientation, VideoStream } from './stream.ts';

interface ProbedPacket {
  readonly stream_index: number;
  readonly pts_time?: string;
  readonly dts_time?: string;
  readonly flags?: string;
}

const programs = new Map<string, Promise<boolean>>();

/** Whether a program can be started; checked once per name. */
export function hasProgram(name: string): Promise<boolean> {
  const known = programs.get(name) ?? startsUp(name);
  programs.set(name, known);
  return known;
}

async function startsUp(name: string): Promise<boolean> {
  const child = spawn(name, ['-version'], { stdio: 'ignore' });
  try {
    await once(child, 'exit');
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens a video file and reads its properties.
 *
 * @throws TelltaleError `VIDEO_UNREADABLE`
 */
export async function openWithFfmpeg(path: string): Promise<VideoStream> {
  const file = `file:${resolve(path)}`;
  const probe = await run('ffprobe', [
    ...['-v', 'error', '-of', 'json', '-show_entries'],
    'stream:stream_disposition:stream_side_data:format=format_name,start_time:packet=stream_index,pts_time,dts_time,flags',
    ...['-select_streams', 'v', file],
  ]);
  if (probe.code !== 0) throw unreadable(path, lastLine(probe.errors));
  const { streams, format, packets } = JSON.parse(probe.output) as {
    readonly packets: readonly ProbedPacket[];
    readonly streams: readonly ProbedStream[];
    readonly format: { readonly format_name: string; readonly start_time?: string };
  };
  if (isNoClip(format.format_name)) {
    throw unreadable(path, 'it is an image, a playlist or a text');
  }
  const stream = streams.find(({ disposition }) => disposition.attached_pic === 0);
  if (stream === undefined) throw unreadable(path, 'it contains no video');

  const stated = Number(stream.nb_frames ?? 0);
  const own = packets.filter(({ stream_index }) => stream_index === stream.index);
  // Containers with a clock of their own start it at 0; in the others the first stream does.
  const start = Number(format.start_time ?? 0);
  const origin =
    CLOCK.test(format.format_name) || !Number.isFinite(start) ? Math.min(0, start || 0) : start;
  const shown = own.filter(({ flags }) => flags?.includes('D') !== true);
  const places = shown.map(({ pts_time, dts_time, flags }) => ({
    time: Number(pts_time ?? dts_time) - origin,
    isKey: flags?.startsWith('K') === true,
  }));
  const times = own.slice(0, 300).map(({ pts_time }) => Number(pts_time));
  const isRaw = RAW.test(format.format_name);
  return {
    width: stream.width,
    height: stream.height,
    rate: rateOf(fraction(stream.avg_frame_rate), times),
    ...(isRaw && !(await statesRate(file, stream)) && { isRateAssumed: true }),
    ...(places.length > 0 && { expectedFrames: places.length }),
    orientation: readOrientation(stream),
    pixelAspect: aspectOf(stream.sample_aspect_ratio),
    color: colorOf(stream),
    decoder: 'ffmpeg',
    async *decode(onTruncated) {
      const offset = start - origin;
      const plan = { stream, places, offset: Number.isFinite(offset) ? offset : 0 };
      const cutOff = yield* decode(path, file, plan);
      if (own.length < stated) {
        onTruncated(`it states ${stated} frames and contains ${own.length}`);
      } else if (cutOff !== undefined) {
        onTruncated(`ffmpeg reports "${cutOff}"`);
      }
    },
  };
}

/** Containers whose clock starts at 0 for all streams. */
const CLOCK = /mov|mp4|matroska|webm|avi/;

/** Streams without a container. */
const RAW = /^(h264|hevc|m4v|mpegvideo|h263|h261|av1|obu|dirac|vc1)$/;

/** Whether a stream without a container states its rate: FFmpeg then does not take the one that it is given. */
async function statesRate(file: string, { index }: ProbedStream): Promise<boolean> {
  const probe = await run('ffprobe', [
    ...['-v', 'error', '-framerate', '17', '-of', 'csv=p=0', '-select_streams', String(index)],
    ...['-show_entries', 'stream=avg_frame_rate,r_frame_rate', file],
  ]);
  return probe.code === 0 && !/\b17\/1\b/.test(probe.output);
}

interface Plan {
  readonly stream: ProbedStream;
  /** Packets in order of decoding. */
  readonly places: readonly PacketPlace[];
  /** What ffmpeg subtracts from all times, seconds. */
  readonly offset: number;
}

/** Messages about a file that ends within a packet. */
const CUT_OFF = /ended prematurely|partial file/;

/** Decodes a stream. @returns the message of ffmpeg that the file is cut off, if there was one */
async function* decode(
  path: string,
  file: string,
  { stream, places, offset }: Plan,
): AsyncGenerator<DecodedFrame, string | undefined> {
  const format = formatOf(stream.pix_fmt);
  const child = spawn(
    'ffmpeg',
    [
      ...['-nostdin', '-nostats', '-hide_banner', '-v', 'level+info'],
      // Without the threads that decode frames ahead, a damaged frame is reported before it is shown.
      ...['-thread_type', 'slice', '-noautorotate', '-i', file],
      ...['-map', `0:${stream.index}`, '-vsync', 'passthrough', '-autoscale', '0'],
      // The time of each frame goes to the log.
      ...[
        '-vf',
        `showinfo=checksum=0,format=${format.names}`,
        '-sws_flags',
        'accurate_rnd+full_chroma_int',
      ],
      ...['-f', 'rawvideo', 'pipe:1'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log = watchLog(child);
  const left = once(child, 'close');
  const joints = jointsIn(places);
  const gaps = trackGaps(places, stream.has_b_frames ?? 0);
  try {
    let shown = 0;
    const blocks = blocksOf(child.stdout);
    for (;;) {
      const info = await log.info(shown);
      if (info === undefined) break;
      const data = await blocks.take(bytesOf(info, format));
      if (data === undefined) break;
      const timestamp = info.timestamp === undefined ? undefined : info.timestamp + offset;
      const { missing, isDamaged } = gaps.next(timestamp, info);
      yield* missing.map((time): DecodedFrame => ({ timestamp: time, isDamaged: true }));
      yield {
        pixels: pixelsOf(data, info, format),
        timestamp,
        ...(info.field && { field: info.field }),
        ...(isDamaged && { isDamaged }),
        ...(joints.has(shown) && { isCut: true }),
      };
      shown++;
    }
    const [code] = (await left) as [number | null];
    if (shown > 0) {
      const missing = gaps.rest(log.damage());
      yield* missing.map((time): DecodedFrame => ({ timestamp: time, isDamaged: true }));
    } else if (code !== 0 || log.errors().length > 0) {
      throw unreadable(path, log.errors().at(-1) ?? `ffmpeg exited with ${code}`);
    }
    return log.errors().find((text) => CUT_OFF.test(text));
  } finally {
    child.kill('SIGKILL');
    // It is not closed while there is output to be read.
    child.stdout.destroy();
    child.stderr.destroy();
    await left;
  }
}

function bytesOf(size: Pick<FrameInfo, 'width' | 'height'>, { planes }: Format): number {
  if (planes === undefined) return 3 * size.width * size.height;
  return samplesOf({ ...size, chroma: planes.chroma }) * (planes.bits > 8 ? 2 : 1);
}

function pixelsOf(
  data: Uint8Array,
  { width, height }: Pick<FrameInfo, 'width' | 'height'>,
  { planes }: Format,
): Planes | RgbImage {
  if (planes === undefined) return { data, width, height, channels: 3 };
  const samples = planes.bits > 8 ? new Uint16Array(data.buffer, 0, data.length / 2) : data;
  return { ...planes, width, height, data: samples };
}

/** Takes blocks of any size from a stream; an incomplete last block is dropped. */
function blocksOf(stream: Readable): { take(size: number): Promise<Uint8Array | undefined> } {
  const chunks = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array(0);
  return {
    async take(size) {
      const block = new Uint8Array(size);
      let filled = 0;
      while (filled < size) {
        if (chunk.length === 0) {
          const next = await chunks.next();
          if (next.done === true) return undefined;
          chunk = next.value;
        }
        const part = chunk.subarray(0, size - filled);
        block.set(part, filled);
        filled += part.length;
        chunk = chunk.subarray(part.length);
      }
      return block;
    },
  };
}

function readOrientation({ side_data_list = [] }: ProbedStream): Orientation {
  const text = side_data_list.find(({ displaymatrix }) => displaymatrix)?.displaymatrix;
  if (text === undefined) return UPRIGHT;
  const rows = text.trim().split('\n');
  return orientationOf(
    rows.flatMap((row) => row.replace(/^.*:/, '').trim().split(/\s+/).map(Number)),
  );
}

function fraction(text: string): number {
  const [above, below] = text.split('/').map(Number);
  return above! / below!;
}

async function run(
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, errors };
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^.*?: /, '') || 'ffprobe gives no reason'
  );
}
