/** @file Files of coders on the clip of a report: read as the command line reads them, and taken over as a human's events. */
import { clipName, readCoderFile } from '@telltale/core/agreement';
import type { CodedClip, CodedEvent } from '@telltale/core/agreement';
import { readReview, type ReviewEvent } from '@telltale/core/report';
import type { Report } from '@telltale/core';
import { nearestIndex } from '@telltale/web/times';

/** What a file holds of the clip. */
export interface Coded {
  /** Initials of the coder, or else the name of the file. */
  readonly name: string;
  readonly events: readonly CodedEvent[];
}

/** The file is about another clip. */
export class OtherClip extends Error {
  override readonly name = 'OtherClip';
  /** Names of its clips. */
  readonly clips: string;

  constructor(clips: string) {
    super(`the file is about ${clips}`);
    this.clips = clips;
  }
}

/**
 * Reads a review, a report, EAF, TextGrid or a table.
 *
 * @throws OtherClip, and TelltaleError where the file cannot be read
 */
export async function readCoded(file: File, { clip }: Report): Promise<Coded> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const parseXml = (text: string): Document => new DOMParser().parseFromString(text, 'text/xml');
  const clips = readCoderFile(file.name, bytes, { parseXml });
  let name = file.name.replace(/\.[^.]+$/, '');
  if (/\.json$/i.test(file.name)) {
    const { report, coder } = readReview(new TextDecoder().decode(bytes));
    if (report.clip.frames !== clip.frames) throw new OtherClip(report.clip.name);
    name = coder ?? name;
  }
  return { name, events: ownOf(clips, clip.name).flatMap(({ events }) => events) };
}

/** The clips that are meant: by name, or the only one, whose file may be named after its coder. */
function ownOf(clips: readonly CodedClip[], name: string): readonly CodedClip[] {
  const own = clips.filter((one) => one.clip === clipName(name));
  if (own.length > 0) return own;
  const names = [...new Set(clips.map(({ clip }) => clip))];
  if (names.length > 1) throw new OtherClip(names.slice(0, 3).join(', '));
  return clips;
}

/** Longest micro-expression, seconds. */
const LONGEST_MICRO = 0.5;

/**
 * A human's events as those of a review; what telltale found is left out, and what lies outside of the clip. An apex
 * that was not annotated is put in the middle.
 */
export function humanEvents(
  { events }: Coded,
  { movement: { times } }: Report,
): readonly Omit<ReviewEvent, 'id'>[] {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  return events
    .filter(
      ({ onset, offset, isMachine }) => isMachine !== true && offset >= first && onset <= last,
    )
    .map((event) => {
      const { onset, offset, label, detail, comment } = event;
      const [from, to] = [nearestIndex(times, onset), nearestIndex(times, offset)];
      const middle = event.apex ?? (onset + offset) / 2;
      const apex = Math.max(from, Math.min(to, nearestIndex(times, middle)));
      const named = [event.kind, label].find(isKind);
      return {
        kind: named ?? (offset - onset <= LONGEST_MICRO ? 'micro' : 'macro'),
        ...{ onset: from, apex, offset: to },
        label: detail ?? (isKind(label) || label === 'event' ? '' : label),
        comment: comment ?? '',
      };
    });
}

function isKind(text: string | undefined): text is ReviewEvent['kind'] {
  return text === 'micro' || text === 'macro' || text === 'blink';
}
