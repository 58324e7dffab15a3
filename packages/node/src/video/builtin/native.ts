/**
 * @file The codecs that install with telltale: FFmpeg and OpenH264 as a native module.
 *
 * The packages `@node-webcodecs/static-*` (https://github.com/caseymanos/node-webcodecs) are FFmpeg built without its
 * GPL parts (LGPL 2.1), with OpenH264, libvpx and dav1d (BSD). They are loaded directly and not through
 * `node-webcodecs`, which prefers whatever FFmpeg the system has and compiles one where it finds none.
 *
 * Only the processes of this folder load it: what it logs and how it may crash stays outside of the program.
 */
import { createRequire } from 'node:module';
import process from 'node:process';

/** A decoded frame. */
export interface NativeFrame {
  readonly width: number;
  readonly height: number;
  /** `I420`, `I422`, `I444`, `NV12`, or empty: everything else. */
  readonly format: string;
  /** Bytes of its planes, without padding. */
  allocationSize(): number;
  copyTo(target: Uint8Array, options?: { readonly format?: 'I420' }): void;
  close(): void;
}

/** Decodes in the thread that calls it; frames come in order of presentation. */
export interface NativeDecoder {
  configure(config: {
    readonly codec: string;
    readonly width: number;
    readonly height: number;
    readonly extradata?: Buffer;
  }): void;
  decode(data: Buffer, isKey: boolean, timestamp: number, duration: number): void;
  flush(done: () => void): void;
  close(): void;
}

/** Encodes in the thread that calls it. */
export interface NativeEncoder {
  configure(config: {
    readonly codec: string;
    readonly width: number;
    readonly height: number;
    readonly framerate: number;
    readonly bitrate: number;
    readonly bitrateMode: 'variable';
    readonly hardwareAcceleration: 'prefer-software';
    readonly avcFormat: 'annexb';
    readonly colorSpace: { readonly matrix: string; readonly fullRange: boolean };
  }): void;
  encode(frame: NativeFrame, timestamp: number, isKey: boolean): void;
  flush(done: () => void): void;
  close(): void;
}

/** The classes in use. */
export interface NativeCodecs {
  readonly VideoFrameNative: new (
    data: Buffer,
    format: 'I420',
    width: number,
    height: number,
  ) => NativeFrame;
  readonly VideoDecoderNative: new (
    onFrame: (frame: NativeFrame) => void,
    onError: (message: string) => void,
  ) => NativeDecoder;
  readonly VideoEncoderNative: new (
    onChunk: (data: Buffer, isKey: boolean) => void,
    onError: (message: string) => void,
  ) => NativeEncoder;
}

const require = createRequire(import.meta.url);
const PACKAGE = `@node-webcodecs/static-${process.platform}-${process.arch}`;

/** Whether there is a build for this system and it is installed. Does not load it. */
export function hasBuiltin(): boolean {
  try {
    require.resolve(PACKAGE);
    return true;
  } catch {
    return false;
  }
}

/** Loads the module. @throws Error where it is missing or the system cannot run it */
export function loadNative(): NativeCodecs {
  return require(PACKAGE) as NativeCodecs;
}
