/**
 * @file The layers of MediaPipe's attention mesh, in AssemblyScript for WebAssembly SIMD.
 *
 * Built by `scripts/build-kernels.mjs` into `src/face/mesh-kernels.wasm.ts`; called by `src/face/mesh-network.ts`. Feature
 * maps are 32-bit floating-point numbers in the order row, column, channel; the number of channels is a multiple of eight.
 * Places are byte offsets. What a layer is followed by (bias, sum with another map, PReLU) is done before its result is
 * stored, and a depthwise convolution is made for a few rows at a time, right before the convolution of one pixel that
 * reads it: so most of what is read is still in the CPU's cache.
 */

/** Rows of a depthwise convolution are made together up to this size, bytes. */
const ROWS_TOGETHER: i32 = 16384;

export { reserve } from './memory';

/** PReLU, where `slopes` are given: x where it is positive, else slope · x. */
// @ts-ignore: decorator of AssemblyScript
@inline
function activated(value: v128, slope: v128): v128 {
  const zero = f32x4.splat(0);
  return f32x4.add(f32x4.max(value, zero), f32x4.mul(slope, f32x4.min(value, zero)));
}

/** Stores four results, plus those of another map where there is one (`other` is not 0). */
// @ts-ignore: decorator of AssemblyScript
@inline
function finish(value: v128, other: usize, slopes: usize, to: usize): void {
  let result = value;
  if (other != 0) result = f32x4.add(result, v128.load(other));
  if (slopes != 0) result = activated(result, v128.load(slopes));
  v128.store(to, result);
}

/**
 * A convolution of one pixel: `outputs` sums over `inputs` channels for each of `pixels`.
 *
 * @param weights - `[outputs / 8, inputs, 8]`
 * @param other - a map of `others` channels that is added to the first channels of the result; 0: none
 * @param slopes - of PReLU, one for each output; 0: none
 */
export function pointwise(
  from: usize,
  pixels: i32,
  inputs: i32,
  outputs: i32,
  weights: usize,
  bias: usize,
  other: usize,
  others: i32,
  slopes: usize,
  to: usize,
): void {
  const step = <usize>(inputs << 2);
  const stride = <usize>(outputs << 2);
  const otherStride = <usize>(others << 2);
  for (let group = 0; group < outputs; group += 8) {
    const groupBytes = <usize>(group << 2);
    const table = weights + <usize>group * step;
    const bias0 = v128.load(bias + groupBytes);
    const bias1 = v128.load(bias + groupBytes, 16);
    const groupSlopes = slopes != 0 ? slopes + groupBytes : 0;
    const hasOther = other != 0 && group < others;
    let source = from;
    let target = to + groupBytes;
    let added = hasOther ? other + groupBytes : 0;
    let pixel = 0;
    for (; pixel + 4 <= pixels; pixel += 4) {
      let a0 = bias0;
      let a1 = bias1;
      let b0 = bias0;
      let b1 = bias1;
      let c0 = bias0;
      let c1 = bias1;
      let d0 = bias0;
      let d1 = bias1;
      let weight = table;
      let atA = source;
      let atB = source + step;
      let atC = atB + step;
      let atD = atC + step;
      const end = atB;
      while (atA < end) {
        const w0 = v128.load(weight);
        const w1 = v128.load(weight, 16);
        const a = v128.load32_splat(atA);
        a0 = f32x4.add(a0, f32x4.mul(a, w0));
        a1 = f32x4.add(a1, f32x4.mul(a, w1));
        const b = v128.load32_splat(atB);
        b0 = f32x4.add(b0, f32x4.mul(b, w0));
        b1 = f32x4.add(b1, f32x4.mul(b, w1));
        const c = v128.load32_splat(atC);
        c0 = f32x4.add(c0, f32x4.mul(c, w0));
        c1 = f32x4.add(c1, f32x4.mul(c, w1));
        const d = v128.load32_splat(atD);
        d0 = f32x4.add(d0, f32x4.mul(d, w0));
        d1 = f32x4.add(d1, f32x4.mul(d, w1));
        weight += 32;
        atA += 4;
        atB += 4;
        atC += 4;
        atD += 4;
      }
      finishPair(a0, a1, added, groupSlopes, target);
      if (hasOther) added += otherStride;
      finishPair(b0, b1, added, groupSlopes, target + stride);
      if (hasOther) added += otherStride;
      finishPair(c0, c1, added, groupSlopes, target + 2 * stride);
      if (hasOther) added += otherStride;
      finishPair(d0, d1, added, groupSlopes, target + 3 * stride);
      if (hasOther) added += otherStride;
      source += 4 * step;
      target += 4 * stride;
    }
    for (; pixel < pixels; pixel++) {
      let a0 = bias0;
      let a1 = bias1;
      let weight = table;
      const end = source + step;
      for (; source < end; source += 4) {
        const a = v128.load32_splat(source);
        a0 = f32x4.add(a0, f32x4.mul(a, v128.load(weight)));
        a1 = f32x4.add(a1, f32x4.mul(a, v128.load(weight, 16)));
        weight += 32;
      }
      finishPair(a0, a1, added, groupSlopes, target);
      if (hasOther) added += otherStride;
      target += stride;
    }
  }
}

// @ts-ignore: decorator of AssemblyScript
@inline
function finishPair(first: v128, second: v128, other: usize, slopes: usize, to: usize): void {
  finish(first, other, slopes, to);
  finish(second, other != 0 ? other + 16 : 0, slopes != 0 ? slopes + 16 : 0, to + 16);
}

/** Adds three pixels of a row, each with its weights. Pixels are `pixel` bytes apart, and so are their weights. */
// @ts-ignore: decorator of AssemblyScript
@inline
function addRow(start: v128, at: usize, weight: usize, pixel: usize): v128 {
  let sum = f32x4.add(start, f32x4.mul(v128.load(at), v128.load(weight)));
  sum = f32x4.add(sum, f32x4.mul(v128.load(at + pixel), v128.load(weight + pixel)));
  return f32x4.add(sum, f32x4.mul(v128.load(at + 2 * pixel), v128.load(weight + 2 * pixel)));
}

/**
 * Rows of a depthwise convolution of 3×3 pixels; outside the map is 0.
 *
 * @param before - rows and columns of zeros before the first of the map
 * @param weights - `[9, channels]`
 * @param row - the first row of the result
 */
function depthwise(
  from: usize,
  height: i32,
  width: i32,
  channels: i32,
  stride: i32,
  before: i32,
  weights: usize,
  bias: usize,
  row: i32,
  rows: i32,
  columns: i32,
  to: usize,
): void {
  const pixel = <usize>(channels << 2);
  const line = <usize>width * pixel;
  for (let y = row; y < row + rows; y++) {
    const top = y * stride - before;
    const isWithin = top >= 0 && top + 3 <= height;
    for (let x = 0; x < columns; x++) {
      const left = x * stride - before;
      if (isWithin && left >= 0 && left + 3 <= width) {
        let at0 = from + <usize>top * line + <usize>left * pixel;
        for (let channel: usize = 0; channel < pixel; channel += 16) {
          const at1 = at0 + line;
          const at2 = at1 + line;
          const weight = weights + channel;
          let sum = v128.load(bias + channel);
          sum = addRow(sum, at0, weight, pixel);
          sum = addRow(sum, at1, weight + 3 * pixel, pixel);
          sum = addRow(sum, at2, weight + 6 * pixel, pixel);
          v128.store(to, sum);
          to += 16;
          at0 += 16;
        }
        continue;
      }
      const firstRow = max(0, -top);
      const lastRow = min(3, height - top);
      const firstColumn = max(0, -left);
      const lastColumn = min(3, width - left);
      for (let channel: usize = 0; channel < pixel; channel += 16) {
        let sum = v128.load(bias + channel);
        for (let j = firstRow; j < lastRow; j++) {
          for (let i = firstColumn; i < lastColumn; i++) {
            const at = from + <usize>(top + j) * line + <usize>(left + i) * pixel + channel;
            const weight = weights + <usize>(3 * j + i) * pixel + channel;
            sum = f32x4.add(sum, f32x4.mul(v128.load(at), v128.load(weight)));
          }
        }
        v128.store(to, sum);
        to += 16;
      }
    }
  }
}

/**
 * A residual block: a depthwise convolution, one of one pixel, and what `pointwise` does behind it.
 *
 * @param before - zeros before the first row and column
 * @param scratch - room for `ROWS_TOGETHER` bytes, or for one row of the result of the depthwise convolution
 */
export function block(
  from: usize,
  height: i32,
  width: i32,
  inputs: i32,
  stride: i32,
  before: i32,
  depthWeights: usize,
  depthBias: usize,
  outputs: i32,
  weights: usize,
  bias: usize,
  other: usize,
  others: i32,
  slopes: usize,
  scratch: usize,
  to: usize,
): void {
  const rows = (height + stride - 1) / stride;
  const columns = (width + stride - 1) / stride;
  const together = max(1, ROWS_TOGETHER / (columns * inputs * 4));
  for (let row = 0; row < rows; row += together) {
    const count = min(together, rows - row);
    depthwise(from, height, width, inputs, stride, before, depthWeights, depthBias, row, count, columns, scratch); // prettier-ignore
    const first = <usize>(row * columns);
    const added = other != 0 ? other + first * <usize>(others << 2) : 0;
    const target = to + first * <usize>(outputs << 2);
    pointwise(scratch, count * columns, inputs, outputs, weights, bias, added, others, slopes, target); // prettier-ignore
  }
}

/**
 * The first convolution: 3×3 pixels of three planes, every second row and column, to 16 channels, with PReLU.
 *
 * @param from - `[3, 2 · rows + 1, 2 · columns + 1]`, the zeros at its border included
 * @param weights - `[27, 16]`: plane, row, column
 */
export function first(
  from: usize,
  rows: i32,
  columns: i32,
  weights: usize,
  bias: usize,
  slopes: usize,
  to: usize,
): void {
  const line = <usize>((2 * columns + 1) << 2);
  const plane = <usize>(2 * rows + 1) * line;
  for (let y = 0; y < rows; y++) {
    let start = from + <usize>(2 * y) * line;
    for (let x = 0; x < columns; x++) {
      let a = v128.load(bias);
      let b = v128.load(bias, 16);
      let c = v128.load(bias, 32);
      let d = v128.load(bias, 48);
      let weight = weights;
      let color = start;
      for (let p = 0; p < 3; p++) {
        let at = color;
        for (let j = 0; j < 3; j++) {
          for (let i: usize = 0; i < 12; i += 4) {
            const value = v128.load32_splat(at + i);
            a = f32x4.add(a, f32x4.mul(value, v128.load(weight)));
            b = f32x4.add(b, f32x4.mul(value, v128.load(weight, 16)));
            c = f32x4.add(c, f32x4.mul(value, v128.load(weight, 32)));
            d = f32x4.add(d, f32x4.mul(value, v128.load(weight, 48)));
            weight += 64;
          }
          at += line;
        }
        color += plane;
      }
      v128.store(to, activated(a, v128.load(slopes)));
      v128.store(to, activated(b, v128.load(slopes, 16)), 16);
      v128.store(to, activated(c, v128.load(slopes, 32)), 32);
      v128.store(to, activated(d, v128.load(slopes, 48)), 48);
      to += 64;
      start += 8;
    }
  }
}

/** The largest of each square of 2×2 pixels. */
export function maxPool(from: usize, height: i32, width: i32, channels: i32, to: usize): void {
  const pixel = <usize>(channels << 2);
  const line = <usize>width * pixel;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const at = from + <usize>y * line + <usize>x * pixel;
      for (let channel: usize = 0; channel < pixel; channel += 16) {
        const here = at + channel;
        const upper = f32x4.max(v128.load(here), v128.load(here + pixel));
        const lower = f32x4.max(v128.load(here + line), v128.load(here + line + pixel));
        v128.store(to, f32x4.max(upper, lower));
        to += 16;
      }
    }
  }
}

/**
 * A part of a map, sampled bilinearly; outside is 0. The pixel (x, y) of the part lies at
 * (ax · x + ay · y + a, bx · x + by · y + b) of the map, in pixels whose centers are whole numbers.
 */
export function part(
  from: usize,
  height: i32,
  width: i32,
  channels: i32,
  ax: f32,
  ay: f32,
  a: f32,
  bx: f32,
  by: f32,
  b: f32,
  rows: i32,
  columns: i32,
  to: usize,
): void {
  const pixel = <usize>(channels << 2);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const column = ax * <f32>x + ay * <f32>y + a;
      const row = bx * <f32>x + by * <f32>y + b;
      const left = <i32>floor(column);
      const top = <i32>floor(row);
      memory.fill(to, 0, pixel);
      for (let j = 0; j < 2; j++) {
        const v = top + j;
        if (v < 0 || v >= height) continue;
        const vertical = j == 0 ? <f32>(top + 1) - row : row - <f32>top;
        for (let i = 0; i < 2; i++) {
          const u = left + i;
          if (u < 0 || u >= width) continue;
          const horizontal = i == 0 ? <f32>(left + 1) - column : column - <f32>left;
          const weight = f32x4.splat(vertical * horizontal);
          const at = from + <usize>(v * width + u) * pixel;
          for (let channel: usize = 0; channel < pixel; channel += 16) {
            const sum = f32x4.add(v128.load(to + channel), f32x4.mul(v128.load(at + channel), weight)); // prettier-ignore
            v128.store(to + channel, sum);
          }
        }
      }
      to += pixel;
    }
  }
}
