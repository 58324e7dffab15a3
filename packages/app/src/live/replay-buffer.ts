/** @file The last minute of the camera, encoded in memory: a ring buffer, written to a file only on request. */
import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
  Output,
  WebMOutputFormat,
} from 'mediabunny';

import { PageError } from '../session/problem.ts';

/** Takes frames, forgets old ones, gives a file. */
export interface ReplayBuffer {
  add(frame: VideoFrame): void;
  /**
   * The file of what is in memory.
   *
   * @throws PageError `FRAMES_EMPTY` where nothing was filmed yet
   */
  save(): Promise<Blob>;
  close(): void;
}

/** Seconds between keyframes: the precision of the start of a file. */
const KEY_EVERY = 2;
/** Maximum bits per second at any frame size: 60 MB per minute. */
const MOST_BITS = 8e6;
/** Frames that may wait for the encoder; beyond, they are left out. */
const MOST_WAITING = 4;

/** Opens the ring; undefined where the browser encodes no video. */
export async function openReplayBuffer(
  size: { readonly width: number; readonly height: number },
  seconds: number,
): Promise<ReplayBuffer | undefined> {
  const chosen = await chooseCodec(size);
  if (chosen === undefined) return undefined;
  let packets: EncodedPacket[] = [];
  let meta: EncodedVideoChunkMetadata | undefined;
  let lastKey = -Infinity;
  const encoder = new VideoEncoder({
    output(chunk, about) {
      meta ??= about;
      const packet = EncodedPacket.fromEncodedChunk(chunk);
      packets.push(packet);
      if (packet.type === 'key') packets = lastSeconds(packets, seconds);
    },
    error: () => undefined, // what was encoded stays
  });
  encoder.configure(chosen.config);
  return {
    add(frame) {
      if (encoder.encodeQueueSize >= MOST_WAITING) return;
      const time = frame.timestamp / 1e6;
      const keyFrame = time - lastKey >= KEY_EVERY;
      if (keyFrame) lastKey = time;
      if (encoder.state === 'configured') encoder.encode(frame, { keyFrame });
    },
    async save() {
      if (encoder.state === 'configured') await encoder.flush();
      const kept = packets;
      const first = kept[0];
      if (first === undefined) throw new PageError('FRAMES_EMPTY');
      const target = new BufferTarget();
      const output = new Output({ format: new WebMOutputFormat(), target });
      const source = new EncodedVideoPacketSource(chosen.codec);
      output.addVideoTrack(source);
      await output.start();
      for (const packet of kept) {
        const moved = packet.clone({ timestamp: packet.timestamp - first.timestamp });
        await source.add(moved, meta);
      }
      await output.finalize();
      return new Blob([target.buffer!], { type: 'video/webm' });
    },
    close() {
      if (encoder.state !== 'closed') encoder.close();
      packets = [];
    },
  };
}

/**
 * How a camera of a size is encoded; undefined where the browser encodes no video. VP9 before VP8: where cores are busy,
 * the threads of Chromium's encoder for VP8 wait for each other in loops, which stops the camera.
 */
async function chooseCodec(size: {
  readonly width: number;
  readonly height: number;
}): Promise<{ readonly codec: 'vp9' | 'vp8'; readonly config: VideoEncoderConfig } | undefined> {
  if (typeof VideoEncoder === 'undefined') return undefined;
  const pixels = size.width * size.height;
  // Levels 3.1 and 4: up to 720p, up to 1080p.
  const vp9 = pixels <= 1280 * 720 ? 'vp09.00.31.08' : 'vp09.00.40.08';
  for (const codec of ['vp9', 'vp8'] as const) {
    const config: VideoEncoderConfig = {
      ...{ codec: codec === 'vp9' ? vp9 : codec, ...size },
      bitrate: Math.min(MOST_BITS, Math.max(2e6, pixels * 12)),
      latencyMode: 'realtime',
    };
    if ((await VideoEncoder.isConfigSupported(config)).supported) return { codec, config };
  }
  return undefined;
}

/** What is needed of a packet to forget it. */
interface Dated {
  readonly type: 'key' | 'delta';
  /** Seconds. */
  readonly timestamp: number;
}

/** The packets of the last seconds, starting with a keyframe. */
export function lastSeconds<T extends Dated>(packets: readonly T[], seconds: number): T[] {
  const oldest = (packets.at(-1)?.timestamp ?? 0) - seconds;
  const start = packets.findLastIndex((one) => one.type === 'key' && one.timestamp <= oldest);
  return packets.slice(Math.max(0, start));
}
