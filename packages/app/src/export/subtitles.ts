/** @file A review as subtitles, WebVTT (W3C): every player shows what happens while it happens. */
import { cleanText } from '@telltale/core/report';
import { unitsNotation } from '@telltale/core/units';

import type { Reviewed } from './reviewed.ts';

/** The file's text: kind, label or else verdict, action units (`4+L12?`) and comment. @param kinds - what each kind is called in the reader's language */
export function subtitleFile(
  { report, events }: Reviewed,
  kinds: Readonly<Record<string, string>>,
): string {
  const { times } = report.movement;
  const cues = events.map((event, i) => {
    const start = times[event.onset] ?? 0;
    const end = Math.max(times[event.offset] ?? 0, start + 1 / report.clip.rate);
    const units = unitsNotation(event.units ?? []);
    const lines = [event.label || (event.verdict ?? ''), units, event.comment]
      .filter((line) => line !== '')
      .map(escaped);
    return [
      String(i + 1),
      `${stamp(start)} --> ${stamp(end)}`,
      escaped(kinds[event.kind] ?? event.kind),
      ...lines,
    ].join('\n');
  });
  return `WEBVTT\n\n${cues.map((cue) => `${cue}\n\n`).join('')}`;
}

function stamp(seconds: number): string {
  const milliseconds = Math.round(1000 * seconds);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const rest = String(milliseconds % 1000).padStart(3, '0');
  return `${two(milliseconds / 3_600_000)}:${two((milliseconds / 60_000) % 60)}:${two((milliseconds / 1000) % 60)}.${rest}`;
}

/** Cue text may hold no markup, no blank line and no arrow. */
function escaped(text: string): string {
  return cleanText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
