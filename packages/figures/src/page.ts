/**
 * @file What all pages have in common: one HTML document that loads nothing from elsewhere and runs no script, with its
 * data embedded as JSON.
 */
import { embeddedJson, html, Markup } from './markup.ts';
import type { Piece } from './markup.ts';
import { pageStyle } from './page-style.ts';

/** In place of the data. */
const DATA = '{}';

/** The parts of a page. */
export interface PageParts {
  /** Language tag, as in HTML. @defaultValue en */
  readonly language?: string;
  /** Title of the document, as a browser's tab shows it. */
  readonly title: string;
  /** What kind of page it is, beside the name telltale. */
  readonly kind: string;
  readonly heading: string;
  /** The line below the heading. */
  readonly facts: string;
  /** Styles besides those of all pages. */
  readonly style?: Markup;
  readonly main: Piece;
  readonly footer: Markup;
  /** The data, and the id of the element that they are embedded in. */
  readonly data: { readonly id: string; readonly value: unknown };
}

/**
 * Writes a page.
 *
 * @returns a whole HTML document
 */
export function writePage(parts: PageParts): string {
  return [...pagePieces(parts)].join('');
}

/**
 * Writes a page piece by piece: of a long clip the data are most of it.
 *
 * @returns once, what makes a whole HTML document one after another
 */
export function pagePieces(parts: PageParts): Iterable<string> {
  const { language = 'en', title, kind, heading, facts, style, main, footer, data } = parts;
  const page = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <meta name="generator" content="telltale" />
        <title>${title}</title>
        ${pageStyle} ${style}
      </head>
      <body>
        <header>
          <p class="brand">telltale <span>${kind}</span></p>
          <h1>${heading}</h1>
          <p class="facts">${facts}</p>
        </header>
        <main>${main}</main>
        <footer>
          <p>${footer}</p>
        </footer>
        <script type="application/json" id="${data.id}">
          ${new Markup(DATA)}
        </script>
      </body>
    </html> `.text.replaceAll(/^ +/gm, '');
  const at = page.lastIndexOf(DATA);
  return withData([page.slice(0, at), page.slice(at + DATA.length)], data.value);
}

function* withData([before, after]: readonly [string, string], data: unknown): Generator<string> {
  yield before;
  yield* embeddedJson(data);
  yield after;
}
