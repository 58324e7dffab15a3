/** @file What a container states of the video track that is decoded: mediabunny's answers, and what it does not give. */
import {
  ANOTHER_FOLLOWS,
  bitsOf,
  createStartCheck,
  endOfEdits,
  firstOfSeveral,
  hasSeveralParts,
  hdrOf,
  isShownVp8,
  mp4Tracks,
  ORIENTATIONS,
  sequenceOf,
  shownBy,
  shownTimes,
  startBefore,
  truncationOf,
  UPRIGHT,
} from '@telltale/core/video';
import type { Orientation, ShownTimes, StreamColor } from '@telltale/core/video';
import {
  EncodedPacketSink,
  type EncodedPacket,
  type Input,
  type InputVideoTrack,
} from 'mediabunny';

import { fileBytesOf } from './file-bytes.ts';

/** A track that was looked through. */
export interface TrackSource {
  readonly track: InputVideoTrack;
  readonly codec: string;
  readonly config: VideoDecoderConfig;
  /** Headers of the codec, where the container stores them apart. */
  readonly description: Uint8Array | undefined;
  readonly orientation: Orientation;
  /** Width of a pixel, relative to its height. */
  readonly pixelAspect: number;
  readonly color: StreamColor;
  /** Bits of a sample. */
  readonly bits: number;
  /** Whether frames may be two fields. */
  readonly hasFields: boolean;
  /** What is subtracted from the times of packets, seconds. */
  readonly origin: number;
  readonly shown: ShownTimes;
  /** Video tracks of the file. */
  readonly videos: number;
  /** Why the file ends before it should; null where it is whole. */
  readonly truncated: string | null;
  /** When a frame is shown, by its time; undefined where no edit shows it. */
  readonly timeShown: (time: number) => number | undefined;
  /** Whether decoding can start at a keyframe by the time at which it is shown. */
  readonly isSeekable: boolean;
}

/** A packet in order of decoding. */
export interface Packet {
  readonly packet: EncodedPacket;
  readonly isKey: boolean;
  /** Presentation time, seconds. */
  readonly time: number;
  /** Whether its frame is only there to predict others from. */
  readonly isHidden: boolean;
}

/** Whether a file is an MPEG transport stream. */
export async function isTransport(input: Input): Promise<boolean> {
  const { name } = await input.getFormat();
  return /MPEG/.test(name) && /TS|Transport/i.test(name);
}

/** Looks through a track. */
export async function openTrackSource(
  track: InputVideoTrack,
  { input, file }: { readonly input: Input; readonly file: Blob },
): Promise<TrackSource> {
  const codec = (await track.getCodec()) ?? '';
  const config = await track.getDecoderConfig();
  if (config === null) throw new Error('the track has no headers');
  const description = config.description && bytesOf(config.description);
  const bytes = fileBytesOf(file);
  const own = (await mp4Tracks(bytes).catch(() => [])).find(({ id }) => id === track.id);
  // A transport stream has the clock of its sender: it starts with the first of its tracks.
  const origin = (await isTransport(input)) ? await input.getFirstTimestamp().catch(() => 0) : 0;
  const sequence = codec === 'avc' ? await sequenceIn(track, description) : undefined;
  const { num, den } = await track.getPixelAspectRatio();
  const stated = num > 0 && den > 0 ? num / den : 1;
  const exact = sequence?.pixelAspect ?? stated;
  const { matrix, fullRange, transfer } = await track.getColorSpace();
  // Times below 0 are what an edit list leaves out; elsewhere they are times like others.
  const timeShown = own === undefined ? (time: number) => time : shownBy(own.edits);
  const place = { track, codec, origin, description };
  const hasSound = (await input.getAudioTracks()).length > 0;
  const shown = await shownTimes(placesOf(place), timeShown);
  const isFirst = (await firstOfSeveral(bytes)) !== undefined;
  // What is stated counts from the first frame, also where that is before 0.
  const length = shown.end - Math.min(0, shown.times[0] ?? 0);
  const truncated = await truncationOf(
    {
      hasSound,
      // The header of a track does not count edits.
      ...((own?.edits.length ?? 0) < 2 && {
        statedEnd: Math.min(
          (await track.getDurationFromMetadata().catch(() => null)) ?? 0,
          endOfEdits(own?.edits),
        ),
      }),
      isEndOfAll: own === undefined,
      soundEnd: () => endOfSound(input),
    },
    { count: shown.times.length, end: length },
  );
  return {
    ...{ ...place, config, shown, timeShown },
    truncated: truncated ?? (isFirst ? ANOTHER_FOLLOWS : null),
    // Of joined files it lists the tracks of all.
    videos: new Set((await input.getVideoTracks()).map(({ id }) => id)).size,
    isSeekable: !shown.hasJoints && !hasSeveralParts(own?.edits),
    orientation: own?.orientation ?? ORIENTATIONS[await track.getRotation()] ?? UPRIGHT,
    // mediabunny rounds it to whole pixels.
    pixelAspect: Math.abs(exact / stated - 1) < 0.01 ? exact : stated,
    // As stated in the file. Where nothing is stated, the browser guesses BT.709 and FFmpeg does not.
    color: { matrix: matrix ?? null, fullRange: fullRange ?? null, transfer: hdrOf(transfer) },
    bits: sequence?.bits ?? bitsOf(config.codec, description),
    hasFields: sequence?.hasFields ?? false,
  };
}

/** When the keyframe is shown at which decoding of a time starts, seconds. */
export async function keyBefore(source: TrackSource, time: number): Promise<number> {
  const { lead } = source.shown;
  const key = await keyPacket(source, time + lead);
  return key === null ? -Infinity : key.timestamp - source.origin - lead;
}

/** The last packet at a time or before it whose frame is decoded without others. */
async function keyPacket(
  { track, codec, origin, description }: Place,
  time: number,
): Promise<EncodedPacket | null> {
  const sink = new EncodedPacketSink(track);
  const isStart = createStartCheck(codec, description);
  return startBefore(time + origin, (at) => sink.getKeyPacket(at), isStart);
}

/** What packets are read by. */
type Place = Pick<TrackSource, 'track' | 'codec' | 'origin' | 'description'>;

/**
 * Packets in order of decoding, up to where the file breaks off.
 *
 * @param from - starts at a keyframe at this time or before it, seconds
 */
export async function* packetsOf(
  place: Place,
  { from, metadataOnly = false }: { readonly from?: number; readonly metadataOnly?: boolean } = {},
): AsyncGenerator<Packet> {
  const { track, codec, origin } = place;
  const sink = new EncodedPacketSink(track);
  const start = from === undefined ? undefined : await keyPacket(place, from);
  try {
    const options = { metadataOnly: metadataOnly && codec !== 'vp8' };
    for await (const packet of sink.packets(start ?? undefined, undefined, options)) {
      yield {
        packet,
        isKey: packet.type === 'key',
        time: packet.timestamp - origin,
        isHidden: codec === 'vp8' && !isShownVp8(packet.data),
      };
    }
  } catch {
    // Cut off, which is known by what the header states of the end.
  }
}

async function* placesOf(
  place: Place,
): AsyncGenerator<{ isKey: boolean; time: number; duration: number }> {
  for await (const { packet, isKey, time, isHidden } of packetsOf(place, { metadataOnly: true })) {
    if (!isHidden) yield { isKey, time, duration: packet.duration };
  }
}

async function sequenceIn(
  track: InputVideoTrack,
  description: Uint8Array | undefined,
): Promise<ReturnType<typeof sequenceOf>> {
  const first = await new EncodedPacketSink(track).getFirstPacket();
  return first === null ? undefined : sequenceOf(description, first.data);
}

async function endOfSound(input: Input): Promise<number> {
  let end = 0;
  for (const track of await input.getAudioTracks()) {
    const packet = await new EncodedPacketSink(track).getPacket(Infinity, { metadataOnly: true });
    end = Math.max(end, packet === null ? 0 : packet.timestamp + packet.duration);
  }
  return end;
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
