/** @file Loads the WebAssembly kernels that `kernels.wasm.ts` embeds. */
import { instantiate } from '../base/wasm.ts';
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
    line: number,
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

/** A fresh instance of the kernels with a memory of its own. */
export async function loadKernels(): Promise<Kernels> {
  return (await instantiate(KERNELS_BASE64)) as Kernels;
}
