/**
 * @file The image of a movement that recognizers are trained on: u, v and optical strain of the face, 28×28.
 *
 * The form of the data of Liong, Gan, See, Khor and Huang 2019, "Shallow Triple Stream Three-dimensional
 * CNN (STSTNet) for Micro-expression Recognition", FG: flow from onset to apex, three channels, each
 * stretched to the full range per image. Amplitude and the ratio of u to v are lost in it, by design of
 * the data; head motion is left in: the networks take the median off.
 */
import { TelltaleError } from '../base/errors.ts';
import type { RgbImage, Plane } from '../base/image.ts';
import type { FlowField } from './flow.ts';
import { opticalStrain } from './strain.ts';

/** A rectangle in an image, pixels, whose edges may cut pixels or lie outside; the whole image is `{ left: 0, top: 0, width, height }`. */
export interface Box {
  /** Left edge, pixels. */
  readonly left: number;
  /** Upper edge, pixels. */
  readonly top: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** A place in an image, pixels: pixel (0, 0) has its center at (½, ½). */
export interface Point {
  /** Pixels from the left edge. */
  readonly x: number;
  /** Pixels from the upper edge. */
  readonly y: number;
}

/** Side of the image that the published training data has, pixels. */
export const FLOW_IMAGE_SIZE = 28;

/** Where pupils and mouth lie in the training data, as parts of the box: means over what was seen there. */
const PUPILS = { left: 0.225, right: 0.735, y: 0.21 };
const MOUTH_Y = 0.69;

/**
 * The box that the training data shows of a face: from right above the brows to the chin, about 0.82 times as wide as high.
 *
 * The face must be upright. `left` and `right` are the pupils as seen in the image, `mouth` is the middle of the line
 * between the lips.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where the eyes are not side by side above the mouth.
 */
export function faceBox(face: {
  readonly left: Point;
  readonly right: Point;
  readonly mouth: Point;
}): Box {
  const { left, right, mouth } = face;
  const eyes = (left.y + right.y) / 2;
  const width = (right.x - left.x) / (PUPILS.right - PUPILS.left);
  const height = (mouth.y - eyes) / (MOUTH_Y - PUPILS.y);
  if (!(width > 0 && height > 0)) {
    throw new TelltaleError(
      'FACE_NOT_FOUND',
      `eyes at (${left.x}, ${left.y}) and (${right.x}, ${right.y}), mouth at (${mouth.x}, ${mouth.y}): no upright face`,
      'Turn the image so that the face is upright.',
    );
  }
  return { left: left.x - PUPILS.left * width, top: eyes - PUPILS.y * height, width, height };
}

/**
 * The mean of a plane over each of `size`×`size` equal cells of a box; shape `[size, size]`.
 *
 * Pixels count by the area of theirs that lies in the cell. Beyond the edges the plane is repeated.
 */
export function averageInto(plane: Plane, box: Box, size: number): Plane {
  const columns = coverage(box.left, box.width, { size, length: plane.width });
  const rows = coverage(box.top, box.height, { size, length: plane.height });
  const data = new Float32Array(size * size);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      let sum = 0;
      for (const [j, high] of row) {
        for (const [i, wide] of column) sum += high * wide * plane.data[j * plane.width + i]!;
      }
      data[y * size + x] = sum;
    }
  }
  return { data, width: size, height: size };
}

/** For each cell the pixels it touches along one axis, and their shares of it, which sum to 1. */
function coverage(
  start: number,
  extent: number,
  { size, length }: { readonly size: number; readonly length: number },
): (readonly [number, number])[][] {
  const step = extent / size;
  return Array.from({ length: size }, (_, cell) => {
    const low = start + cell * step; // pixel i covers i to i + 1
    const high = low + step;
    const shares: (readonly [number, number])[] = [];
    for (let i = Math.floor(low); i < high; i++) {
      const share = (Math.min(high, i + 1) - Math.max(low, i)) / step;
      if (share > 0) shares.push([Math.min(Math.max(i, 0), length - 1), share]);
    }
    return shares;
  });
}

/** What 0 and 255 of one channel of a flow image stand for. */
export type ChannelRange = readonly [least: number, most: number];

/** A flow image with what its channels were before they were stretched. */
export interface RangedFlowImage {
  /** R is u, G is v, B is the optical strain; shape `[size, size]`. */
  readonly image: RgbImage;
  /** Of u and v in pixels of the flow, of the strain in pixels per pixel. */
  readonly ranges: readonly [u: ChannelRange, v: ChannelRange, strain: ChannelRange];
}

/**
 * The image of the movement in a face: R is u, G is v, B is the optical strain; `size`×`size`.
 *
 * Each channel is averaged down from the box and stretched so that its least value is 0 and its largest 255; a channel
 * that is the same everywhere is 0. Strain is taken at full resolution, before averaging.
 *
 * @param flow - From onset to apex, pixels.
 * @param box - The face in the onset image: see {@link faceBox}.
 * @param size - Side of the image, pixels.
 * @throws TelltaleError `FACE_NOT_FOUND` where the box lies outside the image.
 */
export function flowImage(flow: FlowField, box: Box, size: number = FLOW_IMAGE_SIZE): RgbImage {
  return rangedFlowImage(flow, box, size).image;
}

/**
 * {@link flowImage} with the ranges that it was stretched from: its bytes and they give the flow with its amplitude.
 *
 * @param flow - From onset to apex, pixels.
 * @param box - The face in the onset image: see {@link faceBox}.
 * @param size - Side of the image, pixels.
 * @throws TelltaleError `FACE_NOT_FOUND` where the box lies outside the image.
 */
export function rangedFlowImage(flow: FlowField, box: Box, size: number): RangedFlowImage {
  const { u, v, width, height } = flow;
  const outside =
    box.left >= width ||
    box.top >= height ||
    box.left + box.width <= 0 ||
    box.top + box.height <= 0;
  if (outside || !(box.width > 0 && box.height > 0)) {
    throw new TelltaleError(
      'FACE_NOT_FOUND',
      `a face box of ${box.width}×${box.height} pixels at (${box.left}, ${box.top}) in an image of ${width}×${height}`,
      'Give a box that overlaps the image.',
    );
  }
  const data = new Uint8ClampedArray(size * size * 3);
  const planes = [{ data: u, width, height }, { data: v, width, height }, opticalStrain(flow)];
  const ranges = planes.map((plane, channel): ChannelRange => {
    const cells = averageInto(plane, box, size).data;
    const least = cells.reduce((a, b) => Math.min(a, b));
    const range = cells.reduce((a, b) => Math.max(a, b)) - least;
    for (const [i, value] of cells.entries()) {
      data[3 * i + channel] = range > 0 ? Math.round((255 * (value - least)) / range) : 0;
    }
    return [least, least + range];
  });
  return {
    image: { data, width: size, height: size, channels: 3 },
    ranges: ranges as [ChannelRange, ChannelRange, ChannelRange],
  };
}
