/**
 * @file The report as one HTML page: it loads nothing and runs no script, figures are inline SVG, and the report is
 * embedded as JSON. Findings come first, then the evidence and its reliability.
 */
import type { Report } from '@telltale/core';

import { blinkTable, expressionCard, otherTable } from './expressions.ts';
import { addressesOf, assertEmbedded } from './images.ts';
import type { ExpressionImages } from './images.ts';
import { facePart, findings, madePart, recognizerPart } from './parts.ts';
import { figureMarkup, html } from './markup.ts';
import type { Markup } from './markup.ts';
import { pagePieces } from './page.ts';
import { expressionsInFull } from './selection.ts';
import { timeline } from './timeline.ts';
import type { ReportWords } from './report-words.ts';
import { english } from './text.ts';
import { unitLines } from './unit-lines.ts';
import { seconds } from './words.ts';

/** Settings of `reportPage`. */
export interface PageOptions {
  /** The browser's document, or linkedom's in Node; figures are drawn in it, it is not changed. */
  readonly document: Document;
  /**
   * One per expression of the report, in its order; those that {@link expressionsInFull} does not name may be missing.
   * Without any the page has figures only.
   */
  readonly images?: readonly (ExpressionImages | undefined)[];
  /** The color wheel, the legend of the flow colors, as a `data:image/…` address. */
  readonly wheel?: string;
  /** Its text. @defaultValue English */
  readonly words?: ReportWords;
}

/**
 * Writes the page.
 *
 * @returns a whole HTML document as text
 * @throws TelltaleError `OPTION_INVALID` where an image is not a `data:image/…` address
 */
export function reportPage(report: Report, options: PageOptions): string {
  return [...reportPagePieces(report, options)].join('');
}

/**
 * Writes the page piece by piece, so that the text of a long clip's report is not in memory as a whole.
 *
 * @returns once, what makes a whole HTML document one after another
 * @throws TelltaleError as {@link reportPage}, at once
 */
export function reportPagePieces(report: Report, options: PageOptions): Iterable<string> {
  const { document, images, wheel, words = english } = options;
  const text = words.page;
  for (const one of images ?? []) (one ? addressesOf(one) : []).forEach(assertEmbedded);
  if (wheel !== undefined) assertEmbedded(wheel);
  const { clip } = report;
  const inFull = expressionsInFull(report);
  const cards = [...inFull].map((index) =>
    expressionCard(report, index, { document, images: images?.[index], wheel, words }),
  );
  const [before, after] = text.made(clip.frames);
  return pagePieces({
    language: words.language,
    title: text.title(clip.name),
    kind: text.brand,
    heading: clip.name,
    facts: text.facts({
      width: clip.width,
      height: clip.height,
      frames: clip.frames,
      rate: rateOf(clip.rate),
      duration: seconds(clip.duration, clip.rate),
    }),
    main: html`${findings(report, inFull, words)}
      <section>
        <h2>${text.movement}</h2>
        <figure class="wide">${figureMarkup(timeline(report, { document, words }))}</figure>
        ${legend(words)} ${unitsOverTime(report, { document, words })}
      </section>
      ${section(text.expressions, cards)} ${otherTable(report, inFull, words)}
      ${blinkTable(report, words)} ${facePart(report, words)} ${recognizerPart(report, words)}
      ${madePart(report, words)}`,
    footer: html`${before}<code>telltale-report</code>${after}`,
    data: { id: 'telltale-report', value: report },
  });
}

/** Curves of action units, where the report holds what they follow from. */
function unitsOverTime(
  report: Report,
  { document, words }: { readonly document: Document; readonly words: ReportWords },
): Markup | undefined {
  const figure = unitLines(report, { document, words });
  if (figure === undefined) return undefined;
  return html`<figure class="wide">
    ${figureMarkup(figure)}
    <figcaption>${words.units.curvesHelp}</figcaption>
  </figure>`;
}

function section(title: string, content: readonly (Markup | undefined)[]): Markup | undefined {
  if (content.every((piece) => piece === undefined)) return undefined;
  return html`<section>
    <h2>${title}</h2>
    ${content}
  </section>`;
}

function legend({ kind, page }: ReportWords): Markup {
  return html`<ul class="legend" aria-label="${page.legend}">
    <li class="micro"><span aria-hidden="true">●</span> ${kind('micro')}</li>
    <li class="macro"><span aria-hidden="true">◆</span> ${kind('macro')}</li>
    <li class="blink"><span aria-hidden="true">■</span> ${kind('blink')}</li>
    <li>${page.legendHelp}</li>
  </ul>`;
}

function rateOf(rate: number): string {
  return String(Number(rate.toFixed(2)));
}
