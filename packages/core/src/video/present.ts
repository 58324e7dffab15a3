/**
 * @file How decoded frames become a clip: deinterlaced, in standard range, upright, with square pixels, all of one
 * size, with times that rise. The same steps for every decoder.
 */
import type { RgbImage } from '../base/image.ts';
import { JUMP } from './damage.ts';
import { openColors, type Colors } from './colors.ts';
import { deinterlace } from './deinterlace.ts';
import { openPartTools } from './frame-part.ts';
import type { Clip, Frame, FrameSpan, Recording } from './frames.ts';
import { keepShort } from './keep.ts';
import { partsOfFrame, type FrameParts, type PlacedFrame } from './parts-of-frame.ts';
import { partsOf, toI420, type Planes } from './planes.ts';
import { fitted, resampled } from './resample.ts';
import { hasBetween, widened } from './spans.ts';
import { oriented } from './stream.ts';
import type { DecodedFrame, StreamColor, VideoStream } from './stream.ts';
import { nearestIndex } from './times.ts';
import { toneMapped } from './tone.ts';

/** Options of {@link clipOfStream}. */
export interface StreamOptions {
  /** Name of the clip. */
  readonly name: string;
  /** Frames per second, which replace the times of the container. */
  readonly rate?: number | undefined;
  /** The error for a video without frames, or of which none can be decoded. */
  readonly refusal: (reason: 'empty' | 'damaged') => Error;
  /**
   * Whether parts are read by the times that the container states before a whole reading has confirmed that these are
   * the times of its frames. @defaultValue false
   */
  readonly isIndexed?: boolean;
}

/** A clip of which parts may be read. */
export interface StreamClip extends Clip {
  /** What is known of the recording so far; all of it after a whole reading. */
  readonly recording: () => Recording;
  /**
   * Reads some spans of frames by the times that the container states, once a whole reading has shown that these are the
   * times of the frames; all frames where they are not, or where decoding always starts at the first frame.
   */
  framesWithin(spans: readonly FrameSpan[]): AsyncIterable<Frame>;
}

/** Makes a clip of a video stream: frames that are deinterlaced, in standard range, upright, with square pixels. */
export function clipOfStream(
  stream: VideoStream,
  { name, rate, refusal, isIndexed = false }: StreamOptions,
): StreamClip {
  const size = sizeOf(stream, stream);
  const isRateGiven = rate !== undefined;
  const { decode, isKept } = keepShort(stream);
  const { timestamps: places } = stream;
  let recording: Recording | undefined;
  /** Which frames are damaged, once a whole reading has confirmed the times of all. */
  let confirmed: ReadonlySet<number> | undefined;
  const frames = async function* (): AsyncGenerator<Frame> {
    const reading = { ...foundOf(stream, { isRateGiven }) };
    // A reading that ends early knows less than one before it.
    const isFirst = recording === undefined;
    if (isFirst) recording = reading;
    const decoded = decode((why) => (reading.truncated = why));
    const asStated = compared(decoded, places, (damaged) => (confirmed ??= damaged));
    const found = yield* framesOf(asStated, stream, { size, rate, reading });
    if (found.good === 0) throw refusal(found.frames > 0 ? 'damaged' : 'empty');
    recording = reading;
  };
  return {
    name,
    ...size,
    rate: rate ?? stream.rate,
    ...(stream.expectedFrames !== undefined && { expectedFrames: stream.expectedFrames }),
    recording: () => recording ?? foundOf(stream, { isRateGiven }),
    frames,
    async *framesWithin(spans) {
      const isKnown = confirmed !== undefined || isIndexed;
      if (places === undefined || !isKnown || isKept() || stream.decodeWithin === undefined) {
        yield* frames();
        return;
      }
      // The neighbors of a frame are needed for deinterlacing.
      const wanted = widened(spans, places.length);
      const times = wanted.map(([first, last]) => [places[first]!, places[last]!] as const);
      const decoded = stream.decodeWithin(times);
      let last = -1;
      for await (const frame of framesOf(decoded, stream, { size, rate, reading: {}, places })) {
        const isNew = frame.isDamaged === true && confirmed?.has(frame.index) === false;
        if (confirmed !== undefined && (isNew || hasBetween(wanted, last, frame.index))) break;
        last = frame.index;
        if (hasBetween(spans, last - 1, last + 1)) yield frame;
      }
      if (confirmed === undefined || !hasBetween(wanted, last, places.length)) return;
      // Not as in the whole reading.
      for await (const frame of frames()) if (frame.index > last) yield frame;
    },
  };
}

/** Passes all frames on, and reports the damaged ones where every frame has the time that is stated for it. */
async function* compared(
  decoded: AsyncIterable<DecodedFrame>,
  places: readonly number[] | undefined,
  onConfirmed: (damaged: ReadonlySet<number>) => void,
): AsyncGenerator<DecodedFrame> {
  const damaged = new Set<number>();
  let count = 0;
  let isSame = true;
  for await (const frame of decoded) {
    const stated = places?.[count];
    isSame &&= stated === frame.timestamp && !(stated! <= (places?.[count - 1] ?? -Infinity));
    if (frame.isDamaged === true || frame.pixels === undefined) damaged.add(count);
    count++;
    yield frame;
  }
  if (isSame && count === places?.length) onConfirmed(damaged);
}

/** What is written while a clip is read. */
type Reading = { -readonly [Name in keyof Recording]: Recording[Name] };

function foundOf(
  { decoder, pixelAspect = 1, color, isRateAssumed = false, videos = 1 }: VideoStream,
  { isRateGiven }: { readonly isRateGiven: boolean },
): Recording {
  return {
    ...(decoder && { decoder }),
    ...(pixelAspect !== 1 && { pixelAspect }),
    ...(color?.transfer && { toneMapped: color.transfer }),
    ...(isRateAssumed && !isRateGiven && { isRateAssumed }),
    ...(videos > 1 && { videos }),
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Largest side that pixels are made square by adding to, pixels; above, some are left out. */
const LARGEST = 4096;

/** The size of a frame that is upright and has square pixels. */
function sizeOf({ width, height }: Size, { pixelAspect = 1, orientation }: VideoStream): Size {
  const wide = pixelAspect >= 1;
  const longer = Math.round(wide ? width * pixelAspect : height / pixelAspect);
  const square =
    pixelAspect === 1
      ? { width, height }
      : longer <= LARGEST
        ? wide
          ? { width: longer, height }
          : { width, height: longer }
        : wide
          ? { width, height: Math.max(1, Math.round(height / pixelAspect)) }
          : { width: Math.max(1, Math.round(width * pixelAspect)), height };
  return orientation[0] === 0 ? { width: square.height, height: square.width } : square;
}

interface Options {
  readonly size: Size;
  readonly rate: number | undefined;
  readonly reading: Reading;
  /** Timestamps of all frames, by which those of a part are identified. */
  readonly places?: readonly number[];
}

async function* framesOf(
  decoded: AsyncIterable<DecodedFrame>,
  stream: VideoStream,
  { size, rate, reading, places }: Options,
): AsyncGenerator<Frame, { readonly frames: number; readonly good: number }> {
  const colors = await openColors();
  const partTools = await openPartTools();
  const clock = places ? clockOfPart(places, rate) : startClock(stream, rate, reading);
  let good = 0;
  let last: Frame | undefined;
  let index = 0;
  for await (const { previous, frame, next } of withNeighbors(decoded)) {
    const { pixels, isDamaged = false } = frame;
    const { time, isCut, place = index } = clock(frame);
    const usable = isDamaged ? undefined : pixels;
    if (usable !== undefined) {
      good++;
      if (frame.field !== undefined) reading.deinterlaced = (reading.deinterlaced ?? 0) + 1;
      if (usable.width !== stream.width || usable.height !== stream.height) {
        reading.scaled = (reading.scaled ?? 0) + 1;
      }
    }
    const stand = usable === undefined ? last : undefined;
    const convert = (): RgbImage['data'] => {
      if (usable === undefined) return stand?.data ?? new Uint8Array(3 * size.width * size.height);
      const still = frame.field && !('channels' in usable) ? usable : undefined;
      const whole = still ? deinterlaced(still, { previous, next }, frame.field!) : usable;
      return shown(whole, { stream, size, colors }).data;
    };
    const luma = lumaOf(usable, { stream, size });
    const hasPart = luma !== undefined && frame.field === undefined && stream.color?.transfer === undefined; // prettier-ignore
    const placed = { ...size, index: place, time };
    const parts = hasPart ? partsOfFrame(usable as Planes, { stream, tools: partTools, placed }) : {}; // prettier-ignore
    const shownFrame = lazyFrame(
      { ...placed, isDamaged: usable === undefined, isCut, luma, ...parts },
      convert,
    );
    if (usable !== undefined) last = shownFrame;
    yield shownFrame;
    index++;
  }
  return { frames: index, good };
}

/** The plane of brightness, where it has one number for each pixel that is shown. */
function lumaOf(
  pixels: Planes | RgbImage | undefined,
  { stream, size }: { readonly stream: VideoStream; readonly size: Size },
): Frame['luma'] {
  if (pixels === undefined || 'channels' in pixels) return undefined;
  const { width, height, data } = pixels;
  const [a, b, c, d] = stream.orientation;
  const shown = a === 0 ? { width: height, height: width } : pixels;
  if (shown.width !== size.width || shown.height !== size.height) return undefined;
  // As in orientedPart: from the frame as it is shown back to how it is stored.
  const [right, down] = [a + c * width, b + d * width];
  const start =
    (right < 0 ? -right * (size.width - 1) : 0) + (down < 0 ? -down * (size.height - 1) : 0);
  return { data: data.subarray(0, width * height), start, right, down };
}

/** A frame whose pixels are converted when they are first read. */
function lazyFrame(
  {
    isDamaged,
    isCut,
    ...place
  }: PlacedFrame &
    FrameParts &
    Pick<Frame, 'luma'> & { readonly isDamaged: boolean; readonly isCut: boolean },
  convert: () => RgbImage['data'],
): Frame {
  let data: RgbImage['data'] | undefined;
  return {
    ...place,
    channels: 3,
    ...(isDamaged && { isDamaged }),
    ...(isCut && { isCut }),
    get data() {
      return (data ??= convert());
    },
  };
}

interface Neighbors {
  readonly previous: DecodedFrame | undefined;
  readonly frame: DecodedFrame;
  readonly next: DecodedFrame | undefined;
}

/** Each frame with those before and after it; a frame of two fields waits for the next. */
async function* withNeighbors(frames: AsyncIterable<DecodedFrame>): AsyncGenerator<Neighbors> {
  let previous: DecodedFrame | undefined;
  let waiting: DecodedFrame | undefined;
  for await (const next of frames) {
    if (waiting !== undefined) {
      yield { previous, frame: waiting, next };
      previous = waiting;
      waiting = undefined;
    }
    if (next.field !== undefined) waiting = next;
    else {
      yield { previous, frame: next, next: undefined };
      previous = next;
    }
  }
  if (waiting !== undefined) yield { previous, frame: waiting, next: undefined };
}

function deinterlaced(
  planes: Planes,
  { previous, next }: Pick<Neighbors, 'previous' | 'next'>,
  field: 'top' | 'bottom',
): Planes {
  const alike = (other: DecodedFrame | undefined): Planes => {
    const pixels = other?.isDamaged === true ? undefined : other?.pixels;
    const isAlike =
      pixels !== undefined &&
      !('channels' in pixels) &&
      pixels.data.length === planes.data.length &&
      pixels.width === planes.width;
    return isAlike ? pixels : planes;
  };
  return deinterlace(planes, { previous: alike(previous), next: alike(next) }, field);
}

/** A frame in RGB, upright, with square pixels, in the size of the clip. */
function shown(
  pixels: Planes | RgbImage,
  {
    stream,
    size,
    colors,
  }: { readonly stream: VideoStream; readonly size: Size; readonly colors: Colors },
): RgbImage {
  const { color = {}, orientation } = stream;
  const rgb = 'channels' in pixels ? pixels : rgbOf(pixels, color, colors);
  const upright = oriented(rgb, orientation);
  const square = sizeOf(pixels, stream);
  const isSquare = square.width === upright.width && square.height === upright.height;
  return fitted(
    isSquare ? upright : resampled(upright, square.width, square.height),
    size.width,
    size.height,
  );
}

function rgbOf(planes: Planes, color: StreamColor, colors: Colors): RgbImage {
  const { width, height } = planes;
  const fullRange = planes.isFullRange === true || color.fullRange === true;
  if (color.transfer !== undefined) {
    return toneMapped(planes, { transfer: color.transfer, fullRange });
  }
  const halved = toI420(planes);
  const layout = partsOf(halved).map(({ start, width: stride }) => ({ offset: start, stride }));
  colors.room({ bytes: halved.data.length, width, height }).set(halved.data);
  // Overwritten by the next frame: what is kept is copied by those who keep it.
  const data = colors.convert({ format: 'I420', layout, width, height }, { ...color, fullRange });
  return { data, width, height, channels: 3 };
}

/** A frame that comes so many periods before its predecessor belongs to another recording: the clock was reset. */
const BACKWARD = 1.5;

interface Placed {
  readonly time: number;
  readonly isCut: boolean;
  /** Its number; counted where it is absent. */
  readonly place?: number;
}

/** Gives frames of a part their numbers and times. */
function clockOfPart(
  timestamps: readonly number[],
  rate: number | undefined,
): (frame: DecodedFrame) => Placed {
  const shift = Math.max(0, -timestamps[0]!);
  return ({ timestamp = 0 }) => {
    const place = nearestIndex(timestamps, timestamp);
    return { place, time: rate === undefined ? timestamps[place]! + shift : place / rate, isCut: false }; // prettier-ignore
  };
}

/** Gives each frame its time. */
function startClock(
  stream: VideoStream,
  rate: number | undefined,
  reading: Reading,
): (frame: DecodedFrame) => Placed {
  const period = 1 / stream.rate;
  let index = 0;
  let time = 0;
  let shift = 0;
  let hasTimes = false;
  return (frame) => {
    const { timestamp } = frame;
    let isCut = false;
    if (rate !== undefined) {
      time = index / rate;
    } else if (index === 0) {
      if (timestamp !== undefined && timestamp < 0) shift = -timestamp;
      time = timestamp === undefined ? 0 : timestamp + shift;
    } else if (timestamp === undefined) {
      time += period;
    } else {
      const stated = timestamp + shift;
      const isJump = stream.mayJump === true && stated > time + JUMP;
      if (stated > time && !isJump) time = stated;
      else if (!hasTimes) {
        // Frames before 0, to which FFmpeg gives no times in Matroska.
        time += period;
        shift = time - timestamp;
      } else if (!isJump && stated >= time - BACKWARD * period) {
        // Stated twice: before the next one's time.
        time += period / 2;
      } else {
        time += period;
        shift = time - timestamp;
        isCut = true;
        reading.joints = (reading.joints ?? 0) + 1;
      }
    }
    if (frame.isCut === true && !isCut) {
      isCut = true;
      reading.joints = (reading.joints ?? 0) + 1;
    }
    hasTimes ||= timestamp !== undefined;
    if (index++ === 0 && time > 0) reading.start = Number(time.toFixed(6));
    return { time, isCut };
  };
}
