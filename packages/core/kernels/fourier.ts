/**
 * @file Fast Fourier transforms for the ideal band-pass of `magnify.ts`, in AssemblyScript for WebAssembly SIMD.
 *
 * Four complex series at a time: `size` times four real, then four imaginary parts.
 */

// @ts-ignore: decorator of AssemblyScript
@inline
function butterflies(data: usize, size: i32, turns: usize, forward: bool): void {
  let length = forward ? size : 2;
  while (forward ? length >= 2 : length <= size) {
    const half = length >> 1;
    const skip = <usize>(size / length) << 3;
    const away = <usize>half << 5;
    for (let start = 0; start < size; start += length) {
      let at = data + (<usize>start << 5);
      let turn = turns;
      for (let j = 0; j < half; j++, at += 32, turn += skip) {
        const c = v128.load32_splat(turn), s = v128.load32_splat(turn + 4);
        const ar = v128.load(at), ai = v128.load(at + 16);
        const br = v128.load(at + away), bi = v128.load(at + away + 16);
        if (forward) {
          v128.store(at, f32x4.add(ar, br));
          v128.store(at + 16, f32x4.add(ai, bi));
          const dr = f32x4.sub(ar, br), di = f32x4.sub(ai, bi);
          v128.store(at + away, f32x4.sub(f32x4.mul(dr, c), f32x4.mul(di, s)));
          v128.store(at + away + 16, f32x4.add(f32x4.mul(dr, s), f32x4.mul(di, c)));
        } else {
          const tr = f32x4.add(f32x4.mul(br, c), f32x4.mul(bi, s)), ti = f32x4.sub(f32x4.mul(bi, c), f32x4.mul(br, s));
          v128.store(at, f32x4.add(ar, tr));
          v128.store(at + 16, f32x4.add(ai, ti));
          v128.store(at + away, f32x4.sub(ar, tr));
          v128.store(at + away + 16, f32x4.sub(ai, ti));
        }
      }
    }
    length = forward ? length >> 1 : length << 1;
  }
}

/** Spectrum, in bit-reversed order, of four complex series of `size` (a power of two). `turns`: cos and sin of −2πj/`size`, j < `size`/2. */
export function transform(data: usize, size: i32, turns: usize): void {
  butterflies(data, size, turns, true);
}

/**
 * Convolves the series of every pixel of `frames` planes, each `planeBytes` after the other, with the kernel whose
 * spectrum (real, bit-reversed, divided by `size`) is `spectrum`; the planes are replaced. `data` is room for `size` × 32 bytes.
 */
export function convolve(planes: usize, planeBytes: u32, frames: i32, spectrum: usize, data: usize, size: i32, turns: usize): void {
  for (let pixel: usize = 0; pixel < <usize>planeBytes; pixel += 32) {
    let at = planes + pixel;
    for (let t = 0; t < frames; t++, at += planeBytes) {
      v128.store(data + (<usize>t << 5), v128.load(at));
      v128.store(data + (<usize>t << 5) + 16, v128.load(at + 16));
    }
    memory.fill(data + (<usize>frames << 5), 0, <usize>(size - frames) << 5);
    butterflies(data, size, turns, true);
    for (let k = 0; k < size; k++) {
      const value = v128.load32_splat(spectrum + (<usize>k << 2));
      const o = data + (<usize>k << 5);
      v128.store(o, f32x4.mul(value, v128.load(o)));
      v128.store(o + 16, f32x4.mul(value, v128.load(o + 16)));
    }
    butterflies(data, size, turns, false);
    at = planes + pixel;
    for (let t = 0; t < frames; t++, at += planeBytes) {
      v128.store(at, v128.load(data + (<usize>t << 5)));
      v128.store(at + 16, v128.load(data + (<usize>t << 5) + 16));
    }
  }
}
