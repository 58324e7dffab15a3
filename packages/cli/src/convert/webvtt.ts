/** @file Writes WebVTT (W3C): players show what was annotated while it happens. A cue per annotation, with who annotated. */
import { cleanText } from '@telltale/core/report';

import type { TieredClip } from './tiers.ts';

/** The text of a WebVTT file. Times count from the start of the media. */
export function webVttText({ tiers }: TieredClip): string {
  const cues = tiers
    .filter(({ isMoments, name }) => isMoments !== true && !name.startsWith('comment '))
    .flatMap(({ spans, annotator }) => spans.map((span) => ({ ...span, annotator })))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  return `WEBVTT\n\n${cues.map(({ start, end, text, annotator }, i) => `${i + 1}\n${stamp(start)} --> ${stamp(Math.max(end, start + 0.001))}\n<v ${escaped(annotator)}>${escaped(text)}\n\n`).join('')}`;
}

function stamp(time: number): string {
  const milliseconds = Math.max(0, Math.round(1000 * time));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const rest = String(milliseconds % 1000).padStart(3, '0');
  return `${two(milliseconds / 3_600_000)}:${two((milliseconds / 60_000) % 60)}:${two((milliseconds / 1000) % 60)}.${rest}`;
}

/** A cue may hold no markup of its own, no blank line and no arrow. */
function escaped(text: string): string {
  return cleanText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
