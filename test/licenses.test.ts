/** @file What a default installation contains: the list is up to date, and GPL code would be noticed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../scripts/licenses.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'telltale-licenses-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Entry {
  readonly name: string;
  readonly users: ReadonlySet<string>;
}
const { packagesOf, problemsOf, binaryProblems } = (await import(script)) as {
  readonly packagesOf: (lock: object) => {
    readonly list: readonly Entry[];
    readonly missing: string[];
  };
  readonly problemsOf: (list: readonly Entry[]) => string[];
  readonly binaryProblems: (folder: string, name: string) => string[];
};

it('lists what is installed, and nothing of it is under the GPL', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

it('finds a GPL package behind another, and leaves out what is not installed by default', () => {
  const lock = {
    packages: {
      'packages/cli': {
        dependencies: { a: '1' },
        devDependencies: { tool: '1' },
        peerDependencies: { choice: '1' },
        peerDependenciesMeta: { choice: { optional: true } },
      },
      'node_modules/a': { version: '1', license: 'MIT', optionalDependencies: { b: '1', c: '1' } },
      'node_modules/a/node_modules/b': { version: '2', license: 'GPL-3.0-only' },
      'node_modules/b': { version: '1', license: 'LGPL-3.0-or-later' },
      'node_modules/c': { version: '1', license: '(MIT OR GPL-2.0)', dependencies: { b: '1', gone: '1' } }, // prettier-ignore
      'node_modules/tool': { version: '1', license: 'GPL-2.0' },
      'node_modules/choice': { version: '1', license: 'GPL-2.0' },
    },
  };
  const { list, missing } = packagesOf(lock);
  expect(list.map(({ name }) => name)).toEqual(['a', 'b', 'b', 'c']);
  expect(missing).toEqual(['gone']);
  expect(problemsOf(list)).toEqual(['b 2 is under GPL-3.0-only']);
});

it('reads how a binary was built, whatever its package states', () => {
  mkdirSync(join(folder, 'bin'));
  writeFileSync(
    join(folder, 'bin/codec.node'),
    '\0\u0001--prefix=/x --enable-gpl --enable-version3\0',
  );
  writeFileSync(join(folder, 'README.md'), '--enable-gpl');
  expect(binaryProblems(folder, 'codec')).toEqual([
    `codec: ${join('bin', 'codec.node')} was built with --enable-gpl`,
  ]);
});
