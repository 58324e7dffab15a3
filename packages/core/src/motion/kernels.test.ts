/** @file The embedded WebAssembly is what its source compiles to. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

describe('kernels.wasm.ts', () => {
  it('is up to date: compiling the AssemblyScript again gives the same bytes', () => {
    const script = fileURLToPath(new URL('../../../../scripts/build-kernels.mjs', import.meta.url));
    expect(() => execFileSync(process.execPath, [script, '--check', 'tvl1'])).not.toThrow();
  });
});
