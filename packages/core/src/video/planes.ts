/** @file Planes of any sampling and depth, converted to 4:2:0 with 8 bits in one way for all decoders. */

/** A frame as it is decoded: Y', Cb and Cr one after another, rows without padding. */
export interface Planes {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /**
   * Columns and rows of brightness that share one sample of chroma, as powers of two: [1, 1] is 4:2:0, [1, 0] 4:2:2,
   * [0, 0] 4:4:4, [2, 0] 4:1:1. Null: there is no chroma.
   */
  readonly chroma: readonly [across: number, down: number] | null;
  /** Bits of a sample, 8 to 16. Samples of more than 8 bits are in a `Uint16Array`. */
  readonly bits: number;
  /** All samples. */
  readonly data: Uint8Array | Uint16Array;
  /** Whether black is 0 in this frame, whatever its stream states. @defaultValue false */
  readonly isFullRange?: boolean;
}

/** One plane of {@link Planes}. */
export interface PlanePart {
  /** Index of its first sample. */
  readonly start: number;
  /** Samples in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Where the planes lie: one, or three. */
export function partsOf({ width, height, chroma }: Omit<Planes, 'data' | 'bits'>): PlanePart[] {
  const luma = { start: 0, width, height };
  if (chroma === null) return [luma];
  const across = (width + (1 << chroma[0]) - 1) >> chroma[0];
  const down = (height + (1 << chroma[1]) - 1) >> chroma[1];
  const start = width * height;
  return [
    luma,
    { start, width: across, height: down },
    { start: start + across * down, width: across, height: down },
  ];
}

/** Number of samples of all planes. */
export function samplesOf(planes: Omit<Planes, 'data' | 'bits'>): number {
  const last = partsOf(planes).at(-1)!;
  return last.start + last.width * last.height;
}

/**
 * The planes in 4:2:0 with 8 bits; the same object where they are already.
 *
 * Brightness is rounded and nothing else, so that what flow is measured on is the same for every sampling of chroma.
 */
export function toI420(planes: Planes): Planes & { readonly data: Uint8Array } {
  const { width, height, chroma, bits, data } = planes;
  const isHalved = chroma !== null && chroma[0] === 1 && chroma[1] === 1;
  if (isHalved && bits === 8 && data instanceof Uint8Array) return { ...planes, data };
  const target = { width, height, chroma: [1, 1] as const };
  const out = new Uint8Array(samplesOf(target));
  const shift = bits - 8;
  const half = shift > 0 ? 1 << (shift - 1) : 0;
  for (let i = 0; i < width * height; i++) out[i] = Math.min(255, (data[i]! + half) >> shift);
  const parts = partsOf(planes);
  for (const [index, to] of partsOf(target).entries()) {
    if (index === 0) continue;
    const from = parts[index];
    if (from === undefined) {
      out.fill(128, to.start, to.start + to.width * to.height);
      continue;
    }
    for (let y = 0; y < to.height; y++) {
      for (let x = 0; x < to.width; x++) {
        const sum = sampleAt(data, from, chroma!, { x, y });
        out[to.start + y * to.width + x] = Math.min(255, (sum + 4 * 2 ** shift) >> (3 + shift));
      }
    }
  }
  return { ...target, bits: 8, data: out };
}

/** Eight times the chroma sample that belongs to a place in 4:2:0: on the even column, between two rows. */
function sampleAt(
  data: Planes['data'],
  { start, width, height }: PlanePart,
  [across, down]: readonly [number, number],
  { x, y }: { readonly x: number; readonly y: number },
): number {
  const rows = down === 0 ? [2 * y, 2 * y + 1] : down === 1 ? [y, y] : [y >> 1, y >> 1];
  let sum = 0;
  for (const row of rows) {
    const at = start + Math.min(row, height - 1) * width;
    const column = (index: number): number => data[at + Math.max(0, Math.min(width - 1, index))]!;
    if (across === 0) sum += column(2 * x - 1) + 2 * column(2 * x) + column(2 * x + 1);
    else if (across === 1) sum += 4 * column(x);
    else sum += 2 * (column(x >> 1) + column((x + 1) >> 1));
  }
  return sum;
}
