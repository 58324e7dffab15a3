/** @file What a coder annotated: events with a label, on the time line of a clip; and events of two coders that are one. */

/** One event, times in seconds. */
export interface CodedEvent {
  /** Start, seconds. */
  readonly onset: number;
  /** Absent where the coder gave none. */
  readonly apex?: number;
  /** End, seconds. */
  readonly offset: number;
  /** What it is coded as. */
  readonly label: string;
  /** Kind of the movement, where the label is another column. */
  readonly kind?: string;
  /** What is coded besides the kind: an emotion, action units. */
  readonly detail?: string;
  /** A coder's remark. */
  readonly comment?: string;
  /** Whether it is telltale's, as it found it; absent of a human's. */
  readonly isMachine?: boolean;
}

/** What one coder annotated in one clip. */
export interface CodedClip {
  /** Name of the clip; clips of several coders belong together by it. */
  readonly clip: string;
  /** In any order. */
  readonly events: readonly CodedEvent[];
  /** Seconds; absent where the file does not state it. */
  readonly duration?: number;
}

/** A human coder or a program. */
export interface Coder {
  /** As tables name it. */
  readonly name: string;
  /** The clips that were coded, also those in which nothing was found. */
  readonly clips: readonly CodedClip[];
}

/** Two events of different coders that are taken for the same. */
export interface Match {
  /** Of the first coder. */
  readonly first: CodedEvent;
  /** Of the second coder. */
  readonly second: CodedEvent;
  /** Intersection over union of their intervals, 0 to 1. */
  readonly overlap: number;
}

/** Intersection over union of two intervals; 1 where both are the same moment. */
export function overlapOf(a: CodedEvent, b: CodedEvent): number {
  const shared = Math.min(a.offset, b.offset) - Math.max(a.onset, b.onset);
  if (shared < 0) return 0;
  const whole = Math.max(a.offset, b.offset) - Math.min(a.onset, b.onset);
  return whole === 0 ? 1 : shared / whole;
}

/**
 * Matches the events of two coders one to one, the greatest overlap first. Labels do not matter.
 *
 * @param least - overlap from which two events can be one
 */
export function matchEvents(
  first: readonly CodedEvent[],
  second: readonly CodedEvent[],
  least: number,
): Match[] {
  const pairs: { readonly i: number; readonly j: number; readonly overlap: number }[] = [];
  first.forEach((a, i) => {
    second.forEach((b, j) => {
      const overlap = overlapOf(a, b);
      if (overlap > 0 && overlap >= least) pairs.push({ i, j, overlap });
    });
  });
  pairs.sort((a, b) => b.overlap - a.overlap || a.i - b.i || a.j - b.j);
  const [usedFirst, usedSecond] = [new Set<number>(), new Set<number>()];
  const matches: { readonly i: number; readonly match: Match }[] = [];
  for (const { i, j, overlap } of pairs) {
    if (usedFirst.has(i) || usedSecond.has(j)) continue;
    usedFirst.add(i);
    usedSecond.add(j);
    matches.push({ i, match: { first: first[i]!, second: second[j]!, overlap } });
  }
  return matches.sort((a, b) => a.i - b.i).map(({ match }) => match);
}

/**
 * The label of each frame; `undefined` where the coder saw nothing. Of events that overlap, the one that began last.
 *
 * @param frames - number of frames
 * @param rate - frames per second; frame `i` is at the middle of its interval, `(i + 0.5) / rate`
 */
export function labelsOfFrames(
  events: readonly CodedEvent[],
  frames: number,
  rate: number,
): (string | undefined)[] {
  const labels = Array.from({ length: frames }, (): string | undefined => undefined);
  for (const { onset, offset, label } of [...events].sort((a, b) => a.onset - b.onset)) {
    const start = Math.max(0, Math.ceil(onset * rate - 0.5));
    const end = Math.min(frames, Math.floor(offset * rate + 0.5));
    for (let frame = start; frame < Math.max(end, start + 1) && frame < frames; frame++) labels[frame] = label; // prettier-ignore
  }
  return labels;
}
