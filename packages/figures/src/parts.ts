/** @file The parts of the page in words: what was found, the face, how far to trust the recognizer, what made it. */
import type { Expression, Report } from '@telltale/core';

import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import {
  counted,
  kindNames,
  listed,
  percent,
  regionWords,
  seconds,
  sentence,
  wordsOf,
} from './words.ts';

/**
 * What was found, in plain words.
 *
 * @param inFull - the expressions that are told of one by one
 */
export function findings(report: Report, inFull: ReadonlySet<number>): Markup {
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
    <h2>What was found</h2>
    <p class="lead">${lead(report)}</p>
    ${
      told.length > 0
        ? html`<ul>
            ${told.map((one) => html`<li>${tell(report, one)}</li>`)}
            ${others > 0 ? html`<li>${sentence(counted(others, 'other'))} that ${others === 1 ? 'stands' : 'stand'} out less: see the table.</li>` : undefined}
          </ul>`
        : undefined
    }
    ${blinks > 0 ? html`<p>${sentence(counted(blinks, 'blink'))} ${blinks === 1 ? 'was' : 'were'} recognized and set aside.</p>` : undefined}
    ${
      face.frames > 0 && face.frames < clip.frames
        ? html`<p>
            In ${counted(clip.frames - face.frames, 'frame')} of ${clip.frames} no face was seen;
            nothing is said about that time.
          </p>`
        : undefined
    }
    <p class="doubt">
      <strong>This is not a lie detector.</strong> A brief movement of the face says nothing about
      truthfulness or intent, and a class is a model's guess, not a fact.
    </p>
  </section>`;
}

function lead({ expressions, face }: Report): string {
  if (face.frames === 0) return 'No face was found in this clip, so nothing was analyzed.';
  const count = (kind: Expression['kind']): number =>
    expressions.filter((expression) => expression.kind === kind).length;
  const [micro, macro] = [count('micro'), count('macro')];
  const was = micro + macro === 1 || (micro === 1 && macro === 0) ? 'was' : 'were';
  if (macro === 0) return `${sentence(counted(micro, kindNames.micro))} ${was} found.`;
  const both = listed([counted(micro, kindNames.micro), counted(macro, kindNames.macro)]);
  return `${sentence(both)} ${was} found.`;
}

function tell({ clip }: Report, expression: Expression): Markup {
  const { apex, duration, kind, regions, verdict, classes } = expression;
  const most = Math.max(...Object.values(regions));
  const moved = Object.keys(regions).filter((name) => regions[name]! > most / 2);
  const where =
    moved.length === 0
      ? ''
      : `, most of all in ${moved.length > 6 ? 'the whole face' : regionWords(moved)}`;
  const share = verdict === undefined ? undefined : classes?.[verdict];
  const what =
    verdict === undefined
      ? ''
      : share === undefined
        ? ' The recognizer is unsure what it is.'
        : ` The recognizer takes it for ${wordsOf(verdict)} (${percent(share)}).`;
  return html`At <b>${seconds(apex.time, clip.rate)}</b> a ${kindNames[kind]} of
    ${seconds(duration, clip.rate)}${where}.${what}`;
}

/** How well the face could be followed. */
export function facePart({ clip, face }: Report): Markup {
  const { gaps } = face;
  return html`<section>
    <h2>The face</h2>
    <p>
      Followed in ${face.frames} of ${counted(clip.frames, 'frame')}
      (${percent(face.frames / clip.frames)}).
      ${
        face.faces > 1
          ? `Up to ${face.faces} faces were seen at once; the largest was analyzed.`
          : undefined
      }
    </p>
    ${
      gaps.length > 0
        ? html`<p>No face was seen</p>
            <ul>
              ${gaps.map(
                ({ start, end }) =>
                  html`<li>
                    from ${seconds(start.time, clip.rate)} to ${seconds(end.time, clip.rate)}
                    (frames ${start.frame} to ${end.frame})
                  </li>`,
              )}
            </ul>`
        : undefined
    }
  </section>`;
}

/** What the probabilities are worth. */
export function recognizerPart({ recognizer, caveats }: Report): Markup {
  return html`<section>
    <h2>How far to trust it</h2>
    ${
      recognizer
        ? html`<p>
              The class probabilities come from a model.
              ${
                recognizer.unsureBelow > 0
                  ? html`Where no class reaches ${percent(recognizer.unsureBelow)} the verdict is
                      <em>unsure</em>.`
                  : undefined
              }
            </p>
            <dl>
              <dt>Score on people it had never seen</dt>
              <dd><strong>${recognizer.score}</strong></dd>
              <dt>Network</dt>
              <dd>${recognizer.network}, configuration ${recognizer.config}</dd>
              ${
                recognizer.file === undefined
                  ? undefined
                  : html`<dt>Brought as</dt>
                      <dd>${recognizer.file}</dd>`
              }
              <dt>Classes</dt>
              <dd>${listed(recognizer.classes.map(wordsOf))}</dd>
              <dt>Weights (SHA-256)</dt>
              <dd><code>${recognizer.weights}</code></dd>
            </dl>`
        : html`<p>
            No recognizer was used: this report says when something moved, not what it was.
          </p>`
    }
    <ul>
      ${caveats.map((caveat) => html`<li>${caveat}</li>`)}
    </ul>
  </section>`;
}

/** What made the report, so that it can be made again. */
export function madePart({ schema, made }: Report): Markup {
  return html`<section>
    <h2>What made it</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">stage</th>
            <th scope="col">version</th>
            <th scope="col">settings</th>
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
    <p>Format of the data: <code>${schema}</code>.</p>
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
