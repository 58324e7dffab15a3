/**
 * @file The report as one page that anybody can open: nothing is loaded from
 * elsewhere, no script runs, figures are inline SVG, and the report itself is
 * embedded as JSON. Plain words first, evidence after, doubts beside them.
 */
import type { Report } from '@telltale/core';

import { blinkTable, expressionCard, otherTable } from './expressions.ts';
import { assertEmbedded } from './pictures.ts';
import type { ExpressionImages } from './pictures.ts';
import { facePart, findings, madePart, recognizerPart } from './parts.ts';
import { figureMarkup, html } from './markup.ts';
import type { Markup } from './markup.ts';
import { writePage } from './page.ts';
import { expressionsInFull } from './selection.ts';
import { timeline } from './timeline.ts';
import { english, type ReportWords } from './say.ts';
import { seconds } from './words.ts';

/** Settings of `reportPage`. */
export interface PageOptions {
  /** The browser's document, or linkedom's in Node; figures are drawn in it, it is not changed. */
  readonly document: Document;
  /**
   * One per expression of the report, in its order; those that {@link expressionsInFull} does not name may be missing.
   * Without any the page has figures only.
   */
  readonly pictures?: readonly (ExpressionImages | undefined)[];
  /** The color wheel that reads the flow pictures, as a `data:image/…` address. */
  readonly wheel?: string;
  /** What it says. @defaultValue English */
  readonly words?: ReportWords;
}

/**
 * Writes the page.
 *
 * @returns a whole HTML document as text
 * @throws TelltaleError `OPTION_INVALID` where a picture is not a `data:image/…` address
 */
export function reportPage(report: Report, options: PageOptions): string {
  const { document, pictures, wheel, words = english } = options;
  const say = words.page;
  for (const one of pictures ?? []) Object.values(one ?? {}).forEach(assertEmbedded);
  if (wheel !== undefined) assertEmbedded(wheel);
  const { clip } = report;
  const inFull = expressionsInFull(report);
  const cards = [...inFull].map((index) =>
    expressionCard(report, index, { document, pictures: pictures?.[index], wheel, words }),
  );
  const [before, after] = say.made(clip.frames);
  return writePage({
    language: words.language,
    title: say.title(clip.name),
    kind: say.brand,
    heading: clip.name,
    facts: say.facts({
      width: clip.width,
      height: clip.height,
      frames: clip.frames,
      rate: rateOf(clip.rate),
      duration: seconds(clip.duration, clip.rate),
    }),
    main: html`${findings(report, inFull, words)}
      <section>
        <h2>${say.movement}</h2>
        <figure class="wide">${figureMarkup(timeline(report, { document, words }))}</figure>
        ${legend(words)}
      </section>
      ${section(say.expressions, cards)} ${otherTable(report, inFull, words)}
      ${blinkTable(report, words)} ${facePart(report, words)} ${recognizerPart(report, words)}
      ${madePart(report, words)}`,
    footer: html`${before}<code>telltale-report</code>${after}`,
    data: { id: 'telltale-report', value: report },
  });
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
