/** @file Which changes of the code make kept results stale. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { codeDigest } from './code.ts';
import type { Computed } from './code.ts';

const packages = join(import.meta.dirname, '../../..');
const kinds = ['clip', 'video', 'fold'] as const satisfies readonly Computed[];
let copy: string;

beforeAll(() => void (copy = mkdtempSync(join(tmpdir(), 'telltale-code-'))));
afterAll(() => rmSync(copy, { recursive: true }));
beforeEach(() => {
  for (const name of ['core', 'engine', 'node']) {
    cpSync(join(packages, name, 'src'), join(copy, name), { recursive: true, force: true });
  }
});

const rootOf = (name: string): string => join(copy, name.slice('@telltale/'.length));
const digests = (): string[] => kinds.map((kind) => codeDigest(kind, rootOf));

/** Changes a module of the copy; returns the kinds of results that this makes stale. */
function staleAfter(path: string, edit: (text: string) => string): Computed[] {
  const before = digests();
  const file = join(copy, path);
  const text = readFileSync(file, 'utf8');
  expect(edit(text)).not.toBe(text);
  writeFileSync(file, edit(text));
  const after = digests();
  return kinds.filter((_, i) => before[i] !== after[i]);
}

describe('results are stale', () => {
  test('when a rule of a step on which they depend is edited', () => {
    const add = (text: string): string => `${text}\nexport const RULE = 1;\n`;
    expect(staleAfter('core/spot/delimit.ts', add)).toEqual(['video']);
    expect(staleAfter('core/face/smooth.ts', add)).toContain('video');
    expect(staleAfter('core/motion/kernels.wasm.ts', add)).toEqual(['clip', 'video']);
    expect(staleAfter('core/train/augment.ts', add)).toEqual(['fold']);
    expect(staleAfter('core/nets/merba.ts', add)).toEqual(['fold']);
    expect(staleAfter('engine/index.ts', add)).toContain('fold');
    expect(staleAfter('node/images/images.ts', add)).toEqual(['clip', 'video']);
  });

  test('when code behind a comment is edited', () => {
    const add = (text: string): string => `${text}\n/* a\n b */ export const RULE = 1;\n`;
    expect(staleAfter('core/spot/delimit.ts', add)).toEqual(['video']);
    const more = (text: string): string => text.replace('RULE = 1', 'RULE = 2');
    expect(staleAfter('core/spot/delimit.ts', more)).toEqual(['video']);
  });
});

describe('results stay', () => {
  test('in a new release', () => {
    expect(staleAfter('core/base/version.ts', (text) => text.replace(/'\d/, "'9"))).toEqual([]);
  });

  test('when a comment, an error class or a step on which nothing depends is edited', () => {
    const comment = (text: string): string =>
      `// One.\n/** Two.\n * three\n */\n${text.replaceAll('\n', '\n\n')}`;
    expect(staleAfter('core/spot/delimit.ts', comment)).toEqual([]);
    const add = (text: string): string => `${text}\nexport const RULE = 1;\n`;
    expect(staleAfter('core/base/errors.ts', add)).toEqual([]);
    expect(staleAfter('core/report/csv.ts', add)).toEqual([]);
  });
});

test('the code that is running has a digest for each kind, and they differ', () => {
  const all = kinds.map((kind) => codeDigest(kind));
  expect(new Set(all).size).toBe(kinds.length);
});
