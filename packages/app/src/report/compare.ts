/** @file How far two codings of one clip agree. */
import { agreement, matchEvents, type CodedEvent } from '@telltale/core/agreement';
import type { ReviewedEvent } from '@telltale/core/report';
import type { Report } from '@telltale/core';

/** Two coders on one clip. */
export interface Comparison {
  /** Events of the first and of the second coder. */
  readonly events: readonly [first: number, second: number];
  /** Events that both have. */
  readonly matched: number;
  /** Mean overlap (intersection over union) of those; undefined where there are none. */
  readonly overlap: number | undefined;
  /** Cohen's κ over frames: kinds and none; undefined where it is not defined. */
  readonly kappa: number | undefined;
  /** Ids of the first coder's events that the second has not. */
  readonly unmatched: readonly string[];
}

/** Overlap from which two events are one, as in `telltale agree`. */
const OVERLAP = 0.5;

/** Compares the events of two coders, by their kinds. */
export function compared(
  { clip }: Report,
  first: readonly ReviewedEvent[],
  second: readonly CodedEvent[],
): Comparison {
  const [a, b] = [first.map(codedOf), second.map(kindOnly)];
  const matches = matchEvents(a, b, OVERLAP);
  const coders = [a, b].map((events, i) => ({
    name: String(i),
    clips: [{ clip: clip.name, duration: clip.duration, events }],
  }));
  const { pairs } = agreement(coders, { overlap: OVERLAP, rate: clip.rate, samples: 0 });
  const sum = matches.reduce((all, { overlap }) => all + overlap, 0);
  const found = new Set(matches.map((match) => match.first));
  return {
    events: [a.length, b.length],
    matched: matches.length,
    overlap: matches.length === 0 ? undefined : sum / matches.length,
    kappa: pairs[0]?.labels[0]?.kappa.value ?? undefined,
    unmatched: first.filter((_, i) => !found.has(a[i]!)).map(({ id }) => id),
  };
}

const codedOf = ({ moments, kind }: ReviewedEvent): CodedEvent => ({
  onset: moments.onset.time,
  apex: moments.apex.time,
  offset: moments.offset.time,
  label: kind,
});

/** Its kind as the label, where it has one: kinds are compared. */
const kindOnly = (event: CodedEvent): CodedEvent => ({
  ...event,
  label: event.kind ?? event.label,
});
