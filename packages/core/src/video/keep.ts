/**
 * @file Keeps the decoded frames of a short clip, so that it is decoded once and read as often as needed: the analysis
 * reads a clip three times, and clips of datasets are short.
 */
import { samplesOf } from './planes.ts';
import type { DecodedFrame, VideoStream } from './stream.ts';

/** Memory that a clip may take, bytes: 291 frames of 640 × 480 pixels, 43 of 1920 × 1080. */
const MOST_BYTES = 128 * 2 ** 20;

/** Options of {@link keepShort}. */
export interface KeepOptions {
  /** Memory that a clip may take, bytes. @defaultValue 128 MiB */
  readonly mostBytes?: number;
}

/** A stream whose frames may be kept. */
export interface KeptStream extends Pick<VideoStream, 'decode'> {
  /** Whether all frames are kept: nothing is decoded any more. */
  readonly isKept: () => boolean;
}

/**
 * The decoder of a stream, whose frames are kept by the first reading that comes to the end, where they fit.
 *
 * @returns frames are the same in every reading
 */
export function keepShort(
  stream: VideoStream,
  { mostBytes = MOST_BYTES }: KeepOptions = {},
): KeptStream {
  let kept: { readonly frames: readonly DecodedFrame[]; readonly truncated: string | undefined } | undefined; // prettier-ignore
  const { expectedFrames = 0, width, height } = stream;
  const isLong = expectedFrames * samplesOf({ width, height, chroma: [1, 1] }) > mostBytes;
  if (isLong) return { decode: (onTruncated) => stream.decode(onTruncated), isKept: () => false };
  const decode: VideoStream['decode'] = async function* (onTruncated) {
    if (kept !== undefined) {
      yield* kept.frames;
      if (kept.truncated !== undefined) onTruncated(kept.truncated);
      return;
    }
    let frames: DecodedFrame[] | undefined = [];
    let truncated: string | undefined;
    let bytes = 0;
    for await (const frame of stream.decode((why) => onTruncated((truncated = why)))) {
      bytes += frame.pixels?.data.byteLength ?? 0;
      if (bytes > mostBytes) frames = undefined;
      frames?.push(copyOf(frame));
      yield frame;
    }
    if (frames !== undefined) kept = { frames, truncated };
  };
  return { decode, isKept: () => kept !== undefined };
}

/** A frame with samples of its own: a decoder uses its buffers again. */
function copyOf(frame: DecodedFrame): DecodedFrame {
  const { pixels } = frame;
  if (pixels === undefined) return frame;
  // Of an image and of planes alike, though their types differ.
  return { ...frame, pixels: { ...pixels, data: pixels.data.slice() } as typeof pixels };
}
