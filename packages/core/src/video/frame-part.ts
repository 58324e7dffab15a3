/**
 * @file A part of a decoded frame, converted to red, green and blue without the rest of it, and made smaller before that:
 * of a frame of 4K, a crop of 192 pixels needs a face of 500 pixels at most, and the rest of the frame not at all.
 */
import type { Bounds, ImagePart, Shrink } from '../base/image.ts';
import { openColors, type ColorReading, type Colors } from './colors.ts';
import { loadKernels, type Kernels } from './kernels.ts';
import { partsOf, type PlanePart, type Planes } from './planes.ts';
import { oriented, type Orientation } from './stream.ts';

/** What parts are converted with, one after another. */
export interface PartTools {
  readonly colors: Colors;
  readonly kernels: Kernels;
}

/** Opens the tools with a memory of their own: what was converted elsewhere stays where it is. */
export async function openPartTools(): Promise<PartTools> {
  const kernels = await loadKernels();
  kernels.reserve(SUMS + 2 * LONGEST + 64);
  return { colors: await openColors(), kernels };
}

/** Whether parts of planes can be had: chroma is halved both ways, as almost everywhere. */
export function hasParts({ chroma, width }: Planes): boolean {
  return chroma !== null && chroma[0] === 1 && chroma[1] === 1 && width <= LONGEST - 16;
}

/**
 * Converts a part of a frame. At full size its pixels are those of the whole frame, bit for bit, but for two at those
 * of its borders that are not the frame's.
 *
 * @returns valid until the next call with the same tools
 */
export function framePart(
  planes: Planes,
  { left, top, right, bottom }: Bounds,
  { colors, kernels }: PartTools,
  { reading, shrink }: { readonly reading: ColorReading; readonly shrink: Shrink },
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
    reduce(kernels, pixels, at, { data: room, shrink, ...targets[index]! });
  }
  const layout = targets.map((target) => ({ offset: target.start, stride: target.width }));
  const data = colors.convert({ format: 'I420', layout, width, height }, reading);
  return { image: { data, width, height, channels: 3 }, ...start };
}

/**
 * A part of a frame that is shown turned or mirrored.
 *
 * @param bounds - pixels of the frame as it is shown
 */
export function orientedPart(
  planes: Planes,
  bounds: Bounds,
  tools: PartTools,
  options: { readonly reading: ColorReading; readonly shrink: Shrink; readonly orientation: Orientation }, // prettier-ignore
): ImagePart {
  const [a, b, c, d] = options.orientation;
  const [width, height] = a === 0 ? [planes.height, planes.width] : [planes.width, planes.height];
  const [startX, startY] = [a < 0 || c < 0 ? width : 0, b < 0 || d < 0 ? height : 0];
  // The matrix only turns and mirrors: its inverse is its transpose.
  const ends = [
    [bounds.left - startX, bounds.top - startY],
    [bounds.right - startX, bounds.bottom - startY],
  ] as const;
  const xs = ends.map(([x, y]) => a * x + b * y);
  const ys = ends.map(([x, y]) => c * x + d * y);
  const stored = {
    ...{ left: Math.min(...xs), right: Math.max(...xs) },
    ...{ top: Math.min(...ys), bottom: Math.max(...ys) },
  };
  const part = framePart(planes, stored, tools, options);
  const { image, left, top } = part;
  const right = left + options.shrink * image.width;
  const bottom = top + options.shrink * image.height;
  return {
    image: oriented(image, options.orientation),
    left: startX + Math.min(a * left, a * right) + Math.min(c * top, c * bottom),
    top: startY + Math.min(b * left, b * right) + Math.min(d * top, d * bottom),
  };
}

interface Pixels extends PlanePart {
  readonly data: Planes['data'];
  /** Bits beyond eight. */
  readonly shift: number;
}

/** Where the kernels work: a row, then the sums of its blocks. */
const [ROW, SUMS] = [1024, 1024 + 8192 + 64];
/** Pixels of a row that there is room for: twice the longest side of a frame. */
const LONGEST = 8192;

/** Fills a plane with the means of squares of another one, from a place on; behind its borders they are repeated. */
function reduce(
  kernels: Kernels,
  from: Pixels,
  at: { readonly left: number; readonly top: number },
  { shrink, ...to }: PlanePart & { readonly data: Uint8Array; readonly shrink: Shrink },
): void {
  const length = to.width * shrink;
  const memory = new Uint8Array(kernels.memory.buffer);
  const row = memory.subarray(ROW, ROW + length);
  for (let y = 0; y < to.height; y++) {
    const target = to.start + y * to.width;
    const first = at.top + y * shrink;
    if (shrink === 1) {
      copyRow(to.data.subarray(target, target + to.width), from, { left: at.left, y: first });
      continue;
    }
    memory.fill(0, SUMS, SUMS + length + 16);
    for (let i = 0; i < shrink; i++) {
      copyRow(row, from, { left: at.left, y: Math.min(from.height - 1, first + i) });
      kernels.addPairs(ROW, SUMS, length >> 1);
    }
    let sums = length >> 1;
    for (let side: number = shrink; side > 2; side >>= 1) kernels.foldPairs(SUMS, (sums >>= 1));
    kernels.meanOf(SUMS, ROW, to.width, 2 * Math.log2(shrink));
    to.data.set(row.subarray(0, to.width), target);
  }
}

/** Copies a part of a row, in eight bits. */
function copyRow(
  row: Uint8Array,
  { data, shift, start, width }: Pixels,
  { left, y }: { readonly left: number; readonly y: number },
): void {
  const from = start + y * width + left;
  const length = Math.min(row.length, width - left);
  if (data instanceof Uint8Array) row.set(data.subarray(from, from + length));
  else {
    const half = shift > 0 ? 1 << (shift - 1) : 0;
    for (let i = 0; i < length; i++) row[i] = Math.min(255, (data[from + i]! + half) >> shift);
  }
  if (length < row.length) row.fill(row[length - 1]!, length);
}
