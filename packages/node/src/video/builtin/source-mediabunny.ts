/** @file Containers that mediabunny reads: MP4, MOV, Matroska, WebM, MPEG-TS. */
import { open } from 'node:fs/promises';

import { ALL_FORMATS, EncodedPacketSink, HLS, FilePathSource, Input } from 'mediabunny';
import type { EncodedPacket, InputVideoTrack } from 'mediabunny';

import {
  bitsOf,
  createStartCheck,
  endOfEdits,
  hasSeveralParts,
  hdrOf,
  isShownVp8,
  mp4Tracks,
  ORIENTATIONS,
  sequenceOf,
  shownBy,
  startBefore,
  UPRIGHT,
} from '@telltale/core/video';
import type { H264Sequence, StreamColor } from '@telltale/core/video';

import { bytesOf as fileBytesOf } from '../what-it-is.ts';
import type { Refusal } from './protocol.ts';
import type { Codec, Packet, Source } from './source.ts';

/** mediabunny's names of the codecs, and FFmpeg's. */
const CODECS = { avc: 'h264', hevc: 'hevc', vp8: 'vp8', vp9: 'vp9', av1: 'av1' } as const;

/** Codes of codecs in MOV files that mediabunny has no name for. */
const OTHER: Readonly<Record<string, Codec>> = {
  jpeg: 'mjpeg',
  mjpa: 'mjpeg',
  'png ': 'png',
  V_MJPEG: 'mjpeg',
};

/** Opens the primary video track. */
export async function openMediabunny(path: string): Promise<Source | Refusal> {
  const formats = ALL_FORMATS.filter((one) => one !== HLS); // a playlist leads to other files
  const input = new Input({ source: new FilePathSource(path), formats });
  if (!(await input.canRead().catch(() => false))) {
    return { kind: 'unknown', why: 'its container is unknown' };
  }
  // It reads no transport stream of several programs, and throws.
  const tracks = await input.getVideoTracks().catch((error: unknown) => (error as Error).message);
  if (typeof tracks === 'string') return { kind: 'foreign', why: foreignBy(tracks) };
  const track = await primaryTrack(input, tracks);
  const format = await input.getFormat();
  const isTransport = /MPEG/.test(format.name) && /TS|Transport/i.test(format.name);
  if (track === null) {
    // Of a transport stream it lists no tracks of other codecs, such as MPEG-2 of broadcasts and HDV.
    if (isTransport) return { kind: 'foreign', why: 'it contains no video in H.264 or HEVC' };
    return { kind: 'unreadable', why: 'it contains no video' };
  }
  const codec = await codecOf(track);
  if (codec === undefined) {
    const id = (await track.getCodec()) ?? (await track.getInternalCodecId());
    const name = typeof id === 'string' ? ` "${id}"` : '';
    return { kind: 'foreign', why: `there is no decoder for its codec${name}` };
  }
  const handle = await open(path);
  const own = await mp4Tracks(await fileBytesOf(handle))
    .then((tracks) => tracks.find(({ id }) => id === track.id))
    .catch(() => undefined)
    .finally(() => handle.close());
  // A transport stream has the clock of its sender: it starts with the first of its tracks.
  const origin = isTransport ? await input.getFirstTimestamp().catch(() => 0) : 0;
  const config = await track.getDecoderConfig();
  const description = config?.description;
  const pixel = await track.getPixelAspectRatio();
  const header = description && bytesOf(description);
  const sequence = codec === 'h264' ? await h264SequenceOf(track, header) : undefined;
  const stated = pixel.num > 0 && pixel.den > 0 ? pixel.num / pixel.den : 1;
  const exact = sequence?.pixelAspect ?? stated;
  // Times below 0 are what an edit list leaves out; elsewhere they are times like others.
  const timeShown = own === undefined ? (time: number) => time : shownBy(own.edits);
  const toPacket = ({ data, type, timestamp }: EncodedPacket): Packet => ({
    ...{ data, isKey: type === 'key', time: timestamp - origin },
    ...(codec === 'vp8' && !isShownVp8(data) && { isHidden: true }),
  });
  const isStart = createStartCheck(codec, header);
  const keyAt = (time: number): Promise<EncodedPacket | null> => {
    const sink = new EncodedPacketSink(track);
    return startBefore(time + origin, (at) => sink.getKeyPacket(at), isStart);
  };
  return {
    codec,
    width: config?.codedWidth ?? (await track.getCodedWidth()),
    height: config?.codedHeight ?? (await track.getCodedHeight()),
    description: header,
    bits: sequence?.bits ?? bitsOf(config?.codec ?? '', header),
    orientation: own?.orientation ?? ORIENTATIONS[await track.getRotation()] ?? UPRIGHT,
    // mediabunny rounds it to whole pixels.
    pixelAspect: Math.abs(exact / stated - 1) < 0.01 ? exact : stated,
    color: { ...(await colorOf(track)), isCentered: codec === 'mjpeg' },
    isRateAssumed: false,
    mayJump: isTransport,
    // Of joined files it lists the tracks of all.
    videos: new Set(tracks.map(({ id }) => id)).size,
    hasSound: (await input.getAudioTracks()).length > 0,
    // The header of a track does not count edits.
    ...((own?.edits.length ?? 0) < 2 && {
      statedEnd: Math.min(
        (await track.getDurationFromMetadata().catch(() => null)) ?? 0,
        endOfEdits(own?.edits),
      ),
    }),
    isEndOfAll: own === undefined,
    soundEnd: () => endOfSound(input),
    timeShown,
    async *places() {
      const isVp8 = codec === 'vp8';
      for await (const packet of packetsOf(track, !isVp8)) {
        if (isVp8 && !isShownVp8(packet.data)) continue;
        yield {
          isKey: packet.type === 'key',
          time: packet.timestamp - origin,
          duration: packet.duration,
        };
      }
    },
    async *packets() {
      for await (const packet of packetsOf(track, false)) yield toPacket(packet);
    },
    ...(!hasSeveralParts(own?.edits) && {
      seek: {
        async keyBefore(time) {
          const key = await keyAt(time);
          return key === null ? -Infinity : key.timestamp - origin;
        },
        async *packetsFrom(time) {
          for await (const packet of packetsOf(track, false, (await keyAt(time)) ?? undefined))
            yield toPacket(packet);
        },
      },
    }),
  };
}

/** The first track that is marked as the one to show, else the first; a cover is none, which is a still image. */
async function primaryTrack(
  input: Input,
  tracks: readonly InputVideoTrack[],
): Promise<InputVideoTrack | null> {
  let first: InputVideoTrack | undefined;
  for (const track of tracks) {
    if ((await codecOf(track)) === undefined) continue;
    first ??= track;
    if ((await track.getDisposition()).default) return track;
  }
  return first ?? input.getPrimaryVideoTrack();
}

function foreignBy(message: string): string {
  return /single program/.test(message) ? 'it has several programs' : message;
}

async function endOfSound(input: Input): Promise<number> {
  let end = 0;
  for (const track of await input.getAudioTracks()) {
    const packet = await new EncodedPacketSink(track).getPacket(Infinity, { metadataOnly: true });
    end = Math.max(end, packet === null ? 0 : packet.timestamp + packet.duration);
  }
  return end;
}

async function codecOf(track: InputVideoTrack): Promise<Codec | undefined> {
  const codec = await track.getCodec();
  if (codec !== null)
    return Object.hasOwn(CODECS, codec) ? CODECS[codec as keyof typeof CODECS] : undefined;
  const id = await track.getInternalCodecId();
  return typeof id === 'string' && Object.hasOwn(OTHER, id) ? OTHER[id] : undefined;
}

/** Packets in order of decoding, up to where the file breaks off. */
async function* packetsOf(
  track: InputVideoTrack,
  metadataOnly: boolean,
  first?: EncodedPacket,
): AsyncGenerator<EncodedPacket> {
  try {
    yield* new EncodedPacketSink(track).packets(first, undefined, { metadataOnly });
  } catch (error) {
    process.stderr.write(`Truncated: ${(error as Error).message}\n`);
  }
}

async function colorOf(track: InputVideoTrack): Promise<StreamColor> {
  const { matrix, fullRange, transfer } = await track.getColorSpace();
  return { matrix: matrix ?? null, fullRange: fullRange ?? null, transfer: hdrOf(transfer) };
}

async function h264SequenceOf(
  track: InputVideoTrack,
  description: Uint8Array | undefined,
): Promise<H264Sequence | undefined> {
  for await (const { data } of packetsOf(track, false)) return sequenceOf(description, data);
  return undefined;
}

function bytesOf(source: ArrayBufferLike | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
