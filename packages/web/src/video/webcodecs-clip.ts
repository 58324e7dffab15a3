/**
 * @file A file as a clip, decoded by the browser: mediabunny takes the container apart, WebCodecs decodes.
 *
 * Frames come exactly and in order, which a `<video>` element does not promise.
 */
import { clipOfStream, decodeSpans, rateOfTimes } from '@telltale/core/video';
import type { VideoStream } from '@telltale/core/video';
import { ALL_FORMATS, BlobSource, Input, VideoSampleSink, type InputVideoTrack } from 'mediabunny';

import { WebError } from '../errors.ts';
import { isPlanar } from './frame-pixels.ts';
import type { OpenClip } from './open-clip.ts';
import { decodeTrack } from './track-decode.ts';
import { isTransport, keyBefore, openTrackSource } from './track-source.ts';

/** A clip that the browser decodes. */
export interface TrackClip extends OpenClip {
  /** What decodes it. */
  readonly decoder: 'webcodecs';
  /** Seconds by the clock of the container, one per frame. */
  readonly times: readonly number[];
}

/** What a file holds. */
export type InspectedVideo =
  | {
      /** A video that this browser decodes. */
      readonly kind: 'track';
      /** The video track that is decoded. */
      readonly track: InputVideoTrack;
      /** The opened file; dispose of it after use. */
      readonly input: Input;
      /** The file itself. */
      readonly file: Blob;
    }
  | {
      /** A video that this browser does not decode. */
      readonly kind: 'unsupported';
      /** Name of the codec or of the container. */
      readonly codec: string;
    };

/**
 * Reads the header of a file.
 *
 * @throws WebError `NOT_VIDEO`, `AUDIO_ONLY`
 */
export async function inspectVideo(file: Blob, name: string): Promise<InspectedVideo> {
  const container = await otherContainer(file);
  if (container !== undefined) return { kind: 'unsupported', codec: container };
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  if (!(await input.canRead().catch(() => false))) throw new WebError('NOT_VIDEO', { name });
  let track: InputVideoTrack | null;
  try {
    track = await trackToShow(input);
  } catch {
    // mediabunny reads no transport stream of several programs.
    input.dispose();
    return { kind: 'unsupported', codec: 'MPEG-TS' };
  }
  if (track === null && (await isTransport(input))) {
    // Of a transport stream it lists no tracks of other codecs, such as MPEG-2 of broadcasts and HDV.
    input.dispose();
    return { kind: 'unsupported', codec: 'MPEG-TS' };
  }
  if (track === null) {
    const isSound = (await input.getAudioTracks()).length > 0;
    throw new WebError(isSound ? 'AUDIO_ONLY' : 'NOT_VIDEO', { name });
  }
  if (typeof VideoDecoder !== 'undefined' && (await track.canDecode())) {
    return { kind: 'track', track, input, file };
  }
  const codec = (await track.getCodec()) ?? 'unknown';
  input.dispose();
  return { kind: 'unsupported', codec };
}

/** The first track that is marked as the one to show, else the first; as on the command line. */
async function trackToShow(input: Input): Promise<InputVideoTrack | null> {
  const tracks = await input.getVideoTracks();
  for (const track of tracks) if ((await track.getDisposition()).default) return track;
  return tracks[0] ?? null;
}

/** Containers that mediabunny does not read and FFmpeg does, by their first bytes. */
const OTHER: readonly (readonly [start: RegExp, name: string])[] = [
  [/^RIFF....AVI/s, 'AVI'],
  [/^\x00\x00\x01[\xba\xb3]/, 'MPEG'],
  [/^\x00?\x00\x00\x01/, 'a stream without a container'],
  [/^\x30\x26\xb2\x75\x8e\x66\xcf\x11/, 'WMV'],
  [/^FLV/, 'FLV'],
  [/^\x06\x0e\x2b\x34/, 'MXF'],
  [/^\x1f\x07\x00[\x3f\xbf]/, 'DV'],
  [/^GIF8/, 'GIF'],
];

async function otherContainer(file: Blob): Promise<string | undefined> {
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...head);
  return OTHER.find(([start]) => start.test(text))?.[1];
}

/**
 * Whether this browser hands out the decoder's planes of a track. Firefox (ESR 153 on Linux) hands out RGB (BGRX) for
 * H.264, VP8, VP9 and AV1; its conversion is not documented, and rounding makes it impossible to undo.
 */
export async function hasPlanes(track: InputVideoTrack): Promise<boolean> {
  try {
    for await (const sample of new VideoSampleSink(track).samples()) {
      const { format } = sample;
      sample.close();
      return isPlanar(format);
    }
  } catch {
    // The first frames are damaged, which gives no hint of the format.
    return true;
  }
  return false;
}

/** Options of {@link openTrackClip}. */
export interface TrackOptions {
  /**
   * Whether `framesWithin` starts at the requested frame before a whole reading has confirmed that the container's times
   * are those of the frames. @defaultValue false
   */
  readonly isIndexed?: boolean;
}

/**
 * Opens a video track as a clip.
 *
 * @throws WebError `FRAMES_EMPTY`
 */
export async function openTrackClip(
  { track, input, file }: Extract<InspectedVideo, { readonly kind: 'track' }>,
  name: string,
  { isIndexed = false }: TrackOptions = {},
): Promise<TrackClip> {
  const source = await openTrackSource(track, { input, file });
  const { shown, orientation, pixelAspect, color, truncated, videos } = source;
  const { times } = shown;
  if (times.length === 0) throw new WebError('FRAMES_EMPTY', { name });
  const stream: VideoStream = {
    ...(await sizeOf(source, name)),
    ...{ orientation, pixelAspect, color, decoder: 'webcodecs' },
    rate: rateOfTimes(times),
    expectedFrames: times.length,
    ...(videos > 1 && { videos }),
    ...(!shown.hasJoints && { timestamps: times }),
    async *decode(onTruncated) {
      let count = 0;
      for await (const frame of decodeTrack(source)) {
        count++;
        yield frame;
      }
      if (truncated !== null) onTruncated(truncated);
      else if (count < times.length) {
        onTruncated(`it states ${times.length} frames and ${count} can be read`);
      }
    },
    ...(source.isSeekable && {
      decodeWithin: (spans) =>
        decodeSpans(spans, {
          keyBefore: (time) => keyBefore(source, time),
          decodeFrom: (time) => decodeTrack(source, time),
          timeOf: ({ timestamp }) => timestamp!,
        }),
    }),
  };
  const clip = clipOfStream(stream, {
    ...{ name, isIndexed },
    refusal: (reason) =>
      new WebError(reason === 'damaged' ? 'VIDEO_BROKEN' : 'FRAMES_EMPTY', { name }),
  });
  const shift = Math.max(0, -times[0]!);
  return {
    ...clip,
    decoder: 'webcodecs',
    times: times.map((time) => time + shift),
    close: () => input.dispose(),
  };
}

/** The size of the first frame. */
async function sizeOf(
  source: Parameters<typeof decodeTrack>[0],
  name: string,
): Promise<{ readonly width: number; readonly height: number }> {
  for await (const { pixels } of decodeTrack(source)) {
    if (pixels !== undefined) return { width: pixels.width, height: pixels.height };
  }
  throw new WebError('VIDEO_BROKEN', { name });
}
