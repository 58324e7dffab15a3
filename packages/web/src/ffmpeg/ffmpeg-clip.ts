/** @file A clip that FFmpeg decodes, because the browser cannot. Each reading runs it once more, from the start. */
import { openColors } from '@telltale/core/video';
import type { Frame } from '@telltale/core';
import type { PlanesLayout } from '@telltale/core/video';

import { WebError } from '../errors.ts';
import type { OpenClip } from '../video/open-clip.ts';
import { RING, slotBytes, type RingEnd, type RingStart } from './ring.ts';

/** One frame as FFmpeg decodes it. */
export interface RawFrame {
  /** Planes Y', Cb, Cr (I420), without padding; valid until the next frame is requested. */
  readonly planes: Uint8Array;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Seconds from the first frame. */
  readonly time: number;
}

/** Options of {@link openFfmpegClip}. */
export interface FfmpegClipOptions {
  /** Name in the report. */
  readonly name: string;
  /** Name of the codec or container, for messages. */
  readonly codec: string;
  /** Starts a worker that runs `serveFfmpeg`; called once per reading. */
  readonly start: () => Worker;
  /** Called with each frame of every reading, before the frame is given out. */
  readonly onFrame?: ((frame: RawFrame) => void | Promise<void>) | undefined;
}

/**
 * Opens a clip with FFmpeg.
 *
 * @throws WebError `NOT_VIDEO`, `AUDIO_ONLY`, `FRAMES_EMPTY`, `CODEC_UNSUPPORTED`, `DECODER_MISSING`, `NOT_ISOLATED`
 */
export async function openFfmpegClip(file: Blob, options: FfmpegClipOptions): Promise<OpenClip> {
  const { name, codec, onFrame } = options;
  // WebKitGTK is isolated and has no shared memory all the same.
  const sharesMemory = globalThis.crossOriginIsolated && typeof SharedArrayBuffer !== 'undefined';
  if (!sharesMemory) throw new WebError('NOT_ISOLATED', { name, codec });
  const first = await start(file, options);
  const { width, height } = first.clip;
  let waiting: Started | undefined = first;
  return {
    name,
    width,
    height,
    rate: 25,
    decoder: 'ffmpeg',
    async *frames() {
      const run = waiting ?? (await start(file, options));
      waiting = undefined;
      try {
        for await (const { frame, planes } of read(run, name)) {
          await onFrame?.({ planes, width, height, time: frame.time });
          yield frame;
        }
      } finally {
        run.worker.terminate();
      }
    },
    close: () => waiting?.worker.terminate(),
  };
}

/** Why there is no frame at all. */
function errorOfEnd({ codec, hasSound, isLoaded, status, log }: RingEnd, name: string): Error {
  const cause = new Error(log);
  if (isLoaded === false) return new WebError('DECODER_MISSING', {}, { cause });
  if (isLoaded === true) return cause; // out of memory
  if (codec === '') return new WebError(hasSound ? 'AUDIO_ONLY' : 'NOT_VIDEO', { name }, { cause });
  if (status === 0) return new WebError('FRAMES_EMPTY', { name });
  return new WebError('CODEC_UNSUPPORTED', { name, codec }, { cause });
}

interface Started {
  readonly worker: Worker;
  readonly clip: RingStart;
  readonly end: Promise<RingEnd>;
}

async function start(
  file: Blob,
  { name, start: startWorker }: FfmpegClipOptions,
): Promise<Started> {
  const worker = startWorker();
  let first: (clip: RingStart) => void;
  let last: (end: RingEnd) => void;
  let fail: (error: unknown) => void;
  const clip = new Promise<RingStart>((resolve, reject) => ([first, fail] = [resolve, reject]));
  const end = new Promise<RingEnd>((resolve) => (last = resolve));
  worker.addEventListener('message', ({ data }: MessageEvent<RingStart | RingEnd>) => {
    if ('ended' in data) {
      last(data);
      // Without effect where a frame came before.
      fail(errorOfEnd(data, name));
    } else first(data);
  });
  worker.addEventListener('error', ({ message }) => fail(new Error(message)));
  worker.postMessage({ file });
  try {
    return { worker, clip: await clip, end };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/** Codecs whose chroma samples lie between two columns, by FFmpeg's decoders; those of others lie on even columns. */
const CENTERED: ReadonlySet<string> = new Set(['mpeg1video', 'mjpeg', 'h263']);

async function* read(
  { clip, end }: Started,
  name: string,
): AsyncGenerator<{ frame: Frame; planes: Uint8Array }> {
  const { width, height, control, times, slots, codec } = clip;
  const reading = { ...clip.color, isCentered: CENTERED.has(codec) };
  const size = slotBytes(width, height);
  const half = (width + 1) >> 1;
  const area = width * height;
  const layout = [
    { offset: 0, stride: width },
    { offset: area, stride: half },
    { offset: area + half * ((height + 1) >> 1), stride: half },
  ];
  const colors = await openColors();
  const room = { bytes: size, width, height };
  const planes: PlanesLayout = { format: 'I420', layout, width, height };
  let start = 0;
  let time = 0;
  for (let index = 0; ; index++) {
    if (!isThere(control, index)) break;
    const slot = index % RING.slots;
    const data = colors.room(room);
    data.set(slots.subarray(slot * size, (slot + 1) * size));
    const stated = times[slot]!;
    Atomics.store(control, RING.read, index + 1);
    Atomics.notify(control, RING.read);
    if (index === 0) start = stated;
    else time = stated - start > time ? stated - start : time + 1 / 25;
    let rgb: Uint8Array | undefined;
    const frame: Frame = {
      index,
      time,
      width,
      height,
      channels: 3,
      get data() {
        return (rgb ??= colors.convert(planes, reading));
      },
    };
    yield { frame, planes: data };
  }
  const { status, log, isLoaded } = await end;
  if (isLoaded === true) throw new Error(log);
  if (status !== 0) {
    throw new WebError('VIDEO_BROKEN', { name }, { cause: new Error(log) });
  }
}

/** Waits for frame `index`; false where the clip ends before it. */
function isThere(control: Int32Array<SharedArrayBuffer>, index: number): boolean {
  for (;;) {
    // The end is read first: frames that came before it still count.
    const isEnded = Atomics.load(control, RING.ended) === 1;
    const written = Atomics.load(control, RING.written);
    if (written > index) return true;
    if (isEnded) return false;
    // With a timeout: the end may come between reading it and waiting.
    Atomics.wait(control, RING.written, written, 50);
  }
}
