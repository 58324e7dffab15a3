/**
 * @file The pixel loops of TV-L1 optical flow, in AssemblyScript for WebAssembly SIMD.
 *
 * Built by `scripts/build-kernels.mjs` into `src/motion/kernels.wasm.ts`. Who calls what,
 * and in which order, is in `src/motion/tvl1.ts`; the same mathematics in plain TypeScript
 * is in `src/motion/tvl1-reference.ts`.
 *
 * Every plane has the same padded layout: rows of `stride(width)` bytes, each with four
 * spare columns on the left; one spare row above and two below. The columns right of the
 * image are the spare ones of the row below. `plane` points at the start of the padding,
 * `origin` at pixel (0, 0).
 */

export { reserve } from './memory';

// @ts-ignore: decorator of AssemblyScript
@inline
function stride(width: i32): usize {
  return ((<usize>width + 3) & ~3) + 4 << 2;
}

// @ts-ignore: decorator of AssemblyScript
@inline
function origin(plane: usize, row: usize): usize {
  return plane + row + 16;
}

/** Repeats the edge of a plane into its padding: one column left, two right, one row above, two below. */
export function extend(plane: usize, width: i32, height: i32): void {
  const row = stride(width);
  const right = <usize>(width - 1) << 2;
  let o = origin(plane, row);
  for (let y = 0; y < height; y++, o += row) {
    f32.store(o - 4, f32.load(o));
    const edge = f32.load(o + right);
    f32.store(o + right + 4, edge);
    f32.store(o + right + 8, edge);
  }
  // A whole row would overwrite its own right padding: copy from the left spare column to the right one.
  const bytes = (<usize>width + 3) << 2;
  const first = origin(plane, row) - 4;
  const last = first + row * <usize>(height - 1);
  memory.copy(first - row, first, bytes);
  memory.copy(last + row, last, bytes);
  memory.copy(last + 2 * row, last, bytes);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function mirror(index: i32, length: i32): i32 {
  const positive = abs(index);
  const folded = positive < length ? positive : 2 * length - 2 - positive;
  return max(folded, 0);
}

/**
 * Convolves a plane with a symmetric kernel in both directions; beyond the edges the image is mirrored.
 * `weights` holds `radius + 1` numbers, the middle one first. `line` is room for one mirrored row.
 */
export function smooth(
  from: usize, between: usize, to: usize, line: usize, weights: usize,
  radius: i32, width: i32, height: i32,
): void {
  const row = stride(width);
  const wide = (width + 3) & ~3;
  const middle = f32x4.splat(f32.load(weights));
  for (let y = 0; y < height; y++) {
    const source = origin(from, row) + row * <usize>y;
    const start = line + (<usize>radius << 2);
    memory.copy(start, source, <usize>width << 2);
    for (let i = 1; i <= radius + 3; i++) {
      const right = width - 1 + i;
      if (i <= radius) f32.store(start - (<usize>i << 2), f32.load(source + (<usize>mirror(-i, width) << 2)));
      f32.store(start + (<usize>right << 2), f32.load(source + (<usize>mirror(right, width) << 2)));
    }
    const target = origin(between, row) + row * <usize>y;
    for (let x: usize = 0, end = <usize>wide << 2; x < end; x += 16) {
      let sum = f32x4.mul(middle, v128.load(start + x));
      for (let i: usize = 4, last = <usize>radius << 2; i <= last; i += 4) {
        const pair = f32x4.add(v128.load(start + x - i), v128.load(start + x + i));
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights + i), pair));
      }
      v128.store(target + x, sum);
    }
  }
  const first = origin(between, row);
  for (let y = 0; y < height; y++) {
    const source = first + row * <usize>y;
    const target = origin(to, row) + row * <usize>y;
    for (let x: usize = 0, end = <usize>wide << 2; x < end; x += 16) {
      v128.store(target + x, f32x4.mul(middle, v128.load(source + x)));
    }
    for (let i = 1; i <= radius; i++) {
      const weight = v128.load32_splat(weights + (<usize>i << 2));
      const above = first + row * <usize>mirror(y - i, height);
      const below = first + row * <usize>mirror(y + i, height);
      for (let x: usize = 0, end = <usize>wide << 2; x < end; x += 16) {
        const pair = f32x4.add(v128.load(above + x), v128.load(below + x));
        v128.store(target + x, f32x4.add(v128.load(target + x), f32x4.mul(weight, pair)));
      }
    }
  }
}

// Catmull-Rom weights of the four neighbors as a cubic in the fraction t (Keys 1981, a = -1/2).
// @ts-ignore: decorator of AssemblyScript
@inline
function cubic(t: f32): v128 {
  const c0 = f32x4(0, 1, 0, 0), c1 = f32x4(-0.5, 0, 0.5, 0);
  const c2 = f32x4(1, -2.5, 2, -0.5), c3 = f32x4(-0.5, 1.5, -1.5, 0.5);
  const s = f32x4.splat(t);
  return f32x4.add(c0, f32x4.mul(s, f32x4.add(c1, f32x4.mul(s, f32x4.add(c2, f32x4.mul(s, c3))))));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function lanes(weights: v128, r0: v128, r1: v128, r2: v128, r3: v128): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(v128.shuffle<f32>(weights, weights, 0, 0, 0, 0), r0), f32x4.mul(v128.shuffle<f32>(weights, weights, 1, 1, 1, 1), r1)),
    f32x4.add(f32x4.mul(v128.shuffle<f32>(weights, weights, 2, 2, 2, 2), r2), f32x4.mul(v128.shuffle<f32>(weights, weights, 3, 3, 3, 3), r3)),
  );
}

// @ts-ignore: decorator of AssemblyScript
@inline
function total(a: v128): f32 {
  const half = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 2, 3));
  return f32x4.extract_lane(f32x4.add(half, v128.shuffle<f32>(half, half, 1, 1, 1, 1)), 0);
}

/**
 * Resamples an extended plane to another size, centers of pixels aligned, and multiplies it by `gain`. `line` is room for
 * one row of it, which is resampled from top to bottom first, and 32 bytes for each column of the result.
 */
export function resample(
  from: usize, fromWidth: i32, fromHeight: i32,
  to: usize, toWidth: i32, toHeight: i32, gain: f32, line: usize,
): void {
  const row = stride(fromWidth), toRow = stride(toWidth);
  const scaleX = <f32>fromWidth / <f32>toWidth, scaleY = <f32>fromHeight / <f32>toHeight;
  const lastX = <f32>(fromWidth - 1), lastY = <f32>(fromHeight - 1);
  // From the column left of the image to the second one right of it.
  const wide = ((<usize>fromWidth + 6) & ~3) << 2;
  const columns = line + wide;
  for (let x = 0; x < toWidth; x++) {
    const px = max<f32>(0, min<f32>(lastX, (<f32>x + 0.5) * scaleX - 0.5));
    const ix = <i32>px;
    const column = columns + (<usize>x << 5);
    v128.store(column, cubic(px - <f32>ix));
    i32.store(column + 16, <i32>line + (ix << 2));
  }
  const first = origin(from, row);
  for (let y = 0; y < toHeight; y++) {
    const py = max<f32>(0, min<f32>(lastY, (<f32>y + 0.5) * scaleY - 0.5));
    const iy = <i32>py;
    const wy = cubic(py - <f32>iy);
    const source = first + row * <usize>iy - row - 4;
    for (let o: usize = 0; o < wide; o += 16) {
      const at = source + o;
      v128.store(line + o, lanes(wy, v128.load(at), v128.load(at + row), v128.load(at + 2 * row), v128.load(at + 3 * row)));
    }
    let target = origin(to, toRow) + toRow * <usize>y;
    for (let column = columns, end = columns + (<usize>toWidth << 5); column < end; column += 32, target += 4) {
      const taps = v128.load(<usize>i32.load(column + 16));
      f32.store(target, gain * total(f32x4.mul(taps, v128.load(column))));
    }
  }
}

/** Slopes of an extended plane: central differences, half of one-sided ones at the edges. */
export function differentiate(from: usize, slopeX: usize, slopeY: usize, width: i32, height: i32): void {
  const row = stride(width);
  const wide = <usize>((width + 3) & ~3) << 2;
  const half = f32x4.splat(0.5);
  for (let y = 0; y < height; y++) {
    const begin = row + 16 + row * <usize>y;
    for (let o = begin, end = begin + wide; o < end; o += 16) {
      const s = from + o;
      v128.store(slopeX + o, f32x4.mul(half, f32x4.sub(v128.load(s + 4), v128.load(s - 4))));
      v128.store(slopeY + o, f32x4.mul(half, f32x4.sub(v128.load(s + row), v128.load(s - row))));
    }
  }
}

/** The four products whose sum is an interpolated value. */
// @ts-ignore: decorator of AssemblyScript
@inline
function weighed(at: usize, row: usize, wx: v128, wy: v128): v128 {
  return f32x4.mul(lanes(wy, v128.load(at), v128.load(at + row), v128.load(at + 2 * row), v128.load(at + 3 * row)), wx);
}

/** `total` of each of four vectors. */
// @ts-ignore: decorator of AssemblyScript
@inline
function totals(at: usize): v128 {
  const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

// Where `linearize` keeps what belongs to four pixels.
// @ts-ignore: decorator of AssemblyScript
@inline
const FOUR: usize = 640, PRODUCTS: usize = 704;

/**
 * Warps `to` and its slopes (all extended) by the flow and linearizes the brightness difference around it:
 * rho(u, v) = constant + slopeX u + slopeY v, with `inverse` = -1 / |slope|^2, or 0 without a slope.
 * Pixels that leave the image have no data term: they are done like the others, at its border, and not used.
 */
export function linearize(
  from: usize, to: usize, toX: usize, toY: usize, u: usize, v: usize,
  constant: usize, slopeX: usize, slopeY: usize, inverse: usize,
  width: i32, height: i32,
): void {
  const row = stride(width);
  const lastX = <f32>(width - 1), lastY = <f32>(height - 1);
  for (let y = 0; y < height; y++) {
    let o = row + 16 + row * <usize>y;
    for (let x = 0; x < width; x += 4, o += 16) {
      const dx = v128.load(u + o), dy = v128.load(v + o);
      const zero = f32x4.splat(0), columns = f32x4.add(f32x4.splat(<f32>x), f32x4(0, 1, 2, 3));
      const goesX = f32x4.add(columns, dx), goesY = f32x4.add(f32x4.splat(<f32>y), dy);
      const px = f32x4.pmax(zero, f32x4.pmin(f32x4.splat(lastX), goesX)), py = f32x4.pmax(zero, f32x4.pmin(f32x4.splat(lastY), goesY));
      // Those right of the image do not count either.
      const isInside = v128.and(v128.and(f32x4.eq(px, goesX), f32x4.eq(py, goesY)), f32x4.le(columns, f32x4.splat(lastX)));
      const ix = i32x4.trunc_sat_f32x4_s(px), iy = i32x4.trunc_sat_f32x4_s(py);
      const fx = f32x4.sub(px, f32x4.convert_i32x4_s(ix)), fy = f32x4.sub(py, f32x4.convert_i32x4_s(iy));
      // Where each of the four lies in its neighborhood of 4x4 pixels, then what these weigh, of the slopes and the image.
      v128.store(FOUR, i32x4.add(i32x4.mul(iy, i32x4.splat(<i32>row)), i32x4.shl(ix, 2)));
      v128.store(FOUR, fx, 16);
      v128.store(FOUR, fy, 32);
      for (let lane = FOUR, end = lane + 16, to4 = PRODUCTS; lane < end; lane += 4, to4 += 16) {
        const a = <usize>i32.load(lane) + 12;
        const wx = cubic(f32.load(lane, 16)), wy = cubic(f32.load(lane, 32));
        v128.store(to4, weighed(toX + a, row, wx, wy));
        v128.store(to4, weighed(toY + a, row, wx, wy), 64);
        v128.store(to4, weighed(to + a, row, wx, wy), 128);
      }
      const sx = totals(PRODUCTS), sy = totals(PRODUCTS + 64), warped = totals(PRODUCTS + 128);
      const steep = f32x4.add(f32x4.mul(sx, sx), f32x4.mul(sy, sy));
      const isUsed = v128.and(isInside, f32x4.gt(steep, f32x4.splat(1e-6)));
      const rest = f32x4.sub(f32x4.sub(f32x4.sub(warped, v128.load(from + o)), f32x4.mul(sx, dx)), f32x4.mul(sy, dy));
      v128.store(constant + o, v128.and(isUsed, rest));
      v128.store(slopeX + o, v128.and(isUsed, sx));
      v128.store(slopeY + o, v128.and(isUsed, sy));
      v128.store(inverse + o, v128.and(isUsed, f32x4.div(f32x4.splat(-1), steep)));
    }
  }
}

// The planes of `iterate`, kept here so that the row functions need no long argument lists.
let rest: usize = 0, slopeX: usize = 0, slopeY: usize = 0, inverse: usize = 0;
let u: usize = 0, v: usize = 0, p11: usize = 0, p12: usize = 0, p21: usize = 0, p22: usize = 0;

// The constants of `iterate`, four times each: the clip of the data term, less than nothing of it, the dual step, the coupling
// and one. Loaded where they are used: there are fewer registers than numbers that a row needs.
// @ts-ignore: decorator of AssemblyScript
@inline
const CONSTANTS: usize = 512;

/** Primal and dual steps of one row: `dual` first (with the flow as it stands), then `primal` (with the new dual). */
// @ts-ignore: decorator of AssemblyScript
@inline
function sweepRow(start: usize, row: usize, wide: i32, dual: bool, primal: bool): void {
  const rc = rest, sx = slopeX, sy = slopeY, iv = inverse, pu = u, pv = v, a11 = p11, a12 = p12, a21 = p21, a22 = p22;
  let left1 = f32x4.splat(0), left2 = f32x4.splat(0);
  for (let o = start, end = start + (<usize>wide << 2); o < end; o += 16) {
    const U = v128.load(pu + o), V = v128.load(pv + o);
    let q11 = v128.load(a11 + o), q12 = v128.load(a12 + o), q21 = v128.load(a21 + o), q22 = v128.load(a22 + o);
    if (dual) {
      const ux = f32x4.sub(v128.load(pu + o + 4), U), uy = f32x4.sub(v128.load(pu + o + row), U);
      const vx = f32x4.sub(v128.load(pv + o + 4), V), vy = f32x4.sub(v128.load(pv + o + row), V);
      const n1 = f32x4.div(v128.load(CONSTANTS, 64), f32x4.add(v128.load(CONSTANTS, 64), f32x4.mul(v128.load(CONSTANTS, 32), f32x4.sqrt(f32x4.add(f32x4.mul(ux, ux), f32x4.mul(uy, uy))))));
      const n2 = f32x4.div(v128.load(CONSTANTS, 64), f32x4.add(v128.load(CONSTANTS, 64), f32x4.mul(v128.load(CONSTANTS, 32), f32x4.sqrt(f32x4.add(f32x4.mul(vx, vx), f32x4.mul(vy, vy))))));
      q11 = f32x4.mul(n1, f32x4.add(q11, f32x4.mul(v128.load(CONSTANTS, 32), ux)));
      q12 = f32x4.mul(n1, f32x4.add(q12, f32x4.mul(v128.load(CONSTANTS, 32), uy)));
      q21 = f32x4.mul(n2, f32x4.add(q21, f32x4.mul(v128.load(CONSTANTS, 32), vx)));
      q22 = f32x4.mul(n2, f32x4.add(q22, f32x4.mul(v128.load(CONSTANTS, 32), vy)));
      v128.store(a11 + o, q11);
      v128.store(a12 + o, q12);
      v128.store(a21 + o, q21);
      v128.store(a22 + o, q22);
    }
    if (primal) {
      const gx = v128.load(sx + o), gy = v128.load(sy + o);
      const rho = f32x4.add(v128.load(rc + o), f32x4.add(f32x4.mul(gx, U), f32x4.mul(gy, V)));
      const d = f32x4.pmax(v128.load(CONSTANTS, 16), f32x4.pmin(v128.load(CONSTANTS), f32x4.mul(rho, v128.load(iv + o))));
      const div1 = f32x4.add(f32x4.sub(q11, v128.shuffle<f32>(left1, q11, 3, 4, 5, 6)), f32x4.sub(q12, v128.load(a12 + o - row)));
      const div2 = f32x4.add(f32x4.sub(q21, v128.shuffle<f32>(left2, q21, 3, 4, 5, 6)), f32x4.sub(q22, v128.load(a22 + o - row)));
      v128.store(pu + o, f32x4.add(U, f32x4.add(f32x4.mul(d, gx), f32x4.mul(v128.load(CONSTANTS, 48), div1))));
      v128.store(pv + o, f32x4.add(V, f32x4.add(f32x4.mul(d, gy), f32x4.mul(v128.load(CONSTANTS, 48), div2))));
      left1 = q11;
      left2 = q21;
    }
  }
}

function firstRow(start: usize, row: usize, wide: i32): void {
  sweepRow(start, row, wide, false, true);
}

function middleRow(start: usize, row: usize, wide: i32): void {
  sweepRow(start, row, wide, true, true);
}

function lastRow(start: usize, row: usize, wide: i32): void {
  sweepRow(start, row, wide, true, false);
}

/**
 * Runs the primal-dual iterations. `planes` holds ten planes of `size` bytes: constant, slopeX, slopeY,
 * inverse, u, v and the four dual ones.
 *
 * Iterations follow each other down the image in waves of `wave`: while iteration k works on row y,
 * iteration k + 1 works on row y - 1, so that a row is still in the cache when the next iteration needs
 * it. The numbers are the same as one iteration after another.
 */
export function iterate(
  planes: usize, size: usize, width: i32, height: i32,
  iterations: i32, wave: i32, lambdaTheta: f32, tauOverTheta: f32, coupling: f32,
): void {
  rest = planes;
  slopeX = planes + size;
  slopeY = slopeX + size;
  inverse = slopeY + size;
  u = inverse + size;
  v = u + size;
  p11 = v + size;
  p12 = p11 + size;
  p21 = p12 + size;
  p22 = p21 + size;
  v128.store(CONSTANTS, f32x4.splat(lambdaTheta));
  v128.store(CONSTANTS, f32x4.splat(-lambdaTheta), 16);
  v128.store(CONSTANTS, f32x4.splat(tauOverTheta), 32);
  v128.store(CONSTANTS, f32x4.splat(coupling), 48);
  v128.store(CONSTANTS, f32x4.splat(1), 64);

  const row = stride(width);
  const wide = (width + 3) & ~3;
  const right = <usize>width << 2;
  for (let done = 0; done < iterations; done += wave) {
    const count = min(wave, iterations - done);
    for (let y = 0; y < height + count; y++) {
      for (let k = max(0, y - height + 1), last = min(count, y); k <= last; k++) {
        const r = y - k;
        const start = row + 16 + row * <usize>r;
        // Forward differences across the lower and the right edge are zero.
        if (k > 0 && r == height - 1) {
          memory.copy(u + start + row, u + start, <usize>wide << 2);
          memory.copy(v + start + row, v + start, <usize>wide << 2);
        }
        if (k == 0) firstRow(start, row, wide);
        else if (k == count) lastRow(start, row, wide);
        else middleRow(start, row, wide);
        if (k < count) {
          f32.store(u + start + right, f32.load(u + start + right - 4));
          f32.store(v + start + right, f32.load(v + start + right - 4));
        }
      }
    }
  }
}

/** The 3×3 median of an extended plane: the sorting network of Smith 1996 on four pixels at a time. */
export function median(from: usize, to: usize, width: i32, height: i32): void {
  const row = stride(width);
  const wide = <usize>((width + 3) & ~3) << 2;
  for (let y = 0; y < height; y++) {
    const begin = row + 16 + row * <usize>y;
    for (let o = begin, end = begin + wide; o < end; o += 16) {
      const s = from + o;
      let a = v128.load(s - row - 4), b = v128.load(s - row), c = v128.load(s - row + 4);
      let d = v128.load(s - 4), e = v128.load(s), f = v128.load(s + 4);
      let g = v128.load(s + row - 4), h = v128.load(s + row), i = v128.load(s + row + 4);
      let t = f32x4.pmin(b, c); c = f32x4.pmax(b, c); b = t;
      t = f32x4.pmin(e, f); f = f32x4.pmax(e, f); e = t;
      t = f32x4.pmin(h, i); i = f32x4.pmax(h, i); h = t;
      t = f32x4.pmin(a, b); b = f32x4.pmax(a, b); a = t;
      t = f32x4.pmin(d, e); e = f32x4.pmax(d, e); d = t;
      t = f32x4.pmin(g, h); h = f32x4.pmax(g, h); g = t;
      t = f32x4.pmin(b, c); c = f32x4.pmax(b, c); b = t;
      t = f32x4.pmin(e, f); f = f32x4.pmax(e, f); e = t;
      t = f32x4.pmin(h, i); i = f32x4.pmax(h, i); h = t;
      g = f32x4.pmax(f32x4.pmax(a, d), g);
      c = f32x4.pmin(f32x4.pmin(c, f), i);
      // The middle of the three middles.
      t = f32x4.pmax(f32x4.pmin(b, e), f32x4.pmin(f32x4.pmax(b, e), h));
      // The middle of largest low, middle middle, smallest high.
      v128.store(to + o, f32x4.pmax(f32x4.pmin(g, t), f32x4.pmin(f32x4.pmax(g, t), c)));
    }
  }
}
