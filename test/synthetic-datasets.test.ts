/**
 * @file Every reader of a licensed dataset on its made-up twin: what was planned is what is read.
 *
 * First without a disk, sheet by sheet and row by row; then from end to end: made, checked, prepared, trained on,
 * evaluated.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  countAnnotations,
  definitionOf,
  readDataset,
  type DatasetContent,
} from '../packages/core/src/datasets/index.ts';
import {
  countPlan,
  LAYOUT_NAMES,
  LAYOUTS,
  planDataset,
  type DatasetPlan,
  type SheetCell,
} from '../packages/core/src/synth/index.ts';
import { telltale } from './telltale.ts';

const textOf = (cell: SheetCell): string =>
  cell === null ? '' : String(typeof cell === 'object' ? cell.value : cell);

/** What a reader would find on disk. */
function contentOf({ layout, films }: DatasetPlan): DatasetContent {
  const folders = new Map<string, string[]>();
  for (const { film } of films) {
    for (let index = 0; index < film.frames; index++) {
      const depth = layout.depth === undefined ? [] : [layout.depth(film, index)];
      for (const path of [...layout.paths(film, index), ...depth]) {
        const cut = path.lastIndexOf('/');
        const files = folders.get(path.slice(0, cut)) ?? [];
        files.push(path.slice(cut + 1));
        folders.set(path.slice(0, cut), files);
      }
    }
  }
  return {
    folders: [...folders].map(([path, files]) => ({ path, files })),
    workbooks: layout.sheets(films.map(({ film }) => film)).map(({ path, sheets }) => ({
      path,
      sheets: sheets.map(({ name, rows }) => ({ name, rows: rows.map((row) => row.map(textOf)) })),
    })),
  };
}

describe.each(LAYOUT_NAMES)('%s', (name) => {
  const plan = planDataset(name, { subjects: 3, clips: 18, seed: 7 });
  const content = contentOf(plan);
  const { annotations, findings } = readDataset(definitionOf(name), content);
  const micro = annotations.filter(({ kind }) => kind === 'micro');

  it('is read with the counts that stand beside it', () => {
    const { clips, subjects, classes } = countPlan(plan);
    expect(countAnnotations(micro)).toEqual({ clips, subjects, classes });
    const macro = plan.films.flatMap(({ film }) => film.events).filter((e) => e.kind === 'macro');
    expect(annotations.length - micro.length).toBe(macro.length);
  });

  it('is read with the frames that were planned, and lacks none', () => {
    // What the layouts have on purpose: text below SMIC's rows, units of 4DME that the coder was not sure of.
    const meant = { smic: /are no frame numbers/, '4dme': /is uncertain/ }[name as string] ?? /^$/;
    const told = findings.filter(({ kind, message }) => kind !== 'note' && !meant.test(message));
    expect(told, JSON.stringify(told)).toEqual([]);
    const planned = plan.films.flatMap(({ film }) =>
      film.events
        .filter(({ kind }) => kind === 'micro')
        .map(({ onset, apex, offset }) => [onset, apex, offset].map((at) => film.first + at)),
    );
    const read = micro.map(({ onset, apex, offset }) => [onset, apex, offset]);
    const hasApex = read.some(([, apex]) => apex !== undefined);
    expect(hasApex).toBe(!['smic', 'casme3c'].includes(name));
    const key = ([onset, , offset]: readonly (number | undefined)[]): string =>
      `${onset}-${offset}`;
    expect(read.map(key).sort()).toEqual(planned.map(key).sort());
    const folders = new Set(content.folders.map(({ path }) => path));
    for (const { folder } of micro) expect(folders).toContain(folder);
  });
});

describe('from sheet to score', () => {
  let room = '';
  beforeAll(() => {
    room = mkdtempSync(join(tmpdir(), 'telltale-twins-'));
  });
  afterAll(() => rmSync(room, { recursive: true, force: true }));
  const at = (name: string): string => join(room, name);
  const run = async (...words: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await telltale(...words);
    expect(status, `${words.join(' ')}\n${stderr}`).toBe(0);
    return stdout;
  };

  it.each(LAYOUT_NAMES)(
    '%s is made, checked and prepared',
    async (name) => {
      const [subjects, clips] = LAYOUTS[name].timing.long ? [1, 3] : [2, 2];
      const sizes = ['--subjects', String(subjects), '--clips', String(clips)];
      // Other people in each: the same picture in two datasets is refused as a leak.
      const people = ['--seed', String(1 + LAYOUT_NAMES.indexOf(name))];
      const coarse = ['--fps', '20', '--size', '112x128', ...people];
      await run('synth', 'dataset', '--layout', name, '--out', at(name), ...sizes, ...coarse);
      const checked = JSON.parse(
        await run('dataset', 'check', name, at(name), '--synthetic', '--json'),
      ) as { readonly differences: readonly unknown[] };
      expect(checked.differences).toEqual([]);
      await run('dataset', 'prepare', name, at(name), '--out', at('cache'), '--parallel', '1');
      const sheet = readFileSync(join(at('cache'), 'samples.csv'), 'utf8');
      const title = LAYOUTS[name].title;
      expect(sheet.split('\n').filter((line) => line.startsWith(`${title},`))).toHaveLength(clips);
    },
    600_000,
  );

  it('all of them are trained on and evaluated', { timeout: 600_000 }, async () => {
    const network = ['--data', at('cache'), '--network', 'ststnet'];
    await run('train', ...network, '--epochs', '1', '--out', at('weights.safetensors'));
    expect(existsSync(at('weights.safetensors'))).toBe(true);
    const table = await run(
      ...[
        'evaluate',
        ...network,
        '--epochs',
        '1',
        '--protocol',
        'kfold',
        '--folds',
        '2',
        '--out',
        at('run'),
      ],
    );
    const clips = LAYOUT_NAMES.reduce((sum, name) => sum + (LAYOUTS[name].timing.long ? 3 : 2), 0);
    expect(table).toMatch(new RegExp(`all +${clips} `));
  });
});
