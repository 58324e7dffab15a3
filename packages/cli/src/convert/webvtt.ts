/** @file Writes WebVTT (W3C): players show what was annotated while it happens. A cue per annotation, with who annotated. */
import { vttText, vttTime } from '@telltale/core/report';
import type { TieredClip } from '@telltale/core/report';

/** The text of a WebVTT file. Times count from the start of the media. */
export function webVttText({ tiers }: TieredClip): string {
  const cues = tiers
    .filter(({ isMoments, name }) => isMoments !== true && !name.startsWith('comment '))
    .flatMap(({ spans, annotator }) => spans.map((span) => ({ ...span, annotator })))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  return `WEBVTT\n\n${cues.map(({ start, end, text, annotator }, i) => `${i + 1}\n${vttTime(start)} --> ${vttTime(Math.max(end, start + 0.001))}\n<v ${vttText(annotator)}>${vttText(text)}\n\n`).join('')}`;
}
