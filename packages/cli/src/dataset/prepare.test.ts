/** @file Preparing a synthetic CASME II: what the cache holds, what is prepared again and what is not, what is reported. */
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { parseCsv } from '@telltale/core/datasets';
import type { PrepareTools } from '@telltale/core/prepare';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { readFlowFolder } from '../io/dataset.ts';
import type { Launcher } from '../jobs/job.ts';
import { runPrepare } from './prepare.ts';
import { doClip, openPrepareTools } from './prepare-job.ts';
import type { ClipJob } from './prepare-job.ts';
import type { PrepareRun } from './prepare-run.ts';
import { makeTinyCasme2 } from './tiny-casme2.cases.ts';
import type { TinyClip } from './tiny-casme2.cases.ts';

const schema = new URL('../../../core/schema/prepared.schema.json', import.meta.url);
const conformsToSchema = new Ajv2020({ strict: true }).compile(
  JSON.parse(readFileSync(schema, 'utf8')) as object,
);

let original: string;
let data: string;
let cache: string;
let clips: readonly TinyClip[];
let tools: PrepareTools;
let output: string;

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
  output = '';
  const hear = (text: unknown): boolean => ((output += String(text)), true);
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
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly done: number; readonly error?: TelltaleError }> {
  let done = 0;
  const stop = new AbortController();
  const launcher: Launcher = {
    name: 'this process',
    async run({ jobs }, { ended }) {
      await before();
      for (const job of jobs) {
        if (done === stopAfter) stop.abort(new TelltaleError('CANCELED', 'interrupted', ''));
        stop.signal.throwIfAborted();
        ended(await doClip(job as ClipJob, tools));
        done++;
      }
    },
  };
  const run = { out: cache, kind: 'micro', sizes: [28], ...options } as const;
  try {
    await runPrepare('casme2', data, { ...run, signal: stop.signal, launcher });
    return { done };
  } catch (error) {
    if (error instanceof TelltaleError) return { done, error };
    throw error;
  }
}

/** Changes one bit of a JPEG that no pixel depends on; applied twice, it restores the file. */
async function changeResolution(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = bytes.indexOf('JFIF') + 8; // dots per inch, across
  bytes[at]! ^= 1;
  await writeFile(path, bytes);
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
    expect(output).toContain('4 clips prepared.');
    const record: unknown = JSON.parse(await readFile(join(cache, 'prepared/casme2.json'), 'utf8'));
    expect(conformsToSchema(record)).toBe(true);
    expect(small.samples[0]!.annotation).toMatchObject({
      ...{ fineEmotion: clips[0]!.emotion, onset: clips[0]!.onset, framesPerSecond: 200 },
      actionUnitsCell: rows[0]!['action_units_cell'],
    });
    expect(record).toMatchObject({
      clips: { annotated: 4, prepared: 4, apexFound: 1 },
      failed: [],
      units: { cells: 4, uncertain: 0, unknown: 0 },
      annotations: clips.map(({ emotion, onset }) => ({ emotion, onset, framesPerSecond: 200 })),
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

  test('may lie where the dataset does', async () => {
    cache = data;
    expect(await prepare({ out: data })).toEqual({ done: 4 });
    for (let i = 0; i < 2; i++) expect(await prepare({ out: data })).toEqual({ done: 0 });
    expect(await sheet()).toHaveLength(4);
  });

  test('uses nothing stale: a frame, an annotation, the options', async () => {
    await prepare();
    const [first, second] = clips as [TinyClip, TinyClip];
    const frame = join(data, first.folder, `img${first.apex}.jpg`);
    const { atime, mtime } = await stat(frame);
    // A frame that was only touched is what it was.
    await utimes(frame, new Date(), new Date());
    expect(await prepare()).toEqual({ done: 0 });
    await changeResolution(frame);
    expect(await prepare()).toEqual({ done: 1 });
    // The same once more, and its time set back to what it was at first.
    await utimes(frame, atime, mtime);
    expect(await prepare()).toEqual({ done: 0 });
    await changeResolution(frame);
    await utimes(frame, atime, mtime);
    expect(await prepare()).toEqual({ done: 0 }); // it is as it was at first, and that is still there
    // A frame that nothing was made of may change.
    await changeResolution(join(data, second.folder, `img${second.offset}.jpg`));
    expect(await prepare()).toEqual({ done: 0 });
    const path = join(data, 'CASME2-coding-20140508.csv');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(`${second.onset},${second.apex}`, `${second.onset},${second.apex + 1}`)); // prettier-ignore
    expect(await prepare()).toEqual({ done: 1 });
    await writeFile(path, text.replace('surprise', 'fear'));
    expect(await prepare()).toEqual({ done: 0 });
    expect((await sheet()).map(({ emotion }) => emotion)).toContain('fear');
    expect(await prepare({ planes: [] })).toEqual({ done: 4 });
    expect((await readFlowFolder(cache)).samples[0]).not.toHaveProperty('faces');
  });

  test('is made whole again where it was damaged', async () => {
    await prepare();
    const [{ flow, apex }] = (await sheet()) as [{ flow: string; apex: string }];
    const before = await readFile(join(cache, flow));
    await writeFile(join(cache, flow), 'cut off');
    expect(await prepare()).toEqual({ done: 1 });
    expect(await readFile(join(cache, flow))).toEqual(before);
    await rm(join(cache, apex));
    expect(await prepare()).toEqual({ done: 1 });
    // As large and as old as it was.
    const { atime, mtime } = await stat(join(cache, flow));
    await writeFile(join(cache, flow), Buffer.from(before).fill(0, before.length - 9));
    await utimes(join(cache, flow), atime, mtime);
    expect(await prepare()).toEqual({ done: 1 });
    expect(await readFile(join(cache, flow))).toEqual(before);
    const text = await readFile(join(cache, 'samples.csv'), 'utf8');
    await writeFile(join(cache, 'samples.csv'), text.replace('happiness', 'surprise'));
    expect(await prepare()).toEqual({ done: 0 });
    expect(await readFile(join(cache, 'samples.csv'), 'utf8')).toBe(text);
    await rm(join(cache, 'samples.csv'));
    expect(await prepare()).toEqual({ done: 0 });
    expect(await readFile(join(cache, 'samples.csv'), 'utf8')).toBe(text);
  });
});

test('a clip more in the sheet is prepared, and no other', async () => {
  await prepare();
  output = '';
  expect(await prepare()).toEqual({ done: 0 });
  expect(output).toContain('0 clips prepared, 4 were there.');
  // Its frames are in a folder of their own, named like those of another clip.
  const [{ subject, onset, offset, apex }] = clips as [TinyClip];
  const path = join(data, 'CASME2-coding-20140508.csv');
  const text = await readFile(path, 'utf8');
  await cp(join(data, clips[0]!.folder), join(data, `CASME2-RAW/${subject}/EP77_01`), { recursive: true }); // prettier-ignore
  await writeFile(path, `${text}1,EP77_01,,${onset},${apex},${offset},,12,happiness\n`);
  expect(await prepare()).toEqual({ done: 1 });
  expect(await sheet()).toHaveLength(5);
});

test('a frame that changes while its clip is prepared is not kept as the one that was planned', async () => {
  const [{ folder, apex }] = clips as [TinyClip];
  const frame = join(data, folder, `img${apex}.jpg`);
  const { done, error } = await prepare({}, Infinity, () => changeResolution(frame));
  expect(done).toBe(4);
  expect(error).toMatchObject({ code: 'CLIPS_FAILED' });
  expect(error!.message).toContain('was changed while');
  expect(await prepare()).toEqual({ done: 1 });
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
    expect(output).toContain(`there is no image of frame ${frameless.apex}`);
    expect(output).toMatch(/sub01\/EP01_01f: cannot read the image/);
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

  test('is reported before any work: options, a path that is taken, nothing annotated', async () => {
    expect((await prepare({ sizes: [500] })).error).toMatchObject({ code: 'OPTION_INVALID' });
    expect((await prepare({ kind: 'macro' })).error).toMatchObject({ code: 'DATASET_INVALID' });
    await writeFile(join(data, 'taken'), '');
    expect((await prepare({ out: join(data, 'taken') })).error).toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    });
    expect(await isThere('.')).toBe(false);
  });
});
