/**
 * @file The index of a run over many clips: a table of them with an image, a small timeline and what was found, and the
 * clips that failed with their reasons.
 *
 * A run may have thousands of clips, so the page is written in pieces: {@link runPageStart}, a {@link runPageRow} for
 * each clip, {@link runPageEnd}. It loads nothing from elsewhere; its one script sorts the table.
 */
import type { Report } from '@telltale/core';

import { assertEmbedded } from './images.ts';
// Under another name, because formatters close the elements of templates named html.
import { html as piece, Markup } from './markup.ts';
import { pageStyle } from './page-style.ts';

/** The numbers of a run. */
export interface RunFacts {
  /** Name of the run's folder. */
  readonly name: string;
  /** Number of clips, failed ones included. */
  readonly clips: number;
  /** Number of clips that could not be analyzed. */
  readonly failed: number;
  /** Micro-expressions in all clips. */
  readonly micro: number;
  /** Version of telltale. */
  readonly version: string;
}

/** One clip of the index. */
export interface RunRow {
  /** As the tables name it. */
  readonly name: string;
  /** Address of its report, relative to the page; absent where it failed. */
  readonly href?: string;
  /** An image as a `data:image/…` address. */
  readonly thumbnail?: string;
  /** From {@link smallTimeline}. */
  readonly timeline?: string;
  /** Seconds. */
  readonly duration?: number;
  /** Number of micro-expressions. */
  readonly micro?: number;
  /** Number of longer expressions. */
  readonly macro?: number;
  /** Number of blinks. */
  readonly blinks?: number;
  /** Classes of the micro-expressions, such as `2 negative, 1 unsure`. */
  readonly verdicts?: string;
  /** Codes of the caveats that not every report has. */
  readonly caveats?: string;
  /** Why it could not be analyzed. */
  readonly failure?: string;
}

const COLUMNS = [
  ...(['Clip', 'Movement', 'Seconds', 'Micro', 'Longer', 'Blinks', 'Verdicts', 'Caveats'] as const),
] as const;

/** Sorts the table by the column whose button is pressed; numbers by value, anything else as text. */
const SCRIPT = `const body=document.querySelector('tbody');
document.querySelector('thead').addEventListener('click',({target})=>{
const head=target.closest('th');if(!head)return;
const column=head.cellIndex,down=head.getAttribute('aria-sort')==='ascending';
for(const other of head.parentNode.cells)other.removeAttribute('aria-sort');
head.setAttribute('aria-sort',down?'descending':'ascending');
const key=row=>{const cell=row.cells[column]??row.cells[1];return cell.dataset.sort??cell.textContent.trim()};
const compare=(a,b)=>{const[x,y]=[key(a),key(b)];
const[p,q]=[parseFloat(x),parseFloat(y)];
const order=Number.isNaN(p)||Number.isNaN(q)?x.localeCompare(y,'en',{numeric:true}):p-q;
return down?-order:order};
body.append(...[...body.rows].sort(compare));
});`;
/** SHA-256 of {@link SCRIPT}, base64: the page runs this script and no other. A test compares them. */
const SCRIPT_HASH = 'PpSxT/9WZC/HRWMW79VnVd3SiwNH3Smw2P33Oy3rKhQ=';

const style = new Markup(`<style>
body > header, main, footer { max-width: 84rem; }
thead button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
th[aria-sort="ascending"] button::after { content: " ▲"; }
th[aria-sort="descending"] button::after { content: " ▼"; }
td.clip div { display: flex; gap: .7rem; align-items: center; min-width: 14rem; overflow-wrap: anywhere; }
td.clip img { width: 72px; height: 54px; object-fit: cover; border-radius: 4px; background: #000; flex: none; }
td.count { text-align: right; }
td svg { display: block; }
tr.failed td { color: var(--telltale-micro); }
tbody tr { content-visibility: auto; contain-intrinsic-size: auto 66px; }
</style>`);

/** The page up to the first row. */
export function runPageStart({ name, clips, failed, micro, version }: RunFacts): string {
  const lead =
    failed === 0
      ? `${clips} clips, ${micro} micro-expressions.`
      : `${clips} clips, ${micro} micro-expressions; ${failed} failed.`;
  return piece`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${SCRIPT_HASH}'" />
<meta name="generator" content="telltale ${version}" />
<title>${name}</title>
${pageStyle}
${style}
</head>
<body>
<header>
<p class="brand">telltale <span>run</span></p>
<h1>${name}</h1>
<p class="facts">${lead}</p>
</header>
<main>
<section class="scroll">
<table>
<thead><tr>${COLUMNS.map((column) => piece`<th scope="col"><button>${column}</button></th>`)}</tr></thead>
<tbody>
`.text;
}

/**
 * One row.
 *
 * @throws TelltaleError `OPTION_INVALID` where the thumbnail is not a `data:image/…` address
 */
export function runPageRow(row: RunRow): string {
  const { name, href, thumbnail, timeline, failure } = row;
  if (thumbnail !== undefined) assertEmbedded(thumbnail);
  const image = thumbnail === undefined ? '' : piece`<img src="${thumbnail}" alt="" />`;
  const address = href?.split('/').map(encodeURIComponent).join('/');
  const link = address === undefined ? name : piece`<a href="${address}">${name}</a>`;
  const clip = piece`<td class="clip" data-sort="${name}"><div>${image}<span>${link}</span></div></td>`;
  if (failure !== undefined) {
    return piece`<tr class="failed">${clip}<td data-sort="-1" colspan="7">${failure}</td></tr>\n`
      .text;
  }
  const number = (value = 0, digits = 0): Markup =>
    piece`<td class="count" data-sort="${value}">${value.toFixed(digits)}</td>`;
  const found = (row.micro ?? 0) + (row.macro ?? 0);
  const cells = [
    piece`<td data-sort="${found}">${new Markup(timeline ?? '')}</td>`,
    ...[number(row.duration, 1), number(row.micro), number(row.macro), number(row.blinks)],
    ...[row.verdicts, row.caveats].map((text) => piece`<td>${text}</td>`),
  ];
  return piece`<tr>${clip}${cells}</tr>\n`.text;
}

/** The page after the last row. */
export function runPageEnd(): string {
  return `</tbody></table></section></main>
<footer><p>The same as tables: <a href="results.xlsx">results.xlsx</a>, <a href="clips.csv">clips.csv</a>, <a href="expressions.csv">expressions.csv</a>.</p></footer>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** The script of the page, for the test of its hash. */
export const runPageScript: { readonly text: string; readonly sha256: string } = {
  text: SCRIPT,
  sha256: SCRIPT_HASH,
};

const SIZE = { width: 220, height: 44 };

/** The movement of a clip over time as a small figure: curve, threshold, and a mark at each apex. Static SVG. */
export function smallTimeline(report: Report): string {
  const { times, values, threshold } = report.movement;
  const { width, height } = SIZE;
  const first = times[0] ?? 0;
  const span = Math.max((times.at(-1) ?? 0) - first, 1e-6);
  const top = 1.15 * Math.max(threshold, peakOf(values), 1e-6);
  const x = (time: number): number => Math.round((10 * width * (time - first)) / span) / 10;
  const y = (value: number): number => Math.round(10 * height * (1 - value / top)) / 10;
  const marks = report.expressions.map(
    ({ kind, apex }) =>
      `<line x1="${x(apex.time)}" x2="${x(apex.time)}" y1="0" y2="${height}" stroke="var(--telltale-${kind})" stroke-width="2"/>`,
  );
  return (
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="movement over time">` +
    `<line x1="0" x2="${width}" y1="${y(threshold)}" y2="${y(threshold)}" stroke="var(--telltale-quiet)" stroke-dasharray="3 3"/>` +
    `${marks.join('')}<path d="${pathOf(values, { x, y, times })}" fill="none" stroke="var(--telltale-curve)"/></svg>`
  );
}

interface Scale {
  readonly x: (time: number) => number;
  readonly y: (value: number) => number;
  readonly times: readonly number[];
}

/** A line through the greatest movement of each column; frames without a face interrupt it. */
function pathOf(values: readonly (number | null)[], { x, y, times }: Scale): string {
  const perColumn = Math.max(1, Math.ceil(values.length / SIZE.width));
  let path = '';
  let isOpen = false;
  for (let start = 0; start < values.length; start += perColumn) {
    const part = values.slice(start, start + perColumn).filter((value) => value !== null);
    if (part.length === 0) {
      isOpen = false;
      continue;
    }
    path += `${isOpen ? 'L' : 'M'}${x(times[start]!)} ${y(peakOf(part))}`;
    isOpen = true;
  }
  return path;
}

function peakOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}
