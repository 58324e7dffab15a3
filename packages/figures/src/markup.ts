/** @file HTML templates that escape every text and keep markup. */
import { jsonPieces } from '@telltale/core/report';

/** HTML that is safe to insert as it stands. */
export class Markup {
  /** The HTML. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The same as `text`. */
  toString(): string {
    return this.text;
  }
}

/** A value in a `${…}` of `html`: text is escaped, markup is not, `undefined` is empty. */
export type Piece = string | number | Markup | undefined | readonly Piece[];

/** Template tag for HTML: html`<p>${name}</p>`. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const parts = strings.map((string, i) => string + (i < pieces.length ? render(pieces[i]) : ''));
  return new Markup(parts.join(''));
}

/** A figure as markup. */
export function figureMarkup(figure: Element): Markup {
  return new Markup(figure.outerHTML);
}

/**
 * Data as the content of `<script type="application/json">`, piece by piece. Within JSON text
 * `<` occurs only inside strings, where its escape means the same.
 */
export function* embeddedJson(data: unknown): Generator<string> {
  for (const piece of jsonPieces(data)) yield piece.replaceAll('<', '\\u003c');
}

function render(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(render).join('');
  return escape(String(piece));
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
