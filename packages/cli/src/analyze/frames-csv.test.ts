/** @file The numbers of every frame of a synthetic clip, read by pandas and R as Debian has them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { analyze, frameColumns, landmarkColumns } from '@telltale/core';
import type { Analysis, Clip } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { synthesize } from '@telltale/core/synth';
import { openTools, readImage } from '@telltale/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { writeFrames } from './frames-csv.ts';

let folder: string;
let analysis: Analysis;
let rows: Record<string, string>[];
let apex: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-frames-'));
  const tools = await openTools({ recognizer: false });
  const faces = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
  const photo = await readImage(faces.replace('package.json', 'demo/sample3.jpg'));
  const { landmarks } = await findFace(tools.face, photo);
  const made = synthesize(photo, landmarks, {
    ...{ kind: 'lip-corner-pull', rate: 30, seconds: 1.5, onset: 0.5, duration: 0.4, seed: 1 },
    ...{ amplitude: 4, width: 320, height: 320, interocular: 80, noise: 1, sway: 0.5 },
  });
  // The last five frames show no face.
  const clip: Clip = {
    ...{ name: 'synthetic', width: 320, height: 320, rate: 30 },
    async *frames() {
      for await (const frame of made.frames()) {
        yield frame.index < 40 ? frame : { ...frame, data: new Uint8Array(frame.data.length) };
      }
    },
  };
  apex = made.truth.events[0]!.apex.frame;
  analysis = await analyze(clip, tools);
  const tables = { frames: true, landmarks: true };
  await writeFrames(folder, clip, { tables, analysis, face: tools.face });
  await writeFrames(folder, clip, { tables: { ...tables, framesFormat: 'parquet' }, analysis, face: tools.face }); // prettier-ignore
  await tools.close();
  const lines = (await readFile(join(folder, 'frames.csv'), 'utf8')).trimEnd().split('\r\n');
  const names = lines[0]!.split(',');
  rows = lines.slice(1).map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i]!]));
  });
});
afterAll(() => rm(folder, { recursive: true }));

const value = (frame: number, column: string): number => Number(rows[frame]![column]);

test('there is a row for every frame; without a face, cells are empty', () => {
  expect(rows).toHaveLength(45);
  expect(Object.keys(rows[0]!)).toEqual(frameColumns);
  rows.forEach((row, i) => {
    expect(row['frame']).toBe(String(i));
    expect(Number(row['time'])).toBeCloseTo(i / 30, 4);
  });
  expect(rows[44]).toMatchObject({
    face: '0',
    box_x: '',
    yaw: '',
    movement: '',
    move_chin_x: '',
    cut: '0',
  });
  // Where the face vanishes, nothing is continued.
  expect(rows.flatMap(({ cut }, i) => (cut === '1' ? [i] : []))).toEqual([40]);
  expect(rows.slice(0, 38).every(({ face }) => face === '1')).toBe(true);
});

test('the planted movement is in the columns of the mouth corners: up, and apart', () => {
  const moved = (column: string): number => value(apex, column) - value(2, column);
  expect(moved('move_rightMouthCorner_y')).toBeLessThan(-1); // up
  expect(moved('move_leftMouthCorner_y')).toBeLessThan(-1);
  expect(moved('move_leftMouthCorner_x') - moved('move_rightMouthCorner_x')).toBeGreaterThan(0);
  expect(Math.abs(moved('move_leftInnerBrow_y'))).toBeLessThan(1);
  expect(value(10, 'movement')).toBeCloseTo(analysis.report.movement.values[10]!, 2);
});

test('face, pose, eyes and mouth are plausible', () => {
  for (let i = 0; i < 38; i++) {
    expect(value(i, 'interocular')).toBeGreaterThan(74);
    expect(value(i, 'interocular')).toBeLessThan(86);
    expect(value(i, 'eye_left')).toBeGreaterThan(0.15);
    expect(value(i, 'box_width')).toBeGreaterThan(120);
    expect(Math.abs(value(i, 'roll'))).toBeLessThan(15);
  }
});

test('Parquet has the columns of both files, and a row for every frame', async () => {
  expect(await readdir(folder)).toEqual(['frames.csv', 'frames.parquet', 'landmarks.csv', 'landmarks.parquet']); // prettier-ignore
  // The footer names every column, and its length and the mark are the last eight bytes.
  for (const [name, columns] of [
    ['frames', frameColumns],
    ['landmarks', landmarkColumns],
  ] as const) {
    // prettier-ignore
    const bytes = await readFile(join(folder, `${name}.parquet`));
    const footer = bytes.subarray(-8 - bytes.readUInt32LE(bytes.length - 8)).toString('latin1');
    for (const column of columns) expect(footer).toContain(column);
  }
});

const has = (program: string, ...words: string[]): boolean =>
  spawnSync(program, words).status === 0;
const noPandas = !has('/usr/bin/python3', '-c', 'import pandas');
const noR = !has('Rscript', '--version');

const noArrow = !has('/usr/bin/python3', '-c', 'import pyarrow, pandas');

describe('other programs read both files', () => {
  test.skipIf(noArrow)('Apache Arrow, and as CSV (skipped where python3-pyarrow is absent)', () => {
    const code = `import pandas as p, sys
for name in ['frames', 'landmarks']:
    c = p.read_csv(f'{sys.argv[1]}/{name}.csv'); q = p.read_parquet(f'{sys.argv[1]}/{name}.parquet')
    p.testing.assert_frame_equal(c, q, check_dtype=False)`;
    execFileSync('/usr/bin/python3', ['-c', code, folder]);
  });

  test.skipIf(noPandas)('pandas (skipped where python3-pandas is absent)', () => {
    const code = `import pandas as p, sys
f = p.read_csv(sys.argv[1] + '/frames.csv'); l = p.read_csv(sys.argv[1] + '/landmarks.csv')
assert (f.dtypes.drop(['frame', 'face', 'cut']) == float).all(), f.dtypes
print(f.shape, l.shape, int(f['yaw'].isna().sum()), (f['time'] == l['time']).all(), round(float(f['movement'].max()), 3))`;
    const shown = execFileSync('/usr/bin/python3', ['-c', code, folder], { encoding: 'utf8' });
    const most = Math.max(...analysis.report.movement.values.map((one) => one ?? 0));
    const missing = rows.filter(({ yaw }) => yaw === '').length;
    expect(shown.trim()).toBe(`(45, ${frameColumns.length}) (45, 958) ${missing} True ${Number(most.toFixed(3))}`); // prettier-ignore
  });

  test.skipIf(noR)('R (skipped where it is absent)', () => {
    const code = `folder <- commandArgs(TRUE)[1]
f <- read.csv(file.path(folder, "frames.csv")); l <- read.csv(file.path(folder, "landmarks.csv"))
stopifnot(all(sapply(f, is.numeric)), all(sapply(l, is.numeric)), f$time == l$time)
cat(dim(f), dim(l), sum(is.na(f$yaw)))`;
    const shown = execFileSync('Rscript', ['-e', code, folder], { encoding: 'utf8' });
    const missing = rows.filter(({ yaw }) => yaw === '').length;
    expect(shown).toBe(`45 ${frameColumns.length} 45 958 ${missing}`);
  });
});
