/** @file Decodes with the codecs that install with telltale, in a process of their own. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, readFileSync, readSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';

import {
  DAMAGE,
  frameOf,
  FRAME_HEADER,
  rateOfTimes,
  readHeader,
  sampleBytes,
} from '@telltale/core/video';
import type { DecodedFrame, TimeSpan, VideoStream } from '@telltale/core/video';

import { truncated, unreadable } from '../stream.ts';
import { childWords } from './child-words.ts';
import { openLog } from './log.ts';
import { openPipe } from './pipe.ts';
import type { InputPipe } from './pipe.ts';
import type { Answer, Probe, Request } from './protocol.ts';

/** Beside this file, in the language that this file is in. */
const PROCESS = new URL(`./decode-process${extname(import.meta.url)}`, import.meta.url);

/** The longest that a decoder may be silent while its output is awaited, seconds. */
const PATIENCE = 60;
/**
 * The longest that it may compute before it has read the properties of a file, seconds of CPU time, and more for a large
 * one: readers of containers loop on some damaged files. Known on Linux only.
 */
const OPENING = 5;
/** Bytes of a file for which another second is granted. */
const BYTES_PER_SECOND = 2e7;

/** A video that was opened, or why another decoder has to read it. */
export type Opened =
  | {
      readonly stream: VideoStream;
      readonly hasSound: boolean;
      /** Ends the process that read the properties, where it was not used for frames. */
      readonly release: () => Promise<void>;
    }
  | { readonly foreign: string; readonly isVideo: boolean };

/**
 * Opens a video file and reads its properties.
 *
 * @returns `foreign` with the reason where it may be a video that only other decoders read
 * @throws TelltaleError `VIDEO_UNREADABLE`
 */
export async function openBuiltin(path: string): Promise<Opened> {
  const reader = await read(path);
  let isParked = false;
  try {
    const answer = await reader.answer();
    if (answer === undefined) {
      throw await unreadable(path, reader.damage() ?? 'its decoder ended or took too long');
    }
    if ('kind' in answer) {
      const { kind, why } = answer;
      if (kind !== 'unreadable') return { foreign: why, isVideo: kind === 'foreign' };
      throw await unreadable(path, reader.damage() ?? answer.why);
    }
    isParked = true;
    const parked = park(reader);
    const stream = streamOf(path, answer, parked);
    return { stream, hasSound: answer.hasSound, release: parked.release };
  } finally {
    if (!isParked) await reader.end();
  }
}

/** The longest that a process waits for its frames to be read, milliseconds: another one is started after that. */
const PARKED = 15_000;

/** A process that has read the properties of a file, for the first reading of its frames. */
interface Parked {
  /** The process, once; undefined where it is gone. */
  readonly take: () => Reader | undefined;
  readonly release: () => Promise<void>;
}

/** Starting a process takes as long as decoding a second of video; it does not keep the program from ending. */
function park(reader: Reader): Parked {
  let parked: Reader | undefined = reader;
  const release = async (): Promise<void> => {
    clearTimeout(timer);
    const left = parked;
    parked = undefined;
    await left?.end();
  };
  const timer = setTimeout(() => void release(), PARKED).unref();
  reader.hold(false);
  return {
    release,
    take() {
      clearTimeout(timer);
      const taken = parked;
      if (taken?.isRunning() !== true) return undefined; // it is ended with the clip
      parked = undefined;
      taken.hold(true);
      return taken;
    },
  };
}

function streamOf(path: string, probe: Probe, parked: Parked): VideoStream {
  const { width, height, orientation, pixelAspect, color, times } = probe;
  const { isRateAssumed, mayJump, isSeekable, videos } = probe;
  return {
    ...{ width, height, orientation, pixelAspect, color },
    rate: rateOfTimes(times),
    expectedFrames: times.length,
    ...(isRateAssumed && { isRateAssumed }),
    ...(mayJump && { mayJump }),
    ...(videos > 1 && { videos }),
    decoder: 'built-in',
    decode: (onTruncated) => decode(path, { probe, parked, onTruncated }),
    ...(isSeekable && { timestamps: times, decodeWithin: (spans) => decodeWithin(path, spans) }),
  };
}

async function* decodeWithin(
  path: string,
  spans: readonly TimeSpan[],
): AsyncGenerator<DecodedFrame> {
  const reader = await read(path);
  try {
    // Where it cannot be read any more, all of it is read again, with the error of that.
    if ((await reader.answer()) === undefined) return;
    reader.start({ spans });
    yield* reader.frames();
  } finally {
    await reader.end();
  }
}

async function* decode(
  path: string,
  {
    probe,
    parked,
    onTruncated,
  }: {
    readonly probe: Probe;
    readonly parked: Parked;
    readonly onTruncated: (why: string) => void;
  },
): AsyncGenerator<DecodedFrame> {
  const taken = parked.take();
  const reader = taken ?? (await read(path, 'frames'));
  try {
    if (taken === undefined) await reader.answer();
    else taken.start({});
    let shown = 0;
    for await (const frame of reader.frames()) {
      shown++;
      yield frame;
    }
    if (probe.truncated !== null) onTruncated(probe.truncated);
    else if (shown < probe.times.length) {
      onTruncated(`it states ${probe.times.length} frames and ${shown} can be read`);
    }
    const failure = reader.failure();
    if (failure === undefined) return;
    if (shown === 0) throw truncated(path, failure);
    onTruncated(failure);
  } finally {
    await reader.end();
  }
}

interface Reader {
  /** The first line; undefined where the process ended before. */
  answer(): Promise<Answer | undefined>;
  frames(): AsyncGenerator<DecodedFrame>;
  /** Why there are no more frames, where there should be. Known once the frames are read. */
  failure(): string | undefined;
  /** What the log of the decoder reports of damage. */
  damage(): string | undefined;
  isRunning(): boolean;
  /** Asks a process that has answered for frames. */
  start(request: Request): void;
  /** Whether the program waits for the process before it ends. */
  hold(isHeld: boolean): void;
  end(): Promise<void>;
}

/** So much of a log is searched, bytes. */
const MOST_LOG = 2 ** 20;

async function read(path: string, ...words: readonly string[]): Promise<Reader> {
  const pipe = await openPipe();
  // A file, and not a pipe, so that the process can read its own log back, in step with what it decodes.
  const handle = openLog();
  const child: ChildProcess = fork(PROCESS, [resolve(path), ...words], {
    execArgv: childWords(),
    stdio: ['ignore', pipe.other, handle, 'ipc'],
  });
  pipe.other.destroy(); // it is the child's now
  let failure: string | undefined;
  let isEnded = false;
  const left = once(child, 'close');
  left.catch(() => undefined);
  const lines = (): string[] => {
    const text = Buffer.alloc(Math.min(fstatSync(handle).size, MOST_LOG));
    readSync(handle, text, 0, text.length, 0);
    return text.toString('latin1').split('\n');
  };
  const find = (pattern: RegExp): string | undefined =>
    lines()
      .find((line) => pattern.test(line))
      ?.replace(/^\[\w+ @ 0x[0-9a-f]+\] /, '');
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let most: number | undefined = OPENING + size / BYTES_PER_SECOND;
  const watch = (): (() => void) => {
    let seconds = 0;
    let first: number | undefined;
    const timer = setInterval(() => {
      const used = most === undefined ? undefined : cpuSeconds(child.pid!);
      first ??= used;
      if (used !== undefined && first !== undefined && used - first > most!) {
        failure ??= 'its container is damaged, so that it is read without an end';
      } else if (++seconds < PATIENCE) return;
      failure ??= `its decoder was silent for ${PATIENCE} s`;
      child.kill('SIGKILL');
    }, 1000);
    return () => clearInterval(timer);
  };
  const bytes = exactly(pipe, watch);
  const hold = (isHeld: boolean): void => {
    for (const one of [child, child.channel]) {
      if (isHeld) one?.ref();
      else one?.unref();
    }
    pipe.hold(isHeld);
  };
  return {
    async answer() {
      const line = await bytes.line();
      most = undefined;
      return line === undefined ? undefined : (JSON.parse(line) as Answer);
    },
    async *frames() {
      for (;;) {
        const head = await bytes.take(FRAME_HEADER);
        if (head === undefined) break;
        const header = readHeader(new DataView(head.buffer, head.byteOffset));
        const data = await bytes.take(sampleBytes(header));
        if (data === undefined) break;
        yield frameOf(header, data);
      }
      const [code, by] = (await left) as [number | null, string | null];
      if (code !== 0) failure ??= `its decoder ended with ${by ?? code}`;
      failure ??= find(/^Truncated: /)?.replace('Truncated: ', '');
    },
    failure: () => failure,
    damage: () => failure ?? find(DAMAGE),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    start(request) {
      // Where it has ended, that is found when its frames are read.
      if (child.connected) child.send(request, () => undefined);
    },
    hold,
    async end() {
      hold(true); // its end is waited for
      child.kill('SIGKILL');
      pipe.close();
      await left.catch(() => undefined);
      if (!isEnded) closeSync(handle);
      isEnded = true;
    },
  };
}

/** A frame, its neighbors for deinterlacing, and one more. */
const RING = 4;

/** CPU time of a process, seconds; undefined where the system does not show it. See proc(5), fields 14 and 15. */
function cpuSeconds(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

/** Reads a pipe in pieces of wanted lengths; calls `watch` while it waits for one. */
function exactly(
  pipe: InputPipe,
  watch: () => () => void,
): {
  line: () => Promise<string | undefined>;
  /** Valid until as many more pieces of the same length as there are buffers. */
  take: (length: number) => Promise<Uint8Array | undefined>;
} {
  const rings = new Map<number, Uint8Array[]>();
  let chunk: Uint8Array = new Uint8Array(0);
  const more = async (): Promise<boolean> => {
    const unwatch = watch();
    const next = await pipe.next();
    unwatch();
    if (next === undefined) return false;
    chunk = next;
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
      // Buffers are used again: new ones for every frame would be most of the work of the garbage collector.
      const ring = rings.get(length) ?? [];
      rings.set(length, ring);
      const out = ring.length < RING ? new Uint8Array(length) : ring.shift()!;
      ring.push(out);
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
