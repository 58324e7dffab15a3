/** @file Every character that has a meaning in LaTeX is escaped, once. */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { latex } from './latex.ts';

test('escapes every character with a meaning', () => {
  expect(latex('a_b & 5 % of $x^2 ~ {#1} \\ ± −1')).toBe(
    'a\\_b \\& 5 \\% of \\$x\\textasciicircum{}2 \\textasciitilde{} \\{\\#1\\} \\textbackslash{} $\\pm$ $-$1',
  );
  expect(latex('two\nlines')).toBe('two lines');
});

test('leaves no character bare, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('a', 'b', '&', '%', '$', '#', '_', '{', '}', '\\', '~', '^'),
      }),
      (text) => {
        const bare = latex(text)
          .replaceAll(/\\text(?:backslash|asciitilde|asciicircum)\{\}/g, '')
          .replaceAll(/\\[&%$#_{}]/g, '');
        expect(bare).toMatch(/^[ab]*$/);
      },
    ),
  );
});
