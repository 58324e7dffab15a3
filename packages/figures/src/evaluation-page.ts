/**
 * @file The result of an evaluation as one page that anybody can open: nothing
 * is loaded from elsewhere, no script runs, and the result is embedded as JSON.
 */
import { own } from '@telltale/core/report';
import { averageClasses, leakyWarning, protocolSentence } from '@telltale/core/evaluate';
import type {
  Comparison,
  EvaluationResult,
  Interval,
  MethodResult,
  Spread,
  Summary,
} from '@telltale/core/evaluate';

import { confusionFigure, lossFigure, scoresFigure, subjectsFigure } from './evaluation-figures.ts';
import { figureMarkup, html, jsonMarkup, Markup } from './markup.ts';
import { pageStyle } from './page-style.ts';
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
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <meta name="generator" content="telltale" />
        <title>${title}: telltale evaluation</title>
        ${pageStyle} ${ownStyle}
      </head>
      <body>
        <header>
          <p class="brand">telltale <span>evaluation</span></p>
          <h1>${title}</h1>
          <p class="facts">
            ${samples} clips, ${subjects} subjects,
            ${seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`}, leave-one-subject-out
          </p>
        </header>
        <main>
          ${scoresPart(result, options)} ${leakyPart(methods)} ${comparisonPart(result)}
          ${methods.map((method) => methodPart(result, method, options))} ${madePart(result)}
        </main>
        <footer>
          <p>
            Made by telltale ${result.telltale}. The whole result, every prediction included, is
            embedded in this page as JSON (element <code>telltale-evaluation</code>).
          </p>
        </footer>
        <script type="application/json" id="telltale-evaluation">
          ${jsonMarkup(result)}
        </script>
      </body>
    </html> `.text.replaceAll(/^ +/gm, '');
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

function leakyPart(methods: readonly MethodResult[]): Markup | undefined {
  const leaky = methods.filter((method) => method.leaky !== undefined);
  if (leaky.length === 0) return undefined;
  return html`<section>
    <h2>Not a result: the best epoch on the test subject</h2>
    <p class="doubt">${leakyWarning}</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>method</th>
            <th>UF1, honest</th>
            <th>UF1, leaky</th>
            <th>UAR, honest</th>
            <th>UAR, leaky</th>
          </tr>
        </thead>
        <tbody>
          ${leaky.map(
            ({ label, scores, leaky: picked }) =>
              html`<tr>
                <th>${label}</th>
                <td>${spread(scores.all.uf1)}</td>
                <td>${spread(picked!.scores.all.uf1)}</td>
                <td>${spread(scores.all.uar)}</td>
                <td>${spread(picked!.scores.all.uar)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function comparisonPart({ comparisons, methods }: EvaluationResult): Markup | undefined {
  if (comparisons.length === 0) return undefined;
  const label = (name: string): string =>
    methods.find((method) => method.name === name)?.label ?? name;
  return html`<section>
    <h2>Differences</h2>
    <p>
      Paired bootstrap over subjects: both methods are scored on the same draws. McNemar’s exact
      test looks at the clips that only one of the two has right, for each seed, and takes clips as
      independent.
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>difference</th>
            <th>UF1</th>
            <th>p</th>
            <th>UAR</th>
            <th>p</th>
            <th>McNemar: only first right, only second, p</th>
          </tr>
        </thead>
        <tbody>
          ${comparisons.map(
            (one) =>
              html`<tr>
                <th>${label(one.first)} − ${label(one.second)}</th>
                ${differenceCells(one, 'uf1')} ${differenceCells(one, 'uar')}
                <td>
                  ${one.mcnemar.map(
                    ({ onlyFirst, onlySecond, p }, i) =>
                      html`${i > 0 ? html`<br />` : undefined}${onlyFirst}, ${onlySecond},
                      ${probability(p)}`,
                  )}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function differenceCells({ difference }: Comparison, measure: 'uf1' | 'uar'): Markup {
  const [low, high] = difference.intervals[measure];
  return html`<td>
      ${signed(difference.measured[measure])}<br /><span class="facts"
        >${signed(low)} to ${signed(high)}</span
      >
    </td>
    <td>${probability(difference.p[measure])}</td>`;
}

function methodPart(
  result: EvaluationResult,
  method: MethodResult,
  options: EvaluationPageOptions,
): Markup {
  const loss = lossFigure(method, options);
  return html`<section>
    <h2>${method.label}</h2>
    <p class="facts">${method.paper}</p>
    <div class="columns">
      <div>
        <h3>What was taken for what</h3>
        <figure>${figureMarkup(confusionFigure(result, method, options))}</figure>
      </div>
      <div>
        <h3>Classes</h3>
        ${classTable(method)}
        ${
          loss === undefined
            ? undefined
            : html`<h3>Training</h3>
                <figure>
                  ${figureMarkup(loss)}
                  <figcaption>
                    Mean of all folds and seeds; the band reaches from the least to the largest.
                    ${epochsSentence(method)}
                  </figcaption>
                </figure>`
        }
      </div>
    </div>
    <h3>People</h3>
    <figure class="wide">
      ${figureMarkup(subjectsFigure(method, options))}
      <figcaption>
        Share of each person’s clips that were judged right by a recognizer that never saw that
        person; a larger dot stands for more clips.
      </figcaption>
    </figure>
  </section>`;
}

function epochsSentence({ epochs: { least, most, mean } }: MethodResult): string {
  return least === most
    ? `${most} epochs each.`
    : `${least} to ${most} epochs, ${mean.toFixed(1)} on average.`;
}

function classTable({ scores }: MethodResult): Markup {
  const classes = averageClasses(scores.seeds.map(({ all }) => all.classes));
  return html`<table>
    <thead>
      <tr>
        <th>class</th>
        <th>clips</th>
        <th>F1</th>
        <th>recall</th>
        <th>precision</th>
      </tr>
    </thead>
    <tbody>
      ${classes.map(
        (one) =>
          html`<tr>
            <th>${one.name}</th>
            <td>${one.support}</td>
            <td>${one.f1.toFixed(3)}</td>
            <td>${one.recall.toFixed(3)}</td>
            <td>${one.precision.toFixed(3)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
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

/** A deviation of 0 is that of a single seed: it says nothing and is left out. */
function spread({ mean, deviation }: Spread): Markup {
  const around = deviation === 0 ? '' : ` ± ${deviation.toFixed(3)}`;
  return html`<strong>${mean.toFixed(3)}</strong>${around}`;
}

function range([low, high]: Interval): Markup {
  return html`<span class="facts">${low.toFixed(3)} to ${high.toFixed(3)}</span>`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

function probability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(1)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
