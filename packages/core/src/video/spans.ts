/** @file Reading some spans of a stream instead of all of it. */
import type { FrameSpan } from './frames.ts';
import type { TimeSpan } from './stream.ts';

/** A stream that can be decoded from keyframes on; times are those at which frames are shown, seconds. */
export interface Seekable<Decoded> {
  /** The keyframe at a time or before it, from which {@link decodeFrom} starts. */
  keyBefore(time: number): Promise<number>;
  /** Frames in order, from that keyframe on. A frame is valid until the next one is requested. */
  decodeFrom(time: number): AsyncGenerator<Decoded, unknown>;
  /** When a frame is shown. */
  timeOf(frame: Decoded): number;
}

/**
 * Decodes some spans, each frame once: continues where the keyframe of a span was passed already, and starts again at it
 * where it was not.
 *
 * @param spans - in order, apart from each other
 */
export async function* decodeSpans<Decoded>(
  spans: readonly TimeSpan[],
  stream: Seekable<Decoded>,
): AsyncGenerator<Decoded> {
  let run: AsyncGenerator<Decoded, unknown> | undefined;
  let frame: Decoded | undefined; // decoded, and not in a span before
  let at = -Infinity;
  try {
    for (const [from, to] of spans) {
      if (run === undefined || (await stream.keyBefore(from)) > at) {
        await run?.return(undefined);
        run = stream.decodeFrom(from);
        frame = undefined;
      }
      for (;;) {
        if (frame === undefined) {
          const next = await run.next();
          if (next.done === true) return;
          frame = next.value;
          at = stream.timeOf(frame);
        }
        if (at > to) break;
        if (at >= from) yield frame;
        frame = undefined;
      }
    }
  } finally {
    await run?.return(undefined);
  }
}

/**
 * Spans in order and apart from each other, each with one more frame at both ends.
 *
 * @param spans - in any order; they may overlap
 * @param count - number of frames
 */
export function widened(spans: readonly FrameSpan[], count: number): FrameSpan[] {
  const all: [first: number, last: number][] = [];
  for (const [first, last] of [...spans].sort((a, b) => a[0] - b[0])) {
    const [from, to] = [Math.max(0, first - 1), Math.min(count - 1, last + 1)];
    const before = all.at(-1);
    if (before !== undefined && from <= before[1] + 1) before[1] = Math.max(before[1], to);
    else if (from <= to) all.push([from, to]);
  }
  return all;
}

/** Whether a span has frames between two others. */
export function hasBetween(spans: readonly FrameSpan[], before: number, after: number): boolean {
  return spans.some(([first, last]) => Math.max(first, before + 1) <= Math.min(last, after - 1));
}
