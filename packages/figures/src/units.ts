/**
 * @file The action units of one expression: a drawn face with what moved, and the units by name. Also
 * `@telltale/figures/units`, which draws without a library.
 */
import type { Expression } from '@telltale/core';
import type { UnitAnswer } from '@telltale/core/report';
import { namedUnits } from '@telltale/core/units';

import { ground, ink, kinds, quiet } from './colors.ts';
import type { FigureOptions } from './options.ts';
import { english } from './text.ts';
import type { ReportWords } from './report-words.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import { percent } from './words.ts';

export { english };
export type { Markup, ReportWords };

/** Where a unit pulls, and by how much: for the image-right side of a face 200 wide and 240 high, whose middle is x = 100. */
const PULLS: Readonly<
  Record<number, readonly (readonly [x: number, y: number, dx: number, dy: number])[]>
> = {
  1: [[118, 84, 0, -18]],
  2: [[150, 86, 4, -18]],
  4: [[122, 68, -10, 16]],
  5: [[134, 102, 0, -14]],
  6: [[156, 142, 0, -16]],
  7: [[134, 120, -6, -10]],
  9: [[110, 138, 2, -18]],
  10: [[114, 172, 3, -16]],
  12: [[134, 184, 16, -16]],
  14: [[132, 186, 18, 0]],
  15: [[132, 190, 4, 18]],
  17: [[108, 224, 0, -16]],
  // Learned from synthetic movements alone.
  16: [[128, 204, 3, 18]],
  18: [[156, 188, -20, 0]],
  26: [[106, 208, 0, 18]],
  38: [[113, 152, 18, 0]],
};

/** The drawn face: outline, brows, eyes, nose, mouth. */
const FACE = [
  'M100 18C150 18 172 60 172 112C172 176 134 232 100 232C66 232 28 176 28 112C28 60 50 18 100 18Z',
  'M46 82Q66 70 86 80M114 80Q134 70 154 82',
  'M50 108Q66 96 82 108Q66 116 50 108ZM118 108Q134 96 150 108Q134 116 118 108Z',
  'M96 104Q92 140 88 152Q100 162 112 152',
  'M72 188Q100 180 128 188Q100 202 72 188Z',
];

/**
 * Draws the named units of an expression: arrows on the side of the face that shows them, dashed where unsure, dotted where
 * learned from synthetic movements alone; `undefined` where no unit is named.
 */
export function unitsFace(
  { units = [], kind }: Pick<Expression, 'units' | 'kind'>,
  { words = english }: Pick<FigureOptions, 'words'>,
): Markup | undefined {
  const named = namedUnits(units);
  if (named.length === 0) return undefined;
  const color = kinds[kind];
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox="0 0 200 240"
    role="img"
    aria-label="${words.units.label(words.list(named.map((one) => unitPhrase(one, words))))}"
  >
    ${FACE.map((path) => html`<path d="${path}" fill="none" stroke="${quiet}" stroke-width="1.5" />`)}
    ${named.map((one) => arrowsOf(one, color))}
  </svg>`;
}

/** The named units of an expression as a list, clearest first; a sentence where none is named. */
export function unitsList({ units = [] }: Pick<Expression, 'units'>, words: ReportWords): Markup {
  const named = namedUnits(units);
  if (named.length === 0) return html`<p>${words.units.none}</p>`;
  return html`<ul class="units">
    ${named.map(
      (one) =>
        html`<li class="${one.verdict}">
          ${unitPhrase(one, words)}
          ${one.learnedFrom === undefined ? html` <b>${percent(one.probability)}</b>` : ''}
        </li>`,
    )}
  </ul>`;
}

/** `AU12 lip corner puller, left, unsure`; `AU26 jaw drop, side not measurable, unsure, synthetic only`. */
export function unitPhrase(
  { unit, side, verdict, sideMeasured, learnedFrom }: UnitAnswer,
  { units: text }: ReportWords,
): string {
  return [
    `AU${unit} ${text.name(unit)}`.trim(),
    ...(side === 'both' ? [] : [text.side(side)]),
    ...(sideMeasured === false ? [text.sideNotMeasurable] : []),
    ...(verdict === 'unsure' ? [text.unsure] : []),
    ...(learnedFrom === 'synthetic' ? [text.syntheticOnly] : []),
  ].join(text.comma);
}

/** Whether a unit is named that was learned from synthetic movements alone. */
export function hasSyntheticUnits({ units = [] }: Pick<Expression, 'units'>): boolean {
  return namedUnits(units).some(({ learnedFrom }) => learnedFrom === 'synthetic');
}

/** A verdict with the units that are sure, clearest first: `negative: AU4, AU7 left`; the verdict alone where none is. */
export function verdictPhrase(
  verdict: string,
  { units = [] }: Pick<Expression, 'units'>,
  { units: text }: ReportWords,
): string {
  const sure = namedUnits(units)
    .filter((one) => one.verdict === 'sure' && one.learnedFrom === undefined)
    .map(({ unit, side }) => `AU${unit}${side === 'both' ? '' : ` ${text.side(side)}`}`);
  return sure.length === 0 ? verdict : text.verdict(verdict, sure.join(text.comma));
}

function arrowsOf({ unit, side, verdict, learnedFrom }: UnitAnswer, color: string): Markup[] {
  // The subject's left is the right of the image.
  const signs = side === 'both' ? [1, -1] : side === 'left' ? [1] : [-1];
  return (Object.hasOwn(PULLS, unit) ? PULLS[unit]! : []).flatMap(([x, y, dx, dy]) =>
    signs.map((sign) =>
      arrow(100 + sign * (x - 100), y, [sign * dx, dy], {
        ...{ color, unit },
        // Dots where no real face taught the unit, dashes where it is unsure.
        dash: learnedFrom === 'synthetic' ? '2 2' : verdict === 'unsure' ? '3 3' : 'none',
      }),
    ),
  );
}

function arrow(
  x: number,
  y: number,
  [dx, dy]: readonly [number, number],
  { color, dash, unit }: { readonly color: string; readonly dash: string; readonly unit: number },
): Markup {
  const [tx, ty] = [x + dx, y + dy];
  const length = Math.hypot(dx, dy);
  const [ux, uy] = [dx / length, dy / length];
  const head = [
    [tx - 6 * ux - 4 * uy, ty - 6 * uy + 4 * ux],
    [tx - 6 * ux + 4 * uy, ty - 6 * uy - 4 * ux],
  ].map((point) => point.map((value) => value.toFixed(1)).join(' '));
  const beside = x >= 100 ? 'start' : 'end';
  return html`<g>
    <path
      d="M${x} ${y}L${tx} ${ty}M${head[0]}L${tx} ${ty}L${head[1]}"
      fill="none"
      stroke="${color}"
      stroke-width="2.5"
      stroke-dasharray="${dash}"
    />
    <text
      x="${x + (x >= 100 ? 5 : -5)}"
      y="${y + (dy > 0 ? -3 : 8)}"
      text-anchor="${beside}"
      font-size="10"
      fill="${ink}"
      stroke="${ground}"
      stroke-width="3"
      paint-order="stroke"
    >
      ${unit}
    </text>
  </g>`;
}
