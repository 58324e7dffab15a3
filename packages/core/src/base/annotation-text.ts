/** @file Text and times in files of annotations: XML 1.0 for ELAN, WebVTT for players. */
import { cleanText } from './csv-cell.ts';

/** Text and attribute values of XML 1.0, without the characters that it cannot hold. */
export function xmlText(text: string): string {
  return markedUp(text)
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
}

/** Text of a WebVTT cue, which may hold no markup of its own, no blank line and no arrow. */
export function vttText(text: string): string {
  return markedUp(text).replaceAll(/\s*[\r\n]+\s*/g, ' ');
}

/** A time of WebVTT, `hh:mm:ss.ttt`. @param seconds - below 0 counts as 0 */
export function vttTime(seconds: number): string {
  const milliseconds = Math.max(0, Math.round(1000 * seconds));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const rest = String(milliseconds % 1000).padStart(3, '0');
  return `${two(milliseconds / 3_600_000)}:${two((milliseconds / 60_000) % 60)}:${two((milliseconds / 1000) % 60)}.${rest}`;
}

function markedUp(text: string): string {
  return cleanText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
