/** @file `telltale analyze` of many clips as real processes: whole, killed anywhere, with a clip that fails. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { makeTinyCasme2 } from '../packages/cli/src/dataset/tiny-casme2.cases.ts';
import { createRandom } from '../packages/core/src/base/random.ts';
import { start, telltale } from './telltale.ts';

const FILES = ['clips.csv', 'expressions.csv', 'results.xlsx', 'index.html'];
let place: string;
let lasted: number;
const words = (run: string): string[] => [
  ...['analyze', join(place, 'data', 'CASME2-RAW'), join(place, 'bad.mp4')],
  ...['--out', join(place, run), '--fps', '100', '--parallel', '2'],
];
// The name of the run is that of the page.
const tablesOf = (run: string): Promise<string[]> =>
  Promise.all(FILES.map((name) => readFile(join(place, run, name), 'latin1')));

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'telltale-many-'));
  await makeTinyCasme2(join(place, 'data'));
  await writeFile(join(place, 'bad.mp4'), 'no video');
  const began = performance.now();
  const ended = await telltale(...words('whole/run'));
  lasted = performance.now() - began;
  expect(ended.status, ended.stderr).toBe(2);
  expect(ended.stderr).toContain('4 clips analyzed, 1 failed.');
  expect(ended.stderr).toContain('error CLIPS_FAILED: 1 of 5 clips');
}, 600_000);
afterAll(() => rm(place, { recursive: true }));

test('the tables have every clip; the page links to every report', async () => {
  const [clips, expressions, , page] = await tablesOf('whole/run');
  expect(clips!.split('\r\n')).toHaveLength(7);
  expect(clips).toContain('bad.mp4,failed');
  expect(clips).toContain('data/CASME2-RAW/sub01/EP01_01f,done,50,100');
  expect(expressions).toMatch(/^clip,number,kind,/);
  const links = [...page!.matchAll(/href="(clips\/[^"]+)"/g)].map(([, link]) => link!);
  expect(links).toHaveLength(4);
  for (const link of links) await readFile(join(place, 'whole/run', decodeURIComponent(link)));
});

test('killed at any time and repeated, it gives the same tables, byte for byte', async () => {
  const random = createRandom(11);
  for (let kill = 0; kill < 4; kill++) {
    const { child, ended } = start(words('killed/run'));
    await Promise.race([sleep(lasted * random.uniform()), ended]);
    child.kill('SIGKILL');
    await ended;
  }
  await telltale(...words('killed/run'));
  expect(await tablesOf('killed/run')).toEqual(await tablesOf('whole/run'));
});
