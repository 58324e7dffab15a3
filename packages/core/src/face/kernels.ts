/** @file Loads the WebAssembly kernels that sample crops, which `kernels.wasm.ts` embeds. */
import { instantiateNow } from '../base/wasm.ts';
import { KERNELS_BASE64 } from './kernels.wasm.ts';

/** What `kernels/crop.ts` exports. Places in memory are byte offsets. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserve(bytes: number): void;
  spread(from: number, channels: number, count: number, to: number): void;
  layOut(
    at: number,
    columns: number,
    x: number,
    y: number,
    width: number,
    height: number,
    inside: number,
    black: number,
  ): void;
  sample(
    x: number,
    y: number,
    stepX: number,
    stepY: number,
    samples: number,
    size: number,
    rows: number,
    to: number,
    plane: number,
    gain: number,
    bias: number,
  ): void;
}

let kernels: Kernels | undefined;

/** The kernels of this thread, opened at the first call: one kilobyte of WebAssembly. */
export function openKernels(): Kernels {
  return (kernels ??= instantiateNow(KERNELS_BASE64) as Kernels);
}
