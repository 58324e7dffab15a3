/**
 * @file From a decoder's planes to red, green and blue, by the matrices of ITU-R BT.601, BT.709 and BT.2020.
 *
 * Where a browser decodes, it hands out Y'CbCr 4:2:0, and what it would make of that itself depends on the browser. So
 * it is converted here, by the same matrices as the command line's decoder, and both see the same clip.
 *
 * Whole numbers only, with 16 fractional bits. A row of chroma is mixed from its two neighbors, three to one, and so is
 * a column where samples lie between columns; where they lie on the even ones, an odd one is the mean of its
 * neighbors. That is sixteen times a sample in all, and sixteen times the factors still fit 32 bits.
 */
import { own } from '../base/own.ts';
import { loadKernels, type Kernels } from './kernels.ts';

/** How a clip's colors are to be read. */
export interface ColorReading {
  /** `bt709`, `bt2020-ncl`, …; anything else is read as BT.601. */
  readonly matrix?: string | null | undefined;
  /** Whether black is 0 and white 255, not 16 and 235. */
  readonly fullRange?: boolean | null | undefined;
  /** Whether chroma lies between two columns, as in MPEG-1 and JPEG, not on the even ones. @defaultValue false */
  readonly isCentered?: boolean;
  /** Quarter turns clockwise that the image is to be turned by. @defaultValue 0 */
  readonly turns?: number;
}

/** Where an image's planes lie. */
export interface PlanesLayout {
  /** I420: Y, U and V one after another; NV12: Y, then U and V in pairs. */
  readonly format: 'I420' | 'NV12';
  /** Bytes from the start, and from one row to the next; one per plane. */
  readonly layout: readonly {
    /** Bytes from the start of the buffer. */
    readonly offset: number;
    /** Bytes from one row to the next. */
    readonly stride: number;
  }[];
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** Converts images one after another in a memory of its own, which stays as large as the largest. */
export interface Colors {
  /**
   * Where the planes are to be written.
   *
   * @param bytes - of all planes together
   * @returns valid until the next call with another size
   */
  room(size: { readonly bytes: number; readonly width: number; readonly height: number }): Uint8Array<ArrayBuffer>; // prettier-ignore
  /**
   * Converts what was written there.
   *
   * @returns RGB, `[height, width, 3]` after turning; valid until the next call
   */
  convert(planes: PlanesLayout, reading?: ColorReading): Uint8Array<ArrayBuffer>;
}

/** Red and blue parts of brightness of each matrix (ITU-R BT.601, BT.709, BT.2020). */
const PARTS: Readonly<Record<string, readonly [red: number, blue: number]>> = {
  bt709: [0.2126, 0.0722],
  'bt2020-ncl': [0.2627, 0.0593],
};
/** 16 fractional bits. */
const ONE = 65536;
/** The first bytes are the kernels' own. */
const START = 1024;
/** Where the lines begin: the number before each is theirs, too. */
const LINES = START + 16;
/** Bytes that the kernels may read or write behind a row. */
const BEHIND = 64;

/** Opens a converter. */
export async function openColors(): Promise<Colors> {
  const kernels = await loadKernels();
  let planes = new Uint8Array(0);
  let at = { planes: 0, out: 0, row: 0 };
  return {
    room({ bytes, width, height }) {
      const row = rowBytes(width);
      const start = START + 3 * row;
      const out = start + bytes + BEHIND;
      kernels.reserve(out + 3 * width * height + BEHIND);
      at = { planes: start, out, row };
      // Memory that grew is another buffer.
      const isThere = planes.byteOffset === start && planes.length === bytes;
      if (!isThere || planes.buffer !== kernels.memory.buffer) {
        planes = new Uint8Array(kernels.memory.buffer, start, bytes);
      }
      return planes;
    },
    convert(layout, reading = {}) {
      convertPlanes(kernels, layout, { ...reading, at });
      return new Uint8Array(kernels.memory.buffer, at.out, 3 * layout.width * layout.height);
    },
  };
}

/** Bytes of one color's part of chroma: a number per sample, one more, and what the kernels read behind. */
function rowBytes(width: number): number {
  return (4 * ((width + 1) >> 1) + 3 * BEHIND) & ~15;
}

function convertPlanes(
  kernels: Kernels,
  { format, layout, width, height }: PlanesLayout,
  {
    matrix,
    fullRange,
    isCentered = false,
    turns = 0,
    at,
  }: ColorReading & {
    readonly at: { readonly planes: number; readonly out: number; readonly row: number };
  },
): void {
  const [red, blue] = own(PARTS, matrix ?? '') ?? [0.299, 0.114];
  const green = 1 - red - blue;
  const [gain, chroma, black] = fullRange === true ? [1, 1, 0] : [255 / 219, 255 / 224, 16];
  const fixed = (factor: number): number => Math.round(factor * ONE);
  const scale = 16 * fixed(gain);
  const shift = 8 * ONE - black * scale; // rounds to the nearest
  const redV = fixed(2 * (1 - red) * chroma);
  const blueU = fixed(2 * (1 - blue) * chroma);
  const greenU = fixed(((-2 * blue * (1 - blue)) / green) * chroma);
  const greenV = fixed(((-2 * red * (1 - red)) / green) * chroma);

  const pairs = format === 'NV12';
  const [lumas, us] = [layout[0]!, layout[1]!];
  const vs = pairs ? { offset: us.offset + 1, stride: us.stride } : layout[2]!;
  const half = (width + 1) >> 1;
  const rows = (height + 1) >> 1;
  const { origin, across, down } = walkOf(width, height, turns);
  for (let y = 0; y < height; y++) {
    // Chroma lies between two rows of brightness, on its even columns or between them (ITU-T H.264, figure E-1, types 0 and 1).
    const near = y >> 1;
    const far = Math.max(0, Math.min(rows - 1, y % 2 === 0 ? near - 1 : near + 1));
    const [u, v] = [at.planes + us.offset, at.planes + vs.offset];
    kernels.weigh(
      ...([u + near * us.stride, u + far * us.stride] as const),
      ...([v + near * vs.stride, v + far * vs.stride] as const),
      ...([pairs ? 2 : 1, half, redV, greenU, greenV, blueU, LINES, at.row] as const),
    );
    const luma = at.planes + lumas.offset + y * lumas.stride;
    const to = at.out + origin + y * down;
    kernels.write(luma, width, scale, shift, LINES, at.row, to, across, Number(isCentered));
  }
}

/** Where the first pixel goes in the turned image, and how far it is to the next one across and down; bytes. */
function walkOf(
  width: number,
  height: number,
  turns: number,
): { readonly origin: number; readonly across: number; readonly down: number } {
  const [right, below] = [width - 1, height - 1];
  const walks = [
    { origin: 0, across: 3, down: 3 * width },
    { origin: 3 * below, across: 3 * height, down: -3 },
    { origin: 3 * (width * height - 1), across: -3, down: -3 * width },
    { origin: 3 * height * right, across: -3 * height, down: 3 },
  ] as const;
  return walks[((turns % 4) + 4) % 4]!;
}
