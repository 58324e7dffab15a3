/**
 * @file The worker's side of decoding with FFmpeg (WebAssembly): AVI, MPEG, HEVC and whatever else a browser cannot.
 *
 * FFmpeg runs from start to end without a pause, so its frames go into a ring of shared memory, and it waits where the
 * ring is full: memory stays the same however long the clip is. Where workers share no memory (WebKitGTK, pages that are
 * not isolated) it cannot wait: it decodes a part, ends, and for the next part decodes once more from the start. What is requested of it, and what its answers mean, is
 * the same as on the command line (`@telltale/core/video`).
 */
import {
  ANOTHER_FOLLOWS,
  assembleFrames,
  createFrameLog,
  frameBytesOf,
  FRAME_HEADER,
  firstOfSeveral,
  frameWords,
  inputOf,
  probedVideo,
  probeWords,
  ratesStated,
  rateWords,
  truncationBy,
  writeHeader,
} from '@telltale/core/video';
import type { DecodedFrame, FfmpegInput, FfmpegVideo, FrameInfo } from '@telltale/core/video';

import { fileBytesOf } from '../video/file-bytes.ts';
import { MORE } from './protocol.ts';
import type { PartEnd, RunEnd, RunRequest, RunStart } from './protocol.ts';
import { createRing, endRing, writeRing } from './ring.ts';

/** The parts of Emscripten's file system in use. */
interface FileSystem {
  readonly filesystems: Readonly<Record<'WORKERFS', unknown>>;
  mkdir(path: string): void;
  mount(kind: unknown, options: unknown, path: string): void;
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: object): void;
  mkdev(path: string, device: number): void;
  readFile(path: string): Uint8Array;
}

interface FFmpeg {
  readonly FS: FileSystem;
  setLogger(log: (line: { readonly message: string }) => void): void;
  exec(...words: readonly string[]): number;
  ffprobe(...words: readonly string[]): number;
  /** To be called between two runs. */
  reset(): void;
}

/** FFmpeg, loaded, with the file that it reads. */
interface Loaded {
  readonly ffmpeg: FFmpeg;
  readonly input: FfmpegInput;
  /** Whether another recording follows, which is not read. */
  readonly isFirst: boolean;
  /** What the file holds; undefined where no video was found. */
  readonly video: FfmpegVideo | undefined;
  /** What takes the lines that FFmpeg logs and the bytes that it writes, in the present run. */
  readonly sinks: { line: (message: string) => void; write: (bytes: Uint8Array) => void };
}

/** Where FFmpeg is served: an Emscripten build with the interface of `@ffmpeg/core` 0.12.10, which has `ffprobe`. */
export interface FfmpegAddresses {
  /** Its script, an ES module. */
  readonly script: string;
  /** Its WebAssembly binary. */
  readonly wasm: string;
}

/** What the decoder's script exports. */
interface Script {
  readonly default: (options: object) => Promise<FFmpeg>;
}

/** Frames that fit into the ring. */
const SLOTS = 6;
/** Without a ring: bytes that are under way at most, and frames of the first part, whose size is not known. */
const PART = { bytes: 128e6, first: 8 };

/**
 * Decodes the file that is sent to this worker, once per request. To be called once, in a module worker of its own:
 *
 * @example
 * ```ts
 * // ffmpeg.worker.ts; the page calls openClip(file, { ffmpeg: () => new Worker(new URL('./ffmpeg.worker.ts', import.meta.url), { type: 'module' }) })
 * serveFfmpeg({ script: '/ffmpeg/ffmpeg-core.js', wasm: '/ffmpeg/ffmpeg-core.wasm' });
 * ```
 */
export function serveFfmpeg(addresses: FfmpegAddresses): void {
  const serve = (event: MessageEvent): void => {
    // `lendFfmpeg` sends the port of the worker that reads the clip.
    if (event.data instanceof MessagePort) servePeer(event.data, addresses);
    else peer.onmessage?.(event);
  };
  const peer: Peer = {
    onmessage: null,
    postMessage: (message, options) => postMessage(message, options),
  };
  servePeer(peer, addresses);
  addEventListener('message', serve);
}

/** Where requests come from and answers go: a port, or the code that started this worker. */
interface Peer {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, options?: StructuredSerializeOptions): void;
}

function servePeer(peer: Peer, addresses: FfmpegAddresses): void {
  let more: (() => void) | undefined;
  let loaded: Promise<Loaded> | undefined;
  const goOn = (): Promise<void> => new Promise((resolve) => (more = resolve));
  peer.onmessage = ({ data }: MessageEvent<RunRequest | typeof MORE>) => {
    if (data === MORE) {
      more?.();
      return;
    }
    const state: State = { isShared: data.isShared, goOn, peer };
    const nothing = { ended: true, frames: 0, codec: '', hasSound: false } as const;
    loaded ??= load(data.file, addresses);
    let isLoaded = false;
    loaded
      .then((one) => {
        isLoaded = true;
        return decode(one, state);
      })
      .then(
        (end) => peer.postMessage(end),
        (error: unknown) => {
          // Not loaded, or out of memory: reported, or the other side would wait forever.
          const log = error instanceof Error ? error.message : String(error);
          state.pipe?.end();
          loaded = undefined;
          peer.postMessage({ ...nothing, log, isLoaded, isBroken: isLoaded } satisfies RunEnd);
        },
      );
  };
}

interface State {
  readonly isShared: boolean;
  readonly peer: Peer;
  /** Waits until the next part is wanted. */
  readonly goOn: () => Promise<void>;
  pipe?: Pipe;
}

/** Where the bytes of frames go. */
interface Pipe {
  /** False where the reader has stopped. */
  write(bytes: Uint8Array): boolean;
  end(): void;
}

async function load(file: Blob, { script, wasm }: FfmpegAddresses): Promise<Loaded> {
  const { default: start } = (await import(/* @vite-ignore */ script)) as Script;
  const address = `#${btoa(JSON.stringify({ wasmURL: wasm }))}`;
  const ffmpeg = await start({ mainScriptUrlOrBlob: address });
  const sinks: Loaded['sinks'] = { line: () => undefined, write: () => undefined };
  ffmpeg.setLogger(({ message }) => sinks.line(message));
  ffmpeg.FS.mkdir('/in');
  const first = await firstOfSeveral(fileBytesOf(file));
  const data = first?.end === undefined ? file : file.slice(0, first.end);
  ffmpeg.FS.mount(ffmpeg.FS.filesystems.WORKERFS, { blobs: [{ name: 'clip', data }] }, '/in');
  mountOutput(ffmpeg.FS, (bytes) => sinks.write(bytes));
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const input = inputOf('/in/clip', head);
  return { ffmpeg, sinks, input, isFirst: first !== undefined, video: probe(ffmpeg, input) };
}

async function decode(
  { ffmpeg, sinks, input, isFirst, video }: Loaded,
  state: State,
): Promise<RunEnd> {
  let hasSound = false;
  let codec = '';
  let log = createFrameLog();
  sinks.line = (message) => {
    if (/Stream #.*Video: (\w+)/.test(message)) codec ||= codecIn(message);
    else if (/Stream #.*Audio: /.test(message)) hasSound = true;
    log.line(message);
  };
  let frames = 0;
  if (video !== undefined) {
    let output: Output;
    sinks.write = (bytes) => output.write(bytes);
    const words = frameWords(input, video, '/frames');
    for (let [limit, sent] = [PART.first, 0]; ;) {
      log = createFrameLog();
      output = openOutput(video, { take: (index) => log.take(index), state, sent });
      const limited = ['-frames:v', String(limit), '/frames'];
      ffmpeg.reset();
      ffmpeg.exec(...words.slice(0, -1), ...(state.isShared ? ['/frames'] : limited));
      frames = output.frames();
      if (state.isShared || frames < limit) break;
      sent = output.sent();
      state.peer.postMessage({ isPaused: true } satisfies PartEnd);
      await state.goOn();
      limit += Math.max(1, Math.floor(PART.bytes / output.frameBytes()));
    }
    output.end(log.damage());
  } else {
    // For the names of what is in the file.
    ffmpeg.exec('-hide_banner', '-v', 'level+info', '-i', '/in/clip');
  }
  const truncated = truncationBy(video ?? { truncated: undefined, mayHide: false }, log.cutOff());
  return {
    ...{ ended: true, frames, codec, hasSound, isLoaded: true, log: log.errors.at(-1) ?? '' },
    truncated: truncated ?? (isFirst ? ANOTHER_FOLLOWS : undefined),
  };
}

/** What ffprobe states of the video; undefined where there is none. */
function probe(ffmpeg: FFmpeg, input: FfmpegInput): FfmpegVideo | undefined {
  const ask = (words: readonly string[], to: string): string => {
    // Its status is always −1, whatever it was.
    ffmpeg.ffprobe(...words, '-o', to);
    try {
      return new TextDecoder().decode(ffmpeg.FS.readFile(to));
    } catch {
      return '';
    }
  };
  const json = ask(probeWords(input), '/probe.json');
  let video: ReturnType<typeof probedVideo>;
  try {
    video = probedVideo(json);
  } catch {
    return undefined; // not JSON to its end: the file cannot be read
  }
  if (typeof video === 'string') return undefined;
  const isRateAssumed = video.isRaw && !ratesStated(ask(rateWords(input.file, video), '/rate.csv'));
  return { ...video, ...(isRateAssumed && { isRateAssumed }) };
}

/** Name of the codec in FFmpeg's line about a stream; of one that it does not know, the four letters in the file. */
function codecIn(message: string): string {
  const [, name = '', letters] = /Video: (\w+)(?: \((\w{4}) \/)?/.exec(message) ?? [];
  return name === 'none' ? (letters ?? 'unknown') : name;
}

function mountOutput(fs: FileSystem, write: (bytes: Uint8Array) => void): void {
  const device = fs.makedev(64, 1);
  fs.registerDevice(device, {
    open: () => undefined,
    close: () => undefined,
    read: () => 0,
    write(_: unknown, heap: Int8Array, offset: number, length: number) {
      write(new Uint8Array(heap.buffer, heap.byteOffset + offset, length));
      return length;
    },
  });
  fs.mkdev('/frames', device);
}

/** What a device throws where a pipe is closed (errno EPIPE of WASI): FFmpeg ends its run as it does at any such error. */
class Stopped extends Error {
  override readonly name = 'ErrnoError';
  readonly errno = 64;
}

/** What takes the bytes of one run of FFmpeg. */
interface Output {
  /** @throws Stopped where the reader has stopped */
  write(bytes: Uint8Array): void;
  /** Frames that FFmpeg wrote. */
  frames(): number;
  /** Frames that were sent, with gaps. */
  sent(): number;
  frameBytes(): number;
  /** Hands on what is missing at the end. */
  end(damage: number): void;
}

interface OutputOptions {
  readonly take: (index: number) => FrameInfo | undefined;
  readonly state: State;
  /** So many frames were sent by earlier runs. */
  readonly sent: number;
}

/** Makes frames of the bytes that FFmpeg writes, and hands them on. */
function openOutput(video: FfmpegVideo, { take, state, sent }: OutputOptions): Output {
  const assembly = assembleFrames(video);
  let info: FrameInfo | undefined;
  let block: Uint8Array = new Uint8Array(0);
  let filled = 0;
  let frames = 0;
  let made = 0;
  const put = (frame: DecodedFrame): boolean => {
    if (made++ < sent) return true;
    state.pipe ??= startPipe(video, block.length, state);
    return writeFrame(state.pipe, frame);
  };
  return {
    frames: () => frames,
    sent: () => made,
    frameBytes: () => block.length + FRAME_HEADER,
    write(bytes) {
      for (let from = 0; from < bytes.length;) {
        if (info === undefined) {
          // The line about a frame is logged before its bytes are written.
          info = take(frames);
          if (info === undefined) throw new Error('a frame has no line in the log');
          const size = frameBytesOf(info, video);
          if (block.length !== size) block = new Uint8Array(size);
          filled = 0;
        }
        const part = Math.min(block.length - filled, bytes.length - from);
        block.set(bytes.subarray(from, from + part), filled);
        filled += part;
        from += part;
        if (filled < block.length) continue;
        frames++;
        for (const frame of assembly.next(block, info)) if (!put(frame)) throw new Stopped();
        info = undefined;
      }
    },
    end(damage) {
      if (frames > 0) for (const frame of assembly.rest(damage)) put(frame);
      state.pipe?.end();
    },
  };
}

function startPipe(video: FfmpegVideo, bytes: number, { isShared, peer }: State): Pipe {
  const ring = isShared ? createRing(SLOTS * (bytes + FRAME_HEADER)) : undefined;
  const { width, height, rate, expectedFrames, orientation, pixelAspect, color } = video;
  const { isRateAssumed, videos, mayJump } = video;
  const known = { width, height, rate, orientation };
  peer.postMessage({
    video: {
      ...known,
      ...(expectedFrames !== undefined && { expectedFrames }),
      ...(pixelAspect !== undefined && { pixelAspect }),
      ...(color !== undefined && { color }),
      ...(isRateAssumed !== undefined && { isRateAssumed }),
      ...(videos !== undefined && { videos }),
      ...(mayJump !== undefined && { mayJump }),
    },
    ...(ring !== undefined && { ring }),
  } satisfies RunStart);
  if (ring !== undefined) {
    return { write: (data) => writeRing(ring, data), end: () => endRing(ring) };
  }
  const send = (data: Uint8Array): boolean => {
    const copy = data.slice();
    peer.postMessage(copy, { transfer: [copy.buffer] });
    return true;
  };
  return { write: send, end: () => undefined };
}

/** Writes the header of a frame and its samples; false where the reader has stopped. */
function writeFrame(pipe: Pipe, frame: DecodedFrame): boolean {
  const { pixels, timestamp = NaN, field, isDamaged = false, isCut = false } = frame;
  const header = new Uint8Array(FRAME_HEADER);
  const isThere = pixels !== undefined && !isDamaged;
  const isRgb = isThere && 'channels' in pixels;
  const planes = isThere && !('channels' in pixels) ? pixels : undefined;
  writeHeader(new DataView(header.buffer), {
    width: isThere ? pixels.width : 0,
    height: isThere ? pixels.height : 0,
    kind: isRgb ? 'rgb' : 'planes',
    chroma: planes?.chroma ?? null,
    bits: planes?.bits ?? 8,
    isFullRange: planes?.isFullRange === true,
    ...{ field, isDamaged: !isThere, isCut, time: timestamp },
  });
  if (!pipe.write(header)) return false;
  if (!isThere) return true;
  const { buffer, byteOffset, byteLength } = pixels.data;
  return pipe.write(new Uint8Array(buffer, byteOffset, byteLength));
}
