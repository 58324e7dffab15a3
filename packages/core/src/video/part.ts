/** @file A part of a clip, or the clip turned: what is analyzed instead of all that was recorded. */
import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import type { Clip, Frame, FrameSpan } from './frames.ts';
import { oriented } from './stream.ts';

/** Options of {@link clipPart}. */
export interface ClipPart {
  /** First moment, seconds of the clip. @defaultValue its start */
  readonly from?: number | undefined;
  /** Last moment, seconds of the clip. @defaultValue its end */
  readonly to?: number | undefined;
  /** Clockwise turn, degrees, in addition to what the container requests. @defaultValue 0 */
  readonly rotate?: 0 | 90 | 180 | 270 | undefined;
}

/**
 * A part of a clip. Frames keep their times and are numbered from 0; how many come before is in `firstFrame`. Frames
 * outside of the part are decoded and not converted. A clip of which spans can be read (`framesWithin`) keeps that.
 *
 * @throws TelltaleError `OPTION_INVALID` where the part is empty; while it is read `FRAMES_EMPTY` where no frame of the
 *   clip lies in it
 */
export function clipPart<C extends Clip>(
  clip: C,
  { from = 0, to = Infinity, rotate = 0 }: ClipPart,
): C {
  const { times } = clip as Timed;
  if (!(from >= 0) || !(to > from)) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `the part from ${from} to ${to} s is empty`,
      'Give a start before the end, in seconds or as minutes and seconds, such as 1:20.',
    );
  }
  const isWhole = from === 0 && to === Infinity;
  if (isWhole && rotate === 0) return clip;
  const sideways = rotate === 90 || rotate === 270;
  let firstFrame: number | undefined;
  const { expectedFrames } = clip;
  const seconds = to - from;
  const own = times?.filter((time) => time >= from && time <= to);
  const expected = isWhole ? expectedFrames : own !== undefined ? own.length : seconds === Infinity ? undefined : Math.ceil(seconds * clip.rate); // prettier-ignore
  const part: Clip = {
    name: clip.name,
    width: sideways ? clip.height : clip.width,
    height: sideways ? clip.width : clip.height,
    rate: clip.rate,
    ...(expected !== undefined && { expectedFrames: expected }),
    ...(rotate !== 0 && { rotated: rotate }),
    get firstFrame() {
      return isWhole ? undefined : firstFrame;
    },
    async *frames() {
      let index = 0;
      let last = 0;
      for await (const frame of clip.frames()) {
        last = frame.time;
        if (frame.time < from) continue;
        if (frame.time > to) break;
        if (index === 0) firstFrame = frame.index;
        yield turned(frame, index++, rotate);
      }
      if (index === 0) {
        throw new TelltaleError(
          'FRAMES_EMPTY',
          `${clip.name} has no frame ${to === Infinity ? `from ${from} s on` : `between ${from} and ${to} s`}; its last one read is at ${last.toFixed(2)} s`,
          'Give a part of the clip.',
        );
      }
    },
  };
  const inPart = async function* (spans: readonly FrameSpan[]): AsyncGenerator<Frame> {
    const start = isWhole ? 0 : firstFrame;
    // Where the part begins is known once it was read.
    if (start === undefined) {
      yield* part.frames();
      return;
    }
    const moved = spans.map(([first, last]) => [start + first, start + last] as const);
    for await (const frame of clip.framesWithin!(moved)) {
      if (frame.index < start) continue;
      if (frame.time > to) break;
      yield turned(frame, frame.index - start, rotate);
    }
  };
  return Object.defineProperties(
    { ...clip, ...(clip.framesWithin && { framesWithin: inPart }), ...(own && { times: own }) },
    Object.getOwnPropertyDescriptors(part),
  );
}

/** What a clip of a browser may have besides. */
interface Timed {
  /** Seconds, one per frame. */
  readonly times?: readonly number[];
}

/** The frame under another index and turned; its pixels are converted when they are first read. */
function turned(frame: Frame, index: number, rotate: 0 | 90 | 180 | 270): Frame {
  const sideways = rotate === 90 || rotate === 270;
  let data: RgbImage['data'] | undefined;
  return {
    ...{ index, time: frame.time, channels: frame.channels },
    ...(frame.isDamaged && { isDamaged: true }),
    ...(frame.isCut && { isCut: true }),
    ...(rotate === 0 && { luma: frame.luma, part: frame.part, keep: keepAs(frame, index) }),
    width: sideways ? frame.height : frame.width,
    height: sideways ? frame.width : frame.height,
    get data() {
      return (data ??= rotate === 0 ? frame.data : turnedImage(frame, rotate).data);
    },
  };
}

/** Keeps a frame under its index in the part. */
function keepAs(frame: Frame, index: number): Frame['keep'] {
  const { keep } = frame;
  return keep && ((bounds, scales, room) => ({ ...keep(bounds, scales, room), index }));
}

const TURNS = { 90: [0, 1, -1, 0], 180: [-1, 0, 0, -1], 270: [0, -1, 1, 0] } as const;

/** An image turned clockwise. @param rotate - degrees: 90, 180 or 270 */
export function turnedImage(image: RgbImage, rotate: 90 | 180 | 270): RgbImage {
  return oriented(image, TURNS[rotate]);
}
