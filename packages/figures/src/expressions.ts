/** @file The parts of the page that show single movements: a card for each expression, a table for the blinks and for what is too many for cards. */
import type { Expression, Report } from '@telltale/core';

import type { ExpressionPictures } from './pictures.ts';
import { figureMarkup, html } from './markup.ts';
import type { Markup } from './markup.ts';
import { probabilities } from './probabilities.ts';
import { regions } from './regions.ts';
import { MOST_ROWS } from './selection.ts';
import { timeline } from './timeline.ts';
import { counted, kindNames, percent, seconds, sentence, wordsOf } from './words.ts';

/** What a card needs besides the report. */
export interface CardOptions {
  readonly document: Document;
  readonly pictures: ExpressionPictures | undefined;
  readonly wheel: string | undefined;
}

/** Seconds shown before and after an expression. */
const AROUND = 0.4;

/**
 * Everything about one expression.
 *
 * @param index - its place in the report
 */
export function expressionCard(report: Report, index: number, options: CardOptions): Markup {
  const { document, pictures, wheel } = options;
  const expression = report.expressions[index]!;
  const { clip } = report;
  const { onset, apex, offset, kind, confidence } = expression;
  const moments = { onset, apex, offset };
  const close = timeline(report, {
    document,
    named: index,
    from: Math.max(0, onset.time - AROUND),
    to: Math.min(report.movement.times.at(-1) ?? offset.time, offset.time + AROUND),
    width: 430,
    height: 230,
  });
  const id = `expression-${index + 1}`;
  return html`<article class="card ${kind}" aria-labelledby="${id}">
    <header>
      <h3 id="${id}">
        <span class="number">${index + 1}</span> ${sentence(kindNames[kind])} at
        ${seconds(apex.time, clip.rate)}
      </h3>
      ${verdictOf(expression)}
    </header>
    ${pictures && pictureStrip(expression, pictures, wheel)}
    <div class="columns">
      <div>
        <h4>When</h4>
        <figure>${figureMarkup(close)}</figure>
        <table>
          <thead>
            <tr>
              <th scope="col">moment</th>
              <th scope="col">time</th>
              <th scope="col">frame</th>
            </tr>
          </thead>
          <tbody>
            ${Object.entries(moments).map(
              ([name, moment]) =>
                html`<tr>
                  <th scope="row">${name}</th>
                  <td>${seconds(moment.time, clip.rate)}</td>
                  <td>${moment.frame}</td>
                </tr>`,
            )}
          </tbody>
        </table>
        <p>
          Lasts ${seconds(expression.duration, clip.rate)}. Confidence that the face moved here, and
          not only noise: <b>${percent(confidence)}</b>
          <span class="meter" aria-hidden="true"
            ><span style="width:${(100 * confidence).toFixed(0)}%"></span
          ></span>
        </p>
      </div>
      <div>
        ${titled('What the recognizer makes of it', probabilities(report, expression, { document }))}
        ${titled('Where', regions(expression, { document }))}
      </div>
    </div>
  </article>`;
}

/** The expressions without a card as a table; `undefined` where there are none. */
export function otherTable(report: Report, inFull: ReadonlySet<number>): Markup | undefined {
  const rows = rowsOf(report, ({ kind }, index) => kind !== 'blink' && !inFull.has(index));
  if (rows.length === 0) return undefined;
  const hasClasses = rows.some(({ expression }) => expression.verdict !== undefined);
  return html`<section>
    <h2>Other expressions</h2>
    <p>The ${inFull.size} expressions that stand out most are shown above; these are the others.</p>
    ${folded(
      counted(rows.length, 'expression'),
      movementTable(report, rows, [
        { title: 'kind', cell: ({ kind }) => kindNames[kind] },
        ...(hasClasses
          ? [
              {
                title: 'taken for',
                cell: ({ verdict }: Expression) => (verdict === undefined ? '' : wordsOf(verdict)),
              },
            ]
          : []),
      ]),
    )}
  </section>`;
}

/** The blinks of a report; `undefined` where there are none. */
export function blinkTable(report: Report): Markup | undefined {
  const rows = rowsOf(report, ({ kind }) => kind === 'blink');
  if (rows.length === 0) return undefined;
  return html`<section>
    <h2>Blinks</h2>
    <p>
      Movements of the eyelids alone. They are recognized so that nobody takes them for expressions.
    </p>
    ${folded(counted(rows.length, 'blink'), movementTable(report, rows, []))}
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

/** A table, folded up where it is long. */
function folded(title: string, table: { readonly rows: number; readonly markup: Markup }): Markup {
  if (table.rows <= MOST_ROWS) return table.markup;
  return html`<details>
    <summary>${sentence(title)}</summary>
    ${table.markup}
  </details>`;
}

/** Movements with their times, one a line, and columns besides. */
function movementTable(
  { clip: { rate } }: Report,
  rows: readonly Row[],
  columns: readonly { readonly title: string; readonly cell: (one: Expression) => string }[],
): { readonly rows: number; readonly markup: Markup } {
  const markup = html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">number</th>
          <th scope="col">onset</th>
          <th scope="col">apex</th>
          <th scope="col">offset</th>
          <th scope="col">lasts</th>
          <th scope="col">confidence</th>
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
            <td>${percent(confidence)}</td>
            ${columns.map(({ cell }) => html`<td>${cell(expression)}</td>`)}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
  return { rows: rows.length, markup };
}

function verdictOf({ classes, verdict }: Expression): Markup | undefined {
  if (classes === undefined || verdict === undefined) return undefined;
  const share = classes[verdict];
  if (share === undefined) return html`<p class="verdict unsure">${wordsOf(verdict)}</p>`;
  return html`<p class="verdict">${wordsOf(verdict)} <span>${percent(share)}</span></p>`;
}

function pictureStrip(
  { onset, apex }: Expression,
  pictures: ExpressionPictures,
  wheel: string | undefined,
): Markup {
  return html`<div class="pictures">
    <figure>
      <img src="${pictures.onset}" alt="The face at the onset, frame ${onset.frame}." />
      <figcaption>Onset</figcaption>
    </figure>
    <figure>
      <img src="${pictures.apex}" alt="The face at the apex, frame ${apex.frame}." />
      <figcaption>Apex</figcaption>
    </figure>
    <figure>
      <div class="framed">
        <img
          src="${pictures.flow}"
          alt="Optical flow from onset to apex as color: hue is direction, strength is distance."
        />
        ${wheel && html`<img class="wheel" src="${wheel}" alt="The color of each direction." />`}
      </div>
      <figcaption>Motion from onset to apex: hue is direction, strength is distance</figcaption>
    </figure>
    <figure>
      <img
        class="pixels"
        src="${pictures.flowImage}"
        alt="The flow image that the recognizer saw, 28 by 28 pixels, enlarged."
      />
      <figcaption>What the recognizer sees: red rightward, green downward, blue strain</figcaption>
    </figure>
  </div>`;
}

function titled(title: string, figure: Element | undefined): Markup | undefined {
  if (figure === undefined) return undefined;
  return html`<h4>${title}</h4>
    <figure>${figureMarkup(figure)}</figure>`;
}
