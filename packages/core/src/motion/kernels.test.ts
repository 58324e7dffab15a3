/** @file The embedded WebAssembly is what its source compiles to, and loads anywhere. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from './kernels.ts';

describe('kernels.wasm.ts', () => {
  it('is up to date: compiling the AssemblyScript again gives the same bytes', () => {
    const script = fileURLToPath(new URL('../../../../scripts/build-kernels.mjs', import.meta.url));
    expect(() => execFileSync(process.execPath, [script, '--check'])).not.toThrow();
  });

  it.each(['', 'a', 'ab', 'abc', 'abcd', '\u0000\u00ff\u00fe?>~'])(
    'decodes base64 of %j',
    (text) => {
      const bytes = Buffer.from(text, 'latin1');
      expect([...decodeBase64(bytes.toString('base64'))]).toEqual([...bytes]);
    },
  );
});
