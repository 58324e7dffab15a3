/** @file Decodes with the codecs that install with telltale, in a process of their own. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { extname, resolve } from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';

import { openColors } from '@telltale/core/video';
import type { Colors } from '@telltale/core/video';

import { DAMAGE, rateOf, truncated, unreadable, UPRIGHT } from '../stream.ts';
import type { DecodedFrame, Orientation, VideoStream } from '../stream.ts';
import { FRAME_HEADER } from './protocol.ts';
import type { Answer, Probe } from './protocol.ts';

/** Beside this file, in the language that this file is in. */
const PROCESS = new URL(`./decode-process${extname(import.meta.url)}`, import.meta.url);

/** The longest that a decoder may be silent while its output is awaited, seconds. */
const PATIENCE = 60;

/** A video that was opened, or why another decoder has to read it. */
export type Opened =
  | { readonly stream: VideoStream; readonly hasSound: boolean }
  | { readonly foreign: string; readonly isVideo: boolean };

/**
 * Opens a video file and reads its properties.
 *
 * @returns `foreign` with the reason where it may be a video that only other decoders read
 * @throws TelltaleError `VIDEO_UNREADABLE`
 */
export async function openBuiltin(path: string): Promise<Opened> {
  const reader = read(path);
  try {
    const answer = await reader.answer();
    if (answer === undefined) {
      throw unreadable(path, reader.damage() ?? 'its decoder ended or took too long');
    }
    if ('kind' in answer) {
      const { kind, why } = answer;
      if (kind !== 'unreadable') return { foreign: why, isVideo: kind === 'foreign' };
      throw unreadable(path, reader.damage() ?? answer.why);
    }
    return { stream: streamOf(path, answer), hasSound: answer.hasSound };
  } finally {
    await reader.end();
  }
}

function streamOf(path: string, probe: Probe): VideoStream {
  const { width, height, times } = probe;
  return {
    width,
    height,
    rate: rateOf(statedRate(times), times.slice(0, 300)),
    expectedFrames: times.length,
    orientation: ORIENTATIONS[probe.rotation] ?? UPRIGHT,
    decode: () => decode(path, probe),
  };
}

/** By degrees clockwise. */
const ORIENTATIONS: Readonly<Record<number, Orientation>> = {
  90: [0, 1, -1, 0],
  180: [-1, 0, 0, -1],
  270: [0, -1, 1, 0],
};

/** The mean frame rate; a common one where the times, which a container may round to milliseconds, allow it. */
function statedRate(times: readonly number[]): number {
  const seconds = times.at(-1)! - times[0]!;
  const rate = (times.length - 1) / seconds;
  const off = (one: number): number => Math.abs(rate / one - 1);
  const [whole, ntsc] = [Math.round(rate), (Math.round(rate * 1.001) * 1000) / 1001];
  const common = off(whole) < off(ntsc) ? whole : ntsc;
  return off(common) < 0.001 / seconds ? common : rate;
}

async function* decode(path: string, probe: Probe): AsyncGenerator<DecodedFrame> {
  const reader = read(path, 'frames');
  const colors = await openColors();
  let shown = 0;
  try {
    await reader.answer();
    for await (const frame of reader.frames()) {
      yield frameOf(frame, { colors, probe, timestamp: probe.times[shown] });
      shown++;
    }
    const { statedEnd, end, times, hasSound } = probe;
    const damage = reader.damage();
    if (damage !== undefined) throw truncated(path, damage);
    if (shown !== times.length) {
      throw truncated(path, `it states ${times.length} frames and ${shown} can be decoded`);
    }
    // The header counts the sound too, which may end a little later than the last frame.
    const slack = hasSound ? 0.3 : 0.75 * (end / times.length);
    if (statedEnd !== null && statedEnd > end + slack) {
      throw truncated(
        path,
        `it states ${statedEnd.toFixed(2)} s and ends after ${end.toFixed(2)} s`,
      );
    }
  } finally {
    await reader.end();
  }
}

interface Planes {
  readonly width: number;
  readonly height: number;
  readonly isFullRange: boolean;
  /** Y, U and V in 4:2:0, rows without padding. */
  readonly data: Uint8Array;
}

/** A frame as RGB; converted when its pixels are first read: readers that skip frames do not pay for them. */
function frameOf(
  { width, height, isFullRange, data: planes }: Planes,
  {
    colors,
    probe,
    timestamp,
  }: { readonly colors: Colors; readonly probe: Probe; readonly timestamp: number | undefined },
): DecodedFrame {
  const half = (width + 1) >> 1;
  const chroma = half * ((height + 1) >> 1);
  const luma = width * height;
  const layout = [
    { offset: 0, stride: width },
    { offset: luma, stride: half },
    { offset: luma + chroma, stride: half },
  ];
  let rgb: Uint8Array | undefined;
  const convert = (): Uint8Array => {
    colors.room({ bytes: planes.length, width, height }).set(planes);
    const reading = { matrix: probe.matrix, fullRange: isFullRange || probe.fullRange };
    // Overwritten by the next frame, like the planes: what is kept is copied by those who keep it.
    return colors.convert({ format: 'I420', layout, width, height }, reading);
  };
  return {
    width,
    height,
    channels: 3,
    ...(timestamp !== undefined && { timestamp }),
    get data() {
      return (rgb ??= convert());
    },
  };
}

interface Reader {
  /** The first line; undefined where the process ended before. */
  answer(): Promise<Answer | undefined>;
  frames(): AsyncGenerator<Planes>;
  /** What the log of the decoder reports of damage. Complete once the frames are. */
  damage(): string | undefined;
  end(): Promise<void>;
}

function read(path: string, ...words: readonly string[]): Reader {
  const child: ChildProcess = fork(PROCESS, [resolve(path), ...words], {
    execArgv: process.execArgv.filter((word) => !word.startsWith('--inspect')),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let damage: string | undefined;
  let rest = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    damage ??= lines.find((line) => DAMAGE.test(line))?.replace(/^\[\w+ @ 0x[0-9a-f]+\] /, '');
  });
  const left = once(child, 'close');
  left.catch(() => undefined);
  const stalled = (): void => {
    damage ??= `its decoder was silent for ${PATIENCE} s`;
    child.kill('SIGKILL');
  };
  const bytes = exactly(child.stdout!, stalled);
  return {
    async answer() {
      const line = await bytes.line();
      return line === undefined ? undefined : (JSON.parse(line) as Answer);
    },
    async *frames() {
      for (;;) {
        const header = await bytes.take(FRAME_HEADER);
        if (header === undefined) break;
        const view = new DataView(header.buffer, header.byteOffset);
        const [width, height] = [view.getUint32(0, true), view.getUint32(4, true)];
        const size = width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);
        const data = await bytes.take(size);
        if (data === undefined) break;
        yield { width, height, isFullRange: view.getUint32(8, true) === 1, data };
      }
      const [code, by] = (await left) as [number | null, string | null];
      if (code !== 0) damage ??= `its decoder ended with ${by ?? code}`;
    },
    damage: () => damage,
    async end() {
      child.kill('SIGKILL');
      // It is not closed while there is output to be read.
      child.stdout!.destroy();
      child.stderr!.destroy();
      await left.catch(() => undefined);
    },
  };
}

/** Reads a stream in pieces of wanted lengths; calls `stalled` where a piece is long in coming. */
function exactly(
  stream: Readable,
  stalled: () => void,
): {
  line: () => Promise<string | undefined>;
  /** Valid until the next piece of the same length. */
  take: (length: number) => Promise<Uint8Array | undefined>;
} {
  const chunks = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const buffers = new Map<number, Uint8Array>();
  let chunk: Uint8Array = new Uint8Array(0);
  const more = async (): Promise<boolean> => {
    const late = setTimeout(stalled, 1000 * PATIENCE);
    const next = await chunks.next();
    clearTimeout(late);
    if (next.done === true) return false;
    chunk = next.value;
    return true;
  };
  return {
    async line() {
      let text = '';
      for (;;) {
        const end = chunk.indexOf(10);
        text += Buffer.from(chunk.subarray(0, end < 0 ? chunk.length : end)).toString('latin1');
        if (end >= 0) {
          chunk = chunk.subarray(end + 1);
          return text;
        }
        if (!(await more())) return undefined;
      }
    },
    async take(length) {
      // One buffer per length: a new one for every frame would be most of the work of the garbage collector.
      const out = buffers.get(length) ?? new Uint8Array(length);
      buffers.set(length, out);
      let filled = 0;
      while (filled < length) {
        if (chunk.length === 0 && !(await more())) return undefined;
        const part = chunk.subarray(0, length - filled);
        out.set(part, filled);
        filled += part.length;
        chunk = chunk.subarray(part.length);
      }
      return out;
    },
  };
}
