/** @file `telltale dataset prepare` as real processes: whole, killed anywhere, with clips that cannot be prepared. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { createRandom } from '../packages/core/src/base/random.ts';
import { makeTinyCasme2 } from '../packages/cli/src/dataset/tiny-casme2.cases.ts';
import type { TinyClip } from '../packages/cli/src/dataset/tiny-casme2.cases.ts';
import { listing, start, telltale } from './telltale.ts';

const KILLS = 3;
let data: string;
let whole: string;
let out: string;
let clips: readonly TinyClip[];
/** Milliseconds that a whole run takes here and now. */
let lasted: number;

const words = (cache: string, ...more: readonly string[]): string[] => [
  ...['dataset', 'prepare', 'casme2', data, '--out', cache, '--parallel', '2', ...more],
];
const sheetOf = (cache: string): Promise<string> => readFile(join(cache, 'samples.csv'), 'utf8');

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'telltale-casme2-'));
  whole = await mkdtemp(join(tmpdir(), 'telltale-cache-'));
  clips = await makeTinyCasme2(data, [3]);
  const began = performance.now();
  const ended = await telltale(...words(whole));
  lasted = performance.now() - began;
  expect(ended.status, ended.stderr).toBe(0);
  expect(ended.stdout).toBe(`${join(whole, 'samples.csv')}\n`);
  expect(ended.stderr).toContain('4 clips prepared.');
}, 600_000);
afterAll(async () => {
  await rm(data, { recursive: true });
  await rm(whole, { recursive: true });
});
beforeEach(async () => void (out = await mkdtemp(join(tmpdir(), 'telltale-cache-'))));
afterEach(() => rm(out, { recursive: true, force: true }));

test('a second run does nothing and changes nothing', async () => {
  const files = listing(whole);
  const flow = files.find((name) => name.endsWith('flow.png'))!;
  const before = await stat(join(whole, flow));
  const ended = await telltale(...words(whole));
  expect(ended.status, ended.stderr).toBe(0);
  expect(ended.stderr).toContain('0 clips prepared, 4 were there.');
  expect(listing(whole)).toEqual(files);
  expect((await stat(join(whole, flow))).mtimeMs).toBe(before.mtimeMs);
});

test('killed at any time, it resumes: the same sheet, the same images', async () => {
  const random = createRandom(7);
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, ended } = start(words(out));
    await Promise.race([sleep(lasted * random.uniform()), ended]);
    child.kill('SIGKILL');
    await ended;
    const there = await sheetOf(out).catch(() => undefined);
    if (there !== undefined) expect(there).toBe(await sheetOf(whole));
  }
  const ended = await telltale(...words(out));
  expect(ended.status, ended.stderr).toBe(0);
  expect(await sheetOf(out)).toBe(await sheetOf(whole));
  for (const name of listing(whole).filter((file) => file.endsWith('.png'))) {
    expect(await readFile(join(out, name)), name).toEqual(await readFile(join(whole, name)));
  }
}, 900_000);

test('a missing frame is reported; the other clips are there, and the exit status is 2', async () => {
  const [{ folder, apex, subject, clip }] = clips as [TinyClip];
  await rm(join(data, folder, `img${apex}.jpg`));
  const ended = await telltale(...words(whole));
  expect(ended.status).toBe(2);
  expect(ended.stderr).toContain('error CLIPS_FAILED: 1 clips could not be prepared');
  expect(ended.stderr).toContain(`${subject}/${clip}: there is no image of frame ${apex}`);
  expect((await sheetOf(whole)).trim().split('\n')).toHaveLength(4);
});
