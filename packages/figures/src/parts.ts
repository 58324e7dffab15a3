/** @file The text sections of the page: findings, the face, reliability of the recognizer, processing steps. */
import { own } from '@telltale/core/report';
import type { Expression, Report } from '@telltale/core';

import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import type { ReportWords } from './report-words.ts';
import { percent, seconds } from './words.ts';

/**
 * The findings in sentences.
 *
 * @param inFull - the expressions that get a sentence each
 */
export function findings(report: Report, inFull: ReadonlySet<number>, words: ReportWords): Markup {
  const text = words.findings;
  const { expressions, candidates = [], face, clip } = report;
  const of = (kind: Expression['kind']): readonly Expression[] =>
    expressions.filter((expression) => expression.kind === kind);
  const full = [...inFull].map((index) => expressions[index]!);
  const listed = [
    ...full.filter(({ kind }) => kind === 'micro'),
    ...full.filter(({ kind }) => kind === 'macro'),
  ];
  const added = expressions.filter(({ origin }) => origin === 'added').length;
  const blinks = of('blink').filter(({ origin }) => origin !== 'added').length;
  const others = expressions.length - of('blink').length - listed.length;
  const missed = candidates
    .filter(({ kind }) => kind !== 'blink')
    .map(({ apex }) => seconds(apex.time, clip.rate));
  return html`<section class="findings">
    <h2>${text.title}</h2>
    <p class="lead">${lead(report, words)}</p>
    ${added > 0 ? html`<p>${text.added(added)}</p>` : undefined}
    ${
      listed.length > 0
        ? html`<ul>
            ${listed.map((one) => html`<li>${expressionSentence(report, one, words)}</li>`)}
            ${others > 0 ? html`<li>${text.others(others)}</li>` : undefined}
          </ul>`
        : undefined
    }
    ${blinks > 0 ? html`<p>${text.blinks(blinks)}</p>` : undefined}
    ${missed.length > 0 ? html`<p>${text.candidates(missed)}</p>` : undefined}
    ${
      face.frames > 0 && face.frames < clip.frames
        ? html`<p>${text.gaps(clip.frames - face.frames, clip.frames)}</p>`
        : undefined
    }
    <p class="doubt"><strong>${text.doubt[0]}</strong> ${text.doubt[1]}</p>
  </section>`;
}

function lead({ expressions, face }: Report, { findings: text }: ReportWords): string {
  if (face.frames === 0) return text.noFace;
  const found = expressions.filter(({ origin }) => origin !== 'added');
  const count = (kind: Expression['kind']): number =>
    found.filter((expression) => expression.kind === kind).length;
  return text.found(count('micro'), count('macro'));
}

function expressionSentence({ clip }: Report, expression: Expression, words: ReportWords): Markup {
  const { apex, kind, regions, verdict, classes, origin, coder } = expression;
  const most = Math.max(...Object.values(regions));
  const moved = Object.entries(regions)
    .filter(([, share]) => share > most / 2)
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name);
  const share = verdict === undefined ? undefined : own(classes ?? {}, verdict);
  const duration = seconds(expression.duration, clip.rate);
  const [before, after] = words.findings.expression({
    ...{ kind, duration, verdict, regions: moved },
    share: share === undefined ? undefined : percent(share),
    by: origin && words.by(origin, coder),
  });
  const edge = expression.atEdge === true ? ` ${words.findings.atEdge}` : '';
  return html`${before}<b>${seconds(apex.time, clip.rate)}</b>${after}${edge}`;
}

/** In how many frames the face was tracked. */
export function facePart({ clip, face }: Report, { face: text }: ReportWords): Markup {
  const { gaps } = face;
  return html`<section>
    <h2>${text.title}</h2>
    <p>
      ${text.followed(face.frames, clip.frames, percent(face.frames / clip.frames))}
      ${
        face.subject !== undefined && face.subject.number > 1
          ? text.subject(face.subject.number, face.subject.of)
          : face.faces > 1
            ? text.faces(face.faces)
            : undefined
      }
    </p>
    ${
      gaps.length > 0
        ? html`<p>${text.gaps}</p>
            <ul>
              ${gaps.map(({ start, end }) => {
                const [from, to] = [start, end].map(({ time }) => seconds(time, clip.rate));
                return html`<li>${text.gap(from!, to!, [start.frame, end.frame])}</li>`;
              })}
            </ul>`
        : undefined
    }
  </section>`;
}

/** How reliable the probabilities are. */
export function recognizerPart(
  { recognizer, unitsRecognizer, caveats }: Report,
  words: ReportWords,
): Markup {
  const text = words.trust;
  return html`<section>
    <h2>${text.title}</h2>
    ${recognizer ? modelPart(recognizer, words) : html`<p>${text.none}</p>`}
    ${
      unitsRecognizer &&
      html`<dl>
        <dt>${words.units.score}</dt>
        <dd>${text.scoreOf(unitsRecognizer.score)}</dd>
      </dl>`
    }
    <ul>
      ${caveats.map((caveat) => html`<li>${caveat}</li>`)}
    </ul>
  </section>`;
}

function modelPart(card: NonNullable<Report['recognizer']>, words: ReportWords): Markup {
  const text = words.trust;
  const [before, unsure, after] = text.unsure(percent(card.unsureBelow));
  return html`<p>
      ${text.model} ${card.unsureBelow > 0 ? html`${before}<em>${unsure}</em>${after}` : undefined}
    </p>
    <dl>
      ${
        card.elsewhere &&
        html`<dt>${text.elsewhere}</dt>
          <dd><strong>${text.elsewhereOf(card.elsewhere)}</strong></dd>`
      }
      <dt>${text.score}</dt>
      <dd><strong>${text.scoreOf(card.score)}</strong></dd>
      <dt>${text.network}</dt>
      <dd>${text.networkOf(card.network, card.config)}</dd>
      ${
        card.file === undefined
          ? undefined
          : html`<dt>${text.file}</dt>
              <dd>${card.file}</dd>`
      }
      <dt>${text.classes}</dt>
      <dd>${words.list(card.classes.map(words.name))}</dd>
      <dt>${text.weights}</dt>
      <dd><code>${card.weights}</code></dd>
    </dl>`;
}

/** The processing steps with versions and settings, so that the report can be reproduced. */
export function madePart({ schema, made }: Report, { made: text }: ReportWords): Markup {
  return html`<section>
    <h2>${text.title}</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${text.columns.map((title) => html`<th scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${made.map(
            ({ stage, version, options }) =>
              html`<tr>
                <th scope="row">${stage}</th>
                <td>${version}</td>
                <td class="settings">
                  ${settingsOf(options).map(
                    ([name, value]) => html`<span><code>${name}</code> ${value}</span> `,
                  )}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p>${text.format} <code>${schema}</code></p>
  </section>`;
}

/** Settings as names and texts; nested settings get names like `flow.scales`. */
function settingsOf(options: object, above = ''): readonly (readonly [string, string])[] {
  return Object.entries(options as Readonly<Record<string, unknown>>).flatMap(([name, value]) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return settingsOf(value, `${above}${name}.`);
    }
    return [
      [`${above}${name}`, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ];
  });
}
