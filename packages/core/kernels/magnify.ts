/**
 * @file The pixel loops of Eulerian video magnification, in AssemblyScript for WebAssembly SIMD.
 *
 * Built by `scripts/build-kernels.mjs` into `src/magnify/kernels.wasm.ts`. Who calls what, and
 * in which order, is in `src/magnify/machine.ts`; the same mathematics in plain TypeScript is in
 * `src/magnify/pyramid.ts` and `src/magnify/reference.ts`.
 *
 * A plane is rows of float32, each padded on the right to a multiple of eight numbers. What
 * is in the padding is finite and has no meaning. An image is rows of bytes without padding,
 * three or four to a pixel, with 128 spare bytes behind the last row, which loops may read and write.
 */
/** Grows the memory to at least `bytes`; 0 where the system does not give so much. */
export function reserve(bytes: u32): i32 {
  const pages = <i32>((<u64>bytes + 65535) >> 16);
  const now = memory.size();
  return pages <= now || memory.grow(pages - now) >= 0 ? 1 : 0;
}

// @ts-ignore: decorator of AssemblyScript
@inline
function stride(width: i32): usize {
  return ((<usize>width + 7) & ~7) << 2;
}

/** An image is mirrored beyond its left and upper edge, and beyond the others when it is reduced. */
// @ts-ignore: decorator of AssemblyScript
@inline
function mirror(index: i32, length: i32): i32 {
  const positive = abs(index);
  const folded = positive < length ? positive : 2 * length - 2 - positive;
  return max(folded, 0);
}

// One byte of each of four pixels as numbers, for three and for four bytes to a pixel.
// @ts-ignore: decorator of AssemblyScript
@inline
function red(bytes: v128, four: bool): v128 {
  return f32x4.convert_i32x4_s(four
    ? i8x16.swizzle(bytes, i8x16(0, -1, -1, -1, 4, -1, -1, -1, 8, -1, -1, -1, 12, -1, -1, -1))
    : i8x16.swizzle(bytes, i8x16(0, -1, -1, -1, 3, -1, -1, -1, 6, -1, -1, -1, 9, -1, -1, -1)));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function green(bytes: v128, four: bool): v128 {
  return f32x4.convert_i32x4_s(four
    ? i8x16.swizzle(bytes, i8x16(1, -1, -1, -1, 5, -1, -1, -1, 9, -1, -1, -1, 13, -1, -1, -1))
    : i8x16.swizzle(bytes, i8x16(1, -1, -1, -1, 4, -1, -1, -1, 7, -1, -1, -1, 10, -1, -1, -1)));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function blue(bytes: v128, four: bool): v128 {
  return f32x4.convert_i32x4_s(four
    ? i8x16.swizzle(bytes, i8x16(2, -1, -1, -1, 6, -1, -1, -1, 10, -1, -1, -1, 14, -1, -1, -1))
    : i8x16.swizzle(bytes, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1)));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function weighted(r: v128, g: v128, b: v128, wr: f32, wg: f32, wb: f32): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(r, f32x4.splat(wr)), f32x4.mul(g, f32x4.splat(wg))),
    f32x4.mul(b, f32x4.splat(wb)),
  );
}

// Two weights as the pair of 16-bit numbers, in units of 2⁻¹⁵, that a product of pairs takes.
// @ts-ignore: decorator of AssemblyScript
@inline
function pair(one: f64, two: f64): v128 {
  return i32x4.splat((<i32>nearest(two * 32768) << 16) | (<i32>nearest(one * 32768) & 0xffff));
}

// A weighted sum of reds and greens, which alternate, and blues. Exact: it has at most 24 bits.
// @ts-ignore: decorator of AssemblyScript
@inline
function mixed(rg: v128, b: v128, wr: f64, wg: f64, wb: f64): v128 {
  const sum = i32x4.add(i32x4.dot_i16x8_s(rg, pair(wr, wg)), i32x4.dot_i16x8_s(b, pair(wb, 0)));
  return f32x4.mul(f32x4.convert_i32x4_s(sum), f32x4.splat(1.0 / 32768));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function splitBytes(from: usize, four: bool, width: i32, y: usize, i: usize, q: usize): void {
  for (let o: usize = 0, end = <usize>width << 2; o < end; o += 16, from += four ? 16 : 12) {
    const bytes = v128.load(from);
    const rg = four
      ? i8x16.swizzle(bytes, i8x16(0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13, -1))
      : i8x16.swizzle(bytes, i8x16(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
    const b = four
      ? i8x16.swizzle(bytes, i8x16(2, -1, -1, -1, 6, -1, -1, -1, 10, -1, -1, -1, 14, -1, -1, -1))
      : i8x16.swizzle(bytes, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1));
    v128.store(y + o, mixed(rg, b, 0.299, 0.587, 0.114));
    if (i == 0) continue;
    v128.store(i + o, mixed(rg, b, 0.596, -0.274, -0.322));
    v128.store(q + o, mixed(rg, b, 0.211, -0.523, 0.312));
  }
}

/** One row of an image as luma and, unless `i` is 0, the two chroma planes of YIQ. */
function splitRow(from: usize, channels: i32, width: i32, y: usize, i: usize, q: usize): void {
  if (channels == 4) splitBytes(from, true, width, y, i, q);
  else splitBytes(from, false, width, y, i, q);
}

/** Luma of an image and, unless `i` is 0, the two chroma planes of YIQ too. */
export function split(image: usize, channels: i32, width: i32, height: i32, y: usize, i: usize, q: usize): void {
  const row = stride(width);
  for (let line = 0; line < height; line++) {
    const o = row * <usize>line;
    splitRow(image + <usize>line * <usize>(width * channels), channels, width, y + o, i == 0 ? 0 : i + o, i == 0 ? 0 : q + o);
  }
}

/** As `split`, then `reduce`, without the planes in between. `room` is for 25 rows. */
export function splitReduced(image: usize, channels: i32, width: i32, height: i32, y: usize, i: usize, q: usize, room: usize): void {
  const row = stride(width);
  const toRow = stride((width + 1) >> 1);
  const t = room + 32;
  // The eight rows that were split last, of each plane.
  const rows = room + row + 64;
  const away: usize = i == 0 ? 0 : row << 3;
  let next = 0;
  for (let line = 0; line < (height + 1) >> 1; line++) {
    for (const last = min(2 * line + 2, height - 1); next <= last; next++) {
      const o = rows + row * <usize>(next & 7);
      splitRow(image + <usize>next * <usize>(width * channels), channels, width, o, i == 0 ? 0 : o + away, o + 2 * away);
    }
    const a = row * <usize>(mirror(2 * line - 2, height) & 7), b = row * <usize>(mirror(2 * line - 1, height) & 7);
    const c = row * <usize>(mirror(2 * line, height) & 7), d = row * <usize>(mirror(2 * line + 1, height) & 7);
    const e = row * <usize>(mirror(2 * line + 2, height) & 7);
    const o = toRow * <usize>line;
    reduceRow(rows + a, rows + b, rows + c, rows + d, rows + e, width, y + o, t);
    if (i == 0) continue;
    const chroma = rows + away, other = chroma + away;
    reduceRow(chroma + a, chroma + b, chroma + c, chroma + d, chroma + e, width, i + o, t);
    reduceRow(other + a, other + b, other + c, other + d, other + e, width, q + o, t);
  }
}

// The nearest whole numbers, as the last bits of 1.5 · 2²³ + `a`: far cheaper than a conversion that saturates. What lies
// beyond ±2¹⁵ is cut off first; a byte is beyond either end by then.
// @ts-ignore: decorator of AssemblyScript
@inline
function whole(a: v128): v128 {
  const inside = f32x4.pmax(f32x4.splat(-32768), f32x4.pmin(f32x4.splat(32767), a));
  return i32x4.sub(f32x4.add(inside, f32x4.splat(12582912)), i32x4.splat(0x4b400000));
}

// Sixteen pixels of three bytes, all channels of a pixel changed alike.
// @ts-ignore: decorator of AssemblyScript
@inline
function brighten(from: usize, width: i32, by: usize, to: usize): void {
  for (let o: usize = 0, end = <usize>width << 2; o < end; o += 64, from += 48, to += 48) {
    const p = i16x8.narrow_i32x4_s(whole(v128.load(by + o)), whole(v128.load(by + o + 16)));
    const q = i16x8.narrow_i32x4_s(whole(v128.load(by + o + 32)), whole(v128.load(by + o + 48)));
    const one = v128.load(from), two = v128.load(from + 16), three = v128.load(from + 32);
    v128.store(to, i8x16.narrow_i16x8_u(
      i16x8.add_sat_s(i16x8.extend_low_i8x16_u(one), v128.shuffle<i16>(p, p, 0, 0, 0, 1, 1, 1, 2, 2)),
      i16x8.add_sat_s(i16x8.extend_high_i8x16_u(one), v128.shuffle<i16>(p, p, 2, 3, 3, 3, 4, 4, 4, 5)),
    ));
    v128.store(to + 16, i8x16.narrow_i16x8_u(
      i16x8.add_sat_s(i16x8.extend_low_i8x16_u(two), v128.shuffle<i16>(p, p, 5, 5, 6, 6, 6, 7, 7, 7)),
      i16x8.add_sat_s(i16x8.extend_high_i8x16_u(two), v128.shuffle<i16>(q, q, 0, 0, 0, 1, 1, 1, 2, 2)),
    ));
    v128.store(to + 32, i8x16.narrow_i16x8_u(
      i16x8.add_sat_s(i16x8.extend_low_i8x16_u(three), v128.shuffle<i16>(q, q, 2, 3, 3, 3, 4, 4, 4, 5)),
      i16x8.add_sat_s(i16x8.extend_high_i8x16_u(three), v128.shuffle<i16>(q, q, 5, 5, 6, 6, 6, 7, 7, 7)),
    ));
  }
}

// @ts-ignore: decorator of AssemblyScript
@inline
function joinBytes(from: usize, four: bool, width: i32, r: usize, g: usize, b: usize, to: usize): void {
  for (let o: usize = 0, end = <usize>width << 2; o < end; o += 16, from += four ? 16 : 12, to += four ? 16 : 12) {
    const bytes = v128.load(from);
    const rg = i16x8.narrow_i32x4_s(
      whole(f32x4.add(red(bytes, four), v128.load(r + o))), whole(f32x4.add(green(bytes, four), v128.load(g + o))));
    const bb = i16x8.narrow_i32x4_s(whole(f32x4.add(blue(bytes, four), v128.load(b + o))), i32x4.splat(0));
    // Reds, greens, blues and nothing, each of four pixels, become pixels again.
    const planar = i8x16.narrow_i16x8_u(rg, bb);
    v128.store(to, four
      ? i8x16.shuffle(planar, bytes, 0, 4, 8, 19, 1, 5, 9, 23, 2, 6, 10, 27, 3, 7, 11, 31)
      : i8x16.swizzle(planar, i8x16(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, 12, 12, 12, 12)));
  }
}

/** One row of `join`. */
function joinRow(from: usize, channels: i32, width: i32, r: usize, g: usize, b: usize, to: usize): void {
  if (channels == 4) joinBytes(from, true, width, r, g, b, to);
  else if (r == g) brighten(from, width, r, to);
  else joinBytes(from, false, width, r, g, b, to);
}

/**
 * Adds to an image the changes in red, green and blue, which may be one plane, and rounds. A fourth byte of a
 * pixel stays as it is. `to` must not be `image`.
 */
export function join(image: usize, channels: i32, width: i32, height: i32, r: usize, g: usize, b: usize, to: usize): void {
  const row = stride(width);
  for (let line = 0; line < height; line++) {
    const o = row * <usize>line, at = <usize>line * <usize>(width * channels);
    joinRow(image + at, channels, width, r + o, g + o, b + o, to + at);
  }
}

/** As `expand`, then `join`, without the planes in between. `room` is for five rows. */
export function joinExpanded(image: usize, channels: i32, width: i32, height: i32, r: usize, g: usize, b: usize, to: usize, room: usize): void {
  const row = stride(width) + 64;
  const t = room + 32;
  const one = room + row + 64;
  const two = r == g ? one : one + row, three = r == g ? one : two + row;
  for (let line = 0; line < height; line++) {
    expandRow(r, width, height, line, 0, 0, one, t, false);
    if (r != g) {
      expandRow(g, width, height, line, 0, 0, two, t, false);
      expandRow(b, width, height, line, 0, 0, three, t, false);
    }
    const at = <usize>line * <usize>(width * channels);
    joinRow(image + at, channels, width, one, two, three, to + at);
  }
}

/** Replaces luma and chroma (YIQ) by red, green and blue. */
export function toRgb(y: usize, i: usize, q: usize, count: i32): void {
  for (let o: usize = 0, end = <usize>count << 2; o < end; o += 16) {
    const a = v128.load(y + o), b = v128.load(i + o), c = v128.load(q + o);
    v128.store(y + o, weighted(a, b, c, 1, 0.956, 0.621));
    v128.store(i + o, weighted(a, b, c, 1, -0.272, -0.647));
    v128.store(q + o, weighted(a, b, c, 1, -1.106, 1.703));
  }
}

/** One row of `reduce`; `t` has room for a row. */
function reduceRow(a: usize, b: usize, c: usize, d: usize, e: usize, width: i32, target: usize, t: usize): void {
  const row = stride(width);
  const toRow = stride((width + 1) >> 1);
  const four = f32x4.splat(4), six = f32x4.splat(6), scale = f32x4.splat(1.0 / 256);
  for (let o: usize = 0; o < row; o += 16) {
    const outer = f32x4.add(v128.load(a + o), v128.load(e + o));
    const inner = f32x4.mul(four, f32x4.add(v128.load(b + o), v128.load(d + o)));
    v128.store(t + o, f32x4.add(f32x4.add(outer, inner), f32x4.mul(six, v128.load(c + o))));
  }
  f32.store(t - 4, f32.load(t + (<usize>mirror(-1, width) << 2)));
  f32.store(t - 8, f32.load(t + (<usize>mirror(-2, width) << 2)));
  const end = t + (<usize>width << 2);
  const next = f32.load(t + (<usize>mirror(width, width) << 2));
  const second = f32.load(t + (<usize>mirror(width + 1, width) << 2));
  f32.store(end, next);
  f32.store(end + 4, second);
  for (let o: usize = 0; o < toRow; o += 16) {
    const s = t + 2 * o;
    const p = v128.load(s - 8), q = v128.load(s + 8), r = v128.load(s + 24);
    const middle = v128.load(s), after = v128.load(s + 16);
    const lower = v128.shuffle<f32>(p, q, 0, 2, 4, 6), left = v128.shuffle<f32>(p, q, 1, 3, 5, 7);
    const center = v128.shuffle<f32>(middle, after, 0, 2, 4, 6), right = v128.shuffle<f32>(middle, after, 1, 3, 5, 7);
    const upper = v128.shuffle<f32>(q, r, 0, 2, 4, 6);
    const sum = f32x4.add(
      f32x4.add(f32x4.add(lower, upper), f32x4.mul(six, center)),
      f32x4.mul(four, f32x4.add(left, right)),
    );
    v128.store(target + o, f32x4.mul(scale, sum));
  }
}

/** Smooths with the binomial kernel (1 4 6 4 1)/16 in both directions and keeps every second pixel. `line` is room for a row. */
export function reduce(from: usize, width: i32, height: i32, to: usize, line: usize): void {
  const row = stride(width);
  const toRow = stride((width + 1) >> 1);
  for (let y = 0; y < (height + 1) >> 1; y++) {
    const a = from + row * <usize>mirror(2 * y - 2, height);
    const b = from + row * <usize>mirror(2 * y - 1, height);
    const c = from + row * <usize>mirror(2 * y, height);
    const d = from + row * <usize>mirror(2 * y + 1, height);
    const e = from + row * <usize>mirror(2 * y + 2, height);
    reduceRow(a, b, c, d, e, width, to + toRow * <usize>y, line + 32);
  }
}

// Row `y` of `expand`; `fine` and `target` are that row's, `t` has room for a row.
// @ts-ignore: decorator of AssemblyScript
@inline
function expandRow(from: usize, width: i32, height: i32, y: i32, fine: usize, gain: f32, target: usize, t: usize, adds: bool): void {
  const fromWidth = (width + 1) >> 1, fromHeight = (height + 1) >> 1;
  const row = stride(fromWidth), toRow = stride(width);
  const six = f32x4.splat(6), eighth = f32x4.splat(0.125), half = f32x4.splat(0.5), scale = f32x4.splat(gain);
  const here = y >> 1;
  const middle = from + row * <usize>here;
  const below = from + row * <usize>min(here + 1, fromHeight - 1);
  if (y & 1) {
    for (let o: usize = 0; o < row; o += 16) {
      v128.store(t + o, f32x4.mul(half, f32x4.add(v128.load(middle + o), v128.load(below + o))));
    }
  } else {
    const above = from + row * <usize>min(abs(here - 1), fromHeight - 1);
    for (let o: usize = 0; o < row; o += 16) {
      const outer = f32x4.add(v128.load(above + o), v128.load(below + o));
      v128.store(t + o, f32x4.mul(eighth, f32x4.add(outer, f32x4.mul(six, v128.load(middle + o)))));
    }
  }
  f32.store(t - 4, f32.load(t + (<usize>min(1, fromWidth - 1) << 2)));
  const last = t + (<usize>(fromWidth - 1) << 2);
  f32.store(last + 4, f32.load(last));
  for (let o: usize = 0; o < toRow; o += 32) {
    const s = t + (o >> 1);
    const center = v128.load(s), right = v128.load(s + 4);
    const even = f32x4.mul(eighth, f32x4.add(f32x4.add(v128.load(s - 4), right), f32x4.mul(six, center)));
    const odd = f32x4.mul(half, f32x4.add(center, right));
    let first = v128.shuffle<f32>(even, odd, 0, 4, 1, 5), second = v128.shuffle<f32>(even, odd, 2, 6, 3, 7);
    if (adds) {
      first = f32x4.add(first, f32x4.mul(scale, v128.load(fine + o)));
      second = f32x4.add(second, f32x4.mul(scale, v128.load(fine + o + 16)));
    }
    v128.store(target + o, first);
    v128.store(target + o + 16, second);
  }
}

/**
 * Doubles a plane to `width` × `height`: between its pixels lie their means, then the binomial kernel; the plane is
 * mirrored beyond its left and upper edge and repeated beyond the others. Adds `gain` times the plane `fine` of that
 * size, unless `fine` is 0. `line` is room for a row.
 */
export function expand(from: usize, width: i32, height: i32, fine: usize, gain: f32, to: usize, line: usize): void {
  const row = stride(width);
  const t = line + 32;
  for (let y = 0; y < height; y++) {
    const o = row * <usize>y;
    if (fine != 0) expandRow(from, width, height, y, fine + o, gain, to + o, t, true);
    else expandRow(from, width, height, y, 0, 0, to + o, t, false);
  }
}

/** `to = scale · from + gain · other`, over `count` numbers, a multiple of eight. */
export function combine(from: usize, scale: f32, other: usize, gain: f32, to: usize, count: i32): void {
  const s = f32x4.splat(scale), g = f32x4.splat(gain);
  for (let o: usize = 0, end = <usize>count << 2; o < end; o += 16) {
    v128.store(to + o, f32x4.add(f32x4.mul(s, v128.load(from + o)), f32x4.mul(g, v128.load(other + o))));
  }
}

/** The difference of two one-pole low-passes, times `gain`; moves `slow` and `fast` on by one frame. */
export function lowPasses(x: usize, fast: usize, slow: usize, band: usize, r1: f32, r2: f32, gain: f32, count: i32): void {
  const quick = f32x4.splat(r1), lazy = f32x4.splat(r2), g = f32x4.splat(gain);
  for (let o: usize = 0, end = <usize>count << 2; o < end; o += 16) {
    const value = v128.load(x + o);
    let a = v128.load(fast + o), b = v128.load(slow + o);
    a = f32x4.add(a, f32x4.mul(quick, f32x4.sub(value, a)));
    b = f32x4.add(b, f32x4.mul(lazy, f32x4.sub(value, b)));
    v128.store(fast + o, a);
    v128.store(slow + o, b);
    v128.store(band + o, f32x4.mul(g, f32x4.sub(a, b)));
  }
}

/** A second-order section with numerator `gain`·(1, 0, −1), transposed direct form II; moves `s1` and `s2` on by one frame. */
export function section(x: usize, s1: usize, s2: usize, y: usize, gain: f32, a1: f32, a2: f32, count: i32): void {
  const g = f32x4.splat(gain), p = f32x4.splat(a1), q = f32x4.splat(a2);
  for (let o: usize = 0, end = <usize>count << 2; o < end; o += 16) {
    const input = f32x4.mul(g, v128.load(x + o));
    const output = f32x4.add(input, v128.load(s1 + o));
    v128.store(s1 + o, f32x4.sub(v128.load(s2 + o), f32x4.mul(p, output)));
    v128.store(s2 + o, f32x4.neg(f32x4.add(input, f32x4.mul(q, output))));
    v128.store(y + o, output);
  }
}

export { transform, convolve } from './fourier';
