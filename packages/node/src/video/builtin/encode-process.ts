/**
 * @file The process that writes an MP4 file: OpenH264 encodes, mediabunny writes the container.
 *
 * `encode-process FILE WIDTH HEIGHT RATE BITRATE` reads RGB frames of that size, both even, from standard input, and their
 * times, where they do not follow from the rate, in a message.
 */
import { once } from 'node:events';
import process from 'node:process';

import { writePackets } from '../retime.ts';
import type { PlacedPacket } from '../retime.ts';
import { loadNative } from './native.ts';
import { toYuv } from './yuv.ts';

/** Sent by the parent after the last frame. */
const times = new Promise<readonly number[] | undefined>((resolve) => {
  process.once('message', (message: { readonly times?: readonly number[] }) =>
    resolve(message.times),
  );
});

/** ITU-R BT.601, 16 to 235, as `toYuv` converts. */
const COLOR = { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m' } as const;

async function run(
  file: string,
  {
    width,
    height,
    rate,
    bitrate,
  }: {
    readonly width: number;
    readonly height: number;
    readonly rate: number;
    readonly bitrate: number;
  },
): Promise<void> {
  const { VideoEncoderNative, VideoFrameNative } = loadNative();
  // The container is held in memory anyway, because its header comes first and counts the frames.
  const packets: PlacedPacket[] = [];
  const encoder = new VideoEncoderNative(
    (data, isKey) => packets.push({ data: Uint8Array.from(data), isKey, index: packets.length }),
    (message) => {
      throw new Error(message);
    },
  );
  const colorSpace = { ...COLOR, fullRange: false };
  encoder.configure({
    codec: 'libopenh264',
    width,
    height,
    framerate: Math.max(1, Math.round(rate)),
    bitrate,
    bitrateMode: 'variable',
    hardwareAcceleration: 'prefer-software',
    avcFormat: 'annexb',
    colorSpace,
  });
  let count = 0;
  for await (const rgb of blocks(3 * width * height)) {
    const planes = toYuv(rgb, width, height);
    const frame = new VideoFrameNative(
      Buffer.from(planes.buffer, planes.byteOffset, planes.length),
      'I420',
      width,
      height,
    );
    // Every frame is a keyframe: OpenH264 skips blocks that change little from frame to frame, and movements of a
    // fraction of a pixel would come late and in steps.
    encoder.encode(frame, Math.round((count++ / rate) * 1e6), true);
    frame.close();
  }
  encoder.flush(() => undefined);
  encoder.close();
  if (packets.length !== count) {
    throw new Error(`${count} frames were given and ${packets.length} encoded`);
  }
  const config = { codec: 'avc1.42e033', codedWidth: width, codedHeight: height, colorSpace };
  await writePackets(file, packets, { rate, times: await times, config });
  await new Promise((done) => process.stdout.write('done\n', done));
}

/** Standard input in blocks of one size. */
async function* blocks(size: number): AsyncGenerator<Uint8Array> {
  let block = new Uint8Array(size);
  let filled = 0;
  const ended = once(process.stdin, 'end');
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    for (let start = 0; start < chunk.length;) {
      const part = chunk.subarray(start, start + size - filled);
      block.set(part, filled);
      filled += part.length;
      start += part.length;
      if (filled === size) {
        yield block;
        block = new Uint8Array(size);
        filled = 0;
      }
    }
  }
  await ended;
  if (filled > 0) throw new Error('the last frame is incomplete');
}

const [path, ...numbers] = process.argv.slice(2);
process.on('disconnect', () => process.exit(1)); // the parent is gone
if (path !== undefined && process.connected) {
  const [width, height, rate, bitrate] = numbers.map(Number) as [number, number, number, number];
  await run(path, { width, height, rate, bitrate });
  process.exit();
}
