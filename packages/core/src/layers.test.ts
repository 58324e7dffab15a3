/** @file The layers as the lint allows them, as the code uses them and as ARCHITECTURE.md shows them are the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { expect, test } from 'vitest';

const root = import.meta.dirname;
const repository = join(root, '../../..');
const { sees } = (await import(join(repository, '.dependency-cruiser.mjs'))) as {
  readonly sees: Readonly<Record<string, readonly string[]>>;
};

/** Every import from one folder to a file of another, `[folder, path]`. */
function imports(): (readonly [from: string, to: string])[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.ts$/.test(file) && !/\.(test|cases)\.ts$/.test(file) && file.includes(sep),
  );
  return files.flatMap((file) => {
    const from = file.split(sep)[0]!;
    const code = readFileSync(join(root, file), 'utf8');
    return [...code.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
      .map(([, to]) => relative(root, resolve(root, dirname(file), to!)).replaceAll(sep, '/'))
      .filter((to) => to.split('/')[0] !== from)
      .map((to) => [from, to] as const);
  });
}

test('every folder has a row, and every edge that is allowed is used', () => {
  const found = imports();
  const folders = new Set(found.map(([from]) => from));
  expect([...folders].filter((folder) => !(folder in sees))).toEqual([]);
  const idle = Object.entries(sees).flatMap(([folder, seen]) =>
    seen
      .filter(
        (one) => !found.some(([from, to]) => from === folder && `${to}/`.startsWith(`${one}/`)),
      )
      .map((one) => `${folder} → ${one}`),
  );
  expect(idle).toEqual([]);
});

test('ARCHITECTURE.md shows the same edges', () => {
  const text = readFileSync(join(repository, 'ARCHITECTURE.md'), 'utf8');
  // The rows that list folders and nothing else; a remark may follow in brackets.
  const rows = [
    ...text.matchAll(/^\| `(\w+)\/` +\| ((?:—|`[\w/.-]+`(?:, `[\w/.-]+`)*)(?: \([^)]*\))?) *\|$/gm),
  ];
  const shown = rows.map(([, folder, cells]) => [
    folder,
    [...cells!.matchAll(/`([\w/.-]+)`/g)].map(([, one]) => one),
  ]);
  const allowed = Object.entries(sees)
    .filter(([folder]) => folder !== 'base')
    .map(([folder, seen]) => [folder, seen.filter((one) => one !== 'base')]);
  expect(shown).toEqual(allowed);
});
