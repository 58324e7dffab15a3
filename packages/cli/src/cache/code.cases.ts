/** @file What {@link codeDigest} is tested for, in the sources and in what is built from them. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { codeDigest, Computed } from './code.ts';

const packages = join(import.meta.dirname, '../../..');
const kinds = ['clip', 'video', 'fold'] as const satisfies readonly Computed[];

/**
 * Edits copies of modules, and looks which kinds of results this makes stale.
 *
 * @param digest - as it runs in the form that is tested
 * @param form - folder of the modules of a package, and their extension
 */
export function testCodeDigest(
  digest: typeof codeDigest,
  { folder, extension }: { readonly folder: 'src' | 'dist'; readonly extension: '.ts' | '.js' },
): void {
  let copy: string;

  beforeAll(() => void (copy = mkdtempSync(join(tmpdir(), 'telltale-code-'))));
  afterAll(() => rmSync(copy, { recursive: true }));
  beforeEach(() => {
    for (const name of ['core', 'engine', 'node']) {
      cpSync(join(packages, name, folder), join(copy, name), { recursive: true, force: true });
    }
  });

  const rootOf = (name: string): string => join(copy, name.slice('@telltale/'.length));
  const digests = (): string[] => kinds.map((kind) => digest(kind, rootOf));

  /** Changes a module of the copy; returns the kinds of results that this makes stale. */
  function staleAfter(path: string, edit: (text: string) => string): Computed[] {
    const before = digests();
    const file = join(copy, path + extension);
    const text = readFileSync(file, 'utf8');
    expect(edit(text)).not.toBe(text);
    writeFileSync(file, edit(text));
    const after = digests();
    return kinds.filter((_, i) => before[i] !== after[i]);
  }
  const add = (text: string): string => `${text}\nexport const RULE = 1;\n`;

  describe('results are stale', () => {
    test('when a rule of a step on which they depend is edited', () => {
      expect(staleAfter('core/spot/delimit', add)).toEqual(['video']);
      expect(staleAfter('core/face/smooth', add)).toContain('video');
      expect(staleAfter('core/motion/kernels.wasm', add)).toEqual(['clip', 'video']);
      expect(staleAfter('core/train/augment', add)).toEqual(['fold']);
      expect(staleAfter('core/nets/merba', add)).toEqual(['fold']);
      expect(staleAfter('engine/index', add)).toContain('fold');
      expect(staleAfter('node/images/images', add)).toEqual(['clip', 'video']);
    });

    test('when code behind a comment is edited', () => {
      const comment = (text: string): string => `${text}\n/* a\n b */ export const RULE = 1;\n`;
      expect(staleAfter('core/spot/delimit', comment)).toEqual(['video']);
      const more = (text: string): string => text.replace('RULE = 1', 'RULE = 2');
      expect(staleAfter('core/spot/delimit', more)).toEqual(['video']);
    });
  });

  describe('results stay', () => {
    test('in a new release', () => {
      const release = (text: string): string => text.replace(/(['"])\d/, '$19');
      expect(staleAfter('core/base/version', release)).toEqual([]);
    });

    test('when a comment, an error class or a module on which nothing depends is edited', () => {
      const comment = (text: string): string =>
        `// One.\n/** Two.\n * three\n */\n${text.replaceAll('\n', '\n\n')}`;
      expect(staleAfter('core/spot/delimit', comment)).toEqual([]);
      expect(staleAfter('core/base/errors', add)).toEqual([]);
      expect(staleAfter('core/report/csv', add)).toEqual([]);
      expect(staleAfter('core/evaluate/tables/latex', add)).toEqual([]);
    });
  });

  test('the code that is running has a digest for each kind, and they differ', () => {
    expect(new Set(kinds.map((kind) => digest(kind))).size).toBe(kinds.length);
  });
}
