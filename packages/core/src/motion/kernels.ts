/** @file Loads the WebAssembly kernels that `kernels.wasm.ts` embeds. */
import { KERNELS_BASE64 } from './kernels.wasm.ts';

/** What `kernels/tvl1.ts` exports. Planes are byte offsets into `memory`; see that file for their layout. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserve(bytes: number): void;
  extend(plane: number, width: number, height: number): void;
  smooth(
    from: number,
    between: number,
    to: number,
    line: number,
    weights: number,
    radius: number,
    width: number,
    height: number,
  ): void;
  resample(
    from: number,
    fromWidth: number,
    fromHeight: number,
    to: number,
    toWidth: number,
    toHeight: number,
    gain: number,
  ): void;
  differentiate(from: number, slopeX: number, slopeY: number, width: number, height: number): void;
  linearize(
    from: number,
    to: number,
    toX: number,
    toY: number,
    u: number,
    v: number,
    constant: number,
    slopeX: number,
    slopeY: number,
    inverse: number,
    width: number,
    height: number,
  ): void;
  iterate(
    planes: number,
    size: number,
    width: number,
    height: number,
    iterations: number,
    wave: number,
    lambdaTheta: number,
    tauOverTheta: number,
    theta: number,
  ): void;
  median(from: number, to: number, width: number, height: number): void;
}

/** The part of the WebAssembly interface that is used: every browser and Node have it, the ECMAScript library types do not. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array): Promise<{ readonly instance: { readonly exports: unknown } }>;
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Decodes base64 (RFC 4648 §4) without `atob` or `Buffer`, of which each platform has another one. */
export function decodeBase64(text: string): Uint8Array {
  const end = text.endsWith('==')
    ? text.length - 2
    : text.endsWith('=')
      ? text.length - 1
      : text.length;
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < end; i++) {
    held = (held << 6) | ALPHABET.indexOf(text.charAt(i));
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 255;
    }
  }
  return bytes;
}

/** A fresh instance of the kernels with a memory of its own. */
export async function loadKernels(): Promise<Kernels> {
  const { instance } = await WebAssembly.instantiate(decodeBase64(KERNELS_BASE64));
  return instance.exports as Kernels;
}
