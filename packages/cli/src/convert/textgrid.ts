/**
 * @file Writes TextGrid, the format of Praat (Boersma and Weenink), long.
 *
 * Intervals of a tier cover all of it without holes; moments are points. Times count from the start of the media.
 *
 * @see https://www.fon.hum.uva.nl/praat/manual/TextGrid_file_formats.html
 */
import { cleanText, withoutOverlap } from '@telltale/core/report';
import type { Tier, TieredClip } from '@telltale/core/report';

/** The text of a TextGrid file. */
export function textGridText(clip: TieredClip): string {
  const last = clip.tiers.flatMap(({ spans }) => spans.map(({ end }) => end));
  const end = last.reduce((most, one) => Math.max(most, one), clip.start + clip.duration);
  const tiers = clip.tiers.flatMap((tier) => (tier.isMoments === true ? [tier] : withoutOverlap(tier))); // prettier-ignore
  const bodies = tiers.map((tier, i) => `    item [${i + 1}]:\n${tier.isMoments === true ? pointTier(tier, end) : intervalTier(tier, end)}`); // prettier-ignore
  return `File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = ${seconds(end)}
tiers? <exists>
size = ${tiers.length}
item []:
${bodies.join('')}`;
}

function intervalTier({ name, spans }: Tier, end: number): string {
  const intervals: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  let at = 0;
  for (const { start, end: to, text } of spans) {
    const from = Math.max(0, start);
    if (seconds(from) !== seconds(at)) intervals.push({ from: at, to: from, text: '' });
    intervals.push({ from, to, text });
    at = to;
  }
  if (seconds(at) !== seconds(end) || intervals.length === 0) intervals.push({ from: at, to: end, text: '' }); // prettier-ignore
  const lines = intervals.map(({ from, to, text }, i) => `        intervals [${i + 1}]:\n            xmin = ${seconds(from)}\n            xmax = ${seconds(to)}\n            text = ${quoted(text)}\n`); // prettier-ignore
  return `${head('IntervalTier', name, end)}        intervals: size = ${intervals.length}\n${lines.join('')}`;
}

function pointTier({ name, spans }: Tier, end: number): string {
  // Two points of a tier cannot be at one time.
  const points = new Map([...spans].sort((a, b) => a.start - b.start).map(({ start, text }) => [seconds(start), text])); // prettier-ignore
  const lines = [...points].map(([time, text], i) => `        points [${i + 1}]:\n            number = ${time}\n            mark = ${quoted(text)}\n`); // prettier-ignore
  return `${head('TextTier', name, end)}        points: size = ${points.size}\n${lines.join('')}`;
}

function head(kind: string, name: string, end: number): string {
  return `        class = "${kind}"\n        name = ${quoted(name)}\n        xmin = 0\n        xmax = ${seconds(end)}\n`;
}

/** Microseconds are exact enough, and the same number is written the same way everywhere. */
function seconds(value: number): string {
  return String(Number(value.toFixed(6)));
}

function quoted(text: string): string {
  return `"${cleanText(text)
    .replaceAll('"', '""')
    .replaceAll(/\s*[\r\n]+\s*/g, ' ')}"`;
}
