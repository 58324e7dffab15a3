/** @file A review as subtitles, WebVTT (W3C): every player shows what happens while it happens. */
import { vttText, vttTime } from '@telltale/core/report';
import { syntheticUnitsNotation, unitsNotation } from '@telltale/core/units';

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
    const synthetic = syntheticUnitsNotation(event.units ?? []);
    const lines = [
      event.label || (event.verdict ?? ''),
      ...[units, synthetic === '' ? '' : `${synthetic} (synthetic only)`, event.comment],
    ]
      .filter((line) => line !== '')
      .map(vttText);
    return [
      String(i + 1),
      `${vttTime(start)} --> ${vttTime(end)}`,
      vttText(kinds[event.kind] ?? event.kind),
      ...lines,
    ].join('\n');
  });
  return `WEBVTT\n\n${cues.map((cue) => `${cue}\n\n`).join('')}`;
}
