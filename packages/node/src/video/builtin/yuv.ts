/** @file RGB to Y'CbCr 4:2:0 by ITU-R BT.601, chroma where H.264 puts it (ITU-T H.264, figure E-1, type 0). */

/** Bits behind the point. */
const ONE = 1 << 16;
const fixed = (factor: number): number => Math.round(factor * ONE);

const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114];
const LUMA = 219 / 255;
/** Half of the chroma range, by the largest difference of a color and brightness. */
const CHROMA_BLUE = 224 / 255 / (2 * (1 - BLUE));
const CHROMA_RED = 224 / 255 / (2 * (1 - RED));

/**
 * Converts one image.
 *
 * @param rgb - `[height, width, 3]`; both even
 * @returns Y, then U and V with half the width and height; 16 to 235 and 16 to 240
 */
export function toYuv(rgb: Uint8Array, width: number, height: number): Uint8Array {
  const luma = width * height;
  const half = width >> 1;
  const out = new Uint8Array(luma + 2 * half * (height >> 1));
  const [red, green, blue] = [fixed(RED * LUMA), fixed(GREEN * LUMA), fixed(BLUE * LUMA)];
  for (let i = 0, from = 0; i < luma; i++, from += 3) {
    const sum = red * rgb[from]! + green * rgb[from + 1]! + blue * rgb[from + 2]!;
    out[i] = 16 + ((sum + ONE / 2) >> 16);
  }
  // A sample lies on an even column, between two rows: weights 1 2 1 across, 1 1 down, eight in all.
  const row = 3 * width;
  const perBlue = CHROMA_BLUE / 8;
  const perRed = CHROMA_RED / 8;
  for (let y = 0; y < height >> 1; y++) {
    for (let x = 0; x < half; x++) {
      const center = 2 * y * row + 6 * x;
      const left = x === 0 ? center : center - 3;
      const right = center + 3;
      const sum = (channel: number): number =>
        rgb[left + channel]! + 2 * rgb[center + channel]! + rgb[right + channel]! +
        rgb[left + row + channel]! + 2 * rgb[center + row + channel]! + rgb[right + row + channel]!; // prettier-ignore
      const [r, g, b] = [sum(0), sum(1), sum(2)];
      const brightness = RED * r + GREEN * g + BLUE * b;
      const at = luma + y * half + x;
      out[at] = Math.round(128 + perBlue * (b - brightness));
      out[at + half * (height >> 1)] = Math.round(128 + perRed * (r - brightness));
    }
  }
  return out;
}
