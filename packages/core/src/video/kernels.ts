/** @file Loads the WebAssembly kernels of color conversion, which `kernels.wasm.ts` embeds. */
import { decodeBase64 } from '../base/base64.ts';
import { KERNELS_BASE64 } from './kernels.wasm.ts';

/** What `kernels/video.ts` exports. Places are byte offsets into `memory`. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserve(bytes: number): void;
  weigh(
    nearU: number,
    farU: number,
    nearV: number,
    farV: number,
    step: number,
    half: number,
    redV: number,
    greenU: number,
    greenV: number,
    blueU: number,
    lines: number,
    room: number,
  ): void;
  write(
    luma: number,
    width: number,
    scale: number,
    shift: number,
    lines: number,
    room: number,
    to: number,
    across: number,
    centered: number,
  ): void;
}

/** The part of the WebAssembly interface that is used: every browser and Node have it, the ECMAScript library types do not. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array): Promise<{ readonly instance: { readonly exports: unknown } }>;
};

/** A fresh instance of the kernels with a memory of its own. */
export async function loadKernels(): Promise<Kernels> {
  const { instance } = await WebAssembly.instantiate(decodeBase64(KERNELS_BASE64));
  return instance.exports as Kernels;
}
