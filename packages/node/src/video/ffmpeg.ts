/**
 * @file Decodes with the programs `ffmpeg` and `ffprobe` where they are installed.
 *
 * ffmpeg writes raw frames to a pipe and the time of each to its log (filter `showinfo`), so that one run gives both.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';

import {
  DAMAGE,
  isNoClip,
  orientationOf,
  rateOf,
  sizeChanged,
  truncated,
  unreadable,
  UPRIGHT,
} from './stream.ts';
import type { DecodedFrame, Orientation, VideoStream } from './stream.ts';

/** The properties of a stream that are read from ffprobe. */
interface ProbedStream {
  readonly index: number;
  readonly width: number;
  readonly height: number;
  readonly avg_frame_rate: string;
  readonly nb_frames?: string;
  readonly disposition: { readonly attached_pic: number };
  readonly side_data_list?: readonly { readonly displaymatrix?: string }[];
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
    ...['-v', 'error', '-of', 'json', '-select_streams', 'v', '-show_entries'],
    'stream:stream_disposition:stream_side_data:format=format_name:packet=stream_index,pts_time',
    file,
  ]);
  if (probe.code !== 0) throw unreadable(path, lastLine(probe.errors));
  const { streams, format, packets } = JSON.parse(probe.output) as {
    readonly packets: readonly { readonly stream_index: number; readonly pts_time?: string }[];
    readonly streams: readonly ProbedStream[];
    readonly format: { readonly format_name: string };
  };
  if (isNoClip(format.format_name)) {
    throw unreadable(path, 'it is an image, a playlist or a text');
  }
  const stream = streams.find(({ disposition }) => disposition.attached_pic === 0);
  if (stream === undefined) throw unreadable(path, 'it contains no video');

  const stated = Number(stream.nb_frames ?? 0);
  const own = packets.filter(({ stream_index }) => stream_index === stream.index);
  const times = own.slice(0, 300).map(({ pts_time }) => Number(pts_time));
  return {
    width: stream.width,
    height: stream.height,
    rate: rateOf(fraction(stream.avg_frame_rate), times),
    expectedFrames: own.length,
    orientation: readOrientation(stream),
    async *decode() {
      yield* decode(path, file, stream);
      if (own.length < stated) {
        throw truncated(path, `it states ${stated} frames and contains ${own.length}`);
      }
    },
  };
}

/** Log lines that are errors; ffmpeg reports data that is cut off as a warning. */
const ERROR = /\[(error|fatal)\]|\[warning\].*corrupt (input packet|decoded frame)/;

/** Logs the time of each frame; interpolates color between pixels as the other decoder does. */
const FILTERS = 'showinfo=checksum=0,scale=flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24';

async function* decode(
  path: string,
  file: string,
  stream: ProbedStream,
): AsyncGenerator<DecodedFrame> {
  const { width, height } = stream;
  const child = spawn(
    'ffmpeg',
    [
      ...['-nostdin', '-hide_banner', '-v', 'level+info', '-noautorotate', '-i', file],
      ...['-map', `0:${stream.index}`, '-vsync', 'passthrough', '-vf', FILTERS],
      ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log = watchLog(child);
  const left = once(child, 'close');
  try {
    let shown = 0;
    for await (const data of blocks(child.stdout, 3 * width * height)) {
      const info = await log.info(shown);
      if (info === undefined) throw truncated(path, `frame ${shown} has no time`);
      if (info.width !== width || info.height !== height) {
        throw sizeChanged(path, shown, [stream, info]);
      }
      const { timestamp } = info;
      yield { data, width, height, channels: 3, ...(timestamp !== undefined && { timestamp }) };
      shown++;
    }
    // Frames smaller than announced may not fill a block.
    const next = await log.info(shown);
    if (next !== undefined && (next.width !== width || next.height !== height)) {
      throw sizeChanged(path, shown, [stream, next]);
    }
    const [code] = (await left) as [number | null];
    const damage = log.errors().find((line) => DAMAGE.test(line));
    if (damage !== undefined && shown > 0) throw truncated(path, damage);
    if (code !== 0) throw unreadable(path, log.errors().at(-1) ?? `ffmpeg exited with ${code}`);
  } finally {
    child.kill('SIGKILL');
    await left;
  }
}

interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly timestamp?: number;
}

/** Follows the log of ffmpeg: the time base, one line per frame, and errors. */
function watchLog(child: ChildProcessByStdio<null, Readable, Readable>): {
  info: (index: number) => Promise<FrameInfo | undefined>;
  errors: () => readonly string[];
} {
  const infos = new Map<number, FrameInfo>();
  const errors: string[] = [];
  let tick = 0;
  let count = 0; // the counter of ffmpeg restarts where a property of the stream changes
  let rest = '';
  let ended = false;
  let wake = (): void => undefined;
  const readLine = (line: string): void => {
    const base = /config in time_base: (\d+)\/(\d+)/.exec(line);
    if (base) tick = Number(base[1]) / Number(base[2]);
    const frame = /\bn: *\d+ pts: *(\S+) .*\bs:(\d+)x(\d+)/.exec(line);
    if (frame) {
      const pts = Number(frame[1]); // "NOPTS" becomes NaN
      infos.set(count++, {
        width: Number(frame[2]),
        height: Number(frame[3]),
        ...(Number.isFinite(pts) && { timestamp: pts * tick }),
      });
    } else if (ERROR.test(line) && errors.length < 100) {
      errors.push(line.replace(/^.*\[(error|fatal|warning)\] */, ''));
    }
  };
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    lines.forEach(readLine);
    wake();
  });
  child.stderr.on('end', () => {
    ended = true;
    wake();
  });
  return {
    errors: () => errors,
    async info(index) {
      while (!infos.has(index) && !ended) {
        await new Promise<void>((resume) => {
          wake = resume;
        });
      }
      const info = infos.get(index);
      infos.delete(index);
      return info;
    },
  };
}

/** Splits a stream into blocks of one size; an incomplete last block is dropped. */
async function* blocks(stream: Readable, size: number): AsyncGenerator<Uint8Array> {
  let block = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    for (let start = 0; start < chunk.length;) {
      const part = chunk.subarray(start, start + size - filled);
      block.set(part, filled);
      filled += part.length;
      start += part.length;
      if (filled === size) {
        yield block;
        block = new Uint8Array(size);
        filled = 0;
      }
    }
  }
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
