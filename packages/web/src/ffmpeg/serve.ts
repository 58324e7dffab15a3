/**
 * @file The worker's side of decoding with FFmpeg (WebAssembly): AVI, MPEG, HEVC and whatever else a browser cannot.
 *
 * FFmpeg runs from start to end without a pause, so its frames go into a ring of shared memory, and it waits where the
 * ring is full: memory stays the same however long the clip is.
 */
import { RING, slotBytes, type RingEnd, type RingStart } from './ring.ts';

/** The parts of Emscripten's file system in use. */
interface FileSystem {
  readonly filesystems: Readonly<Record<'WORKERFS', unknown>>;
  mkdir(path: string): void;
  mount(kind: unknown, options: unknown, path: string): void;
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: object): void;
  mkdev(path: string, device: number): void;
}

interface FFmpeg {
  readonly FS: FileSystem;
  setLogger(log: (line: { readonly message: string }) => void): void;
  exec(...words: readonly string[]): number;
}

/** Where FFmpeg is served: an Emscripten build with the interface of `@ffmpeg/core` 0.12. */
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

/**
 * Decodes the file that is sent to this worker. To be called once, in a module worker of its own:
 *
 * @example
 * ```ts
 * // ffmpeg.worker.ts; the page calls openClip(file, { ffmpeg: () => new Worker(new URL('./ffmpeg.worker.ts', import.meta.url), { type: 'module' }) })
 * serveFfmpeg({ script: '/ffmpeg/ffmpeg-core.js', wasm: '/ffmpeg/ffmpeg-core.wasm' });
 * ```
 */
export function serveFfmpeg(addresses: FfmpegAddresses): void {
  addEventListener('message', ({ data }: MessageEvent<{ readonly file: Blob }>) => {
    decode(data.file, addresses).catch((error: unknown) => {
      // Not loaded, or out of memory: reported, or the other side would wait forever.
      const log = error instanceof Error ? error.message : String(error);
      const isLoaded = current.ring !== undefined || current.isLoaded;
      current.ring?.end();
      postMessage({ ...nothing, status: 1, log, isLoaded } satisfies RingEnd);
    });
  });
}

const nothing = { ended: true, codec: '', hasSound: false } as const;
const current: { ring?: Ring; isLoaded: boolean } = { isLoaded: false };

async function decode(file: Blob, { script, wasm }: FfmpegAddresses): Promise<void> {
  const { default: load } = (await import(/* @vite-ignore */ script)) as Script;
  const address = `#${btoa(JSON.stringify({ wasmURL: wasm }))}`;
  const ffmpeg = await load({ mainScriptUrlOrBlob: address });
  current.isLoaded = true;
  let ring: Ring | undefined;
  let hasSound = false;
  let color: RingStart['color'] = {};
  let codec = '';
  let log = '';
  const times: number[] = [];

  ffmpeg.setLogger(({ message }) => {
    const frame = /\bn: *\d+ .*pts_time:(\S+) .*\bs:(\d+)x(\d+)/.exec(message);
    if (frame) {
      times.push(Number(frame[1]));
      const range = /color_range:(\S+)/.exec(message)?.[1];
      const space = /color_space:(\S+)/.exec(message)?.[1];
      color = { fullRange: range === 'pc', matrix: space ?? null };
      current.ring = ring ??= openRing(Number(frame[2]), Number(frame[3]));
    } else if (/Stream #.*Video: (\w+)/.test(message)) {
      codec ||= codecIn(message);
    } else if (/Stream #.*Audio: /.test(message)) {
      hasSound = true;
    } else if (/error|invalid|could not|no such|not found/i.test(message)) {
      log = message;
    }
    const isColored = /color_space:(\S+)/.exec(message);
    if (isColored && !frame) {
      const range = /color_range:(\S+)/.exec(message)?.[1];
      color = { fullRange: range === 'pc', matrix: isColored[1]! };
    }
  });
  ffmpeg.FS.mkdir('/in');
  ffmpeg.FS.mount(ffmpeg.FS.filesystems.WORKERFS, { blobs: [{ name: 'clip', data: file }] }, '/in');
  const device = ffmpeg.FS.makedev(64, 1);
  let isStarted = false;
  ffmpeg.FS.registerDevice(device, {
    open: () => undefined,
    close: () => undefined,
    read: () => 0,
    write(_: unknown, heap: Int8Array, offset: number, length: number) {
      if (ring !== undefined && !isStarted) {
        isStarted = true;
        postMessage({ ...ring.clip, codec, color } satisfies RingStart);
      }
      ring?.write(new Uint8Array(heap.buffer, heap.byteOffset + offset, length), times);
      return length;
    },
  });
  ffmpeg.FS.mkdev('/frames', device);
  const status = ffmpeg.exec(
    ...['-hide_banner', '-v', 'info', '-i', '/in/clip', '-map', '0:v:0', '-vsync', 'passthrough'],
    ...['-vf', 'showinfo', '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '/frames'],
  );
  ring?.end();
  postMessage({ ...nothing, status, log, codec, hasSound } satisfies RingEnd);
}

/** Name of the codec in FFmpeg's line about a stream; of one that it does not know, the four letters in the file. */
function codecIn(message: string): string {
  const [, name = '', letters] = /Video: (\w+)(?: \((\w{4}) \/)?/.exec(message) ?? [];
  return name === 'none' ? (letters ?? 'unknown') : name;
}

interface Ring {
  readonly clip: Omit<RingStart, 'codec' | 'color'>;
  write(bytes: Uint8Array, times: number[]): void;
  end(): void;
}

function openRing(width: number, height: number): Ring {
  const size = slotBytes(width, height);
  const control = new Int32Array(new SharedArrayBuffer(4 * RING.words));
  const times = new Float64Array(new SharedArrayBuffer(8 * RING.slots));
  const slots = new Uint8Array(new SharedArrayBuffer(size * RING.slots));
  let filled = 0;
  return {
    clip: { width, height, control, times, slots },
    write(bytes, known) {
      let from = 0;
      while (from < bytes.length) {
        const written = Atomics.load(control, RING.written);
        if (filled === 0) {
          for (;;) {
            const read = Atomics.load(control, RING.read);
            if (written - read < RING.slots) break;
            Atomics.wait(control, RING.read, read);
          }
        }
        const slot = written % RING.slots;
        const part = Math.min(size - filled, bytes.length - from);
        slots.set(bytes.subarray(from, from + part), slot * size + filled);
        filled += part;
        from += part;
        if (filled === size) {
          filled = 0;
          times[slot] = known.shift() ?? NaN;
          Atomics.store(control, RING.written, written + 1);
          Atomics.notify(control, RING.written);
        }
      }
    },
    end() {
      Atomics.store(control, RING.ended, 1);
      Atomics.notify(control, RING.written);
    },
  };
}
