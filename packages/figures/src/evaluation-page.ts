/**
 * @file The result of an evaluation as one page that anybody can open: nothing
 * is loaded from elsewhere, no script runs, and the result is embedded as JSON.
 */
import { own } from '@telltale/core/report';
import { protocolSentence, splitWords } from '@telltale/core/evaluate';
import type { EvaluationResult, MethodResult, Summary } from '@telltale/core/evaluate';

import { scoresFigure } from './evaluation-figures.ts';
import { comparisonPart, leakyPart, methodPart } from './evaluation-parts.ts';
import { figureMarkup, html, Markup } from './markup.ts';
import { writePage } from './page.ts';
import { duration, range, spread } from './scores.ts';
import { listed } from './words.ts';

/** What this page has beyond the style of all pages. */
const ownStyle = new Markup(
  '<style>section h3 { margin: 1.1rem 0 .4rem } td strong, td .facts { white-space: nowrap }</style>',
);

/** Settings of {@link evaluationPage}. */
export interface EvaluationPageOptions {
  /** The browser's document, or linkedom's in Node; figures are drawn in it, it is not changed. */
  readonly document: Document;
}

/**
 * Writes the page.
 *
 * @returns a whole HTML document as text
 */
export function evaluationPage(result: EvaluationResult, options: EvaluationPageOptions): string {
  const { methods, samples, subjects, seeds } = result;
  const title = result.ablation
    ? 'Parts of MERba'
    : listed(methods.map(({ label }) => label)) || 'Evaluation';
  return writePage({
    title: `${title}: telltale evaluation`,
    kind: 'evaluation',
    heading: title,
    facts:
      `${samples} clips, ${subjects} subjects, ` +
      `${seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`}, ${splitWords(result)}`,
    style: ownStyle,
    main: html`${scoresPart(result, options)} ${leakyPart(methods)} ${comparisonPart(result)}
    ${methods.map((method) => methodPart(result, method, options))} ${madePart(result)}`,
    footer: html`Made by telltale ${result.telltale}. The whole result, every prediction included,
      is embedded in this page as JSON (element <code>telltale-evaluation</code>).`,
    data: { id: 'telltale-evaluation', value: result },
  });
}

function scoresPart(result: EvaluationResult, options: EvaluationPageOptions): Markup {
  const [first] = result.methods;
  const { uf1, uar } = first!.scores.all;
  return html`<section>
    <h2>Scores</h2>
    ${
      result.methods.length === 1
        ? html`<p class="lead">UF1 ${spread(uf1)}, UAR ${spread(uar)}</p>`
        : undefined
    }
    <p>${protocolSentence(result)}</p>
    <figure class="wide">${figureMarkup(scoresFigure(result, options))}</figure>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>method</th>
            <th>part</th>
            <th>clips</th>
            <th>UF1</th>
            <th>UAR</th>
            <th>accuracy</th>
            <th>processor time</th>
          </tr>
        </thead>
        <tbody>
          ${result.methods.map((method) => scoreRows(method, own(result.time, method.name)!))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function scoreRows(method: MethodResult, seconds: number): Markup {
  const { scores, intervals, label } = method;
  const parts = Object.entries(scores.parts);
  const rows: (readonly [string, Summary])[] = [
    ['all', scores.all],
    ...(parts.length > 1 ? parts : []),
  ];
  return html`${rows.map(
    ([part, summary], i) =>
      html`<tr>
        <th>${i === 0 ? label : ''}</th>
        <td>${part}</td>
        <td>${summary.samples}</td>
        ${(['uf1', 'uar', 'accuracy'] as const).map(
          (measure) =>
            html`<td>
              ${spread(summary[measure])}<br />${range(own(intervals, part)![measure])}
            </td>`,
        )}
        <td>${i === 0 ? duration(seconds) : ''}</td>
      </tr>`,
  )}`;
}

function madePart(result: EvaluationResult): Markup {
  return html`<section>
    <h2>How it was made</h2>
    <p>
      Looked for in what each of the ${result.leaks.folds} trainings read: a subject, a clip or a
      picture that stands on both sides of its fold. Found: none.
    </p>
    <dl>
      <dt>data</dt>
      <dd><code>${result.data}</code></dd>
      <dt>seeds</dt>
      <dd>${result.seeds.join(', ')}</dd>
      ${result.methods.map(
        ({ label, settings }) =>
          html`<dt>${label}</dt>
            <dd><code>${JSON.stringify(settings)}</code></dd>`,
      )}
    </dl>
  </section>`;
}
