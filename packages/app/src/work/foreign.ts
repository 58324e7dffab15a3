/** @file A clip that FFmpeg decodes, because the browser cannot. Each reading runs it once more, from the start. */
import { openColors } from '@telltale/core/video';
import type { Clip, Frame } from '@telltale/core';
import type { PlanesLayout } from '@telltale/core/video';

import { openEncoder, type Encoder } from './encode.ts';
import { RING, slotBytes, type ForeignClip, type ForeignEnd } from './foreign-ring.ts';
import { PageError } from './problem.ts';

/** A clip with a copy that the browser can show. */
export interface ForeignOpened extends Clip {
  /** The copy, once the clip was read for the first time. */
  preview(): Promise<Blob | undefined>;
  close(): void;
}

/**
 * Opens a clip with FFmpeg.
 *
 * @throws PageError `NOT_VIDEO`, `AUDIO_ONLY`, `FRAMES_EMPTY`, `CODEC_UNSUPPORTED`, `DECODER_MISSING`, `NOT_ISOLATED`
 */
export async function openForeign(file: Blob, name: string, codec: string): Promise<ForeignOpened> {
  if (!globalThis.crossOriginIsolated) throw new PageError('NOT_ISOLATED', { name, codec });
  const first = await start(file, name);
  const { width, height } = first.clip;
  let waiting: Started | undefined = first;
  let encoder: Encoder | undefined;
  let preview: Promise<Blob> | undefined;
  const isReadBefore = { value: false };
  return {
    name,
    width,
    height,
    rate: 25,
    async *frames() {
      const run = waiting ?? (await start(file, name));
      waiting = undefined;
      const isFirst = !isReadBefore.value;
      isReadBefore.value = true;
      if (isFirst) encoder = await openEncoder({ width, height, rate: 30 }).catch(() => undefined);
      try {
        for await (const { frame, planes } of read(run, name)) {
          if (isFirst) await encoder?.add({ data: planes, format: 'I420', time: frame.time });
          yield frame;
        }
        if (isFirst) preview = encoder?.finish();
      } finally {
        run.worker.terminate();
      }
    },
    preview: () => preview ?? Promise.resolve(undefined),
    close: () => waiting?.worker.terminate(),
  };
}

/** Why no picture came at all. */
function problemOfEnd(
  { codec, hasSound, isLoaded, status, trouble }: ForeignEnd,
  name: string,
): Error {
  const cause = new Error(trouble);
  if (isLoaded === false) return new PageError('DECODER_MISSING', {}, { cause });
  if (isLoaded === true) return cause; // its memory gave out
  if (codec === '')
    return new PageError(hasSound ? 'AUDIO_ONLY' : 'NOT_VIDEO', { name }, { cause });
  if (status === 0) return new PageError('FRAMES_EMPTY', { name });
  return new PageError('CODEC_UNSUPPORTED', { name, codec }, { cause });
}

interface Started {
  readonly worker: Worker;
  readonly clip: ForeignClip;
  readonly end: Promise<ForeignEnd>;
}

async function start(file: Blob, name: string): Promise<Started> {
  const worker = new Worker(new URL('./foreign.worker.ts', import.meta.url), { type: 'module' });
  let first: (clip: ForeignClip) => void;
  let last: (end: ForeignEnd) => void;
  let fail: (error: unknown) => void;
  const clip = new Promise<ForeignClip>((resolve, reject) => ([first, fail] = [resolve, reject]));
  const end = new Promise<ForeignEnd>((resolve) => (last = resolve));
  worker.addEventListener('message', ({ data }: MessageEvent<ForeignClip | ForeignEnd>) => {
    if ('ended' in data) {
      last(data);
      // Where a picture came before, this says nothing any more.
      fail(problemOfEnd(data, name));
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

/** Codecs whose chroma lies between two columns, as FFmpeg's decoders say; the others' lies on the even ones. */
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
  const { status, trouble, isLoaded } = await end;
  if (isLoaded === true) throw new Error(trouble);
  if (status !== 0) {
    throw new PageError('VIDEO_BROKEN', { name }, { cause: new Error(trouble) });
  }
}

/** Waits for picture `index`; false where the clip ends before it. */
function isThere(control: Int32Array<SharedArrayBuffer>, index: number): boolean {
  for (;;) {
    // The end is looked at first: pictures that came before it are still counted.
    const isEnded = Atomics.load(control, RING.ended) === 1;
    const written = Atomics.load(control, RING.written);
    if (written > index) return true;
    if (isEnded) return false;
    // Woken at least now and then: the end may come between the look and the wait.
    Atomics.wait(control, RING.written, written, 50);
  }
}
