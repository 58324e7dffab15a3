/**
 * @file Bilinear samples of a square of an image, averaged for each pixel of the output, in WebAssembly
 * (`kernels/crop.ts`).
 */
import type { RgbImage } from '../base/image.ts';
import { openKernels, type Kernels } from './kernels.ts';

/** A square laid out on an image. */
export interface Square {
  readonly image: RgbImage;
  /** Pixels of a side of the output. */
  readonly size: number;
  /** Samples per pixel of the output and axis. */
  readonly samples: number;
  /** The first sample's place, counted from the first pixel's center. */
  readonly startX: number;
  readonly startY: number;
  /** From one sample to the next is (stepX, stepY), from one row to the next (−stepY, stepX). */
  readonly stepX: number;
  readonly stepY: number;
  /** No sample needs a pixel that is not there. */
  readonly isInside: boolean;
  readonly isBlackOutside: boolean;
}

/** What becomes of the samples. */
export interface SampleOptions {
  /** Whether one plane of luma (ITU-R BT.601) is wanted, in place of red, green and blue. */
  readonly isGray: boolean;
  readonly range: readonly [black: number, white: number];
}

/** Pixels behind the rows of the output that are sampled at once, where several rows need no more. */
const AT_ONCE = 65_536;
/**
 * Pixels that are laid out at once, where several rows need no more: 8 MB. The rows of a turned square lie behind much of
 * each other, and laid out one by one, a face of 1,400 pixels that is turned by 10° was laid out 27 times.
 */
const LAID_OUT = 524_288;

/** Fills `out`, shape `[1 or 3, size, size]`. */
export function sampleSquare(
  out: Float32Array,
  square: Square,
  { isGray, range: [black, white] }: SampleOptions,
): void {
  const { size, samples, startX, startY, stepX, stepY } = square;
  const kernels = openKernels();
  const plane = 4 * size * size;
  const bytes = isGray ? plane : 3 * plane;
  let laid: Rectangle | undefined;
  for (let row = 0, rows = size; row < size; row += rows) {
    rows = Math.min(rows, size - row);
    let rectangle = rectangleOf(square, row, rows);
    while (rows > 1 && rectangle.width * rectangle.height > AT_ONCE) {
      rows = (rows + 1) >> 1;
      rectangle = rectangleOf(square, row, rows);
    }
    if (laid === undefined || !holds(laid, rectangle)) {
      laid = rectangleAhead(square, { row, rows, rectangle });
      layOut(kernels, square, laid, bytes);
    }
    const first = row * samples;
    kernels.sample(
      startX - first * stepY,
      startY + first * stepX,
      stepX,
      stepY,
      samples,
      size,
      rows,
      OUTPUT + 4 * row * size,
      isGray ? 0 : plane,
      (white - black) / 255,
      black,
    );
  }
  out.set(new Float32Array(kernels.memory.buffer, OUTPUT, bytes / 4));
}

/** Where the output begins in the memory of the kernels. */
const OUTPUT = 1024;

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The pixels of the image that the samples of so many rows of the output lie between. */
function rectangleOf(square: Square, row: number, rows: number): Rectangle {
  const { size, samples, startX, startY, stepX, stepY } = square;
  const across = size * samples - 1;
  const [first, last] = [row * samples, (row + rows) * samples - 1];
  const xs = [0, across].flatMap((i) => [first, last].map((j) => startX + i * stepX - j * stepY));
  const ys = [0, across].flatMap((i) => [first, last].map((j) => startY + i * stepY + j * stepX));
  const { width, height } = square.image;
  // One more on each side: places are rounded in the kernels.
  const ends = (places: readonly number[], length: number): readonly [number, number] => [
    Math.max(0, Math.min(length - 1, Math.floor(Math.min(...places)) - 1)),
    Math.max(0, Math.min(length - 1, Math.floor(Math.max(...places)) + 2)),
  ];
  const [left, right] = ends(xs, width);
  const [top, bottom] = ends(ys, height);
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The rectangle behind some rows, and behind as many of the next as it may hold. */
function rectangleAhead(
  square: Square,
  {
    row,
    rows,
    rectangle,
  }: { readonly row: number; readonly rows: number; readonly rectangle: Rectangle },
): Rectangle {
  for (let more = square.size - row; more > rows; more = (more + 1) >> 1) {
    const ahead = rectangleOf(square, row, more);
    if (ahead.width * ahead.height <= LAID_OUT && holds(ahead, rectangle)) return ahead;
    if (more === 2) break;
  }
  return rectangle;
}

function holds(outer: Rectangle, { left, top, width, height }: Rectangle): boolean {
  return (
    left >= outer.left &&
    top >= outer.top &&
    left + width <= outer.left + outer.width &&
    top + height <= outer.top + outer.height
  );
}

/** Copies the rectangle of the image behind the output, as floating-point pixels. */
function layOut(
  kernels: Kernels,
  { image, isInside, isBlackOutside }: Square,
  { left, top, width, height }: Rectangle,
  outputBytes: number,
): void {
  const { data, channels } = image;
  const pixels = (OUTPUT + outputBytes + 15) & ~15;
  const bytes = pixels + 16 * width * height;
  kernels.reserve(bytes + channels * width * height + 16);
  const memory = new Uint8Array(kernels.memory.buffer);
  const line = channels * width;
  for (let y = 0; y < height; y++) {
    const from = channels * ((top + y) * image.width + left);
    memory.set(data.subarray(from, from + line), bytes + y * line);
  }
  kernels.spread(bytes, channels, width * height, pixels);
  kernels.layOut(
    pixels,
    width,
    left,
    top,
    image.width,
    image.height,
    Number(isInside),
    Number(isBlackOutside),
  );
}
