/**
 * @file A clip that FFmpeg decodes, because the browser cannot. Each reading runs it once more, from the start, in a
 * worker that is used again, because loading FFmpeg takes a second.
 */
import { clipOfStream, frameOf, FRAME_HEADER, readHeader, sampleBytes } from '@telltale/core/video';
import type { DecodedFrame, VideoStream } from '@telltale/core/video';

import { WebError } from '../errors.ts';
import type { OpenClip } from '../video/open-clip.ts';
import { openMessages, type MessageQueue } from './messages.ts';
import { MORE } from './protocol.ts';
import type { PartEnd, RunEnd, RunRequest, RunStart } from './protocol.ts';
import type { FfmpegWorker } from './remote.ts';
import { readRing, stopRing } from './ring.ts';

/** Options of {@link openFfmpegClip}. */
export interface FfmpegClipOptions {
  /** Name in the report. */
  readonly name: string;
  /** Name of the codec or container, for messages. */
  readonly codec: string;
  /** Starts a worker that runs `serveFfmpeg`; called again only where one is busy or has broken down. */
  readonly start: () => FfmpegWorker;
}

/**
 * Opens a clip with FFmpeg.
 *
 * @throws WebError `NOT_VIDEO`, `AUDIO_ONLY`, `FRAMES_EMPTY`, `CODEC_UNSUPPORTED`, `DECODER_MISSING`
 */
export async function openFfmpegClip(file: Blob, options: FfmpegClipOptions): Promise<OpenClip> {
  const { name } = options;
  const workers = openWorkers(options.start);
  const first = await start(file, name, workers);
  let waiting: Started | undefined = first;
  const stream: VideoStream = {
    ...first.run.video,
    decoder: 'ffmpeg',
    async *decode(onTruncated) {
      const started = waiting ?? (await start(file, name, workers));
      waiting = undefined;
      try {
        yield* framesIn(started);
        const { truncated, isBroken, log } = await started.end;
        if (isBroken === true) throw new Error(log); // out of memory
        if (truncated !== undefined) onTruncated(truncated);
      } finally {
        started.stop();
      }
    },
  };
  const clip = clipOfStream(stream, {
    name,
    refusal: (reason) =>
      new WebError(reason === 'damaged' ? 'VIDEO_BROKEN' : 'FRAMES_EMPTY', { name }),
  });
  return { ...clip, decoder: 'ffmpeg', close: () => workers.close() };
}

/** Why there is no frame at all. */
function errorOfEnd({ codec, hasSound, isLoaded, isBroken, log }: RunEnd, name: string): Error {
  const cause = new Error(log);
  if (!isLoaded) return new WebError('DECODER_MISSING', {}, { cause });
  if (isBroken === true) return cause; // out of memory
  if (codec === '') return new WebError(hasSound ? 'AUDIO_ONLY' : 'NOT_VIDEO', { name }, { cause });
  if (log === '') return new WebError('FRAMES_EMPTY', { name });
  return new WebError('CODEC_UNSUPPORTED', { name, codec }, { cause });
}

/** Workers of one clip. */
interface Workers {
  /** One that has nothing to do, or a new one. */
  take(): Promise<FfmpegWorker>;
  /** To be taken again once a run has ended, unless that has broken it. */
  giveBack(worker: FfmpegWorker, end: Promise<RunEnd>): void;
  drop(worker: FfmpegWorker): void;
  close(): void;
}

function openWorkers(startWorker: () => FfmpegWorker): Workers {
  const all = new Set<FfmpegWorker>();
  const idle: Promise<FfmpegWorker | undefined>[] = [];
  const drop = (worker: FfmpegWorker): void => {
    all.delete(worker);
    worker.terminate();
  };
  return {
    async take() {
      const kept = await idle.pop();
      if (kept !== undefined) return kept;
      const worker = startWorker();
      all.add(worker);
      return worker;
    },
    giveBack(worker, end) {
      idle.push(
        end.then(({ isLoaded, isBroken }) => {
          if (isLoaded && isBroken !== true) return worker;
          drop(worker);
          return undefined;
        }),
      );
    },
    drop,
    close() {
      for (const worker of [...all]) drop(worker);
    },
  };
}

interface Started {
  readonly run: RunStart;
  /** Frames where no memory is shared. */
  readonly messages: MessageQueue;
  readonly end: Promise<RunEnd>;
  /** Frees the worker, whether the run has ended or not. */
  stop(): void;
}

async function start(file: Blob, name: string, workers: Workers): Promise<Started> {
  const worker = await workers.take();
  const messages = openMessages(() => worker.postMessage(MORE));
  let first: (run: RunStart) => void;
  let last: (end: RunEnd) => void;
  let fail: (error: unknown) => void;
  let hasEnded = false;
  const run = new Promise<RunStart>((resolve, reject) => ([first, fail] = [resolve, reject]));
  const end = new Promise<RunEnd>((resolve) => (last = resolve));
  worker.onmessage = ({ data }: MessageEvent<RunStart | Uint8Array | PartEnd | RunEnd>) => {
    if (data instanceof Uint8Array || 'isPaused' in data) messages.take(data);
    else if ('ended' in data) {
      hasEnded = true;
      messages.take(data);
      last(data);
      // Without effect where a frame came before.
      fail(errorOfEnd(data, name));
    } else first(data);
  };
  worker.onerror = ({ message }) => fail(new Error(message));
  // WebKitGTK is isolated and has no shared memory all the same.
  const isShared = globalThis.crossOriginIsolated && typeof SharedArrayBuffer !== 'undefined';
  worker.postMessage({ file, isShared } satisfies RunRequest);
  try {
    const known = await run;
    const stop = (): void => {
      if (known.ring !== undefined) stopRing(known.ring);
      // Without a ring, a run cannot be ended early.
      if (known.ring !== undefined || hasEnded) workers.giveBack(worker, end);
      else workers.drop(worker);
    };
    return { run: known, messages, end, stop };
  } catch (error) {
    workers.drop(worker);
    throw error;
  }
}

/** Frames whose samples are valid at once: one, its neighbors, and one more. */
const RING = 4;

async function* framesIn({ run: { ring }, messages }: Started): AsyncGenerator<DecodedFrame> {
  const read = (into: Uint8Array): boolean | Promise<boolean> =>
    ring === undefined ? messages.read(into) : readRing(ring, into);
  const header = new Uint8Array(FRAME_HEADER);
  const rings = new Map<number, Uint8Array[]>();
  while (await read(header)) {
    const stated = readHeader(new DataView(header.buffer));
    const length = sampleBytes(stated);
    const buffers = rings.get(length) ?? [];
    rings.set(length, buffers);
    const data = buffers.length < RING ? new Uint8Array(length) : buffers.shift()!;
    buffers.push(data);
    if (!(await read(data))) return;
    yield frameOf(stated, data);
  }
}
