/** @file Loads the WebAssembly kernels of color conversion and of scaling, which `kernels.wasm.ts` embeds. */
import { instantiate } from '../base/wasm.ts';
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
  addPairs(from: number, sums: number, pairs: number): void;
  foldPairs(sums: number, count: number): void;
  meanOf(sums: number, to: number, count: number, bits: number): void;
}

/** A fresh instance of the kernels with a memory of its own. */
export async function loadKernels(): Promise<Kernels> {
  return (await instantiate(KERNELS_BASE64)) as Kernels;
}
