/**
 * @file Decodes a track with WebCodecs: every frame that it shows, by the time of its packet, and a gap for each that
 * cannot be decoded.
 *
 * `VideoDecoder` is fed directly: a sink that sorts frames by their times mixes the parts of joined files, and ends at
 * the first packet that cannot be decoded.
 */
import { createFieldReader, type DecodedFrame, type Fields } from '@telltale/core/video';

import { createPixelReader } from './frame-pixels.ts';
import { packetsOf, type Packet, type TrackSource } from './track-source.ts';

/** Frames that are decoded ahead. */
const AHEAD = 6;
/** In more packets than this from keyframe to keyframe the damaged one is not searched for. */
const MOST_SEARCHED = 600;

/** Opens the decoder of this browser, with the frames that came out. */
interface Run {
  readonly frames: VideoFrame[];
  /** Decodes one packet; waits where the decoder has enough to do. @throws Error where it gave up */
  feed(packet: Packet): Promise<void>;
  /** Waits for all frames. @throws Error where it gave up */
  drain(): Promise<void>;
  close(): void;
}

function startRun({ config }: TrackSource): Run {
  const frames: VideoFrame[] = [];
  let failure: Error | undefined;
  let wake = (): void => undefined;
  const decoder = new VideoDecoder({
    output(frame) {
      frames.push(frame);
      wake();
    },
    error(error) {
      failure = error;
      wake();
    },
  });
  decoder.addEventListener('dequeue', () => wake());
  decoder.configure(config);
  const check = (): void => {
    if (failure !== undefined) throw failure;
  };
  return {
    frames,
    async feed({ packet, time }) {
      check();
      const { data, type } = packet;
      decoder.decode(new EncodedVideoChunk({ data, type, timestamp: microseconds(time) }));
      while (decoder.decodeQueueSize > AHEAD && failure === undefined && frames.length < AHEAD) {
        await new Promise<void>((resume) => (wake = resume));
      }
      check();
    },
    async drain() {
      check();
      await decoder.flush();
      check();
    },
    close() {
      for (const frame of frames.splice(0)) frame.close();
      if (decoder.state !== 'closed') decoder.close();
    },
  };
}

function microseconds(time: number): number {
  return Math.round(time * 1e6);
}

interface Waiting {
  readonly packet: Packet;
  readonly field: Fields;
}

/**
 * Decodes the frames that a track shows.
 *
 * @param from - starts at a keyframe at this time or before it, seconds
 */
export async function* decodeTrack(
  source: TrackSource,
  from?: number,
): AsyncGenerator<DecodedFrame> {
  const { timeShown, hasFields, description } = source;
  const pixelsOf = createPixelReader();
  const fieldOf = hasFields ? createFieldReader(description) : (): Fields => undefined;
  const lead = source.shown.lead;
  const packets = packetsOf(source, from === undefined ? {} : { from: from + lead });
  const ahead: Packet[] = [];
  const next = async (): Promise<Packet | undefined> => {
    if (ahead.length > 0) return ahead.shift();
    const read = await packets.next();
    return read.done === true ? undefined : read.value;
  };
  let run = startRun(source);
  let held: Packet[] = []; // from the keyframe on which a frame depends that has not come out
  let waiting: Waiting[] = []; // by time
  const done = new WeakSet<Packet>(); // their frames came out
  let latest = -Infinity;
  let isFirst = true;

  const gapOf = ({ packet }: Waiting): DecodedFrame[] => {
    const timestamp = timeShown(packet.time);
    return timestamp === undefined ? [] : [{ timestamp: timestamp - lead, isDamaged: true }];
  };
  /** Frames that came out, each by the packet of its time, after gaps for those that did not. */
  const taken = async function* (frames: VideoFrame[]): AsyncGenerator<DecodedFrame> {
    while (frames.length > 0) {
      const frame = frames.shift()!;
      try {
        const at = waiting.findIndex(({ packet }) => microseconds(packet.time) === frame.timestamp);
        if (at < 0) continue;
        const missed = waiting.splice(0, at + 1);
        const { packet, field } = missed.pop()!;
        done.add(packet);
        // What precedes the first frame that can be decoded needs others that the file does not have.
        if (!isFirst) for (const each of missed) yield* gapOf(each);
        isFirst = false;
        const timestamp = timeShown(packet.time);
        if (timestamp === undefined) continue;
        yield {
          pixels: await pixelsOf(frame),
          timestamp: timestamp - lead,
          ...(field && { field }),
        };
      } finally {
        frame.close();
      }
    }
  };
  const finished = async function* (): AsyncGenerator<DecodedFrame> {
    await run.drain();
    yield* taken(run.frames);
    if (!isFirst) for (const each of waiting) yield* gapOf(each);
    waiting = [];
  };
  const restart = (): void => {
    run.close();
    run = startRun(source);
    [held, waiting, latest] = [[], [], -Infinity];
  };
  /** After damage: frames up to it, gaps up to the next keyframe, and then again from there. */
  const repaired = async function* (): AsyncGenerator<DecodedFrame> {
    run.close();
    // The decoder runs behind: frames of earlier keyframes may have come out since.
    held = stillNeeded(held, waiting);
    const second = held.findIndex(({ isKey }, i) => i > 0 && isKey);
    const segment = second < 0 ? held : held.slice(0, second);
    if (second >= 0) ahead.unshift(...held.slice(second));
    else {
      for (;;) {
        const packet = await next();
        if (packet === undefined) break;
        if (packet.isKey) {
          ahead.unshift(packet);
          break;
        }
        segment.push(packet);
        remember(packet);
      }
    }
    const inside = new Set(segment);
    waiting = waiting.filter(({ packet }) => inside.has(packet));
    const good = await countGood(source, segment);
    run = startRun(source);
    try {
      for (const packet of segment.slice(0, good)) await run.feed(packet);
      await run.drain();
    } catch {
      // What came out is used.
    }
    yield* taken(run.frames);
    if (!isFirst) for (const each of waiting) yield* gapOf(each);
    restart();
  };
  const remember = (packet: Packet): void => {
    if (packet.isHidden || done.has(packet)) return;
    const field = fieldOf({ data: packet.packet.data, isKey: packet.isKey });
    let at = waiting.length;
    while (at > 0 && waiting[at - 1]!.packet.time > packet.time) at--;
    waiting.splice(at, 0, { packet, field });
  };

  try {
    for (;;) {
      const packet = await next();
      if (packet !== undefined && held.length === 0 && !packet.isKey) continue;
      try {
        if (packet === undefined) {
          yield* finished();
          break;
        }
        // Nothing is shown after a keyframe that was decoded before it: the clock was reset.
        if (packet.isKey && packet.time < latest - 1e-6) {
          ahead.unshift(packet);
          yield* finished();
          ahead.shift();
          restart();
        }
        if (packet.isKey) held = stillNeeded(held, waiting);
        held.push(packet);
        remember(packet);
        latest = Math.max(latest, packet.time);
        await run.feed(packet);
        yield* taken(run.frames);
      } catch (error) {
        if (held.length === 0) throw error;
        yield* repaired();
      }
    }
  } finally {
    run.close();
    await packets.return(undefined);
  }
}

/** Packets from the keyframe on that the earliest waiting frame depends on. */
function stillNeeded(held: readonly Packet[], waiting: readonly Waiting[]): Packet[] {
  const open = new Set(waiting.map(({ packet }) => packet));
  const first = held.findIndex((each) => open.has(each));
  if (first < 0) return [];
  return held.slice(
    Math.max(
      0,
      held.findLastIndex(({ isKey }, i) => isKey && i <= first),
    ),
  );
}

/** Number of packets before the first one at which the decoder gives up. */
async function countGood(source: TrackSource, packets: readonly Packet[]): Promise<number> {
  if (packets.length > MOST_SEARCHED) return 0;
  const isGood = async (count: number): Promise<boolean> => {
    const run = startRun(source);
    try {
      for (const packet of packets.slice(0, count)) {
        await run.feed(packet);
        for (const frame of run.frames.splice(0)) frame.close();
      }
      await run.drain();
      return true;
    } catch {
      return false;
    } finally {
      run.close();
    }
  };
  if (await isGood(packets.length)) return packets.length;
  let [good, bad] = [0, packets.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (await isGood(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
