/** @file Output that cannot be written, readers that leave, and limits of the system. Starts the built program. */
import { spawn, spawnSync } from 'node:child_process';
import type { StdioOptions } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeFlowFolder, telltale } from './telltale.ts';

const program = fileURLToPath(new URL('../packages/cli/bin/telltale.js', import.meta.url));
const room = mkdtempSync(join(tmpdir(), 'telltale-streams-'));
afterAll(() => rmSync(room, { recursive: true }));
beforeAll(async () => {
  await makeFlowFolder(join(room, 'data'), 6);
  const made = await telltale('synth', '--out', join(room, 'still.mp4'), '--seconds', '1.2');
  expect(made.status, made.stderr).toBe(0);
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

/** Shells that are there. */
const SHELLS = ['bash', 'dash', 'sh', 'zsh', 'ksh', 'fish', 'busybox sh'].filter(
  (name) => spawnSync(`${name} -c true`, { shell: true }).status === 0,
);
const hasPython = spawnSync('python3', ['--version']).status === 0;
const CLOSED = 'error OUTPUT_UNWRITABLE: standard output cannot be written: it is closed';

describe.skipIf(process.platform !== 'linux')('a closed output (skipped outside Linux)', () => {
  /** Runs words of a shell: what is behind the program in a line decides whether the shell stays. */
  const within = (name: string, line: string, stdio: StdioOptions = 'pipe'): string => {
    const [word, ...rest] = name.split(' ');
    const env = { ...process.env, NO_COLOR: '1', T: `${process.execPath} ${program}` };
    const words = line.replaceAll('$T', `${process.execPath} ${program}`);
    return spawnSync(word!, [...rest, '-c', words], { cwd: room, env, stdio, encoding: 'utf8' }).stderr; // prettier-ignore
  };

  it.each(SHELLS)('is an error in %s', (name) => {
    expect(within(name, '$T --version >&-; true')).toContain(CLOSED);
    expect(within(name, '$T --version >/dev/null; true')).toBe('');
  });

  it('is an error of every command that prints, after its files are written', () => {
    const { status, stderr } = shell('$T predict --data data --out shut.json >&-; exit $?');
    expect(stderr).toContain(CLOSED);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(2);
    expect(existsSync(join(room, 'shut.json'))).toBe(true);
  });

  it.each([
    'analyze --help >&-',
    `${LONG} >&-`,
    '{ $T --version; } >&-',
    '(true; $T --version; true) >&-',
    'exec >&-; $T --version',
    'env $T --version >&-',
    'nice $T --version >&- </dev/null',
    '$T --version >&- 2>log.txt; cat log.txt >&2',
  ])('is an error: %s', (line) => {
    const { stderr } = shell(`${line.includes('$T') ? line : `$T ${line}`}; true`);
    expect(stderr).toContain(CLOSED);
  });

  it.each([
    '$T --version >/dev/null',
    '$T --version &>/dev/null',
    '$T --version >/dev/null </dev/null',
    '$T --version 1>&2',
    '$T --version >>/dev/null',
    '$T --version | cat',
    '$T --version > version.txt',
    'nohup $T --version',
    'nohup $T --version >/dev/null &  wait',
    'exec >/dev/null; $T --version',
    'exec $T --version >/dev/null',
    '{ $T --version; } >/dev/null',
    '(exec $T --version) >/dev/null',
    'echo $($T --version) >/dev/null',
    'npx --no-install -c "$T --version" >/dev/null',
    'setsid -w $T --version >/dev/null',
  ])('is none: %s', (line) => {
    const { status, stderr } = shell(`${line}; true`);
    expect(stderr).not.toContain('error');
    expect(status).toBe(0);
  });

  it.each<{ readonly stdio: StdioOptions }>([
    { stdio: 'ignore' },
    { stdio: ['pipe', 'ignore', 'pipe'] },
    { stdio: ['ignore', 'pipe', 'ignore'] },
  ])('is none where Node ignores it: $stdio', ({ stdio }) => {
    const run = (file: string, ...words: string[]): number | null =>
      spawnSync(file, words, { stdio }).status;
    expect(run(process.execPath, program, '--version')).toBe(0);
    const line = `${process.execPath} ${program} --version`;
    for (const name of ['bash', 'sh']) {
      expect(run(name, '-c', line), name).toBe(0);
      expect(run(name, '-c', `${line} || exit 3; true`), name).toBe(0);
      // Output that goes where errors go, and these are ignored.
      expect(run(name, '-c', `${line} 1>&2 || exit 3; true`), name).toBe(0);
    }
  });

  it.skipIf(!hasPython)('is none where Python ignores it (skipped without python3)', () => {
    const code = `import subprocess, sys
words, null = sys.argv[1:], subprocess.DEVNULL
line = ' '.join(words)
for given, shell in ((words, False), (line, True), (line + ' || exit 3; true', True), ('exec ' + line, True)):
    for others in ({}, {'stdin': null}, {'stdin': null, 'stderr': null}, {'start_new_session': True}):
        assert subprocess.run(given, shell=shell, stdout=null, **others).returncode == 0, (given, others)
`;
    const words = ['-c', code, process.execPath, program, '--version'];
    // Of Python itself, and of Python that a shell started.
    for (const before of ['', 'exit_status=0; ']) {
      const { status, stderr } = spawnSync('bash', ['-c', `${before}python3 "$@"; exit $?`, 'bash', ...words], { encoding: 'utf8' }); // prettier-ignore
      expect(status, stderr).toBe(0);
    }
  });

  it.skipIf(!hasPython)(
    'is none of a daemon that a shell started (skipped without python3)',
    () => {
      // All three are /dev/null, and its parent may be a shell.
      const code = `import os, sys
null = os.open(os.devnull, os.O_RDWR)
for stream in (0, 1, 2): os.dup2(null, stream)
os.execv(sys.argv[1], sys.argv[1:])`;
      const words = ['-c', code, process.execPath, program, '--version'];
      expect(spawnSync('bash', ['-c', 'python3 "$@"; exit $?', 'bash', ...words]).status).toBe(0);
    },
  );
});

it.each([
  ...[24, 32, 64, 128].map((files) => [files, 'predict --data data --out few.json'] as const),
  ...[36, 48, 64, 72].map((files) => [files, 'analyze still.mp4 --json'] as const),
  ...[36, 64].map((files) => [files, 'spot still.mp4'] as const),
])('a limit of %d open files is named, or is enough: %s', (files, words) => {
  const { status, stderr } = shell(`ulimit -n ${files} && $T ${words}`);
  if (status === 0) return;
  expect(stderr).toContain('error SYSTEM_LIMIT: the limit on open files was reached');
  expect(stderr).toContain('ulimit -n 4096');
  expect(stderr).not.toContain('    at ');
  expect(status).toBe(2);
});
