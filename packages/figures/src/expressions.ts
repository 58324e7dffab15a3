/** @file The sections of the page with single movements: a card per expression, tables of blinks and of further expressions. */
import { own } from '@telltale/core/report';
import type { Expression, Report } from '@telltale/core';

import type { AttentionImage, ExpressionImages } from './images.ts';
import { figureMarkup, html } from './markup.ts';
import type { Markup } from './markup.ts';
import { probabilities } from './probabilities.ts';
import { regions } from './regions.ts';
import { MOST_ROWS } from './selection.ts';
import { timeline } from './timeline.ts';
import { hasSyntheticUnits, unitsFace, unitsList, verdictPhrase } from './units.ts';
import type { ReportWords } from './report-words.ts';
import { percent, seconds, sentence } from './words.ts';

/** Options of a card. */
export interface CardOptions {
  readonly document: Document;
  readonly images: ExpressionImages | undefined;
  readonly wheel: string | undefined;
  readonly words: ReportWords;
}

/** Seconds shown before and after an expression. */
const AROUND = 0.4;

/**
 * The card of one expression.
 *
 * @param index - its index in the report
 */
export function expressionCard(report: Report, index: number, options: CardOptions): Markup {
  const { document, images, wheel, words } = options;
  const text = words.card;
  const expression = report.expressions[index]!;
  const { clip } = report;
  const { onset, apex, offset, kind } = expression;
  const timePoints = { onset, apex, offset };
  const close = timeline(report, {
    document,
    named: index,
    from: Math.max(0, onset.time - AROUND),
    to: Math.min(report.movement.times.at(-1) ?? offset.time, offset.time + AROUND),
    width: 430,
    height: 230,
    words,
  });
  const id = `expression-${index + 1}`;
  return html`<article class="card ${kind}" aria-labelledby="${id}">
    <header>
      <h3 id="${id}">
        <span class="number">${index + 1}</span>
        ${text.heading(kind, seconds(apex.time, clip.rate))}
      </h3>
      ${verdictOf(expression, words)}
    </header>
    ${images && imageStrip(expression, images, { wheel, words })}
    <div class="columns">
      <div>
        <h4>${text.when}</h4>
        <figure>${figureMarkup(close)}</figure>
        <table>
          <thead>
            <tr>
              ${text.columns.map((title) => html`<th scope="col">${title}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${(['onset', 'apex', 'offset'] as const)
              .map((name) => ({ name, point: timePoints[name] }))
              .map(
                ({ name, point }) =>
                  html`<tr>
                    <th scope="row">${words.moment(name)}</th>
                    <td>${seconds(point.time, clip.rate)}</td>
                    <td>${point.frame}</td>
                  </tr>`,
              )}
          </tbody>
        </table>
        ${confidenceOf(expression, clip.rate, words)}
      </div>
      <div>
        ${titled(text.what, probabilities(report, expression, { document, words }))}
        ${unitsOf(expression, words)}
        ${titled(text.where, regions(expression, { document, words }))}
      </div>
    </div>
  </article>`;
}

/** The expressions without a card as a table; `undefined` where there are none. */
export function otherTable(
  report: Report,
  inFull: ReadonlySet<number>,
  words: ReportWords,
): Markup | undefined {
  const rows = rowsOf(report, ({ kind }, index) => kind !== 'blink' && !inFull.has(index));
  if (rows.length === 0) return undefined;
  const hasClasses = rows.some(({ expression }) => expression.verdict !== undefined);
  return html`<section>
    <h2>${words.table.others}</h2>
    <p>${words.table.othersHelp(inFull.size)}</p>
    ${folded(
      words.count('expression', rows.length),
      movementTable(report, { rows, words }, [
        { title: words.table.kind, cell: ({ kind }) => words.kind(kind) },
        ...(hasClasses
          ? [
              {
                title: words.table.taken,
                cell: (one: Expression) =>
                  one.verdict === undefined
                    ? ''
                    : verdictPhrase(words.name(one.verdict), one, words),
              },
            ]
          : []),
      ]),
    )}
  </section>`;
}

/** The blinks of a report; `undefined` where there are none. */
export function blinkTable(report: Report, words: ReportWords): Markup | undefined {
  const rows = rowsOf(report, ({ kind }) => kind === 'blink');
  if (rows.length === 0) return undefined;
  return html`<section>
    <h2>${words.table.blinks}</h2>
    <p>${words.table.blinksHelp}</p>
    ${folded(words.count('blink', rows.length), movementTable(report, { rows, words }, []))}
  </section>`;
}

/** A movement with its number in the report. */
interface Row {
  readonly expression: Expression;
  readonly number: number;
}

function rowsOf(
  { expressions }: Report,
  isIn: (expression: Expression, index: number) => boolean,
): readonly Row[] {
  return expressions.flatMap((expression, index) =>
    isIn(expression, index) ? [{ expression, number: index + 1 }] : [],
  );
}

/** A table, collapsed where it is long. */
function folded(title: string, table: { readonly rows: number; readonly markup: Markup }): Markup {
  if (table.rows <= MOST_ROWS) return table.markup;
  return html`<details>
    <summary>${sentence(title)}</summary>
    ${table.markup}
  </details>`;
}

/** Movements with their times, one per row, and further columns. */
function movementTable(
  { clip: { rate } }: Report,
  { rows, words }: { readonly rows: readonly Row[]; readonly words: ReportWords },
  columns: readonly { readonly title: string; readonly cell: (one: Expression) => string }[],
): { readonly rows: number; readonly markup: Markup } {
  const markup = html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${words.table.columns.map((title) => html`<th scope="col">${title}</th>`)}
          ${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ expression, number }) => {
          const { onset, apex, offset, duration, confidence } = expression;
          return html`<tr>
            <th scope="row">${number}</th>
            ${[onset.time, apex.time, offset.time, duration].map(
              (time) => html`<td>${seconds(time, rate)}</td>`,
            )}
            <td>${confidence === undefined ? byOf(expression, words) : percent(confidence)}</td>
            ${columns.map(({ cell }) => html`<td>${cell(expression)}</td>`)}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
  return { rows: rows.length, markup };
}

/** The duration with the confidence, or with who the event is by. */
function confidenceOf(expression: Expression, rate: number, words: ReportWords): Markup {
  const { confidence } = expression;
  const duration = seconds(expression.duration, rate);
  if (confidence === undefined) {
    return html`<p>${words.card.lastsBy(duration, byOf(expression, words))}</p>`;
  }
  return html`<p>
    ${words.card.lasts(duration)} <b>${percent(confidence)}</b>
    <span class="meter" aria-hidden="true"
      ><span style="width:${(100 * confidence).toFixed(0)}%"></span
    ></span>
    ${expression.atEdge === true ? words.findings.atEdge : undefined}
  </p>`;
}

function byOf({ origin = 'corrected', coder }: Expression, words: ReportWords): string {
  return words.by(origin, coder);
}

/** The drawn face and the names of the units; `undefined` where units were not recognized. */
function unitsOf(expression: Expression, words: ReportWords): Markup | undefined {
  if (expression.units === undefined) return undefined;
  const face = unitsFace(expression, { words });
  return html`<h4>${words.units.title}</h4>
    <div class="shown">
      ${face && html`<figure>${face}</figure>`}
      <div>
        ${unitsList(expression, words)}${face && html`<p class="quiet">${words.units.help}</p>`}
        ${hasSyntheticUnits(expression) ? html`<p class="quiet">${words.units.syntheticHelp}</p>` : ''}
      </div>
    </div>`;
}

function verdictOf(expression: Expression, words: ReportWords): Markup | undefined {
  const { classes, verdict } = expression;
  if (classes === undefined || verdict === undefined) return undefined;
  const share = own(classes, verdict);
  const phrase = verdictPhrase(words.name(verdict), expression, words);
  if (share === undefined) return html`<p class="verdict unsure">${phrase}</p>`;
  return html`<p class="verdict">${phrase} <span>${percent(share)}</span></p>`;
}

function imageStrip(
  { onset, apex }: Expression,
  images: ExpressionImages,
  { wheel, words }: Pick<CardOptions, 'wheel' | 'words'>,
): Markup {
  const text = words.card;
  return html`<div class="images">
    <figure>
      <img src="${images.onset}" alt="${text.face('onset', onset.frame)}" />
      <figcaption>${sentence(words.moment('onset'))}</figcaption>
    </figure>
    <figure>
      <img src="${images.apex}" alt="${text.face('apex', apex.frame)}" />
      <figcaption>${sentence(words.moment('apex'))}</figcaption>
    </figure>
    <figure>
      <div class="framed">
        <img src="${images.flow}" alt="${text.flowAlt}" />
        ${wheel && html`<img class="wheel" src="${wheel}" alt="${text.wheel}" />`}
      </div>
      <figcaption>${text.flow}</figcaption>
    </figure>
    <figure>
      <img class="pixels" src="${images.flowImage}" alt="${text.seenAlt}" />
      <figcaption>${text.seen}</figcaption>
    </figure>
    ${images.attention && attentionFigure(images.attention, words)}
  </div>`;
}

function attentionFigure({ overlay, share }: AttentionImage, words: ReportWords): Markup {
  const text = words.card.attention;
  return html`<figure class="pair">
    <img src="${overlay}" alt="${text.alt}" />
    <figcaption>${text.caption(`${(100 * share).toFixed(1)}\u202F%`)}</figcaption>
  </figure>`;
}

function titled(title: string, figure: Element | undefined): Markup | undefined {
  if (figure === undefined) return undefined;
  return html`<h4>${title}</h4>
    <figure>${figureMarkup(figure)}</figure>`;
}
