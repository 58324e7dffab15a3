/** @file Writes packets of H.264 as MP4 with given times: one after another at a rate, or each at its own. */
import { rename } from 'node:fs/promises';

import {
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  FilePathTarget,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';

/** A compressed frame. */
export interface PlacedPacket {
  readonly data: Uint8Array;
  readonly isKey: boolean;
  /** Of its frame, from 0, in order of presentation. */
  readonly index: number;
}

/** When frames are shown. */
export interface FrameTimes {
  /** Frames per second. */
  readonly rate: number;
  /** Of each frame, seconds; by the rate where there is none. */
  readonly times: readonly number[] | undefined;
}

/** Writes packets, given in order of decoding. */
export async function writePackets(
  file: string,
  packets: AsyncIterable<PlacedPacket> | Iterable<PlacedPacket>,
  { rate, times, config }: FrameTimes & { readonly config: VideoDecoderConfig },
): Promise<void> {
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: 'in-memory' }),
    target: new FilePathTarget(file),
  });
  const track = new EncodedVideoPacketSource('avc');
  // Where a rate is stated, mediabunny moves all times to multiples of its period.
  output.addVideoTrack(track, times === undefined ? { frameRate: rate } : {});
  await output.start();
  let isFirst = true;
  for await (const { data, isKey, index } of packets) {
    const time = times?.[index] ?? index / rate;
    const next = times?.[index + 1] ?? time + 1 / rate;
    const packet = new EncodedPacket(data, isKey ? 'key' : 'delta', time, next - time);
    await track.add(packet, isFirst ? { decoderConfig: config } : undefined);
    isFirst = false;
  }
  await output.finalize();
}

/** Gives the frames of an MP4 file, which were written one after another at a rate, other times. */
export async function retime(file: string, times: readonly number[], rate: number): Promise<void> {
  const input = new Input({ source: new FilePathSource(file), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error('the written video has no track');
  const packets = async function* (): AsyncGenerator<PlacedPacket> {
    for await (const { data, type, timestamp } of new EncodedPacketSink(track).packets()) {
      yield { data, isKey: type === 'key', index: Math.round(timestamp * rate) };
    }
  };
  const timed = `${file}.timed`;
  await writePackets(timed, packets(), { rate, times, config });
  input.dispose();
  await rename(timed, file);
}
