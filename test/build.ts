/** @file Builds the packages once before tests that start the built program, and cleans up behind those of the page. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { builtFolder } from './app-build.ts';

/** Called by vitest before the first test of the project; what it returns, after the last. */
export default function build(): () => void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], {
    cwd: root,
    stdio: 'inherit',
  });
  return () => rmSync(builtFolder(process.pid), { recursive: true, force: true });
}
