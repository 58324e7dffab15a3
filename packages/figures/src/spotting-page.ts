/** @file The result of a spotting evaluation as one page: scores, and a picture of every video. Loads nothing, runs nothing. */
import {
  recognitionSentence,
  spottingLineNames,
  spottingLines,
  spottingSentence,
} from '@telltale/core/evaluate';
import type { SpottingMethod, SpottingResult } from '@telltale/core/evaluate';

import { figureMarkup, html } from './markup.ts';
import type { Markup } from './markup.ts';
import { writePage } from './page.ts';
import { videoFigure } from './spotting-figures.ts';
import type { VideoCurve } from './spotting-figures.ts';

/** Settings of {@link spottingPage}. */
export interface SpottingPageOptions {
  /** The browser's document, or linkedom's in Node; figures are drawn in it, it is not changed. */
  readonly document: Document;
  /** The curve of a video by its id. */
  readonly curves: ReadonlyMap<string, VideoCurve>;
}

/** Pictures beyond these many videos would make a page that no browser likes. */
const MOST_PICTURES = 400;

/**
 * Writes the page.
 *
 * @returns a whole HTML document as text
 */
export function spottingPage(result: SpottingResult, options: SpottingPageOptions): string {
  const { dataset, videos, methods, task } = result;
  const sentence = recognitionSentence(result);
  return writePage({
    title: `${dataset}: telltale ${task}`,
    kind: task,
    heading: dataset,
    facts: `${videos.length} videos, ${methods[0]!.scores.subjects} subjects`,
    main: html`<section>
        <h2>Scores</h2>
        <p>${spottingSentence(result)}</p>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th>method</th>
                <th>what</th>
                <th>hits</th>
                <th>false alarms</th>
                <th>misses</th>
                <th>F1</th>
                <th>precision</th>
                <th>recall</th>
                <th>AP (at .5)</th>
              </tr>
            </thead>
            <tbody>
              ${methods.map(rowsOf)}
            </tbody>
          </table>
        </div>
        ${methods.map(({ label, paper }) => html`<p class="facts">${label}: ${paper}.</p>`)}
      </section>
      ${
        sentence === undefined
          ? undefined
          : html`<section>
              <h2>Recognition of what was spotted</h2>
              <p>${sentence}</p>
            </section>`
      }
      <section>
        <h2>Videos</h2>
        <p>
          The curve is the movement of the face, the dashed line what it had to exceed. Full bars
          have their counterpart in the other row, pale ones were missed or are false alarms.
        </p>
        <ul class="legend">
          <li class="micro"><span>■</span> micro-expression</li>
          <li class="macro"><span>■</span> longer one</li>
        </ul>
        ${videoParts(result, options)}
      </section>`,
    footer: html`Made by telltale ${result.telltale}. The whole result is embedded in this page as
      JSON (element <code>telltale-spotting</code>).`,
    data: { id: 'telltale-spotting', value: result },
  });
}

function rowsOf(method: SpottingMethod): Markup {
  return html`${spottingLines(method).map(
    ([name, line], i) =>
      html`<tr>
        <th>${i === 0 ? method.label : ''}</th>
        <td>${spottingLineNames[name]}</td>
        <td>${line.hits}</td>
        <td>${line.falseAlarms}</td>
        <td>${line.misses}</td>
        <td>
          <strong>${line.f1.toFixed(3)}</strong><br /><span class="facts"
            >${line.intervals.f1.map((value) => value.toFixed(3)).join(' to ')}</span
          >
        </td>
        <td>${line.precision.toFixed(3)}</td>
        <td>${line.recall.toFixed(3)}</td>
        <td>
          ${line.average && `${line.average.mean.toFixed(3)} (${line.average.at50.toFixed(3)})`}
        </td>
      </tr>`,
  )}`;
}

function videoParts({ videos }: SpottingResult, options: SpottingPageOptions): Markup[] {
  const shown = videos.slice(0, MOST_PICTURES).map((video) => {
    const curve = options.curves.get(video.id);
    return html`<h3>${video.video}</h3>
      ${video.note === undefined ? undefined : html`<p class="doubt">${video.note}</p>`}
      ${
        curve &&
        html`<figure class="wide">
          ${figureMarkup(videoFigure(video, curve, { ...options, method: 'telltale' }))}
        </figure>`
      }`;
  });
  const left = videos.length - shown.length;
  return left > 0 ? [...shown, html`<p class="facts">${left} more are in the JSON.</p>`] : shown;
}
