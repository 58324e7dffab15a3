/** @file The embedded WebAssembly is what its source compiles to. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 }); // a busy machine is not a failure

it('is up to date: compiling the AssemblyScript again gives the same bytes', () => {
  const script = fileURLToPath(new URL('../../../../scripts/build-kernels.mjs', import.meta.url));
  expect(() => execFileSync(process.execPath, [script, '--check', 'magnify'])).not.toThrow();
});
