/**
 * @file Entry point of `@telltale/core/video`: what a clip is, from a decoder's planes to RGB, and what is needed to make a
 * clip of any decoder: what containers and streams state, and FFmpeg's words.
 */
export { openColors } from './colors.ts';
export type { ColorReading, Colors, PlanesLayout } from './colors.ts';
export { momentOf } from './moment.ts';
export { clipPart, turnedImage } from './part.ts';
export type { ClipPart } from './part.ts';
export { deinterlace } from './deinterlace.ts';
export type { FieldNeighbors } from './deinterlace.ts';
export { framesWithin } from './frames.ts';
export type { Clip, Frame, FrameSpan, Recording } from './frames.ts';
export { partsOf, samplesOf, toI420 } from './planes.ts';
export type { PlanePart, Planes } from './planes.ts';
export { fitted, resampled } from './resample.ts';
export { toneMapped } from './tone.ts';
export type { HdrReading, HdrTransfer } from './tone.ts';

// Clips of a decoder.
export { clipOfStream } from './present.ts';
export type { StreamClip, StreamOptions } from './present.ts';
export { ASSUMED_RATE, orientationOf, oriented, rateOf, rateOfTimes, UPRIGHT } from './stream.ts';
export type { DecodedFrame, Orientation, StreamColor, TimeSpan, VideoStream } from './stream.ts';
export { DAMAGE, damagedSpan } from './damage.ts';
export type { PacketPlace, Span } from './damage.ts';
export { frameOf, FRAME_HEADER, readHeader, sampleBytes, writeHeader } from './frame-header.ts';
export type { FrameHeader } from './frame-header.ts';
export { decodeSpans } from './spans.ts';
export type { Seekable } from './spans.ts';
export { nearestIndex } from './times.ts';

// What containers and streams state.
export {
  bitsOf,
  hdrOf,
  isShownVp8,
  ORIENTATIONS,
  shownTimes,
  truncationBy,
  truncationOf,
} from './container.ts';
export type { ShownTimes, StatedEnd, TrackPacket } from './container.ts';
export { ANOTHER_FOLLOWS, firstOfSeveral } from './joined.ts';
export type { FirstOfSeveral } from './joined.ts';
export { endOfEdits, hasSeveralParts, mp4Headers, mp4Tracks, shownBy } from './mp4.ts';
export type { BoxPlace, Edit, FileBytes, Mp4Track } from './mp4.ts';
export { annexBUnits, h264Sequence } from './h264.ts';
export type { Fields, H264Sequence, NalUnit } from './h264.ts';
export { createFieldReader, createStartCheck, sequenceOf, startBefore } from './fields.ts';
export type { KeyPacket } from './fields.ts';

// FFmpeg, wherever it runs.
export {
  assembleFrames,
  createFrameLog,
  frameBytesOf,
  frameWords,
  inputOf,
  probedVideo,
  probeWords,
  ratesStated,
  rateWords,
} from './ffmpeg.ts';
export type {
  FfmpegInput,
  FfmpegVideo,
  FrameAssembly,
  FrameInfo,
  FrameLog,
  NoVideo,
} from './ffmpeg.ts';
export type { Format, ProbedStream } from './ffmpeg-format.ts';
