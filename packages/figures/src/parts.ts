/** @file The parts of the page in words: what was found, the face, how far to trust the recognizer, what made it. */
import { own } from '@telltale/core/report';
import type { Expression, Report } from '@telltale/core';

import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import type { ReportWords } from './say.ts';
import { percent, seconds } from './words.ts';

/**
 * What was found, in plain words.
 *
 * @param inFull - the expressions that are told of one by one
 */
export function findings(report: Report, inFull: ReadonlySet<number>, words: ReportWords): Markup {
  const say = words.findings;
  const { expressions, face, clip } = report;
  const of = (kind: Expression['kind']): readonly Expression[] =>
    expressions.filter((expression) => expression.kind === kind);
  const full = [...inFull].map((index) => expressions[index]!);
  const told = [
    ...full.filter(({ kind }) => kind === 'micro'),
    ...full.filter(({ kind }) => kind === 'macro'),
  ];
  const blinks = of('blink').length;
  const others = expressions.length - blinks - told.length;
  return html`<section class="findings">
    <h2>${say.title}</h2>
    <p class="lead">${lead(report, words)}</p>
    ${
      told.length > 0
        ? html`<ul>
            ${told.map((one) => html`<li>${tell(report, one, words)}</li>`)}
            ${others > 0 ? html`<li>${say.others(others)}</li>` : undefined}
          </ul>`
        : undefined
    }
    ${blinks > 0 ? html`<p>${say.blinks(blinks)}</p>` : undefined}
    ${
      face.frames > 0 && face.frames < clip.frames
        ? html`<p>${say.gaps(clip.frames - face.frames, clip.frames)}</p>`
        : undefined
    }
    <p class="doubt"><strong>${say.doubt[0]}</strong> ${say.doubt[1]}</p>
  </section>`;
}

function lead({ expressions, face }: Report, { findings: say }: ReportWords): string {
  if (face.frames === 0) return say.noFace;
  const count = (kind: Expression['kind']): number =>
    expressions.filter((expression) => expression.kind === kind).length;
  return say.found(count('micro'), count('macro'));
}

function tell({ clip }: Report, expression: Expression, words: ReportWords): Markup {
  const { apex, kind, regions, verdict, classes } = expression;
  const most = Math.max(...Object.values(regions));
  const moved = Object.entries(regions).flatMap(([name, share]) =>
    share > most / 2 ? [name] : [],
  );
  const share = verdict === undefined ? undefined : own(classes ?? {}, verdict);
  const duration = seconds(expression.duration, clip.rate);
  const [before, after] = words.findings.told({
    ...{ kind, duration, verdict, regions: moved },
    share: share === undefined ? undefined : percent(share),
  });
  return html`${before}<b>${seconds(apex.time, clip.rate)}</b>${after}`;
}

/** How well the face could be followed. */
export function facePart({ clip, face }: Report, { face: say }: ReportWords): Markup {
  const { gaps } = face;
  return html`<section>
    <h2>${say.title}</h2>
    <p>
      ${say.followed(face.frames, clip.frames, percent(face.frames / clip.frames))}
      ${face.faces > 1 ? say.faces(face.faces) : undefined}
    </p>
    ${
      gaps.length > 0
        ? html`<p>${say.gaps}</p>
            <ul>
              ${gaps.map(({ start, end }) => {
                const [from, to] = [start, end].map(({ time }) => seconds(time, clip.rate));
                return html`<li>${say.gap(from!, to!, [start.frame, end.frame])}</li>`;
              })}
            </ul>`
        : undefined
    }
  </section>`;
}

/** What the probabilities are worth. */
export function recognizerPart({ recognizer, caveats }: Report, words: ReportWords): Markup {
  const say = words.trust;
  return html`<section>
    <h2>${say.title}</h2>
    ${recognizer ? modelPart(recognizer, words) : html`<p>${say.none}</p>`}
    <ul>
      ${caveats.map((caveat) => html`<li>${caveat}</li>`)}
    </ul>
  </section>`;
}

function modelPart(card: NonNullable<Report['recognizer']>, words: ReportWords): Markup {
  const say = words.trust;
  const [before, unsure, after] = say.unsure(percent(card.unsureBelow));
  return html`<p>
      ${say.model} ${card.unsureBelow > 0 ? html`${before}<em>${unsure}</em>${after}` : undefined}
    </p>
    <dl>
      <dt>${say.score}</dt>
      <dd><strong>${say.scoreOf(card.score)}</strong></dd>
      <dt>${say.network}</dt>
      <dd>${say.networkOf(card.network, card.config)}</dd>
      ${
        card.file === undefined
          ? undefined
          : html`<dt>${say.file}</dt>
              <dd>${card.file}</dd>`
      }
      <dt>${say.classes}</dt>
      <dd>${words.list(card.classes.map(words.name))}</dd>
      <dt>${say.weights}</dt>
      <dd><code>${card.weights}</code></dd>
    </dl>`;
}

/** What made the report, so that it can be made again. */
export function madePart({ schema, made }: Report, { made: say }: ReportWords): Markup {
  return html`<section>
    <h2>${say.title}</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${say.columns.map((title) => html`<th scope="col">${title}</th>`)}
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
    <p>${say.format} <code>${schema}</code></p>
  </section>`;
}

/** Settings as names and texts; those of a setting that is a table itself get names like `flow.scales`. */
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
