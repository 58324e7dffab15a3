/** @file Synthetic datasets on disk: frames that decode, sheets that read back, all of it or nothing. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { TelltaleError } from '@telltale/core';
import { drawFace } from '@telltale/core/synth';
import { readImage, writeImage } from '@telltale/node';

import { readFlowFolder } from '../io/dataset.ts';
import { readSheets } from '../io/sheets.ts';
import { runSynthDataset, type DatasetRun } from './dataset.ts';
import { runSynthFlow } from './flow-dataset.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-made-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const { signal } = new AbortController();

const make = (layout: DatasetRun['layout'], out: string, faces?: string): Promise<void> =>
  runSynthDataset(
    {
      ...{ layout, out: at(out), faces },
      plan: { subjects: 2, clips: 2, rate: 20, size: [112, 128] },
    },
    signal,
  );

interface Truth {
  readonly films: readonly {
    readonly folder: string;
    readonly first: number;
    readonly frames: number;
  }[];
}
const truthOf = (out: string): Truth =>
  JSON.parse(readFileSync(join(at(out), 'telltale-truth.json'), 'utf8')) as Truth;

describe('synth dataset', () => {
  it('writes CASME II: frames under their numbers, and a sheet that reads back', async () => {
    await make('casme2', 'casme2');
    const { films } = truthOf('casme2');
    expect(films).toHaveLength(2);
    for (const film of films) {
      expect(readdirSync(join(at('casme2'), film.folder))).toHaveLength(film.frames);
      const path = join(at('casme2'), film.folder, `reg_img${film.first}.jpg`);
      const { width, height } = await readImage(path);
      expect([width, height]).toEqual([112, 128]);
    }
    const [sheet] = await readSheets(join(at('casme2'), 'CASME2-coding-20140508.xlsx'));
    expect(sheet!.rows[0]).toEqual([
      ...['Subject', 'Filename', '', 'OnsetFrame', 'ApexFrame', 'OffsetFrame', ''],
      ...['Action Units', 'Estimated Emotion'],
    ]);
    expect(sheet!.rows).toHaveLength(3);
    const counts = JSON.parse(
      readFileSync(join(at('casme2'), 'telltale-synthetic.json'), 'utf8'),
    ) as unknown;
    expect(counts).toMatchObject({ dataset: 'casme2', clips: 2, subjects: 2 });
  });

  it('writes gray frames and a computed duration for SAMM', async () => {
    await make('samm', 'samm');
    const [sheet] = await readSheets(join(at('samm'), 'SAMM_Micro_FACS_Codes_v2.xlsx'));
    const [row] = sheet!.rows.slice(14);
    expect(row![0]).toBe('006');
    expect(Number(row![6])).toBe(Number(row![5]) - Number(row![3]) + 1);
    const film = truthOf('samm').films[0]!;
    const name = readdirSync(join(at('samm'), film.folder))[0]!;
    expect(name).toMatch(/^006_\d{5}\.jpg$/);
    const { data } = await readImage(join(at('samm'), film.folder, name));
    for (let i = 0; i < data.length; i += 3) {
      if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) expect.fail(`pixel ${i / 3}`);
    }
  });

  it('writes both the bitmaps of SMIC and its camera frames, from a photograph', async () => {
    const photo = drawFace(9, 90).image;
    mkdirSync(at('photos'));
    await writeImage(join(at('photos'), 'face.png'), photo);
    await make('smic', 'smic', at('photos'));
    const film = truthOf('smic').films[0]!;
    expect(readdirSync(join(at('smic'), film.folder))).toContain(`image${film.first}.jpg`);
    const cropped = join(at('smic'), 'SMIC_all_cropped/HS/s1/micro');
    const emotion = readdirSync(cropped)[0]!;
    const clip = readdirSync(join(cropped, emotion))[0]!;
    const names = readdirSync(join(cropped, emotion, clip));
    expect(names.length).toBeLessThan(film.frames);
    const { width, data } = await readImage(join(cropped, emotion, clip, names[0]!));
    const jpeg = await readImage(
      join(at('smic'), film.folder, names[0]!.replace('reg_', '').replace('.bmp', '.jpg')),
    );
    expect(width).toBe(112);
    let off = 0;
    for (const [i, value] of data.entries()) off += Math.abs(value - jpeg.data[i]!);
    expect(off / data.length).toBeLessThan(4);
  });

  it('leaves nothing behind when it is stopped, and touches nothing that is there', async () => {
    const controller = new AbortController();
    const run = runSynthDataset(
      {
        layout: 'casme2',
        out: at('stopped'),
        faces: undefined,
        plan: { subjects: 1, clips: 60, size: [112, 128] },
      },
      controller.signal,
    );
    setTimeout(() => controller.abort(new TelltaleError('CANCELED', 'interrupted', '')), 300);
    await expect(run).rejects.toMatchObject({ code: 'CANCELED' });
    expect(readdirSync(folder).filter((name) => name.includes('stopped'))).toEqual([]);

    await expect(make('casme2', 'casme2')).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    writeFileSync(at('faceless.txt'), '');
    await expect(make('casme2', 'none', at('nowhere'))).rejects.toMatchObject({
      code: 'FILE_MISSING',
    });
    expect(existsSync(at('none'))).toBe(false);
  });
});

describe('synth dataset --flow', () => {
  it('writes a folder that training reads', async () => {
    await runSynthFlow({ out: at('flow'), clips: 12, subjects: 4, seed: 3 }, signal);
    const { samples, images } = await readFlowFolder(at('flow'));
    expect(samples).toHaveLength(12);
    expect(new Set(samples.map(({ emotion }) => emotion)).size).toBe(3);
    expect(new Set(samples.map(({ subject }) => subject)).size).toBe(4);
    expect(images[0]!.width).toBe(28);
    await runSynthFlow({ out: at('large'), clips: 3, subjects: 1, seed: 3, size: 56 }, signal);
    expect((await readFlowFolder(at('large'), { size: 56 })).images[2]!.width).toBe(56);
  });
});
