/**
 * @file A part of a decoded frame, converted to red, green and blue without the rest of it, and made smaller before that:
 * of a frame of 4K, a crop of 192 pixels needs a face of 500 pixels at most, and the rest of the frame not at all.
 */
import type { Bounds, ImagePart, Shrink } from '../base/image.ts';
import type { ColorReading, Colors } from './colors.ts';
import { partsOf, type PlanePart, type Planes } from './planes.ts';

/** What a part is converted with. */
interface PartTools {
  readonly colors: Colors;
  readonly reading: ColorReading;
}

/** Whether parts of planes can be had: chroma is halved both ways, as almost everywhere. */
export function hasParts({ chroma }: Planes): boolean {
  return chroma !== null && chroma[0] === 1 && chroma[1] === 1;
}

/**
 * Converts a part of a frame. At full size its pixels are those of the whole frame, bit for bit, but for two at those
 * of its borders that are not the frame's.
 *
 * @returns valid until the next call with the same colors
 */
export function framePart(
  planes: Planes,
  { left, top, right, bottom }: Bounds,
  { colors, reading, shrink }: PartTools & { readonly shrink: Shrink },
): ImagePart {
  // Blocks of whole samples of chroma.
  const block = 2 * shrink;
  const start = { left: block * Math.floor(left / block), top: block * Math.floor(top / block) };
  const end = {
    right: Math.min(planes.width, block * Math.ceil(right / block)),
    bottom: Math.min(planes.height, block * Math.ceil(bottom / block)),
  };
  const width = Math.ceil((end.right - start.left) / shrink);
  const height = Math.ceil((end.bottom - start.top) / shrink);
  const targets = partsOf({ width, height, chroma: [1, 1] });
  const last = targets.at(-1)!;
  const room = colors.room({ bytes: last.start + last.width * last.height, width, height });
  for (const [index, from] of partsOf(planes).entries()) {
    const halved = index === 0 ? 1 : 2;
    const at = { left: start.left / halved, top: start.top / halved };
    const pixels = { data: planes.data, shift: planes.bits - 8, ...from };
    reduce(pixels, at, { data: room, ...targets[index]! }, shrink);
  }
  const layout = targets.map((target) => ({ offset: target.start, stride: target.width }));
  const data = colors.convert({ format: 'I420', layout, width, height }, reading);
  return { image: { data, width, height, channels: 3 }, ...start };
}

interface Pixels extends PlanePart {
  readonly data: Planes['data'];
  /** Bits beyond eight. */
  readonly shift: number;
}

/** Fills a plane with the means of squares of another one, from a place on. */
function reduce(
  { data, shift, ...from }: Pixels,
  at: { readonly left: number; readonly top: number },
  to: PlanePart & { readonly data: Uint8Array },
  shrink: Shrink,
): void {
  const isCopy = shrink === 1 && data instanceof Uint8Array && shift === 0;
  const sums = new Uint32Array(to.width);
  for (let y = 0; y < to.height; y++) {
    const target = to.start + y * to.width;
    const first = at.top + y * shrink;
    if (isCopy) {
      const row = from.start + first * from.width + at.left;
      to.data.set(data.subarray(row, row + to.width), target);
      continue;
    }
    sums.fill(0);
    const rows = Math.min(shrink, from.height - first);
    for (let i = 0; i < rows; i++) {
      const row = from.start + (first + i) * from.width;
      addBlocks(sums, data, { start: row + at.left, end: row + from.width, shrink });
    }
    // A block at the right border may be narrower.
    const rest = from.width - (at.left + (to.width - 1) * shrink);
    for (let x = 0; x < to.width; x++) {
      const count = (x === to.width - 1 ? Math.min(shrink, rest) : shrink) * rows * 2 ** shift;
      to.data[target + x] = Math.min(255, Math.floor((sums[x]! + count / 2) / count));
    }
  }
}

/** Adds each block of a row to its sum. */
function addBlocks(
  sums: Uint32Array,
  data: Planes['data'],
  { start, end, shrink }: { readonly start: number; readonly end: number; readonly shrink: Shrink },
): void {
  for (let x = 0, from = start; x < sums.length; x++) {
    const to = Math.min(end, from + shrink);
    let sum = 0;
    for (; from < to; from++) sum += data[from]!;
    sums[x]! += sum;
  }
}
