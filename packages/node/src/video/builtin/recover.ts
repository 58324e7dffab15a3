/** @file Decodes a stream around its damage: every frame with its packet, and a gap for each that is spoiled. */
import { damagedSpan } from '@telltale/core/video';

import type { NativeFrame } from './native.ts';
import { hasNewDamage, startDecoder } from './run.ts';
import type { DecoderRun } from './run.ts';
import type { Packet, Source } from './source.ts';

/** A packet and its frame, to be closed by the receiver; without one where it is damaged. */
export interface PlacedFrame {
  readonly frame?: NativeFrame;
  readonly packet: Packet;
}

/** In more packets than this from keyframe to keyframe the damaged one is not searched for. */
const MOST_SEARCHED = 1500;

/**
 * Decodes all packets of a source.
 *
 * The native decoder does not report which packet a frame is of; but frames come in order of presentation, one per
 * packet, as long as nothing is damaged. Where its log reports damage, the packets from the last keyframe on are decoded
 * once more, up to the damaged one, which is searched for, so that the result does not depend on the number of threads
 * that decode ahead. What depends on it is a gap; the decoder starts again at the next keyframe.
 *
 * @param from - starts at the last keyframe at this time or before it, where the source can
 */
export async function* recovered(source: Source, from?: number): AsyncGenerator<PlacedFrame> {
  const first = from === undefined ? undefined : source.seek?.packetsFrom(from);
  const packets = (first ?? source.packets())[Symbol.asyncIterator]();
  let state = startState(source);
  let key: Packet | undefined; // read ahead
  hasNewDamage();
  try {
    for (;;) {
      const packet = key ?? (await nextOf(packets));
      key = undefined;
      if (packet === undefined) break;
      // Frames before the first keyframe need others that the file does not have.
      if (state.latest === -Infinity && !packet.isKey) continue;
      // What is shown before the first keyframe may need frames of another.
      if (state.latest === -Infinity && first !== undefined) state.leadsOf ??= packet;
      // Nothing is shown after a keyframe that was decoded before it: the clock was reset.
      if (packet.isKey && packet.time < state.latest - 1e-6) {
        yield* finished(source, state);
        state = startState(source);
      }
      const frames = fed(state, packet);
      if (!hasNewDamage()) {
        yield* placed(state, frames);
        continue;
      }
      for (const frame of frames) frame.close();
      endDamaged(state);
      for (;;) {
        const next = await nextOf(packets);
        if (next === undefined || next.isKey) {
          key = next;
          break;
        }
        hold(state, next);
      }
      yield* repaired(source, state);
      state = startState(source);
      state.leadsOf = key;
    }
    yield* finished(source, state);
  } finally {
    state.decoder.close();
  }
}

async function nextOf(packets: AsyncIterator<Packet>): Promise<Packet | undefined> {
  const next = await packets.next();
  return next.done === true ? undefined : next.value;
}

interface State {
  readonly decoder: DecoderRun;
  /** Packets from the keyframe on which a frame depends that has not come out. */
  held: Packet[];
  /** Packets whose frames have not come out, by time. */
  readonly waiting: { readonly packet: Packet; readonly isLost: boolean }[];
  latest: number;
  /** The first keyframe after damage: what is shown before it cannot be decoded. */
  leadsOf?: Packet | undefined;
}

function startState(source: Source): State {
  return { decoder: startDecoder(source), held: [], waiting: [], latest: -Infinity };
}

/** Remembers a packet. */
function hold(state: State, packet: Packet, isLost = false): void {
  const { waiting } = state;
  if (packet.isKey) {
    const used = new Set(waiting.map((each) => each.packet));
    const first = state.held.findIndex((each) => used.has(each));
    if (first < 0) state.held = [];
    else {
      const start = state.held.findLastIndex(({ isKey }, i) => isKey && i <= first);
      state.held = state.held.slice(Math.max(0, start));
    }
  }
  state.held.push(packet);
  state.latest = Math.max(state.latest, packet.time);
  if (packet.isHidden === true) return;
  let at = waiting.length;
  while (at > 0 && waiting[at - 1]!.packet.time > packet.time) at--;
  waiting.splice(at, 0, { packet, isLost });
}

function fed(state: State, packet: Packet): NativeFrame[] {
  const isLost = !packet.isKey && packet.time < (state.leadsOf?.time ?? -Infinity);
  if (packet.isKey && packet !== state.leadsOf) state.leadsOf = undefined;
  hold(state, packet, isLost);
  return isLost ? [] : state.decoder.feed(packet);
}

/** Gives each frame the earliest packet that waits for one. */
function* placed({ waiting }: State, frames: readonly NativeFrame[]): Generator<PlacedFrame> {
  for (const frame of frames) {
    while (waiting[0]?.isLost === true) yield { packet: waiting.shift()!.packet };
    const next = waiting.shift();
    if (next === undefined) frame.close();
    else yield { frame, packet: next.packet };
  }
}

function* finished(source: Source, state: State): Generator<PlacedFrame> {
  const frames = state.decoder.drain();
  if (hasNewDamage()) {
    for (const frame of frames) frame.close();
    endDamaged(state);
    yield* repaired(source, state);
    return;
  }
  yield* placed(state, frames);
  state.decoder.close();
}

/** Ends a decoder that has reported damage: its threads may report more of it, which is not that of what is decoded next. */
function endDamaged({ decoder }: State): void {
  decoder.close();
  hasNewDamage();
}

/** What waits, from keyframe to keyframe: frames up to the damage, gaps behind it. */
function* repaired(source: Source, { held, waiting }: State): Generator<PlacedFrame> {
  const open = new Set(waiting.map(({ packet }) => packet));
  for (let from = 0; from < held.length;) {
    let to = from + 1;
    while (to < held.length && !held[to]!.isKey) to++;
    yield* repairedSegment(source, held.slice(from, to), open);
    from = to;
  }
}

function* repairedSegment(
  source: Source,
  segment: readonly Packet[],
  open: ReadonlySet<Packet>,
): Generator<PlacedFrame> {
  // What is shown before the keyframe depends on the segment before.
  const body = segment.filter(({ time }, i) => i === 0 || time > segment[0]!.time);
  const shown = segment.filter((each) => each.isHidden !== true && open.has(each));
  shown.sort((a, b) => a.time - b.time);
  const damaged = firstDamaged(source, body, open);
  const end = damaged === body.length ? Infinity : damagedSpan(body, damaged)[0];
  let next = 0;
  const gapsBefore = function* (time: number): Generator<PlacedFrame> {
    while (next < shown.length && shown[next]!.time < time) yield { packet: shown[next++]! };
  };
  if (damaged > 0) {
    const decoder = startDecoder(source);
    const order = body.slice(0, damaged).filter(({ isHidden }) => isHidden !== true);
    order.sort((a, b) => a.time - b.time);
    let at = 0;
    const emit = function* (frames: readonly NativeFrame[]): Generator<PlacedFrame> {
      for (const frame of frames) {
        const packet = order[at++];
        if (packet === undefined || packet.time >= end || !open.has(packet)) {
          frame.close();
          continue;
        }
        yield* gapsBefore(packet.time);
        next++;
        yield { frame, packet };
      }
    };
    for (const packet of body.slice(0, damaged)) yield* emit(decoder.feed(packet));
    yield* emit(decoder.drain());
    decoder.close();
    hasNewDamage();
  }
  yield* gapsBefore(Infinity);
}

/** Index of the first packet whose decoding reports damage; the number of packets where none does. */
function firstDamaged(
  source: Source,
  packets: readonly Packet[],
  open: ReadonlySet<Packet>,
): number {
  if (packets.length > MOST_SEARCHED) return packets.findIndex((packet) => open.has(packet));
  const isDamaged = (count: number): boolean => {
    const decoder = startDecoder(source);
    for (const packet of packets.slice(0, count)) {
      for (const frame of decoder.feed(packet)) frame.close();
    }
    for (const frame of decoder.drain()) frame.close();
    decoder.close();
    return hasNewDamage();
  };
  let [good, bad] = [0, packets.length];
  if (!isDamaged(bad)) return packets.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isDamaged(middle)) bad = middle;
    else good = middle;
  }
  return bad - 1;
}
