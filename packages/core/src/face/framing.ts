/**
 * @file What the detector is shown of an image, so that a face is found whatever part of the image it fills.
 *
 * The detector was trained on whole scenes and takes 192 × 192 pixels. It misses a face that fills the image, because
 * nothing surrounds it, and a face of less than about 12 input pixels. The factors below are measured in docs/faces.md.
 */
import type { FaceRegion } from './landmarks.ts';

/**
 * What the detector is shown: the `whole` image; the image `padded` with black to three times its size, for a face that
 * fills it; or the image `tiled` into overlapping squares, for a small face.
 */
export type Framing = 'whole' | 'padded' | 'tiled';

/** Every framing, in the order in which they are tried. */
export const framings: readonly Framing[] = ['whole', 'padded', 'tiled'];

/** Side of the padded image over the longer side of the image. */
const PADDED = 3;
/** Side of a tile, pixels: a face of 40 pixels is then 15 input pixels wide. */
const TILE = 512;
/** The longer side of an image has room for at most this many tiles side by side; they grow in larger images. */
const MOST_TILES = 4;
/** Part of a tile that it shares with the next one: a face that no tile holds whole is found in the whole image. */
const SHARED = 0.25;
/** Seconds between two searches with every framing in a clip. */
const SEARCH_INTERVAL = 1;

/** The squares of an image that the detector is shown; none where tiles would not enlarge anything. */
export function squaresOf(
  { width, height }: { readonly width: number; readonly height: number },
  framing: Framing,
): FaceRegion[] {
  const longer = Math.max(width, height);
  const centered = { x: width / 2, y: height / 2, angle: 0 };
  if (framing === 'whole') return [{ ...centered, size: longer }];
  if (framing === 'padded') return [{ ...centered, size: PADDED * longer }];
  const size = Math.max(TILE, longer / MOST_TILES);
  if (longer <= size) return [];
  return centersAlong(height, size).flatMap((y) =>
    centersAlong(width, size).map((x) => ({ x, y, size, angle: 0 })),
  );
}

/** Centers of the tiles along one side of an image. */
function centersAlong(length: number, size: number): number[] {
  if (length <= size) return [length / 2];
  const count = Math.ceil((length - SHARED * size) / ((1 - SHARED) * size));
  return Array.from(
    { length: count },
    (_, i) => size / 2 + (i * (length - size)) / Math.max(1, count - 1),
  );
}

/** The framings to try, frame after frame of a clip. */
export interface FramingOrder {
  /**
   * The framing that found a face last; then, where the caller requests more and at most once a second, the others.
   *
   * @param time - seconds from the first frame
   */
  at(time: number): Iterable<Framing>;
  /** Notes that a framing found a face. */
  found(framing: Framing): void;
}

/** Starts with the whole image. A clip of cropped faces is thus not searched twice per frame. */
export function createFramingOrder(): FramingOrder {
  let last: Framing = 'whole';
  let next = -Infinity;
  return {
    *at(time) {
      const first = last;
      yield first;
      if (time < next) return;
      next = time + SEARCH_INTERVAL;
      yield* framings.filter((framing) => framing !== first);
    },
    found(framing) {
      last = framing;
    },
  };
}
