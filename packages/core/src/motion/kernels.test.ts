/** @file The embedded WebAssembly is what its source compiles to, and loads anywhere. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kernelsModule } from '../../../../scripts/build-kernels.mjs';
import { decodeBase64 } from './kernels.ts';

describe('kernels.wasm.ts', () => {
  it('is up to date: compiling the AssemblyScript again gives the same bytes', () => {
    const committed = readFileSync(new URL('./kernels.wasm.ts', import.meta.url), 'utf8');
    expect(kernelsModule()).toBe(committed);
  });

  it.each(['', 'a', 'ab', 'abc', 'abcd', '\u0000\u00ff\u00fe?>~'])(
    'decodes base64 of %j',
    (text) => {
      const bytes = Buffer.from(text, 'latin1');
      expect([...decodeBase64(bytes.toString('base64'))]).toEqual([...bytes]);
    },
  );
});
