/**
 * @file What is requested of the program `ffmpeg`, and what its answers mean, wherever it runs: beside Node or as
 * WebAssembly.
 *
 * ffmpeg writes planes, and the time, size and fields of each frame to its log (filter `showinfo`), so that one run
 * gives all.
 */
import type { RgbImage } from '../base/image.ts';
import { damagedSpan, DAMAGE, isInSpan, JUMP, type PacketPlace, type Span } from './damage.ts';
import { aspectOf, colorOf, formatOf, readOrientation } from './ffmpeg-format.ts';
import type { Format, ProbedStream } from './ffmpeg-format.ts';
import { samplesOf, type Planes } from './planes.ts';
import { rateOf } from './stream.ts';
import type { DecodedFrame, VideoStream } from './stream.ts';

interface ProbedPacket {
  readonly stream_index: number;
  readonly pts_time?: string;
  readonly dts_time?: string;
  readonly flags?: string;
}

/** A file as FFmpeg reads it. */
export interface FfmpegInput {
  /** Path or address. */
  readonly file: string;
  /** Options in front of it. */
  readonly options: readonly string[];
}

/**
 * How FFmpeg is to read a file.
 *
 * @param head - its first bytes, at least 12
 */
export function inputOf(file: string, head: Uint8Array): FfmpegInput {
  const isAvi = /^RIFF....AVI/s.test(String.fromCharCode(...head.subarray(0, 12)));
  // The index of an AVI file may be wrong, which FFmpeg does not read where it cannot jump.
  return { file, options: isAvi ? ['-seekable', '0'] : [] };
}

/** Options of ffprobe, which then writes the JSON that {@link probedVideo} reads. */
export function probeWords({ file, options }: FfmpegInput): string[] {
  return [
    ...options,
    ...['-v', 'error', '-of', 'json', '-show_entries'],
    'stream:stream_disposition:stream_side_data:format=format_name,start_time:packet=stream_index,pts_time,dts_time,flags',
    ...['-select_streams', 'v', file],
  ];
}

/** Options of ffprobe, which then writes the text that {@link ratesStated} reads. */
export function rateWords(file: string, { stream }: FfmpegVideo): string[] {
  return [
    ...['-v', 'error', '-framerate', '17', '-of', 'csv=p=0', '-select_streams', `${stream.index}`],
    ...['-show_entries', 'stream=avg_frame_rate,r_frame_rate', file],
  ];
}

/** Whether a stream without a container states its rate: FFmpeg then does not take the one that it is given. */
export function ratesStated(text: string): boolean {
  return !/\b17\/1\b/.test(text);
}

/** The video stream of a file, by ffprobe. */
export interface FfmpegVideo extends Omit<VideoStream, 'decode' | 'decodeFrom' | 'decoder'> {
  /** What ffprobe states of it. */
  readonly stream: ProbedStream;
  /** Its samples as they are requested from ffmpeg. */
  readonly format: Format;
  /** Packets in order of decoding. */
  readonly places: readonly PacketPlace[];
  /** What ffmpeg subtracts from all times, seconds. */
  readonly offset: number;
  /** First frames without a time: Matroska with times below 0, which FFmpeg drops. */
  readonly untimed: number;
  /** Why the file ends before it should, by the number of frames that its header states. */
  readonly truncated: string | undefined;
  /** Whether that number includes frames that an edit list hides, which FFmpeg may pass over. */
  readonly mayHide: boolean;
  /** Whether it is a stream without a container, which may not state its rate. */
  readonly isRaw: boolean;
}

/** Why a file is not a clip. */
export type NoVideo = 'image' | 'no-video';

/** Reads what ffprobe wrote. */
export function probedVideo(json: string): FfmpegVideo | NoVideo {
  const {
    streams = [],
    format,
    packets = [],
  } = JSON.parse(json) as {
    readonly packets?: readonly ProbedPacket[];
    readonly streams?: readonly ProbedStream[];
    readonly format?: { readonly format_name: string; readonly start_time?: string };
  };
  const name = format?.format_name ?? '';
  if (isNoClip(name)) return 'image';
  const videos = streams.filter(({ disposition }) => disposition.attached_pic === 0);
  const stream = videos.find(({ disposition }) => disposition.default === 1) ?? videos[0];
  if (stream === undefined) return 'no-video';
  const stated = Number(stream.nb_frames ?? 0);
  const own = packets.filter(({ stream_index }) => stream_index === stream.index);
  // Containers with a clock of their own start it at 0; in the others the first stream does.
  const start = Number(format?.start_time ?? 0) || 0;
  const origin = CLOCK.test(name) ? 0 : start;
  // Of a clock that may jump, ffmpeg subtracts the start of the stream that it is to read.
  const ownStart = JUMPING.test(name) ? Number(stream.start_time ?? start) || start : start;
  const offset = Math.max(start, ownStart) - origin;
  const shown = own.filter(({ flags }) => flags?.includes('D') !== true);
  const places = shown.map(({ pts_time, dts_time, flags }) => ({
    time: Number(pts_time ?? dts_time) - origin,
    isKey: flags?.startsWith('K') === true,
  }));
  const untimed = places.filter(({ time }) => Number.isNaN(time)).length;
  const times = own.slice(0, 300).map(({ pts_time }) => Number(pts_time));
  return {
    ...{ stream, places, width: stream.width, height: stream.height },
    rate: rateOf(fraction(stream.avg_frame_rate), times),
    ...(places.length > 0 && { expectedFrames: places.length }),
    orientation: readOrientation(stream),
    pixelAspect: aspectOf(stream.sample_aspect_ratio),
    color: colorOf(stream),
    format: formatOf(stream.pix_fmt),
    offset,
    untimed: /matroska/.test(name) && untimed < places.length ? untimed : 0,
    truncated:
      own.length < stated ? `it states ${stated} frames and contains ${own.length}` : undefined,
    mayHide: /mov|mp4/.test(name),
    isRaw: RAW.test(name),
    ...(JUMPING.test(name) && { mayJump: true }),
    ...(videos.length > 1 && { videos: videos.length }),
  };
}

/** Containers whose clock starts at 0 for all streams. */
const CLOCK = /mov|mp4|matroska|webm|avi/;

/** Containers whose clock may jump, which FFmpeg evens out. */
const JUMPING = /^(mpegts|mpeg)$/;

/** Streams without a container. */
const RAW = /^(h264|hevc|m4v|mpegvideo|h263|h261|av1|obu|dirac|vc1)$/;

/** Whether a format that FFmpeg reads is not a video: single images, playlists, text. */
function isNoClip(format: string): boolean {
  return /(^|,)(image2|tty|hls|dash|concat|ffmetadata)(,|$)|_pipe/.test(format);
}

/** Options of ffmpeg, which then writes the samples of all frames. */
export function frameWords(
  { file, options }: FfmpegInput,
  { stream, format }: FfmpegVideo,
  to: string,
): string[] {
  return [
    ...['-nostdin', '-nostats', '-hide_banner', '-v', 'level+info'],
    // Without the threads that decode frames ahead, a damaged frame is reported before it is shown.
    ...['-thread_type', 'slice', '-noautorotate', ...options, '-i', file],
    ...['-map', `0:${stream.index}`, '-vsync', 'passthrough', '-autoscale', '0'],
    // The time of each frame goes to the log.
    ...['-vf', `showinfo=checksum=0,format=${format.names}`],
    ...['-sws_flags', 'accurate_rnd+full_chroma_int', '-f', 'rawvideo', to],
  ];
}

/** Bytes of a frame as ffmpeg writes it. */
export function frameBytesOf(
  size: Pick<FrameInfo, 'width' | 'height'>,
  { format: { planes } }: FfmpegVideo,
): number {
  if (planes === undefined) return 3 * size.width * size.height;
  return samplesOf({ ...size, chroma: planes.chroma }) * (planes.bits > 8 ? 2 : 1);
}

/** Makes frames of what ffmpeg writes, with gaps for those that are damaged. */
export interface FrameAssembly {
  /** The next frame, after those that are missing before it. */
  next(data: Uint8Array, info: FrameInfo): DecodedFrame[];
  /**
   * Frames that are missing at the end.
   *
   * @param damage - log lines about damage in all
   */
  rest(damage: number): DecodedFrame[];
}

/** Starts with the first frame. */
export function assembleFrames(video: FfmpegVideo): FrameAssembly {
  const { stream, offset, format, untimed } = video;
  const joints = jointsIn(video);
  const gaps = trackGaps(video, stream.has_b_frames ?? 0);
  const missingAt = (timestamp: number): DecodedFrame => ({ timestamp, isDamaged: true });
  let shown = 0;
  return {
    next(data, info) {
      // FFmpeg makes up times where there are none.
      const isTimed = info.timestamp !== undefined && shown >= untimed;
      const timestamp = isTimed ? info.timestamp + offset : undefined;
      const { missing, isDamaged } = gaps.next(timestamp, info);
      const frame: DecodedFrame = {
        pixels: pixelsOf(data, info, format),
        timestamp,
        ...(info.field && { field: info.field }),
        ...(isDamaged && { isDamaged }),
        ...(joints.has(shown) && { isCut: true }),
      };
      shown++;
      return [...missing.map(missingAt), frame];
    },
    rest: (damage) => gaps.rest(damage).map(missingAt),
  };
}

function pixelsOf(
  data: Uint8Array,
  { width, height }: Pick<FrameInfo, 'width' | 'height'>,
  { planes }: Format,
): Planes | RgbImage {
  if (planes === undefined) return { data, width, height, channels: 3 };
  const samples =
    planes.bits > 8 ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  return { ...planes, width, height, data: samples };
}

/**
 * Where the clock starts again or jumps, which ffmpeg evens out: a keyframe that is earlier than a packet before it, or
 * much later.
 */
function jointsIn({
  places,
  mayJump = false,
}: Pick<FfmpegVideo, 'places' | 'mayJump'>): ReadonlySet<number> {
  const joints = new Set<number>();
  let latest = -Infinity;
  for (const [index, { time, isKey }] of places.entries()) {
    const isJump = mayJump && index > 0 && time > latest + JUMP;
    if (isKey && (time < latest - 1e-6 || isJump)) {
      joints.add(index);
      latest = -Infinity;
    }
    latest = Math.max(latest, time);
  }
  return joints;
}

/** Which frames are damaged, and which are missing, by the log and the packets of the file. */
function trackGaps(
  video: Pick<FfmpegVideo, 'places' | 'mayJump'>,
  delay: number,
): {
  next(
    time: number | undefined,
    info: Pick<FrameInfo, 'damage' | 'isKey'>,
  ): { readonly missing: readonly number[]; readonly isDamaged: boolean };
  rest(damage: number): readonly number[];
} {
  const { places } = video;
  const sorted = places.map(({ time }) => time).sort((a, b) => a - b);
  const hasClock =
    sorted.length > 0 &&
    jointsIn(video).size === 0 &&
    sorted.every((time, i) => Number.isFinite(time) && (i === 0 || time > sorted[i - 1]!)) &&
    places.every(({ time }, i) => i === 0 || time > places[i - 1]!.time - 1);
  const spans: Span[] = [];
  let known = 0;
  let done = 0; // of the sorted times
  let isOpen = false; // without a clock: up to the next keyframe
  const notice = (damage: number): void => {
    if (damage === known) return;
    known = damage;
    // The decoder holds as many frames as it reorders.
    const packet = Math.min(done + delay, places.length - 1);
    if (hasClock) spans.push(damagedSpan(places, packet));
    else isOpen = true;
  };
  const missingBefore = (time: number): number[] => {
    const missing: number[] = [];
    while (done < sorted.length && sorted[done]! < time) {
      const each = sorted[done++]!;
      if (isInSpan(spans, each)) missing.push(each);
    }
    return missing;
  };
  return {
    next(time, { damage, isKey }) {
      const isNew = damage !== known;
      const isFirst = done === 0;
      notice(damage);
      if (!hasClock || time === undefined) {
        if (isOpen && isKey && !isNew) isOpen = false;
        const isDamaged = isOpen;
        // A keyframe depends on no other.
        if (isKey && isNew && delay === 0)
          isOpen = places.length > 0 && !places.every((each) => each.isKey);
        if (places.every((each) => each.isKey)) isOpen = false;
        done++;
        return { missing: [], isDamaged };
      }
      const missing = missingBefore(time - TOLERANCE);
      if (done < sorted.length && Math.abs(sorted[done]! - time) <= TOLERANCE) done++;
      // What precedes the first frame that can be decoded is not part of the clip.
      return { missing: isFirst ? [] : missing, isDamaged: isInSpan(spans, time) };
    },
    rest(damage) {
      notice(damage);
      return hasClock ? missingBefore(Infinity) : [];
    },
  };
}

/** Times of the log are rounded; seconds. */
const TOLERANCE = 1e-4;

/** A frame by the log of ffmpeg. */
export interface FrameInfo {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Seconds; absent where it has none. */
  readonly timestamp?: number;
  /** The field that was recorded first, where it is two. */
  readonly field?: 'top' | 'bottom';
  /** Whether it is decoded without others. */
  readonly isKey: boolean;
  /** Log lines about damage before this frame. */
  readonly damage: number;
}

/** Log lines that are errors; ffmpeg reports data that is cut off as a warning. */
const ERROR = /\[(error|fatal)\]|\[warning\].*corrupt decoded frame/;

/** Messages about a file that ends within a packet. */
const CUT_OFF = /ended prematurely|partial file/;

/** What the log of ffmpeg states: the time base, one line per frame, and errors. */
export interface FrameLog {
  /** Reads a line. */
  line(text: string): void;
  /** Takes what was logged of a frame, by its number from 0. */
  take(index: number): FrameInfo | undefined;
  /** Messages of errors. */
  readonly errors: readonly string[];
  /** Log lines about damage so far. */
  damage(): number;
  /** The message that the file is cut off. */
  cutOff(): string | undefined;
}

/** Starts reading a log. */
export function createFrameLog(): FrameLog {
  const infos = new Map<number, FrameInfo>();
  const errors: string[] = [];
  let damage = 0;
  let tick = 0;
  let count = 0; // the counter of ffmpeg restarts where a property of the stream changes
  return {
    errors,
    damage: () => damage,
    cutOff: () => errors.find((text) => CUT_OFF.test(text)),
    take(index) {
      const info = infos.get(index);
      infos.delete(index);
      return info;
    },
    line(line) {
      const base = /config in time_base: (\d+)\/(\d+)/.exec(line);
      if (base) tick = Number(base[1]) / Number(base[2]);
      const frame = /\bn: *\d+ pts: *(\S+) .*\bs:(\d+)x(\d+)(?: i:(.))?(?: iskey:(\d))?/.exec(line);
      if (frame) {
        const pts = Number(frame[1]); // "NOPTS" becomes NaN
        const field = ({ T: 'top', B: 'bottom' } as const)[frame[4] ?? ''];
        infos.set(count++, {
          width: Number(frame[2]),
          height: Number(frame[3]),
          isKey: frame[5] === '1',
          damage,
          ...(field && { field }),
          ...(Number.isFinite(pts) && { timestamp: pts * tick }),
        });
      } else if (ERROR.test(line)) {
        const text = line.replace(/^.*\[(error|fatal|warning)\] */, '');
        // Matroska drops the packet that is not whole; those before it are.
        if (DAMAGE.test(text) && !/ended prematurely/.test(text)) damage++;
        if (errors.length < 100) errors.push(text);
      }
    },
  };
}

function fraction(text: string): number {
  const [above, below] = text.split('/').map(Number);
  return above! / below!;
}
