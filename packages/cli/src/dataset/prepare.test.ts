/** @file Preparing a made-up CASME II: what the cache holds, what is done again and what is not, what is told. */
import { cp, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { casme2, parseCsv } from '@telltale/core/datasets';
import type { PrepareTools } from '@telltale/core/prepare';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { readFlowFolder } from '../io/dataset.ts';
import { runPrepare } from './prepare.ts';
import type { DoClips, PrepareRun } from './prepare.ts';
import { doClip, openPrepareTools } from './prepare-job.ts';
import { makeTinyCasme2 } from './tiny-casme2.cases.ts';
import type { TinyClip } from './tiny-casme2.cases.ts';

let original: string;
let data: string;
let cache: string;
let clips: readonly TinyClip[];
let tools: PrepareTools;
let said: string;

beforeAll(async () => {
  original = await mkdtemp(join(tmpdir(), 'telltale-casme2-'));
  clips = await makeTinyCasme2(original, [3]);
  tools = await openPrepareTools();
});
afterAll(async () => {
  await tools.face.close();
  await rm(original, { recursive: true });
});
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'telltale-data-'));
  await cp(original, data, { recursive: true, preserveTimestamps: true });
  cache = join(data, 'cache');
  said = '';
  const hear = (text: unknown): boolean => ((said += String(text)), true);
  vi.spyOn(process.stdout, 'write').mockImplementation(hear);
  vi.spyOn(process.stderr, 'write').mockImplementation(hear);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(data, { recursive: true });
});

/** Prepares in this process; returns the clips that were done, by index, and what went wrong. */
async function prepare(
  options: Partial<PrepareRun> = {},
  stopAfter = Infinity,
): Promise<{ readonly done: number; readonly error?: TelltaleError }> {
  let done = 0;
  const stop = new AbortController();
  const doClips: DoClips = async (jobs, { ended }) => {
    for (let next = jobs.next(); next.done !== true; next = jobs.next()) {
      if (done === stopAfter) stop.abort(new TelltaleError('CANCELED', 'interrupted', ''));
      stop.signal.throwIfAborted();
      ended(await doClip(next.value, tools));
      done++;
    }
  };
  const run = { out: cache, kind: 'micro', sizes: [28], ...options } as const;
  try {
    await runPrepare(casme2, data, run, { signal: stop.signal, doClips });
    return { done };
  } catch (error) {
    if (error instanceof TelltaleError) return { done, error };
    throw error;
  }
}

/** Lines of a sheet as records. */
async function sheet(path = 'samples.csv'): Promise<Record<string, string>[]> {
  const [header, ...rows] = parseCsv(await readFile(join(cache, path), 'utf8'));
  return rows.map(({ fields }) =>
    Object.fromEntries(header!.fields.map((name, i) => [name, fields[i]!])),
  );
}

const isThere = (path: string): Promise<boolean> =>
  stat(join(cache, path)).then(
    () => true,
    () => false,
  );

describe('the cache', () => {
  test('holds every clip in every size, and is a dataset folder', async () => {
    expect(await prepare({ sizes: [28, 56] })).toEqual({ done: 4 });
    const rows = await sheet();
    expect(rows.map(({ subject, clip }) => `${subject} ${clip}`)).toEqual(
      clips.map(({ subject, clip }) => `${subject} ${clip}`),
    );
    rows.forEach((row, i) => {
      const { emotion, onset, apex, offset, folder } = clips[i]!;
      expect(row).toMatchObject({
        dataset: 'CASME II',
        emotion,
        onset_frame: String(onset),
        offset_frame: String(offset),
        frames_per_second: '200',
        apex_source: i === 3 ? 'found' : 'given',
        source: folder,
      });
      expect(Math.abs(Number(row['apex_frame']) - apex)).toBeLessThanOrEqual(i === 3 ? 3 : 0);
    });
    const small = await readFlowFolder(cache);
    expect(small.samples.map(({ emotion }) => emotion)).toEqual(
      clips.map(({ emotion }) => emotion),
    );
    expect(small.faces.every(({ apex, onset }) => apex?.width === 28 && onset !== undefined)).toBe(
      true,
    );
    const large = await readFlowFolder(join(cache, '56'), { size: 56 });
    expect(large.samples.map(({ id }) => id)).toEqual(small.samples.map(({ id }) => id));
    expect(said).toContain('4 clips prepared.');
    expect(JSON.parse(await readFile(join(cache, 'prepared/casme2.json'), 'utf8'))).toMatchObject({
      clips: { annotated: 4, prepared: 4, apexFound: 1 },
      failed: [],
      preparation: { sizes: [28, 56], planes: ['apex', 'onset'] },
    });
  });

  test('does nothing twice, and only what is missing after an interruption', async () => {
    expect((await prepare({}, 2)).error).toMatchObject({ code: 'CANCELED' });
    expect(await isThere('samples.csv')).toBe(false);
    expect(await prepare()).toEqual({ done: 2 });
    const before = await readFile(join(cache, 'samples.csv'), 'utf8');
    expect(await prepare()).toEqual({ done: 0 });
    expect(await readFile(join(cache, 'samples.csv'), 'utf8')).toBe(before);
    // A size more is one size more to do; what is there stays.
    expect(await prepare({ sizes: [28, 32] })).toEqual({ done: 4 });
    expect(await prepare()).toEqual({ done: 0 });
  });

  test('uses nothing stale: a frame, an annotation, a picture, the options', async () => {
    await prepare();
    const [first, second] = clips as [TinyClip, TinyClip];
    const now = new Date();
    await utimes(join(data, first.folder, `img${first.apex}.jpg`), now, now);
    expect(await prepare()).toEqual({ done: 1 });
    // A frame that nothing was made of may change.
    await utimes(join(data, second.folder, `img${second.offset}.jpg`), now, now);
    expect(await prepare()).toEqual({ done: 0 });
    const path = join(data, 'CASME2-coding-20140508.csv');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(`${second.onset},${second.apex}`, `${second.onset},${second.apex + 1}`)); // prettier-ignore
    expect(await prepare()).toEqual({ done: 1 });
    await writeFile(path, text.replace('surprise', 'fear'));
    expect(await prepare()).toEqual({ done: 0 });
    expect((await sheet()).map(({ emotion }) => emotion)).toContain('fear');
    const [{ flow }] = (await sheet()) as [{ flow: string }];
    await writeFile(join(cache, flow), 'cut off');
    expect(await prepare()).toEqual({ done: 1 });
    expect(await prepare({ planes: [] })).toEqual({ done: 4 });
    expect((await readFlowFolder(cache)).samples[0]).not.toHaveProperty('faces');
  });
});

describe('what cannot be prepared', () => {
  test('is listed with its reason; all others are there; put right, it is done', async () => {
    const [faceless, frameless] = clips as [TinyClip, TinyClip];
    const apex = join(data, frameless.folder, `img${frameless.apex}.jpg`);
    const onset = join(data, faceless.folder, `img${faceless.onset}.jpg`);
    await rm(apex);
    await cp(join(import.meta.dirname, 'tiny-casme2.cases.ts'), onset);
    const { error } = await prepare();
    expect(error).toMatchObject({ code: 'CLIPS_FAILED' });
    expect(error!.message).toMatch(/^2 clips could not be prepared/);
    expect(said).toContain(`there is no picture of frame ${frameless.apex}`);
    expect(said).toMatch(/sub01\/EP01_01f: cannot read the picture/);
    expect(await sheet()).toHaveLength(2);
    const [header, ...lines] = parseCsv(
      await readFile(join(cache, 'prepared/casme2-failed.csv'), 'utf8'),
    );
    expect(header!.fields).toEqual(['subject', 'clip', 'code', 'reason']);
    expect(lines.map(({ fields }) => fields.slice(0, 3)).sort()).toEqual([
      ['sub01', 'EP01_01f', 'FRAME_UNREADABLE'],
      ['sub01', 'EP02_03', 'DATASET_FILE_MISSING'],
    ]);
    for (const { folder, onset: from, apex: to } of [faceless, frameless]) {
      for (const frame of [from, to]) {
        const name = join(folder, `img${frame}.jpg`);
        await cp(join(original, name), join(data, name), { preserveTimestamps: true });
      }
    }
    expect(await prepare()).toEqual({ done: 2 });
    expect(await sheet()).toHaveLength(4);
    expect(await isThere('prepared/casme2-failed.csv')).toBe(false);
  });

  test('is told before any work: options, a place that is taken, nothing annotated', async () => {
    expect((await prepare({ sizes: [500] })).error).toMatchObject({ code: 'OPTION_INVALID' });
    expect((await prepare({ kind: 'macro' })).error).toMatchObject({ code: 'DATASET_INVALID' });
    await writeFile(join(data, 'taken'), '');
    expect((await prepare({ out: join(data, 'taken') })).error).toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    });
    expect(await isThere('.')).toBe(false);
  });
});
