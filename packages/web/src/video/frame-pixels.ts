/** @file The samples of a frame that WebCodecs decoded, as planes without padding. */
import { partsOf, samplesOf, type Planes } from '@telltale/core/video';
import type { RgbImage } from '@telltale/core';

interface Sampling {
  readonly chroma: readonly [number, number];
  readonly bits: number;
}

/** Formats of WebCodecs with three planes; a fourth plane, alpha, is left out. */
const PLANAR: Readonly<Record<string, Sampling>> = {
  ...{ I420: { chroma: [1, 1], bits: 8 }, I420A: { chroma: [1, 1], bits: 8 } },
  ...{ I422: { chroma: [1, 0], bits: 8 }, I422A: { chroma: [1, 0], bits: 8 } },
  ...{ I444: { chroma: [0, 0], bits: 8 }, I444A: { chroma: [0, 0], bits: 8 } },
  ...{ I420P10: { chroma: [1, 1], bits: 10 }, I420AP10: { chroma: [1, 1], bits: 10 } },
  ...{ I422P10: { chroma: [1, 0], bits: 10 }, I422AP10: { chroma: [1, 0], bits: 10 } },
  ...{ I444P10: { chroma: [0, 0], bits: 10 }, I444AP10: { chroma: [0, 0], bits: 10 } },
  ...{ I420P12: { chroma: [1, 1], bits: 12 }, I420AP12: { chroma: [1, 1], bits: 12 } },
  ...{ I422P12: { chroma: [1, 0], bits: 12 }, I422AP12: { chroma: [1, 0], bits: 12 } },
  ...{ I444P12: { chroma: [0, 0], bits: 12 }, I444AP12: { chroma: [0, 0], bits: 12 } },
};

function samplingOf(format: string | null): Sampling | undefined {
  return format !== null && Object.hasOwn(PLANAR, format) ? PLANAR[format] : undefined;
}

/** Whether a frame gives its planes, not only RGB. */
export function isPlanar(format: string | null): boolean {
  return format === 'NV12' || samplingOf(format) !== undefined;
}

/** So many frames are valid at once: one, its neighbors, and one more. */
const RING = 4;

/** Copies the samples of frames into a few buffers, which are used again. */
export function createPixelReader(): (frame: VideoFrame) => Promise<Planes | RgbImage> {
  const rings = new Map<number, ArrayBuffer[]>();
  const bufferOf = (length: number): ArrayBuffer => {
    const ring = rings.get(length) ?? [];
    rings.set(length, ring);
    const buffer = ring.length < RING ? new ArrayBuffer(length) : ring.shift()!;
    ring.push(buffer);
    return buffer;
  };
  return async (frame) => {
    const { width, height } = frame.visibleRect!;
    const { format } = frame;
    const sampling = samplingOf(format);
    if (sampling !== undefined) {
      const { chroma, bits } = sampling;
      const size = { width, height, chroma };
      const bytes = bits > 8 ? 2 : 1;
      const buffer = bufferOf(
        bytes * samplesOf(size) + alphaBytes(format!, { width, height, bytes }),
      );
      const layout = partsOf(size).map(({ start, width: row }) => ({ offset: bytes * start, stride: bytes * row })); // prettier-ignore
      if (format!.includes('A')) layout.push({ offset: bytes * samplesOf(size), stride: bytes * width }); // prettier-ignore
      await frame.copyTo(new Uint8Array(buffer), { layout });
      const data =
        bits > 8
          ? new Uint16Array(buffer, 0, samplesOf(size))
          : new Uint8Array(buffer, 0, samplesOf(size));
      return { ...size, bits, data };
    }
    if (format === 'NV12') return fromPairs(frame, { width, height }, bufferOf);
    // The browser converts to RGB, by a matrix of its own.
    const rgba = new Uint8Array(bufferOf(4 * width * height));
    await frame.copyTo(rgba, { format: 'RGBA', layout: [{ offset: 0, stride: 4 * width }] });
    const data = new Uint8Array(bufferOf(3 * width * height));
    for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
      data[to] = rgba[from]!;
      data[to + 1] = rgba[from + 1]!;
      data[to + 2] = rgba[from + 2]!;
    }
    return { data, width, height, channels: 3 };
  };
}

function alphaBytes(
  format: string,
  {
    width,
    height,
    bytes,
  }: { readonly width: number; readonly height: number; readonly bytes: number },
): number {
  return format.includes('A') ? bytes * width * height : 0;
}

/** NV12: chroma in pairs. */
async function fromPairs(
  frame: VideoFrame,
  { width, height }: { readonly width: number; readonly height: number },
  bufferOf: (length: number) => ArrayBuffer,
): Promise<Planes> {
  const size = { width, height, chroma: [1, 1] as const };
  const [luma, blue, red] = partsOf(size) as [{ start: number }, { start: number; width: number; height: number }, { start: number }]; // prettier-ignore
  const count = blue.width * blue.height;
  const pairs = new Uint8Array(bufferOf(width * height + 2 * count));
  await frame.copyTo(pairs, {
    layout: [
      { offset: luma.start, stride: width },
      { offset: blue.start, stride: 2 * blue.width },
    ],
  });
  const data = new Uint8Array(bufferOf(samplesOf(size) + 1)).subarray(0, samplesOf(size));
  data.set(pairs.subarray(0, width * height));
  for (let i = 0; i < count; i++) {
    data[blue.start + i] = pairs[blue.start + 2 * i]!;
    data[red.start + i] = pairs[blue.start + 2 * i + 1]!;
  }
  return { ...size, bits: 8, data };
}
