/**
 * @file From Y'CbCr 4:2:0 to red, green and blue, in AssemblyScript for WebAssembly SIMD.
 *
 * Built by `scripts/build-kernels.mjs` into `src/video/kernels.wasm.ts`; called by `src/video/colors.ts`,
 * where the arithmetic is explained. Whole numbers only: results are the same everywhere.
 */

export { reserve } from './memory';

/**
 * The contribution of two rows of chroma, mixed three to one, to red, green and blue: `lines` gets three rows of `room` bytes,
 * 32-bit numbers, with the first repeated before them and the last behind them.
 */
export function weigh(
  nearU: usize,
  farU: usize,
  nearV: usize,
  farV: usize,
  step: i32,
  half: i32,
  redV: i32,
  greenU: i32,
  greenV: i32,
  blueU: i32,
  lines: usize,
  room: usize,
): void {
  const greens = lines + room;
  const blues = greens + room;
  let i = 0;
  if (step == 1) {
    const middle = i32x4.splat(512);
    for (; i + 8 <= half; i += 8) {
      const un = i16x8.extend_low_i8x16_u(v128.load64_zero(nearU + i));
      const uf = i16x8.extend_low_i8x16_u(v128.load64_zero(farU + i));
      const vn = i16x8.extend_low_i8x16_u(v128.load64_zero(nearV + i));
      const vf = i16x8.extend_low_i8x16_u(v128.load64_zero(farV + i));
      const u = i16x8.add(i16x8.add(i16x8.add(un, un), un), uf);
      const v = i16x8.add(i16x8.add(i16x8.add(vn, vn), vn), vf);
      const ul = i32x4.sub(i32x4.extend_low_i16x8_s(u), middle);
      const uh = i32x4.sub(i32x4.extend_high_i16x8_s(u), middle);
      const vl = i32x4.sub(i32x4.extend_low_i16x8_s(v), middle);
      const vh = i32x4.sub(i32x4.extend_high_i16x8_s(v), middle);
      const to = <usize>i << 2;
      v128.store(lines + to, i32x4.mul(vl, i32x4.splat(redV)));
      v128.store(lines + to + 16, i32x4.mul(vh, i32x4.splat(redV)));
      v128.store(
        greens + to,
        i32x4.add(i32x4.mul(ul, i32x4.splat(greenU)), i32x4.mul(vl, i32x4.splat(greenV))),
      );
      v128.store(
        greens + to + 16,
        i32x4.add(i32x4.mul(uh, i32x4.splat(greenU)), i32x4.mul(vh, i32x4.splat(greenV))),
      );
      v128.store(blues + to, i32x4.mul(ul, i32x4.splat(blueU)));
      v128.store(blues + to + 16, i32x4.mul(uh, i32x4.splat(blueU)));
    }
  }
  for (; i < half; i++) {
    const at = <usize>(i * step);
    const u = 3 * <i32>load<u8>(nearU + at) + <i32>load<u8>(farU + at) - 512;
    const v = 3 * <i32>load<u8>(nearV + at) + <i32>load<u8>(farV + at) - 512;
    const to = <usize>i << 2;
    store<i32>(lines + to, redV * v);
    store<i32>(greens + to, greenU * u + greenV * v);
    store<i32>(blues + to, blueU * u);
  }
  store<i32>(lines - 4, load<i32>(lines));
  store<i32>(greens - 4, load<i32>(greens));
  store<i32>(blues - 4, load<i32>(blues));
  const end = <usize>half << 2;
  store<i32>(lines + end, load<i32>(lines + end - 4));
  store<i32>(greens + end, load<i32>(greens + end - 4));
  store<i32>(blues + end, load<i32>(blues + end - 4));
}

/**
 * Eight values of one color: brightness, weighed, and what chroma adds between its samples, four times over; as 16-bit
 * numbers. Samples lie on the even columns or, where they are centered, between an even one and the next.
 */
// @ts-ignore: decorator of AssemblyScript
@inline
function eight(low: v128, high: v128, line: usize, centered: i32): v128 {
  const here = v128.load(line);
  const next = v128.load(line + 4);
  const twice = i32x4.add(here, here);
  let even = i32x4.add(twice, twice);
  let odd = i32x4.add(twice, i32x4.add(next, next));
  if (centered) {
    const most = i32x4.add(twice, here);
    even = i32x4.add(most, v128.load(line - 4));
    odd = i32x4.add(most, next);
  }
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(low, v128.shuffle<i32>(even, odd, 0, 4, 1, 5)), 20),
    i32x4.shr_s(i32x4.add(high, v128.shuffle<i32>(even, odd, 2, 6, 3, 7)), 20),
  );
}

/**
 * Writes a row of the image: byte triples, `across` bytes from one to the next. Up to 15 bytes behind the brightness
 * are read, and where `across` is 3, up to 16 triples behind the row are written: the next row writes them again.
 */
export function write(
  luma: usize,
  width: i32,
  scale: i32,
  shift: i32,
  lines: usize,
  room: usize,
  to: usize,
  across: i32,
  centered: i32,
): void {
  const gain = i32x4.splat(scale);
  const add = i32x4.splat(shift);
  for (let x = 0; x < width; x += 8, luma += 8, lines += 16) {
    const y = i16x8.extend_low_i8x16_u(v128.load64_zero(luma));
    const low = i32x4.add(i32x4.mul(i32x4.extend_low_i16x8_s(y), gain), add);
    const high = i32x4.add(i32x4.mul(i32x4.extend_high_i16x8_s(y), gain), add);
    const r = eight(low, high, lines, centered);
    const g = eight(low, high, lines + room, centered);
    const b = eight(low, high, lines + 2 * room, centered);
    const rg = i8x16.narrow_i16x8_u(r, g);
    const bb = i8x16.narrow_i16x8_u(b, b);
    if (across == 3) {
      v128.store(
        to,
        v128.shuffle<i8>(rg, bb, 0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5),
      );
      v128.store64_lane(
        to + 16,
        v128.shuffle<i8>(rg, bb, 13, 21, 6, 14, 22, 7, 15, 23, 0, 0, 0, 0, 0, 0, 0, 0),
        0,
      );
      to += 24;
    } else {
      const count = min(8, width - x);
      v128.store(SPARE, rg);
      v128.store(SPARE + 16, bb);
      for (let i = 0; i < count; i++, to += across) {
        const at = <usize>i;
        store<u8>(to, load<u8>(SPARE + at));
        store<u8>(to + 1, load<u8>(SPARE + 8 + at));
        store<u8>(to + 2, load<u8>(SPARE + 16 + at));
      }
    }
  }
}

/** Room for eight triples. */
const SPARE: usize = 256;

/** Adds the sums of pairs of bytes to 16-bit sums. Up to 15 bytes are read and as many sums written behind the end. */
export function addPairs(from: usize, sums: usize, pairs: i32): void {
  for (let i = 0; i < pairs; i += 8, from += 16, sums += 16) {
    const added = i16x8.extadd_pairwise_i8x16_u(v128.load(from));
    v128.store(sums, i16x8.add(v128.load(sums), added));
  }
}

/** Replaces 16-bit sums by the sums of pairs of them. */
export function foldPairs(sums: usize, count: i32): void {
  for (let i = 0, from = sums; i < count; i += 8, from += 32, sums += 16) {
    const low = i32x4.extadd_pairwise_i16x8_u(v128.load(from));
    const high = i32x4.extadd_pairwise_i16x8_u(v128.load(from, 16));
    v128.store(sums, i16x8.narrow_i32x4_u(low, high));
  }
}

/** Bytes of 16-bit sums: halves are rounded up. */
export function meanOf(sums: usize, to: usize, count: i32, bits: i32): void {
  const most: i32 = 1 << bits;
  const half = i16x8.splat(<i16>(most >> 1));
  for (let i = 0; i < count; i += 8, sums += 16, to += 8) {
    const mean = i16x8.shr_u(i16x8.add(v128.load(sums), half), bits);
    v128.store64_lane(to, i8x16.narrow_i16x8_u(mean, mean), 0);
  }
}
