/** @file How far coders agree as one HTML page: it loads nothing and runs no script, and the result is embedded as JSON. */
import * as Plot from '@observablehq/plot';
import type { Agreement, BlandAltman, Measure, PairAgreement } from '@telltale/core/agreement';

import { curve, quiet } from './colors.ts';
import { figureMarkup, html } from './markup.ts';
import type { Markup } from './markup.ts';
import { writePage } from './page.ts';
import { draw } from './plot.ts';

/** Settings of {@link agreementPage}. */
export interface AgreementPageOptions {
  /** The browser's document, or linkedom's in Node; figures are drawn in it, it is not changed. */
  readonly document: Document;
}

/**
 * Writes the page.
 *
 * @returns a whole HTML document as text
 */
export function agreementPage(result: Agreement, options: AgreementPageOptions): string {
  const { coders, clips, pairs, options: settings } = result;
  const title = coders.join(', ');
  return writePage({
    title: `${title}: agreement`,
    kind: 'agreement',
    heading: title,
    facts: `${coders.length} coders, ${clipsText(clips)}; events match from an overlap of ${settings.overlap}; frames at ${settings.rate} per second`,
    main: html`${groupPart(result)} ${pairs.map((pair) => pairPart(pair, options))}
    ${methodPart(result)}`,
    footer: html`All numbers are embedded in this page as JSON (element
      <code>telltale-agreement</code>).`,
    data: { id: 'telltale-agreement', value: result },
  });
}

function groupPart({ coders, group }: Agreement): Markup | undefined {
  if (coders.length < 3) return undefined;
  return html`<section>
    <h2>All coders, frame by frame</h2>
    <table>
      <thead>
        <tr>
          <th>label</th>
          <th>Fleiss’ κ</th>
          <th>Krippendorff’s α</th>
        </tr>
      </thead>
      <tbody>
        ${group.map(
          ({ label, fleiss, alpha }) =>
            html`<tr>
              <th scope="row">${label}</th>
              <td>${measure(fleiss)}</td>
              <td>${measure(alpha)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function pairPart(pair: PairAgreement, { document }: AgreementPageOptions): Markup {
  const { coders, clips, labels, eventKappa, times, onsets } = pair;
  const [first, second] = coders;
  return html`<section>
    <h2>${first} and ${second}</h2>
    <p>${clipsText(clips)} that both coded. Precision is of ${second}, recall of ${first}.</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>label</th>
            <th>events</th>
            <th>both</th>
            <th>precision</th>
            <th>recall</th>
            <th>F1</th>
            <th>κ of frames</th>
          </tr>
        </thead>
        <tbody>
          ${labels.map(
            (one) =>
              html`<tr>
                <th scope="row">${one.label}</th>
                <td>${one.events.join(' / ')}</td>
                <td>${one.matched}</td>
                ${[one.precision, one.recall, one.f1, one.kappa].map(
                  (value) => html`<td>${measure(value)}</td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p>Cohen’s κ of the labels of events that both found: ${measure(eventKappa)}.</p>
    ${timesPart(times, second)}
    ${
      times.onset === null
        ? undefined
        : html`<figure>
            ${figureMarkup(differenceFigure(onsets, times.onset, { document, names: coders }))}
            <figcaption>
              Difference of onsets against their mean (Bland and Altman 1986), with bias and limits
              of agreement.
            </figcaption>
          </figure>`
    }
  </section>`;
}

function timesPart(times: PairAgreement['times'], second: string): Markup | undefined {
  const rows = (['onset', 'apex', 'offset', 'duration'] as const).flatMap((name) => {
    const one = times[name];
    return one === null ? [] : [{ name, ...one }];
  });
  if (rows.length === 0) return undefined;
  const ms = (value: number): string => `${(1000 * value).toFixed(0)} ms`;
  return html`<table>
    <thead>
      <tr>
        <th>time</th>
        <th>pairs</th>
        <th>${second} later by</th>
        <th>standard deviation</th>
        <th>limits of agreement</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (one) =>
          html`<tr>
            <th scope="row">${one.name}</th>
            <td>${one.pairs}</td>
            <td>${ms(one.bias)} ± ${ms(one.biasError)}</td>
            <td>${ms(one.standardDeviation)}</td>
            <td>${ms(one.lower)} to ${ms(one.upper)}, each ± ${ms(one.limitError)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

interface DifferenceOptions extends AgreementPageOptions {
  readonly names: PairAgreement['coders'];
}

/** Differences against means, with bias and limits of agreement. */
function differenceFigure(
  onsets: PairAgreement['onsets'],
  { bias, lower, upper }: BlandAltman,
  { document, names: [first, second] }: DifferenceOptions,
): SVGSVGElement {
  const points = onsets.map(([mean, difference]) => ({ mean, difference: 1000 * difference }));
  return draw(
    `Differences of onsets, ${second} less ${first}`,
    { document },
    {
      ...{ width: 700, height: 260, marginLeft: 56, marginBottom: 42 },
      x: { label: 'mean onset, s', labelAnchor: 'center', labelArrow: 'none' },
      y: { label: `${second} − ${first}, ms`, labelArrow: 'none', grid: true },
      marks: [
        Plot.ruleY([1000 * bias], { stroke: curve }),
        Plot.ruleY([1000 * lower, 1000 * upper], { stroke: quiet, strokeDasharray: '5 4' }),
        Plot.dot(points, { x: 'mean', y: 'difference', r: 3, fill: curve }),
      ],
    },
  );
}

function methodPart({ options, undated }: Agreement): Markup {
  return html`<section>
    <h2>Method</h2>
    <p>
      Events of two coders are matched one to one by intersection over union, the greatest first,
      whatever their labels; a label’s own row matches its events alone. κ and α compare
      ${options.rate} frames per second, with “nothing” as a label. Brackets are 95 % bootstrap
      intervals over clips (${options.samples} samples). Cohen 1960; Fleiss 1971; Krippendorff 2011;
      Bland and Altman 1986.
    </p>
    ${
      undated.length === 0
        ? undefined
        : html`<p class="doubt">
            No file states how long ${clipsText(undated.length)}
            ${undated.length === 1 ? 'is: it is taken to end with its' : 'are: they are taken to end with their'}
            last event, which makes κ and α of frames too small.
          </p>`
    }
  </section>`;
}

function clipsText(count: number): string {
  return count === 1 ? '1 clip' : `${count} clips`;
}

function measure({ value, low, high }: Measure): string {
  if (value === null) return '–';
  const interval = low === null || high === null ? '' : ` [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  return `${value.toFixed(2)}${interval}`;
}
