/**
 * @file Divides an image by the local mean of its brightness, in AssemblyScript for WebAssembly SIMD.
 *
 * Built by `scripts/build-kernels.mjs` into `src/spot/kernels.wasm.ts`; called by `src/spot/illumination.ts`, where it is
 * explained. Sums are 64-bit numbers and results 32-bit ones, in a fixed order: they are the same everywhere. A plane has
 * no padding; behind the last one, 16 bytes are read.
 */

export { reserve } from './memory';

// @ts-ignore: decorator of AssemblyScript
@inline
function at(row: usize, index: i32): f64 {
  return <f64>f32.load(row + (<usize>index << 2));
}

/** A running mean along each row; beyond an end, the end's pixel is repeated. Four rows at once: one sum waits for itself. */
export function filterRows(from: usize, to: usize, width: i32, height: i32, radius: i32): void {
  const reach = min(radius, width - 1), end = width - 1;
  const gain = 1 / <f64>(2 * reach + 1), first = <f64>(reach + 1);
  const bytes = <usize>width << 2;
  for (let y = 0; y < height; y += 4) {
    // Where less than four are left, the last one is done more than once.
    const o0 = bytes * <usize>y, o1 = bytes * <usize>min(y + 1, height - 1), o2 = bytes * <usize>min(y + 2, height - 1), o3 = bytes * <usize>min(y + 3, height - 1);
    const a = from + o0, b = from + o1, c = from + o2, d = from + o3;
    let sumA = at(a, 0) * first, sumB = at(b, 0) * first, sumC = at(c, 0) * first, sumD = at(d, 0) * first;
    for (let i = 1; i <= reach; i++) {
      sumA += at(a, i);
      sumB += at(b, i);
      sumC += at(c, i);
      sumD += at(d, i);
    }
    for (let x = 0; x < width; x++) {
      const o = <usize>x << 2;
      f32.store(to + o0 + o, <f32>(sumA * gain));
      f32.store(to + o1 + o, <f32>(sumB * gain));
      f32.store(to + o2 + o, <f32>(sumC * gain));
      f32.store(to + o3 + o, <f32>(sumD * gain));
      const next = min(end, x + reach + 1), last = max(0, x - reach);
      sumA = sumA + at(a, next) - at(a, last);
      sumB = sumB + at(b, next) - at(b, last);
      sumC = sumC + at(c, next) - at(c, last);
      sumD = sumD + at(d, next) - at(d, last);
    }
  }
}

// @ts-ignore: decorator of AssemblyScript
@inline
function low(four: v128): v128 {
  return f64x2.promote_low_f32x4(four);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function high(four: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function four(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** Stores the first numbers of a vector of which the others lie behind the row. */
// @ts-ignore: decorator of AssemblyScript
@inline
function storeRow(to: usize, value: v128, left: i32): void {
  if (left >= 4) v128.store(to, value);
  else {
    f32.store(to, f32x4.extract_lane(value, 0));
    if (left > 1) f32.store(to + 4, f32x4.extract_lane(value, 1));
    if (left > 2) f32.store(to + 8, f32x4.extract_lane(value, 2));
  }
}

/** The same along each column, all of them at once. `sums` is room for 8 bytes for each column and three more. */
export function filterColumns(from: usize, to: usize, sums: usize, width: i32, height: i32, radius: i32): void {
  const reach = min(radius, height - 1);
  const gain = f64x2.splat(1 / <f64>(2 * reach + 1)), first = f64x2.splat(<f64>(reach + 1));
  const bytes = <usize>width << 2;
  for (let y = 0; y <= reach; y++) {
    const row = from + bytes * <usize>y;
    for (let x: usize = 0, sum = sums; x < bytes; x += 16, sum += 32) {
      const pixels = v128.load(row + x);
      if (y == 0) {
        v128.store(sum, f64x2.mul(low(pixels), first));
        v128.store(sum, f64x2.mul(high(pixels), first), 16);
      } else {
        v128.store(sum, f64x2.add(v128.load(sum), low(pixels)));
        v128.store(sum, f64x2.add(v128.load(sum, 16), high(pixels)), 16);
      }
    }
  }
  for (let y = 0; y < height; y++) {
    const target = to + bytes * <usize>y;
    const next = from + bytes * <usize>min(height - 1, y + reach + 1);
    const last = from + bytes * <usize>max(0, y - reach);
    for (let x: usize = 0, sum = sums; x < bytes; x += 16, sum += 32) {
      const here = v128.load(sum), there = v128.load(sum, 16);
      storeRow(target + x, four(f64x2.mul(here, gain), f64x2.mul(there, gain)), width - <i32>(x >> 2));
      const added = v128.load(next + x), gone = v128.load(last + x);
      v128.store(sum, f64x2.sub(f64x2.add(here, low(added)), low(gone)));
      v128.store(sum, f64x2.sub(f64x2.add(there, high(added)), high(gone)), 16);
    }
  }
}

/** `middle` times each pixel, divided by its mean and `dark`, into the place of the mean. */
export function divide(pixels: usize, mean: usize, count: i32, middle: f64, dark: f64): void {
  const times = f64x2.splat(middle), plus = f64x2.splat(dark);
  for (let i = 0; i < count; i += 4, pixels += 16, mean += 16) {
    const above = v128.load(pixels), below = v128.load(mean);
    const first = f64x2.div(f64x2.mul(times, low(above)), f64x2.add(low(below), plus));
    const second = f64x2.div(f64x2.mul(times, high(above)), f64x2.add(high(below), plus));
    v128.store(mean, four(first, second));
  }
}
