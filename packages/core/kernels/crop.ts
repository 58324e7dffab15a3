/**
 * @file Samples a turned square of an image, in AssemblyScript for WebAssembly SIMD.
 *
 * Built by `scripts/build-kernels.mjs` into `src/face/kernels.wasm.ts`; called by `src/face/crop.ts`. A pixel is four
 * 32-bit floating-point numbers: red, green, blue and one that is not used. Places are fixed-point numbers with 32 bits
 * behind the point, so that the pixel and the way to the next one are had by a shift.
 */

export { reserve } from './memory';

/** Makes floating-point pixels of bytes; one byte behind the last pixel of three is read as well. */
export function spread(from: usize, channels: i32, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) {
    const bytes = i16x8.extend_low_i8x16_u(v128.load32_zero(from));
    v128.store(to, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(bytes)));
    from += channels;
    to += 16;
  }
}

/** What {@link sample} reads: set by {@link layOut}. */
let image: usize = 0;
let across: i32 = 0;
let left: i32 = 0;
let top: i32 = 0;
let rightmost: i32 = 0;
let lowest: i32 = 0;
let isInside: bool = false;
let isBlackOutside: bool = false;

/**
 * Where the pixels lie: a rectangle of `columns` pixels in a row whose first pixel is (`x`, `y`) of an image of `width` ×
 * `height`. `inside`: no sample needs a pixel that the image does not have. `black`: samples outside the image are 0, else
 * its border is repeated.
 */
export function layOut(
  at: usize,
  columns: i32,
  x: i32,
  y: i32,
  width: i32,
  height: i32,
  inside: i32,
  black: i32,
): void {
  image = at;
  across = columns;
  left = x;
  top = y;
  rightmost = width - 1;
  lowest = height - 1;
  isInside = inside != 0;
  isBlackOutside = black != 0;
}

/** The sum of bilinear samples of a pixel of the output, `samples` in each of as many rows. */
// @ts-ignore: decorator of AssemblyScript
@inline
function sumAt(
  x: i64,
  y: i64,
  stepX: i64,
  stepY: i64,
  samples: i32,
  isInside: bool,
): v128 {
  let sum = f32x4.splat(0);
  for (let i = 0; i < samples; i++) {
    let px = x;
    let py = y;
    for (let j = 0; j < samples; j++) {
      let column = <i32>(px >> 32);
      let row = <i32>(py >> 32);
      let fx = <f32>(<i32>(<u32>px >>> 8)) * <f32>(1.0 / 16777216.0);
      let fy = <f32>(<i32>(<u32>py >>> 8)) * <f32>(1.0 / 16777216.0);
      let right: usize = 16;
      let below = <usize>across << 4;
      let isSeen = true;
      if (!isInside) {
        // From the middle of the pixel before the first to that of the pixel behind the last.
        const half: i64 = 1 << 31;
        if (isBlackOutside) {
          isSeen =
            px >= -half &&
            py >= -half &&
            px < ((<i64>rightmost << 32) + half) &&
            py < ((<i64>lowest << 32) + half);
        }
        // Beyond the border, and on its last pixel, there is no next one.
        if (column < 0 || column >= rightmost) {
          column = column < 0 ? 0 : rightmost;
          fx = 0;
          right = 0;
        }
        if (row < 0 || row >= lowest) {
          row = row < 0 ? 0 : lowest;
          fy = 0;
          below = 0;
        }
      }
      if (isSeen) {
        const at = image + (<usize>((row - top) * across + (column - left)) << 4);
        const a = v128.load(at);
        const c = v128.load(at + below);
        const wx = f32x4.splat(fx);
        const upper = f32x4.add(a, f32x4.mul(wx, f32x4.sub(v128.load(at + right), a)));
        const lower = f32x4.add(c, f32x4.mul(wx, f32x4.sub(v128.load(at + below + right), c)));
        const value = f32x4.add(upper, f32x4.mul(f32x4.splat(fy), f32x4.sub(lower, upper)));
        sum = f32x4.add(sum, value);
      }
      px += stepX;
      py += stepY;
    }
    x -= stepY;
    y += stepX;
  }
  return sum;
}

/**
 * `rows` rows of the output of `size` pixels each, of which the first sample of the first lies at (`x`, `y`) in the image,
 * the next one (`stepX`, `stepY`) further: red to `to`, green and blue `plane` bytes behind the plane before, each as
 * `gain` times the mean plus `bias`. Where `plane` is 0, their luma (ITU-R BT.601) alone.
 */
export function sample(
  x: f64,
  y: f64,
  stepX: f64,
  stepY: f64,
  samples: i32,
  size: i32,
  rows: i32,
  to: usize,
  plane: usize,
  gain: f32,
  bias: f32,
): void {
  const times = f32x4.splat(gain / <f32>(samples * samples));
  const plus = f32x4.splat(bias);
  const unit: f64 = 4294967296.0;
  const right = <i64>nearest(stepX * unit);
  const down = <i64>nearest(stepY * unit);
  let startX = <i64>nearest(x * unit);
  let startY = <i64>nearest(y * unit);
  for (let row = 0; row < rows; row++) {
    let px = startX;
    let py = startY;
    for (let pixel = 0; pixel < size; pixel++) {
      const sum = isInside
        ? sumAt(px, py, right, down, samples, true)
        : sumAt(px, py, right, down, samples, false);
      const mean = f32x4.mul(sum, times);
      if (plane == 0) {
        const red: f32 = 0.299 * f32x4.extract_lane(mean, 0);
        const green: f32 = 0.587 * f32x4.extract_lane(mean, 1);
        f32.store(to, red + green + <f32>0.114 * f32x4.extract_lane(mean, 2) + bias);
      } else {
        const value = f32x4.add(mean, plus);
        f32.store(to, f32x4.extract_lane(value, 0));
        f32.store(to + plane, f32x4.extract_lane(value, 1));
        f32.store(to + 2 * plane, f32x4.extract_lane(value, 2));
      }
      to += 4;
      px += right * samples;
      py += down * samples;
    }
    startX -= down * samples;
    startY += right * samples;
  }
}
