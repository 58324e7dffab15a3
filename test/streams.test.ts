/** @file Output that cannot be written, readers that leave, and limits of the system. Starts the built program. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeFlowFolder } from './telltale.ts';

const program = fileURLToPath(new URL('../packages/cli/bin/telltale.js', import.meta.url));
const room = mkdtempSync(join(tmpdir(), 'telltale-streams-'));
afterAll(() => rmSync(room, { recursive: true }));
beforeAll(async () => {
  await makeFlowFolder(join(room, 'data'), 6);
  for (let i = 0; i < 16; i++) {
    writeFileSync(join(room, `coder${i}.csv`), `onset,offset,label\n1,${2 + i},micro\n`);
  }
});

/** Prints more than a pipe holds. */
const LONG = 'agree coder*.csv --json --bootstrap 0';

/** Runs a line of the shell in which `$T` is the program. */
function shell(line: string): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NO_COLOR: '1', T: `${process.execPath} ${program}` };
  const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', line], {
    cwd: room,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const FULL = '/dev/full';

describe.skipIf(!existsSync(FULL))(`a full disk (skipped where there is no ${FULL})`, () => {
  it.each(['--version', 'analyze --help', 'predict --data data --out made.json', LONG])(
    'under the result of %s is one clear error',
    (words) => {
      // `predict` writes its file and prints where it is.
      const { status, stderr } = shell(`$T ${words} >${FULL}`);
      expect(stderr).toContain('error OUTPUT_UNWRITABLE: standard output cannot be written');
      expect(stderr).not.toContain('    at ');
      expect(status).toBe(2);
    },
  );

  it('under the log does not end the work', () => {
    const { status, stdout } = shell(`$T predict --data data --out log.json 2>${FULL}`);
    expect(stdout).toContain('UF1');
    expect(existsSync(join(room, 'log.json'))).toBe(true);
    expect(status).toBe(0);
  });
});

it('a log that is closed does not end the work', () => {
  const { status, stdout } = shell('$T predict --data data --out closed.json 2>&-');
  expect(stdout).toContain('UF1');
  expect(existsSync(join(room, 'closed.json'))).toBe(true);
  expect(status).toBe(0);
});

it.each(['analyze --help', LONG])('a reader that leaves ends %s quietly', (words) => {
  const { status, stderr } = shell(
    `$T ${words} | head -n 1 >first.txt; echo "\${PIPESTATUS[0]}" >&2`,
  );
  expect(stderr).toBe('0\n');
  expect(status).toBe(0);
});

it('a log whose reader left does not end the work', async () => {
  const child = spawn(
    process.execPath,
    [program, 'predict', '--data', 'data', '--out', 'left.json'],
    {
      cwd: room,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  child.stderr.destroy();
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(status).toBe(0);
  expect(existsSync(join(room, 'left.json'))).toBe(true);
});

it.each([24, 32, 64, 128])('a limit of %d open files is named, or is enough', (files) => {
  const { status, stderr } = shell(`ulimit -n ${files} && $T predict --data data --out few.json`);
  if (status === 0) return;
  expect(stderr).toContain('error SYSTEM_LIMIT: the limit on open files was reached');
  expect(stderr).toContain('ulimit -n 4096');
  expect(stderr).not.toContain('    at ');
  expect(status).toBe(2);
});
