/**
 * @file Deinterlaces planes: keeps the field that was recorded first and interpolates the rows of the other.
 *
 * The method is bwdif: where nothing moves, the rows of the other field are kept; where something moves, they are
 * interpolated by the filters of Weston's three-field deinterlacer, within the bounds that YADIF allows.
 *
 * @see Weston 1988, BBC UK patent GB 2 197 152 and "Deinterlacing for broadcast", BBC R&D; the weights are those of w3fdif
 * @see YADIF, Michael Niedermayer 2006; BWDIF, Thomas Mundt 2016: how the two are joined
 */
import { partsOf, type PlanePart, type Planes } from './planes.ts';

/** Weights of Weston's filters, times 2¹³. */
const LOW = [4309, 213] as const;
const HIGH = [5570, 3801, 1016] as const;
const SPATIAL = [5077, 981] as const;

/** The frame with its neighbors in time, all of one size and format. */
export interface FieldNeighbors {
  /** The frame before; the frame itself at the start of the clip. */
  readonly previous: Planes;
  /** The frame after; the frame itself at the end of the clip. */
  readonly next: Planes;
}

/**
 * Deinterlaces one frame.
 *
 * @param first - the field that was recorded first: `top` has the even rows, counted from 0
 * @returns planes of the same size; the rows of the first field are unchanged
 */
export function deinterlace(
  frame: Planes,
  { previous, next }: FieldNeighbors,
  first: 'top' | 'bottom',
): Planes {
  const data = frame.data.slice();
  const most = 2 ** frame.bits - 1;
  for (const part of partsOf(frame)) {
    const frames = { previous: previous.data, frame: frame.data, next: next.data };
    for (let y = first === 'top' ? 1 : 0; y < part.height; y += 2) {
      interpolateRow(data, frames, { part, y, most });
    }
  }
  return { ...frame, data };
}

type Samples = Planes['data'];

function interpolateRow(
  out: Samples,
  { previous, frame, next }: Readonly<Record<'previous' | 'frame' | 'next', Samples>>,
  { part, y, most }: { readonly part: PlanePart; readonly y: number; readonly most: number },
): void {
  const { start, width, height } = part;
  // Rows beyond the edge are the nearest of the same field.
  const row = (offset: number): number => {
    let at = y + offset;
    while (at < 0) at += 2;
    while (at >= height) at -= 2;
    return start + Math.max(0, at) * width;
  };
  const here = row(0);
  const [up, down, up3, down3] = [row(-1), row(1), row(-3), row(3)];
  const [up2, down2, up4, down4] = [row(-2), row(2), row(-4), row(4)];
  for (let x = 0; x < width; x++) {
    const [above, below] = [frame[up + x]!, frame[down + x]!];
    // The missing rows were recorded between: in the frame before, and in this one after the first field.
    const [before, after] = [previous[here + x]!, frame[here + x]!];
    const mean = (before + after) >> 1;
    const change = Math.abs(before - after);
    const toPrevious =
      (Math.abs(previous[up + x]! - above) + Math.abs(previous[down + x]! - below)) >> 1;
    const toNext = (Math.abs(next[up + x]! - above) + Math.abs(next[down + x]! - below)) >> 1;
    let bound = Math.max(change >> 1, toPrevious, toNext);
    if (bound === 0) {
      out[here + x] = mean;
      continue;
    }
    const two = previous[up2 + x]! + frame[up2 + x]!;
    const alsoTwo = previous[down2 + x]! + frame[down2 + x]!;
    const [b, f] = [(two >> 1) - above, (alsoTwo >> 1) - below];
    const [fromAbove, fromBelow] = [mean - above, mean - below];
    const highest = Math.max(fromBelow, fromAbove, Math.min(b, f));
    const lowest = Math.min(fromBelow, fromAbove, Math.max(b, f));
    bound = Math.max(bound, lowest, -highest);
    const three = frame[up3 + x]! + frame[down3 + x]!;
    let value: number;
    if (Math.abs(above - below) > change) {
      const four = previous[up4 + x]! + frame[up4 + x]! + previous[down4 + x]! + frame[down4 + x]!;
      const high = HIGH[0] * (before + after) - HIGH[1] * (two + alsoTwo) + HIGH[2] * four;
      value = ((high >> 2) + LOW[0] * (above + below) - LOW[1] * three) >> 13;
    } else {
      value = (SPATIAL[0] * (above + below) - SPATIAL[1] * three) >> 13;
    }
    out[here + x] = Math.max(0, Math.min(most, mean + bound, Math.max(mean - bound, value)));
  }
}
