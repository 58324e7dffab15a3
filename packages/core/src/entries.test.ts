/** @file The README lists the entries of the package, each of them, in the order of `package.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');

test('every entry of package.json has its row in the README', () => {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| `(@telltale\/core[^`]*)`/gm)].map(([, entry]) => entry);
  const entries = Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => `@telltale/core${entry.slice(1)}`);
  expect(rows).toEqual(entries);
});
