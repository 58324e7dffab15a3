/** @file `telltale spot` and `telltale evaluate spotting` and `spot-then-recognize` as real processes, on a synthetic dataset of long videos. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SpottingResult } from '@telltale/core/evaluate';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { telltale } from './telltale.ts';

let place: string;
let data: string;
let run: string;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'telltale-spotting-'));
  [data, run] = [join(place, 'data'), join(place, 'run')];
  const made = await telltale(
    ...['synth', 'dataset', '--layout', 'casmesq', '--subjects', '2', '--clips', '6'],
    ...['--fps', '30', '--size', '320x240', '--out', data],
  );
  expect(made.status, made.stderr).toBe(0);
}, 900_000);
afterAll(() => rm(place, { recursive: true }));

const words = (...more: readonly string[]): string[] => [
  ...['--dataset', 'casmesq', '--data', data, '--out', run, ...more],
];
const resultOf = async (): Promise<SpottingResult> =>
  JSON.parse(await readFile(join(run, 'result.json'), 'utf8')) as SpottingResult;

test('spots every video once, then scores, then recognizes', async () => {
  const spotted = await telltale('spot', ...words());
  expect(spotted.status, spotted.stderr).toBe(0);
  expect(spotted.stdout).toBe(`${join(run, 'casmesq.csv')}\n`);
  const lines = (await readFile(join(run, 'casmesq.csv'), 'utf8')).trim().split('\n');
  expect(lines[0]).toMatch(/^dataset,subject,video,kind,onset,apex,offset,/);
  expect(lines.length).toBeGreaterThan(4);
  const records = await readdir(join(run, 'videos'));
  expect(records).toHaveLength(2);
  const before = await stat(join(run, 'videos', records[0]!));

  const scored = await telltale('evaluate', 'spotting', ...words());
  expect(scored.status, scored.stderr).toBe(0);
  expect(scored.stdout).toMatch(/telltale micro +\d+ +\d+ +\d+ +[01]\.\d{4}/);
  const result = await resultOf();
  expect(result).toMatchObject({ task: 'spotting', annotated: { micro: 6 } });
  // Movements of two pixels in faces without a distraction: most are found.
  expect(result.methods[0]!.scores.lines.overall!.f1).toBeGreaterThan(0.6);
  // What was spotted is not spotted again.
  expect((await stat(join(run, 'videos', records[0]!))).mtimeMs).toBe(before.mtimeMs);

  const recognized = await telltale(
    ...['evaluate', 'spot-then-recognize', ...words('--network', 'ststnet')],
    ...['--epochs', '2'],
  );
  expect(recognized.status, recognized.stderr).toBe(0);
  expect(recognized.stdout).toMatch(/STRS [01]\.\d{4}\n$/);
  const both = await resultOf();
  expect(both.methods[0]!.scores.lines).toEqual(result.methods[0]!.scores.lines);
  const { recognition } = both.methods[0]!.scores;
  expect(recognition!.hits).toBeGreaterThan(0);
  for (const name of await readdir(join(run, 'folds'))) {
    const fold = JSON.parse(await readFile(join(run, 'folds', name), 'utf8')) as {
      readonly subject: string;
      readonly train: readonly string[];
    };
    expect(fold.train.length).toBeGreaterThan(0);
    expect(fold.train.filter((id) => id.startsWith(`${fold.subject}/`))).toEqual([]);
  }
}, 900_000);

test('spots action units of a clip, in every format', async () => {
  const clip = join(place, 'smile.mp4');
  const made = await telltale('synth', '--seconds', '2', '--amplitude', '3', '--out', clip);
  expect(made.status, made.stderr).toBe(0);
  const [csv, json, eaf] = [undefined, 'units.json', 'units.eaf'].map((name) =>
    name === undefined ? [] : ['--out', join(place, name)],
  ) as [string[], string[], string[]];
  const printed = await telltale('spot', clip, '--units', ...csv);
  expect(printed.status, printed.stderr).toBe(0);
  const [header, ...rows] = printed.stdout.trim().split('\n');
  expect(header).toBe(
    'video,unit,side,kind,onset,apex,offset,onset_seconds,apex_seconds,offset_seconds,amount,score',
  );
  // The corners of the mouth go up and outward.
  expect(rows.map((row) => row.split(',').slice(0, 3).join(' '))).toContain('smile.mp4 AU12 both');
  expect(printed.stderr).toMatch(/Action units: .*AU12/);

  const ended = await Promise.all([json, eaf].map((out) => telltale('spot', clip, '--units', ...out))); // prettier-ignore
  expect(ended.map(({ status }) => status)).toEqual([0, 0]);
  const record = JSON.parse(await readFile(json[1]!, 'utf8')) as {
    readonly spotted: readonly unknown[];
    readonly units: readonly { readonly unit: number }[];
  };
  expect(record.units).toHaveLength(rows.length);
  expect(record.spotted.length).toBeGreaterThan(0);
  expect(await readFile(eaf[1]!, 'utf8')).toMatch(
    /TIER_ID="AU12 telltale">[^]*<ANNOTATION_VALUE>12</,
  );

  const refused = await Promise.all([
    telltale('spot', clip, '--json', '--out', join(place, 'other.eaf')),
    telltale('spot', clip, '--csv-locale', 'comma', '--out', join(place, 'other.json')),
    telltale('spot', '--units', ...words()),
  ]);
  expect(refused.map(({ status }) => status)).toEqual([2, 2, 2]);
  for (const { stderr } of refused) expect(stderr).toMatch(/^error OPTION_INVALID: /);
}, 600_000);

test('reports what is missing', async () => {
  const ended = await Promise.all([
    telltale('spot'),
    telltale('spot', '--data', data),
    telltale('evaluate', 'spotting', '--data', data, '--out', join(place, 'other')),
    telltale('spot', '--data', data, '--dataset', 'nothing', '--out', join(place, 'other')),
  ]);
  expect(ended.map(({ status }) => status)).toEqual([2, 2, 2, 2]);
  for (const { stderr } of ended) expect(stderr).toMatch(/^error OPTION_INVALID: /);
}, 300_000);
