/** @file The parts of the page that show single movements: a card for each expression, a table for the blinks. */
import type { Expression, Report } from '@telltale/core';

import type { ExpressionPictures } from './pictures.ts';
import { figureMarkup, html } from './markup.ts';
import type { Markup } from './markup.ts';
import { probabilities } from './probabilities.ts';
import { regions } from './regions.ts';
import { timeline } from './timeline.ts';
import { kindNames, percent, seconds, sentence, wordsOf } from './words.ts';

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

/** The blinks of a report; `undefined` where there are none. */
export function blinkTable(report: Report): Markup | undefined {
  const rows = report.expressions.flatMap((expression, index) =>
    expression.kind === 'blink' ? [{ expression, number: index + 1 }] : [],
  );
  if (rows.length === 0) return undefined;
  const { rate } = report.clip;
  return html`<section>
    <h2>Blinks</h2>
    <p>
      Movements of the eyelids alone. They are recognized so that nobody takes them for expressions.
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">number</th>
            <th scope="col">onset</th>
            <th scope="col">apex</th>
            <th scope="col">offset</th>
            <th scope="col">lasts</th>
            <th scope="col">confidence</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ expression: { onset, apex, offset, duration, confidence }, number }) =>
              html`<tr>
                <th scope="row">${number}</th>
                ${[onset.time, apex.time, offset.time, duration].map(
                  (time) => html`<td>${seconds(time, rate)}</td>`,
                )}
                <td>${percent(confidence)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
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
