/** @file Loads the WebAssembly kernels of magnification, which `kernels.wasm.ts` embeds. */
import { instantiate } from '../base/wasm.ts';
import { KERNELS_BASE64 } from './kernels.wasm.ts';

/** What `kernels/magnify.ts` exports. Planes are byte offsets into `memory`; see that file for their layout. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserve(bytes: number): number;
  split(
    image: number,
    channels: number,
    width: number,
    height: number,
    y: number,
    i: number,
    q: number,
  ): void;
  splitReduced(
    image: number,
    channels: number,
    width: number,
    height: number,
    y: number,
    i: number,
    q: number,
    room: number,
  ): void;
  join(
    image: number,
    channels: number,
    width: number,
    height: number,
    r: number,
    g: number,
    b: number,
    to: number,
  ): void;
  joinExpanded(
    image: number,
    channels: number,
    width: number,
    height: number,
    r: number,
    g: number,
    b: number,
    to: number,
    room: number,
  ): void;
  toRgb(y: number, i: number, q: number, count: number): void;
  reduce(from: number, width: number, height: number, to: number, line: number): void;
  expand(
    from: number,
    width: number,
    height: number,
    fine: number,
    gain: number,
    to: number,
    line: number,
  ): void;
  combine(
    from: number,
    scale: number,
    other: number,
    gain: number,
    to: number,
    count: number,
  ): void;
  lowPasses(
    x: number,
    fast: number,
    slow: number,
    band: number,
    r1: number,
    r2: number,
    gain: number,
    count: number,
  ): void;
  section(
    x: number,
    s1: number,
    s2: number,
    y: number,
    gain: number,
    a1: number,
    a2: number,
    count: number,
  ): void;
  transform(data: number, size: number, turns: number): void;
  convolve(
    planes: number,
    planeBytes: number,
    frames: number,
    spectrum: number,
    data: number,
    size: number,
    turns: number,
  ): void;
}

/** A fresh instance of the kernels with a memory of its own. */
export async function loadKernels(): Promise<Kernels> {
  return (await instantiate(KERNELS_BASE64)) as Kernels;
}
