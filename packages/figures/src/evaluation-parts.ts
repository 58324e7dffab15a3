/** @file Parts of the page of an evaluation: leaky scores, differences between methods, and each method. */
import { averageClasses, leakyWarning } from '@telltale/core/evaluate';
import type { Comparison, EvaluationResult, MethodResult } from '@telltale/core/evaluate';

import { confusionFigure, lossFigure, subjectsFigure } from './evaluation-figures.ts';
import { figureMarkup, html } from './markup.ts';
import type { Markup } from './markup.ts';
import type { FigureOptions } from './options.ts';
import { probability, signed, spread } from './scores.ts';

/** The scores with the epoch chosen on the test subject, with a warning; `undefined` where there are none. */
export function leakyPart(methods: readonly MethodResult[]): Markup | undefined {
  const leaky = methods.filter((method) => method.leaky !== undefined);
  if (leaky.length === 0) return undefined;
  return html`<section>
    <h2>Not a result: epoch chosen on the test subject</h2>
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

/** The differences between methods; `undefined` for a single method. */
export function comparisonPart({ comparisons, methods }: EvaluationResult): Markup | undefined {
  if (comparisons.length === 0) return undefined;
  const label = (name: string): string =>
    methods.find((method) => method.name === name)?.label ?? name;
  return html`<section>
    <h2>Differences</h2>
    <p>
      Paired bootstrap over subjects: both methods are scored on the same draws. McNemar’s exact
      test compares, for each seed, the clips that only one of the two classified correctly; it
      assumes independent clips.
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
            <th>McNemar: only first correct, only second, p</th>
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

/** One method: confusion matrix, classes, training loss and subjects. */
export function methodPart(
  result: EvaluationResult,
  method: MethodResult,
  options: FigureOptions,
): Markup {
  const loss = lossFigure(method, options);
  return html`<section>
    <h2>${method.label}</h2>
    <p class="facts">${method.paper}</p>
    <div class="columns">
      <div>
        <h3>Confusion matrix</h3>
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
                    Mean over all folds and seeds; the band spans minimum to maximum.
                    ${epochsSentence(method)}
                  </figcaption>
                </figure>`
        }
      </div>
    </div>
    <h3>Subjects</h3>
    <figure class="wide">
      ${figureMarkup(subjectsFigure(method, options))}
      <figcaption>
        Share of each subject’s clips that were classified correctly by a recognizer trained without
        that subject; larger dots are more clips.
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
