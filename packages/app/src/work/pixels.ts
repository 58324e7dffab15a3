/**
 * @file From the decoder's planes to RGB, by the same matrices as the command line's decoder, so that both
 * see the same clip: ITU-R BT.601 unless the clip says BT.709 or BT.2020, limited range unless it says full.
 */

/** How a clip's colors are to be read. */
export interface ColorReading {
  /** `bt709`, `bt2020-ncl`, …; anything else is read as BT.601. */
  readonly matrix?: string | null | undefined;
  readonly fullRange?: boolean | null | undefined;
}

/** Planes as the decoder lays them out. */
export interface Planes {
  /** I420: Y, U and V one after another; NV12: Y, then U and V in pairs. */
  readonly format: 'I420' | 'NV12';
  readonly data: Uint8Array;
  readonly layout: readonly { readonly offset: number; readonly stride: number }[];
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** Red and blue parts of brightness of each matrix (ITU-R BT.601, BT.709, BT.2020). */
const PARTS: Readonly<Record<string, readonly [red: number, blue: number]>> = {
  bt709: [0.2126, 0.0722],
  'bt2020-ncl': [0.2627, 0.0593],
};

/** 16 fractional bits. */
const ONE = 65536;

/**
 * Converts planes to interleaved RGB.
 *
 * @param out - `3 * width * height` bytes that are written
 */
export function rgbOfPlanes(
  { format, data, layout, width, height }: Planes,
  { matrix, fullRange }: ColorReading,
  out: Uint8Array,
): void {
  const [red, blue] = PARTS[matrix ?? ''] ?? [0.299, 0.114];
  const green = 1 - red - blue;
  const [gain, chroma, black] = fullRange === true ? [1, 1, 0] : [255 / 219, 255 / 224, 16];
  const scale = Math.round(gain * ONE);
  const redV = Math.round(2 * (1 - red) * chroma * ONE);
  const blueU = Math.round(2 * (1 - blue) * chroma * ONE);
  const greenU = Math.round(((-2 * blue * (1 - blue)) / green) * chroma * ONE);
  const greenV = Math.round(((-2 * red * (1 - red)) / green) * chroma * ONE);
  const pairs = format === 'NV12';
  const step = pairs ? 2 : 1;
  const [lumas, us] = [layout[0]!, layout[1]!];
  const vs = pairs ? { offset: us.offset + 1, stride: us.stride } : layout[2]!;
  const half = (width + 1) >> 1;
  const rows = (height + 1) >> 1;
  const lineU = new Int32Array(half + 1);
  const lineV = new Int32Array(half + 1);
  let to = 0;
  for (let y = 0; y < height; y++) {
    // Chroma lies between two rows of brightness, and on its even columns (ITU-T H.264, figure E-1, type 0).
    const near = y >> 1;
    const far = Math.max(0, Math.min(rows - 1, y % 2 === 0 ? near - 1 : near + 1));
    chromaLine(lineU, { data, offset: us.offset, stride: us.stride, step, near, far, half });
    chromaLine(lineV, { data, offset: vs.offset, stride: vs.stride, step, near, far, half });
    const row = lumas.offset + y * lumas.stride;
    for (let x = 0; x < width; x++) {
      const luma = (data[row + x]! - black) * scale + (ONE >> 1);
      const at = x >> 1;
      const next = at + (x & 1);
      const u = (lineU[at]! + lineU[next]!) / 8 - 128;
      const v = (lineV[at]! + lineV[next]!) / 8 - 128;
      out[to] = clamp((luma + redV * v) >> 16);
      out[to + 1] = clamp((luma + greenU * u + greenV * v) >> 16);
      out[to + 2] = clamp((luma + blueU * u) >> 16);
      to += 3;
    }
  }
}

/** One row of chroma between its neighbors, times four; the last value is repeated. */
function chromaLine(
  line: Int32Array,
  {
    data,
    offset,
    stride,
    step,
    near,
    far,
    half,
  }: {
    readonly data: Uint8Array;
    readonly offset: number;
    readonly stride: number;
    readonly step: number;
    readonly near: number;
    readonly far: number;
    readonly half: number;
  },
): void {
  const [first, second] = [offset + near * stride, offset + far * stride];
  for (let x = 0; x < half; x++) line[x] = 3 * data[first + x * step]! + data[second + x * step]!;
  line[half] = line[half - 1]!;
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** A quarter turn clockwise, `turns` times; `channels` bytes per pixel. */
export function turned(
  picture: { readonly data: Uint8Array; readonly width: number; readonly height: number },
  turns: number,
  channels: number,
): { data: Uint8Array; width: number; height: number } {
  let { data, width, height } = picture;
  for (let turn = 0; turn < ((turns % 4) + 4) % 4; turn++) {
    const out = new Uint8Array(data.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = channels * (y * width + x);
        const to = channels * (x * height + (height - 1 - y));
        for (let channel = 0; channel < channels; channel++)
          out[to + channel] = data[from + channel]!;
      }
    }
    data = out;
    [width, height] = [height, width];
  }
  return { data, width, height };
}
