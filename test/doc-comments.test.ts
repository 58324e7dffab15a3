/** @file Everything that the built packages export has a doc comment, down to the members of exported interfaces. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

import { expect, it } from 'vitest';

it('no doc comment is missing', () => {
  const script = join(import.meta.dirname, '../scripts/check-docs.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status, stderr).toBe(0);
  expect(Number(/^(\d+) exports/.exec(stderr)?.[1])).toBeGreaterThan(600);
});
