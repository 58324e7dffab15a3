/** @file `telltale evaluate` as real processes: whole, killed, damaged, on a full disk. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import type { EvaluationResult } from '@telltale/core/evaluate';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { createRandom } from '../packages/core/src/base/random.ts';
import { listing, makeFlowFolder, start, telltale } from './telltale.ts';

const KILLS = 20;
let data: string;
let out: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'telltale-flow-'));
  await makeFlowFolder(data, 12, 4);
});
afterAll(() => rm(data, { recursive: true }));
beforeEach(async () => void (out = await mkdtemp(join(tmpdir(), 'telltale-evaluate-'))));
afterEach(() => rm(out, { recursive: true, force: true }));

/** The smallest evaluation: 4 folds, 2 epochs of a step each, 2 seeds. */
const words = (run: string, ...more: readonly string[]): string[] => [
  ...['evaluate', '--data', data, '--out', run, '--network', 'ststnet'],
  ...['--epochs', '2', '--seeds', '2', '--parallel', '2', ...more],
];

/** The same, planned and not run: options of running are refused there. */
const planWords = (run: string, ...more: readonly string[]): string[] => [
  ...words(run, ...more).filter((_, i, all) => ![all[i], all[i - 1]].includes('--parallel')),
  '--plan-only',
];

/** A result without the times, which differ from run to run. */
async function resultOf(run: string): Promise<EvaluationResult> {
  const text = await readFile(join(run, 'result.json'), 'utf8');
  return { ...(JSON.parse(text) as EvaluationResult), time: {} };
}

/** Processes that a process started. */
function childrenOf(pid: number): number[] {
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .map(Number)
      .filter((child) => child > 0);
  } catch {
    return [];
  }
}

/** The command line of a process; nothing where it is gone. */
function nameOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}

describe('a run', () => {
  test('leaves all its files, in agreement, and does nothing twice', async () => {
    const run = join(out, 'run');
    const ended = await telltale(...words(run, '--also-leaky', '--select', 'inner'));
    expect(ended.status, ended.stderr).toBe(0);
    expect(ended.stdout).toMatch(/^ +clips +UF1 +UAR\nall +12 /);
    const names = ['1-0', '1-1', '1-2', '1-3', '2-0', '2-1', '2-2', '2-3'];
    expect(listing(run)).toEqual([
      'folds',
      ...names.map((name) => `folds/ststnet-${name}.json`),
      'logs',
      'logs/ststnet-seed-1.megc.txt',
      'logs/ststnet-seed-2.megc.txt',
      'plan.json',
      'report.html',
      'result.json',
      'result.md',
      'result.tex',
    ]);
    const { methods, leaks, ...result } = await resultOf(run);
    const [method] = methods;
    expect(result).toMatchObject({ samples: 12, subjects: 4, seeds: [1, 2], select: 'inner' });
    expect(leaks).toEqual({ folds: 8, found: 0 });
    expect(method!.leaky!.scores.all.accuracy.mean).toBeGreaterThanOrEqual(
      method!.scores.all.accuracy.mean,
    );
    const log = await readFile(join(run, 'logs/ststnet-seed-1.megc.txt'), 'utf8');
    expect(log).toMatch(/^made s0\nclip0 0 [012]\n/);
    expect(await readFile(join(run, 'result.md'), 'utf8')).toContain('This is not a result');
    const { uf1 } = method!.scores.all;
    expect(await readFile(join(run, 'report.html'), 'utf8')).toContain(uf1.mean.toFixed(3));
    expect(await readFile(join(run, 'result.tex'), 'utf8')).toContain(uf1.mean.toFixed(3));

    const before = await readFile(join(run, 'result.json'), 'utf8');
    expect((await telltale(...words(run, '--also-leaky', '--select', 'inner'))).status).toBe(0);
    expect(await readFile(join(run, 'result.json'), 'utf8')).toBe(before);
    const other = await telltale(...words(run, '--seed', '5'));
    expect(other.status).toBe(2);
    expect(other.stderr).toContain('error CHECKPOINT_MISMATCH');
    expect(other.stderr).toContain('seeds: [1,2] there, [5,6] now');
  });

  test('can be planned here, done in parts anywhere, and scored here', async () => {
    const [parts, whole] = [join(out, 'parts'), join(out, 'whole')];
    const planned = await telltale(...planWords(parts));
    expect(planned.stdout, planned.stderr).toBe('8 folds\n');
    const moved = join(out, 'moved');
    await cp(data, moved, { recursive: true });
    for (const which of [
      ['--index', '0,5-6'],
      ['--share', '2/3', '--data', moved],
    ]) {
      const ended = await telltale('fold', 'run', parts, ...which);
      expect(ended, ended.stderr).toMatchObject({ status: 0, stdout: '' });
    }
    expect((await readdir(join(parts, 'folds'))).sort()).toEqual(
      ['1-0', '1-1', '2-0', '2-1', '2-2', '2-3'].map((name) => `ststnet-${name}.json`),
    );
    await Promise.all([parts, whole].map(async (run) => telltale(...words(run))));
    expect(await resultOf(parts)).toEqual(await resultOf(whole));
  });
});

test(`${KILLS} kill -9 at random moments lose nothing`, { timeout: 400_000 }, async () => {
  const whole = join(out, 'whole');
  const began = performance.now();
  expect((await telltale(...words(whole))).status).toBe(0);
  const duration = performance.now() - began;
  const expected = await resultOf(whole);
  const random = createRandom(Number(process.env['TELLTALE_KILL_SEED'] ?? 20));
  const run = join(out, 'killed');
  for (let kills = 0; kills < KILLS;) {
    const { child, ended } = start(words(run));
    await Promise.race([ended, sleep(random.uniform() * duration)]);
    let hit: 'run' | 'fold' | undefined;
    if (child.exitCode === null) {
      // Half of the time the main process, half of the time one of its folds.
      const [one] = childrenOf(child.pid!);
      hit = one !== undefined && random.uniform() < 0.5 ? 'fold' : 'run';
      kill(hit === 'fold' ? one! : child.pid!);
      kills += 1;
    }
    const { status, stderr } = await ended;
    // A fold that goes down with its process is done again.
    if (hit !== 'run') expect([status, stderr]).toEqual([0, expect.anything()]);
    if (status !== 0) continue;
    expect(await resultOf(run)).toEqual(expected);
    await rm(run, { recursive: true });
  }
  const last = await telltale(...words(run));
  expect(last.status, last.stderr).toBe(0);
  expect(await resultOf(run)).toEqual(expected);
  expect(listing(run).filter((name) => name.includes('.part'))).toEqual([]);
});

test.each([
  ['at its start', 0],
  ['in the middle of folds', 4000],
])('an evaluation that is killed %s leaves no process behind', async (_, milliseconds) => {
  const { child, ended } = start(words(join(out, 'run'), '--epochs', '5000'));
  let folds: number[] = [];
  while (folds.length < 2) {
    await sleep(100);
    folds = childrenOf(child.pid!).filter((pid) => nameOf(pid).includes(' jobs serve folds'));
  }
  await sleep(milliseconds);
  kill(child.pid!);
  await ended;
  while (folds.some((pid) => nameOf(pid).includes(' jobs serve folds'))) await sleep(100);
  expect(listing(join(out, 'run'))).toEqual(['plan.json']);
});

describe('one clear error for', () => {
  test.each([
    ['cut short', 'it is not valid JSON', (text: string) => text.slice(0, 500)],
    [
      'changed in one digit',
      'its digest is of other content',
      (text: string) =>
        text.replace(
          /"probabilities":\[\[0\.(\d)/,
          (all, digit: string) => all.slice(0, -1) + String((Number(digit) + 1) % 10),
        ),
    ],
    ['emptied', 'it is not valid JSON', () => ''],
  ])('a fold file that was %s', async (_, why, damage) => {
    const run = join(out, 'run');
    expect((await telltale(...words(run))).status).toBe(0);
    const path = join(run, 'folds', 'ststnet-1-2.json');
    await writeFile(path, damage(await readFile(path, 'utf8')));
    const ended = await telltale(...words(run));
    expect(ended.status).toBe(2);
    expect(ended.stderr).toBe(
      `error FOLD_CORRUPT: ${path} is damaged or was not written by telltale: ${why}\n` +
        'Remove the file and run the same command again: ' +
        (damage('x'.repeat(600)).startsWith('x'.repeat(600))
          ? 'the fold is then run again.\n'
          : 'its content is then computed again.\n'),
    );
  });

  test('data that changed since the plan, in the evaluation and in a fold', async () => {
    const [run, own] = [join(out, 'run'), join(out, 'data')];
    await cp(data, own, { recursive: true });
    const mine = words(run, '--data', own);
    expect((await telltale(...planWords(run, '--data', own))).status).toBe(0);
    await cp(join(own, 'flow', '3.png'), join(own, 'flow', '7.png'));
    for (const again of [mine, ['fold', 'run', run]]) {
      const ended = await telltale(...again);
      expect(ended.status).toBe(2);
      expect(ended.stderr).toMatch(/^error DATASET_CHANGED: .*\n.*\n$/);
      expect(ended.stderr).toContain('made/s3/clip7');
    }
    expect(listing(run)).toEqual(['plan.json']);
  });

  test(
    'a full disk (skipped where mounting is not allowed)',
    { timeout: 120_000 },
    async (context) => {
      const disk = join(out, 'disk');
      await mkdir(disk);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=28k', 'tmpfs', disk], {
          stdio: 'ignore',
        });
      } catch {
        context.skip('a small disk can only be made where mounting is allowed');
      }
      try {
        const ended = await telltale(...words(join(disk, 'run')));
        expect(ended.status).toBe(2);
        expect(ended.stderr).toMatch(
          /error OUTPUT_UNWRITABLE: cannot write .*: the disk is full\nMake room, then run the same command again\.\n$/,
        );
        expect(ended.stderr.match(/^error /gm)).toHaveLength(1);
        execFileSync('mount', ['-o', 'remount,size=2m', disk]);
        const again = await telltale(...words(join(disk, 'run')));
        expect(again.status, again.stderr).toBe(0);
      } finally {
        execFileSync('umount', ['-l', disk]);
      }
    },
  );

  test('the option of version 0.1, and one without a meaning', async () => {
    const old = await telltale(...words(join(out, 'run'), '--engine', 'local'));
    expect(old).toMatchObject({ status: 2, stderr: expect.stringContaining('now called --launcher') as string }); // prettier-ignore
    const idle = await telltale(...words(join(out, 'run'), '--sbatch', '--mem=2G'));
    expect(idle).toMatchObject({ status: 2, stderr: expect.stringContaining('Add --launcher slurm') as string }); // prettier-ignore
  });

  test('a cluster that is not there', async () => {
    const { ended } = start(words(join(out, 'run'), '--launcher', 'slurm'), undefined, {
      PATH: '',
    });
    const { status, stderr } = await ended;
    expect(status).toBe(2);
    expect(stderr).toContain('error LAUNCHER_UNAVAILABLE: there is no sbatch on this machine');
  });
});
