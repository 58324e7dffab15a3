/**
 * @file A part of a decoded frame, converted to red, green and blue without the rest of it, and made smaller before that:
 * of a frame of 4K, a crop of 192 pixels needs a face of 500 pixels at most, and the rest of the frame not at all.
 */
import type { Bounds, ImagePart, Shrink } from '../base/image.ts';
import { openColors, type ColorReading, type Colors } from './colors.ts';
import { loadKernels, type Kernels } from './kernels.ts';
import { partsOf, samplesOf, type PlanePart, type Planes } from './planes.ts';
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

/** How a part of a frame is converted and shown. */
export interface PartOptions {
  readonly reading: ColorReading;
  readonly shrink: Shrink;
  readonly orientation: Orientation;
}

/**
 * A part of a frame that is shown turned or mirrored.
 *
 * @param bounds - pixels of the frame as it is shown
 * @param kept - where the planes lie, where they are a part of a frame themselves
 */
export function orientedPart(
  planes: Planes,
  bounds: Bounds,
  tools: PartTools,
  { kept, ...options }: PartOptions & { readonly kept?: KeptPlace | undefined },
): ImagePart {
  const frame = kept ?? { ...planes, left: 0, top: 0, scale: 1 };
  const place = placeOf(frame, options.orientation);
  const { left, top, right, bottom } = place.stored(bounds);
  const { scale } = frame;
  const inside = {
    ...{ left: (left - frame.left) / scale, right: (right - frame.left) / scale },
    ...{ top: (top - frame.top) / scale, bottom: (bottom - frame.top) / scale },
  };
  const shrink = (options.shrink / scale) as Shrink;
  const part = framePart(planes, inside, tools, { ...options, shrink });
  const start = { left: scale * part.left + frame.left, top: scale * part.top + frame.top };
  const shown = place.shown({
    ...start,
    right: start.left + options.shrink * part.image.width,
    bottom: start.top + options.shrink * part.image.height,
  });
  const image = oriented(part.image, options.orientation);
  return { image, left: shown.left, top: shown.top };
}

/** Rectangles of a frame as it is stored and as it is shown. */
function placeOf(
  frame: { readonly width: number; readonly height: number },
  [a, b, c, d]: Orientation,
): Readonly<Record<'stored' | 'shown', (bounds: Bounds) => Bounds>> {
  const [width, height] = a === 0 ? [frame.height, frame.width] : [frame.width, frame.height];
  const [startX, startY] = [a < 0 || c < 0 ? width : 0, b < 0 || d < 0 ? height : 0];
  const around = (xs: readonly number[], ys: readonly number[]): Bounds => ({
    ...{ left: Math.min(...xs), right: Math.max(...xs) },
    ...{ top: Math.min(...ys), bottom: Math.max(...ys) },
  });
  const corners = ({ left, top, right, bottom }: Bounds): [x: number, y: number][] => [
    [left, top],
    [right, bottom],
  ];
  return {
    // The matrix only turns and mirrors: its inverse is its transpose.
    stored(bounds) {
      const ends = corners(bounds).map(([x, y]) => [x - startX, y - startY] as const);
      return around(ends.map(([x, y]) => a * x + b * y), ends.map(([x, y]) => c * x + d * y)); // prettier-ignore
    },
    shown(bounds) {
      const ends = corners(bounds);
      return around(ends.map(([x, y]) => startX + a * x + c * y), ends.map(([x, y]) => startY + b * x + d * y)); // prettier-ignore
    },
  };
}

/** Where a part of a frame lies in it, and the size of the frame, pixels as stored. */
export interface KeptPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** How many times smaller it is kept: 1, or it serves parts of this fraction only. */
  readonly scale: Shrink;
}

/** A part of the planes of a frame, in a memory of its own. */
export interface KeptPlanes {
  /** One for each fraction that was wanted. */
  readonly parts: readonly { readonly planes: Planes; readonly place: KeptPlace }[];
  /** What it holds, pixels of the frame as it is shown. */
  readonly bounds: Bounds;
  readonly room: ArrayBuffer;
}

/** Parts are kept in blocks of so many pixels: the largest that {@link framePart} makes one of. */
const KEPT_BLOCK = 16;

/** How {@link keepPlanes} keeps a part. */
export interface KeepPartOptions {
  readonly orientation: Orientation;
  readonly kernels: Kernels;
  /** The fractions at which parts will be wanted; of 1, all can be had. */
  readonly scales: readonly Shrink[];
  /** Memory that is used again, where it suffices. */
  readonly room?: ArrayBuffer | undefined;
}

/**
 * Copies a rectangle of a frame that has parts. Parts of the copy are those of the frame, bit for bit.
 *
 * @param bounds - pixels of the frame as it is shown
 */
export function keepPlanes(
  frame: Planes,
  bounds: Bounds,
  { orientation, kernels, scales, room }: KeepPartOptions,
): KeptPlanes {
  const { width, height } = frame;
  const shown = placeOf(frame, orientation);
  const wanted = shown.stored(bounds);
  const first = (value: number, length: number): number =>
    KEPT_BLOCK * Math.floor(Math.max(0, Math.min(value, length - 1)) / KEPT_BLOCK);
  const last = (value: number, length: number): number =>
    Math.min(length, KEPT_BLOCK * Math.ceil(value / KEPT_BLOCK));
  const [left, top] = [first(wanted.left, width), first(wanted.top, height)];
  const right = Math.max(left + 1, last(wanted.right, width));
  const bottom = Math.max(top + 1, last(wanted.bottom, height));
  const sizes = scales.map((scale) => {
    const [across, down] = [Math.ceil((right - left) / scale), Math.ceil((bottom - top) / scale)];
    const size = { width: across, height: down, chroma: [1, 1] as const };
    const samples = samplesOf(size);
    // What is made smaller has 8 bits.
    const isWide = scale === 1 && frame.bits > 8;
    return { scale, size, samples, isWide, bytes: samples * (isWide ? 2 : 1) };
  });
  const bytes = sizes.reduce((sum, one) => sum + one.bytes + (one.bytes & 1), 0);
  const memory = room !== undefined && room.byteLength >= bytes ? room : new ArrayBuffer(bytes);
  let at = 0;
  const parts = sizes.map(({ scale, size, samples, isWide, bytes: own }) => {
    const data = isWide ? new Uint16Array(memory, at, samples) : new Uint8Array(memory, at, samples); // prettier-ignore
    at += own + (own & 1);
    const targets = partsOf(size);
    for (const [index, from] of partsOf(frame).entries()) {
      const halved = index === 0 ? 1 : 2;
      const start = { left: left / halved, top: top / halved };
      const to = targets[index]!;
      if (data instanceof Uint8Array && (scale > 1 || frame.bits > 8)) {
        const pixels = { data: frame.data, shift: frame.bits - 8, ...from };
        reduce(kernels, pixels, start, { data, shrink: scale, ...to });
      } else {
        copyRows({ data: frame.data, ...from }, start, { data, ...to });
      }
    }
    const bits = isWide ? frame.bits : 8;
    return {
      planes: { ...frame, ...size, bits, data },
      place: { left, top, width, height, scale },
    };
  });
  return { parts, bounds: shown.shown({ left, top, right, bottom }), room: memory };
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
  if (shrink === 1 && from.shift === 0 && at.left + to.width <= from.width) {
    copyRows(from, at, to);
    return;
  }
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

/** Copies a rectangle of a plane that lies within it. */
function copyRows(
  from: PlanePart & Pick<Pixels, 'data'>,
  at: { readonly left: number; readonly top: number },
  to: PlanePart & Pick<Pixels, 'data'>,
): void {
  const { data, width } = from;
  let row = from.start + at.top * width + at.left;
  let target = to.start;
  for (let y = 0; y < to.height; y++, row += width, target += to.width) {
    to.data.set(data.subarray(row, row + to.width), target);
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
