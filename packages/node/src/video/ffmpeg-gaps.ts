/** @file Which frames of a file the `ffmpeg` program drops or conceals, by its log and the packets of the file. */
import { damagedSpan, isInSpan } from './damage.ts';
import type { PacketPlace, Span } from './damage.ts';
import type { FrameInfo } from './ffmpeg-log.ts';

/** Where the clock starts again, which ffmpeg evens out: a keyframe that is earlier than a packet before it. */
export function jointsIn(places: readonly PacketPlace[]): ReadonlySet<number> {
  const joints = new Set<number>();
  let latest = -Infinity;
  for (const [index, { time, isKey }] of places.entries()) {
    if (isKey && time < latest - 1e-6) {
      joints.add(index);
      latest = -Infinity;
    }
    latest = Math.max(latest, time);
  }
  return joints;
}

/** Which frames are damaged, and which are missing, by the log and the packets of the file. */
export function trackGaps(
  places: readonly PacketPlace[],
  delay: number,
): {
  next(
    time: number | undefined,
    info: Pick<FrameInfo, 'damage' | 'isKey'>,
  ): { readonly missing: readonly number[]; readonly isDamaged: boolean };
  rest(damage: number): readonly number[];
} {
  const sorted = places.map(({ time }) => time).sort((a, b) => a - b);
  const hasClock =
    sorted.length > 0 &&
    jointsIn(places).size === 0 &&
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
