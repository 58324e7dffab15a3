/** @file Folds, clips and videos on a real Slurm: what this machine gives, resumed, canceled, and lost with a task. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { makeTinyCasme2 } from '../packages/cli/src/dataset/tiny-casme2.cases.ts';
import { startSlurm, whyNoSlurm } from './slurm.ts';
import type { Slurm } from './slurm.ts';
import { listing, makeFlowFolder, start, telltale } from './telltale.ts';
import type { Ended } from './telltale.ts';

const why = whyNoSlurm();
describe.skipIf(why !== undefined)(`on Slurm${why === undefined ? '' : ` (${why})`}`, () => {
  let place: string;
  let slurm: Slurm;

  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'telltale-slurm-'));
    slurm = await startSlurm(join(place, 'slurm'));
  }, 120_000);
  afterAll(async () => {
    await slurm.end();
    await rm(place, { recursive: true, force: true });
  });

  const onSlurm = (...words: readonly string[]): Promise<Ended> =>
    start([...words, '--launcher', 'slurm'], undefined, slurm.environment).ended;
  const outputOf = (program: string, ...words: readonly string[]): string =>
    execFileSync(program, words, {
      encoding: 'utf8',
      env: { ...process.env, ...slurm.environment },
    });

  describe('folds', () => {
    const words = (run: string, ...more: readonly string[]): string[] => [
      ...['evaluate', '--data', join(place, 'flow'), '--out', join(place, run)],
      ...['--network', 'ststnet', '--epochs', '2', '--seeds', '2', ...more],
    ];
    const resultOf = async (run: string): Promise<unknown> => ({
      ...(JSON.parse(await readFile(join(place, run, 'result.json'), 'utf8')) as object),
      time: {},
    });
    beforeAll(() => makeFlowFolder(join(place, 'flow'), 12, 4));

    test(
      'are those of this machine; only what is missing is run',
      { timeout: 300_000 },
      async () => {
        expect((await telltale(...words('run', '--plan-only'))).status).toBe(0);
        await telltale('fold', 'run', join(place, 'run'), '--index', '3');
        const ended = await onSlurm(...words('run'));
        expect(ended.status, ended.stderr).toBe(0);
        expect(ended.stderr).toMatch(/Slurm job \d+: 7 folds/);
        expect((await telltale(...words('here'))).status).toBe(0);
        expect(await resultOf('run')).toEqual(await resultOf('here'));
        expect(listing(join(place, 'run'))).not.toContain('jobs'); // nothing is left of it

        await rm(join(place, 'run/folds/ststnet-1-1.json'));
        const again = await onSlurm(...words('run'));
        expect(again.status, again.stderr).toBe(0);
        expect(again.stderr).toMatch(/Slurm job \d+: 1 folds/);
        expect(await resultOf('run')).toEqual(await resultOf('here'));
      },
    );

    test('are canceled with the command', { timeout: 300_000 }, async () => {
      const long = start(
        words('long', '--epochs', '100000', '--launcher', 'slurm'),
        undefined,
        slurm.environment,
      );
      while (outputOf('squeue', '--noheader') === '') await sleep(200);
      long.child.kill('SIGINT');
      expect((await long.ended).status).toBe(130);
      while (outputOf('squeue', '--noheader') !== '') await sleep(200);
      expect(listing(join(place, 'long'))).toEqual(['plan.json']);
    });

    test('end the command when they are canceled', { timeout: 300_000 }, async () => {
      const long = start(
        words('canceled', '--epochs', '100000', '--launcher', 'slurm'),
        undefined,
        slurm.environment,
      );
      while (!outputOf('squeue', '--noheader', '--format=%T').includes('RUNNING')) await sleep(200);
      outputOf('scancel', '--name=telltale');
      const { status, stderr } = await long.ended;
      expect(status).toBe(130);
      expect(stderr).toMatch(/error CANCELED: the Slurm job \d+ was canceled with 8 jobs left/);
    });

    test('that go down with their task are run again', { timeout: 300_000 }, async () => {
      const { ended } = start(
        words('killed', '--seeds', '1', '--epochs', '100', '--launcher', 'slurm'),
        undefined,
        slurm.environment,
      );
      const tasks = (): string[] =>
        execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
          .split('\n')
          .filter(
            (line) => line.includes('jobs share folds') && line.includes(join(place, 'killed')),
          )
          .filter((line) => !line.includes('/bin/sh'));
      while (tasks().length === 0) await sleep(50);
      process.kill(Number(tasks()[0]!.trim().split(' ')[0]), 'SIGKILL');
      const { status, stderr } = await ended;
      expect(status, stderr).toBe(0);
      expect(stderr).toContain('1 folds went down with their process');
    });
  });

  test('analyses of many clips are those of this machine', { timeout: 300_000 }, async () => {
    await makeTinyCasme2(join(place, 'many'));
    const words = (run: string): string[] => [
      ...['analyze', join(place, 'many/CASME2-RAW'), '--fps', '100', '--out', join(place, run)],
    ];
    const ended = await onSlurm(...words('there/run'));
    expect(ended.status, ended.stderr).toBe(0);
    expect(ended.stderr).toMatch(/Slurm job \d+: 4 analyses/);
    expect((await telltale(...words('here/run'))).status).toBe(0);
    expect(listing(join(place, 'there/run'))).toEqual(listing(join(place, 'here/run')));
    for (const name of ['clips.csv', 'expressions.csv', 'results.xlsx', 'index.html']) {
      const [there, here] = await Promise.all(
        ['there', 'here'].map((one) => readFile(join(place, one, 'run', name))),
      );
      expect(there, name).toEqual(here);
    }
  });

  test('clips are those of this machine', { timeout: 300_000 }, async () => {
    const data = join(place, 'casme2');
    await makeTinyCasme2(data, [3]);
    const words = (cache: string): string[] => [
      'dataset',
      'prepare',
      'casme2',
      data,
      '--out',
      cache,
    ];
    const [there, here] = [join(place, 'there-clips'), join(place, 'here-clips')];
    const ended = await onSlurm(...words(there));
    expect(ended.status, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('4 clips prepared.');
    expect((await telltale(...words(here))).status).toBe(0);
    expect(listing(there)).toEqual(listing(here));
    for (const name of listing(here).filter((one) => /\.(?:png|csv)$/.test(one))) {
      expect(await readFile(join(there, name)), name).toEqual(await readFile(join(here, name)));
    }
    expect((await onSlurm(...words(there))).stderr).toContain('0 clips prepared, 4 were there.');
  });

  test('videos are those of this machine', { timeout: 300_000 }, async () => {
    const data = join(place, 'casmesq');
    const made = await telltale(
      ...['synth', 'dataset', '--layout', 'casmesq', '--subjects', '1', '--clips', '3'],
      ...['--fps', '30', '--size', '240x180', '--out', data],
    );
    expect(made.status, made.stderr).toBe(0);
    const words = (run: string): string[] => [
      ...['spot', '--data', data, '--dataset', 'casmesq', '--out', join(place, run)],
    ];
    const ended = await onSlurm(...words('spotted'));
    expect(ended.status, ended.stderr).toBe(0);
    expect(ended.stderr).toMatch(/Slurm job \d+: 1 videos/);
    expect((await telltale(...words('spotted-here'))).status).toBe(0);
    const records = await readdir(join(place, 'spotted/videos'));
    expect(records.sort()).toEqual((await readdir(join(place, 'spotted-here/videos'))).sort());
    const csv = (run: string): Promise<string> => readFile(join(place, run, 'casmesq.csv'), 'utf8');
    expect(await csv('spotted')).toBe(await csv('spotted-here'));
  });
});
