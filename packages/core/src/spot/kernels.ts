/** @file Loads the WebAssembly kernels that remove shading, which `kernels.wasm.ts` embeds. */
import { instantiateNow } from '../base/wasm.ts';
import { KERNELS_BASE64 } from './kernels.wasm.ts';

/** What `kernels/illumination.ts` exports. Places in memory are byte offsets. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserve(bytes: number): void;
  filterRows(from: number, to: number, width: number, height: number, radius: number): void;
  filterColumns(
    from: number,
    to: number,
    sums: number,
    width: number,
    height: number,
    radius: number,
  ): void;
  divide(pixels: number, mean: number, count: number, middle: number, dark: number): void;
}

let kernels: Kernels | undefined;

/** The kernels of this thread, opened at the first call: two kilobytes of WebAssembly. */
export function openKernels(): Kernels {
  return (kernels ??= instantiateNow(KERNELS_BASE64) as Kernels);
}
