/**
 * @file One run of the native decoder, with its log: which damage it reports, and when.
 *
 * The decoder writes its log to standard error, which the parent has made a file: so it can be read back here, in step
 * with the packets.
 */
import { fstatSync, readSync } from 'node:fs';

import { DAMAGE } from '@telltale/core/video';

import { loadNative } from './native.ts';
import type { NativeFrame } from './native.ts';
import type { Packet, Source } from './source.ts';

/** A decoder that is fed packet by packet. */
export interface DecoderRun {
  /** Decodes one packet. @returns the frames that came out, in order of presentation */
  feed(packet: Packet): NativeFrame[];
  /** Everything that it still holds. */
  drain(): NativeFrame[];
  close(): void;
}

/** Starts a decoder. */
export function startDecoder(source: Source): DecoderRun {
  const { VideoDecoderNative } = loadNative();
  const frames: NativeFrame[] = [];
  const decoder = new VideoDecoderNative(
    (frame) => frames.push(frame),
    (message) => process.stderr.write(`${message}\n`),
  );
  const { description } = source;
  decoder.configure({
    codec: source.codec,
    width: source.width,
    height: source.height,
    ...(description && { extradata: Buffer.from(description) }),
  });
  return {
    feed({ data, isKey, time }) {
      try {
        decoder.decode(
          Buffer.from(data.buffer, data.byteOffset, data.length),
          isKey,
          Math.round(time * 1e6),
          0,
        );
      } catch (error) {
        process.stderr.write(`Invalid data: ${(error as Error).message}\n`);
      }
      return frames.splice(0);
    },
    drain() {
      decoder.flush(() => undefined);
      return frames.splice(0);
    },
    close() {
      for (const frame of frames) frame.close();
      decoder.close();
    },
  };
}

let read = 0;
let part = '';

/** Whether the log has lines about damage that were not there at the last call. */
export function hasNewDamage(): boolean {
  const { size } = fstatSync(2);
  if (size <= read) return false;
  const bytes = Buffer.alloc(Math.min(size - read, 2 ** 20));
  let count = 0;
  try {
    count = readSync(2, bytes, 0, bytes.length, read);
  } catch {
    return false; // not a file: there is nothing to be read back
  }
  read += count;
  const lines = (part + bytes.toString('latin1', 0, count)).split('\n');
  part = lines.pop()!;
  return lines.some((line) => DAMAGE.test(line));
}
