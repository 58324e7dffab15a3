/** @file A run of many clips: tables, failures, what is done again and what is not. Reports are those of a fixed analysis. */
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { read, utils } from '@e965/xlsx';
import { parseCsv } from '@telltale/core/datasets';
import { TelltaleError } from '@telltale/core/errors';
import { smallTimeline } from '@telltale/figures/run';
import { writeReport } from '@telltale/node/report';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Report } from '@telltale/core';
import { sampleReport } from '../../../../test/sample-report.ts';
import { createRandom } from '../../../core/src/base/random.ts';
import { digestOfFile } from '../cache/key.ts';
import type { Launcher } from '../jobs/job.ts';
import type { AnalyzeJob } from './clip-job.ts';
import { analyzeMany } from './many.ts';

let folder: string;
let run: string;
let output: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-many-'));
  run = join(folder, 'run');
  output = '';
  const hear = (text: unknown): boolean => ((output += String(text)), true);
  vi.spyOn(process.stdout, 'write').mockImplementation(hear);
  vi.spyOn(process.stderr, 'write').mockImplementation(hear);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function clips(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(folder, 'in', name, '..'), { recursive: true });
    await writeFile(join(folder, 'in', name), name);
  }
}

/** A report of twenty minutes: 36,000 frames, and the expressions of the short one over and over. */
function lengthened(report: Report): Report {
  const values = Array.from({ length: 36_000 }, (_, i) => Math.abs(Math.sin(i / 9)));
  return {
    ...report,
    movement: { times: values.map((_, i) => i / 30), values, threshold: 0.8 },
    expressions: Array.from({ length: 200 }, (_, i) => report.expressions[i % report.expressions.length]!), // prettier-ignore
  };
}

/** Does the jobs in this process: a fixed report with the clip's name, but a failure for clips named bad. */
function launcher(done: string[], stopAfter = Infinity, stop?: AbortController): Launcher {
  return {
    name: 'this process',
    async run({ jobs }, { ended }) {
      for (const job of jobs as readonly AnalyzeJob[]) {
        if (done.length === stopAfter) stop!.abort(new TelltaleError('CANCELED', 'stopped', ''));
        stop?.signal.throwIfAborted();
        done.push(job.id);
        if (job.id.includes('bad')) {
          ended({ index: job.index, failure: { code: 'FACE_NOT_FOUND', message: 'no face' } });
          continue;
        }
        const sample = sampleReport();
        const report = {
          ...(job.id.includes('long') ? lengthened(sample) : sample),
          clip: { ...sample.clip, name: job.id },
        };
        const folders = job.id.includes('two') ? ['subject-1', 'subject-2'] : [''];
        const files: Record<string, string> = {};
        for (const one of folders) {
          await writeReport(join(job.folder, one), { report, images: [], regions: [] });
          for (const name of ['report.json', 'report.csv', 'report.html']) {
            files[join(one, name)] = await digestOfFile(join(job.folder, one, name));
          }
        }
        const summary = {
          ...{ frames: 9, rate: 30, duration: 0.3, width: 64, height: 48, faceFrames: 9, faces: 1 },
          ...{ subjects: 1, subject: 1 },
          ...{
            micro: 2,
            macro: 0,
            blinks: 1,
            verdicts: { negative: 1, unsure: 1 },
            caveats: ['gaps'],
          },
        };
        const results = folders.map((one, i) => ({
          folder: one,
          summary: { ...summary, subjects: folders.length, subject: i + 1 },
          timeline: smallTimeline(report),
        }));
        const source = { path: job.path, digest: job.digest };
        const kept = { schema: 'telltale.analyzed/2', key: job.key, id: job.id, source, files, results }; // prettier-ignore
        const text = JSON.stringify(kept);
        await writeFile(join(job.folder, 'clip.json'), text);
        ended({ index: job.index });
      }
    },
  };
}

async function analyze(
  done: string[],
  { stopAfter = Infinity, fps = undefined as number | undefined } = {},
): Promise<unknown> {
  const stop = new AbortController();
  return analyzeMany([join(folder, 'in')], {
    ...{ out: run, recognizer: false, fps, signal: stop.signal },
    launcher: launcher(done, stopAfter, stop),
  }).catch((error: unknown) => error);
}

const FILES = ['clips.csv', 'expressions.csv', 'results.xlsx', 'index.html'];
const tables = async (): Promise<string[]> =>
  Promise.all(FILES.map(async (name) => (await readFile(join(run, name))).toString('latin1')));
const rowsOf = async (name: string): Promise<Record<string, string>[]> => {
  const [header, ...rows] = parseCsv(await readFile(join(run, name), 'utf8'));
  return rows.map(({ fields }) => Object.fromEntries(header!.fields.map((key, i) => [key, fields[i]!]))); // prettier-ignore
};

test('has a row for every clip and every expression, and lists what failed; exits with the failure', async () => {
  await clips('S01/a.mp4', 'S02/a.mp4', 'bad.mp4', '=1+1.mp4');
  const error = await analyze([]);
  expect(error).toMatchObject({ code: 'CLIPS_FAILED' });
  expect((error as Error).message).toBe('1 of 4 clips could not be analyzed, the first is bad.mp4: no face'); // prettier-ignore
  const rows = await rowsOf('clips.csv');
  expect(rows.map(({ clip, status }) => [clip, status])).toEqual([
    ...[["'=1+1.mp4", 'done'], ['S01/a.mp4', 'done'], ['S02/a.mp4', 'done'], ['bad.mp4', 'failed']], // prettier-ignore
  ]);
  expect(rows[3]).toMatchObject({ code: 'FACE_NOT_FOUND', reason: 'no face', report: '' });
  expect(rows[1]).toMatchObject({ micro: '2', verdicts: '1 negative, 1 unsure', caveats: 'gaps' });
  await stat(join(run, rows[1]!['report']!));
  const expressions = await rowsOf('expressions.csv');
  const each = sampleReport().expressions.length;
  expect(expressions.map(({ clip }) => clip)).toEqual(
    ["'=1+1.mp4", 'S01/a.mp4', 'S02/a.mp4'].flatMap((id) => Array<string>(each).fill(id)),
  );
  expect(expressions[0]).toHaveProperty('probability_negative');
  const book = read(await readFile(join(run, 'results.xlsx')), { type: 'buffer' });
  const sheet = utils.sheet_to_json<Record<string, unknown>>(book.Sheets['expressions']!);
  expect(sheet[0]).toMatchObject({ clip: '=1+1.mp4', number: 1, confidence: Number(expressions[0]!['confidence']) }); // prettier-ignore
  expect(await readFile(join(run, 'index.html'), 'utf8')).toContain('>no face<');
  expect(output).toContain('3 clips analyzed, 1 failed.');
});

test('stopped anywhere and repeated, it gives the tables of an uninterrupted run, byte for byte', async () => {
  await clips(...Array.from({ length: 30 }, (_, i) => `S${i % 4}/clip ${i}${i % 9 === 5 ? ' bad' : i % 9 === 2 ? ' two' : ''}.mp4`)); // prettier-ignore
  await analyze([]);
  const whole = await tables();
  await rm(run, { recursive: true });
  const random = createRandom(3);
  let total = 0;
  for (let i = 0; i < 10; i++) {
    const done: string[] = [];
    const error = await analyze(done, { stopAfter: random.integer(5) });
    expect(error).toMatchObject({ code: 'CANCELED' });
    total += done.filter((id) => !id.includes('bad')).length;
  }
  const last: string[] = [];
  await analyze(last);
  expect(total + last.filter((id) => !id.includes('bad')).length).toBe(27);
  expect(await tables()).toEqual(whole);
});

describe('what is done again', () => {
  test('is only what changed: content, an option, a damaged report; and what failed', async () => {
    await clips('a.mp4', 'b.mp4', 'bad.mp4');
    const once = async (fps?: number): Promise<string[]> => {
      const done: string[] = [];
      await analyze(done, { fps });
      return done;
    };
    expect(await once()).toEqual(['a.mp4', 'b.mp4', 'bad.mp4']);
    expect(await once()).toEqual(['bad.mp4']);
    await writeFile(join(folder, 'in/a.mp4'), 'other');
    expect(await once()).toEqual(['a.mp4', 'bad.mp4']);
    await writeFile(join(run, 'clips/b.mp4/report.csv'), 'cut');
    expect(await once()).toEqual(['b.mp4', 'bad.mp4']);
    expect(await once(50)).toEqual(['a.mp4', 'b.mp4', 'bad.mp4']);
    await clips('c.mp4');
    expect(await once(50)).toEqual(['bad.mp4', 'c.mp4']);
  });
});

test('a thousand short clips, and twenty of twenty minutes', async () => {
  const each = sampleReport().expressions.length;
  await clips(...Array.from({ length: 1000 }, (_, i) => `S${i % 50}/${i}.mp4`));
  expect(await analyze([])).toBeUndefined();
  const rows = await rowsOf('clips.csv');
  expect(rows.filter(({ status }) => status === 'done')).toHaveLength(1000);
  expect(new Set(rows.map(({ report }) => report)).size).toBe(1000);
  expect(await rowsOf('expressions.csv')).toHaveLength(1000 * each);
  await rm(run, { recursive: true });
  await rm(join(folder, 'in'), { recursive: true });
  await clips(...Array.from({ length: 20 }, (_, i) => `long ${i}.mp4`));
  expect(await analyze([])).toBeUndefined();
  expect(await rowsOf('expressions.csv')).toHaveLength(20 * 200);
  const page = await readFile(join(run, 'index.html'), 'utf8');
  expect(page.match(/long \d+\.mp4<\/a>/g)).toHaveLength(20);
  // What a long clip adds to the page is a small timeline, whatever its length.
  expect(page.length).toBeLessThan(20 * 25_000);
}, 900_000);

test('is refused before any work without --out, and where nothing is found', async () => {
  const signal = new AbortController().signal;
  await clips('a.txt');
  await expect(analyzeMany(['a', 'b'], { recognizer: false, signal })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
  expect(await analyze([])).toMatchObject({ code: 'FILE_MISSING' });
  await expect(stat(run)).rejects.toThrow();
});

test('a run never replaces the report of another clip; one that was changed or moved is the same', async () => {
  await clips('a.mp4');
  const done: string[] = [];
  expect(await analyze(done)).toBeUndefined();
  const kept = await readFile(join(run, 'clips', 'a.mp4', 'clip.json'), 'utf8');
  await rename(join(folder, 'in'), join(folder, 'before'));
  await mkdir(join(folder, 'in'));
  await writeFile(join(folder, 'in', 'a.mp4'), 'another clip');
  // The path is the same: the clip was recorded again.
  expect(await analyze(done)).toBeUndefined();
  await rm(join(run, 'clips'), { recursive: true });
  await mkdir(join(run, 'clips', 'a.mp4'), { recursive: true });
  const elsewhere = kept.replace(join(folder, 'in'), join(folder, 'elsewhere'));
  await writeFile(join(run, 'clips', 'a.mp4', 'clip.json'), elsewhere);
  expect(await analyze(done)).toMatchObject({
    code: 'OUTPUT_UNWRITABLE',
    message: expect.stringContaining(`holds the report of ${join(folder, 'elsewhere', 'a.mp4')}`) as string, // prettier-ignore
  });
  expect(done).toEqual(['a.mp4', 'a.mp4']);
  expect(await readFile(join(run, 'clips', 'a.mp4', 'clip.json'), 'utf8')).toBe(elsewhere);
});
