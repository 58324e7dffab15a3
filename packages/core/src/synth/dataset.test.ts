/** @file Plans of synthetic datasets: the sheets agree with the films, and names do not collide. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { TelltaleError } from '../base/errors.ts';
import { countPlan, planDataset, truthOf, type DatasetPlan } from './dataset.ts';
import { planFlowSamples } from './flow-samples.ts';
import { LAYOUT_NAMES, LAYOUTS, type SheetCell } from './layouts/index.ts';
import { objectiveClass } from './layouts/layout.ts';

const textOf = (cell: SheetCell): string =>
  cell === null ? '' : String(typeof cell === 'object' ? cell.value : cell);

/** Rows below the header (or all of them where the original has none) of the annotation sheet. */
function annotationRows({ layout, films }: DatasetPlan): readonly (readonly SheetCell[])[] {
  const [file] = layout.sheets(films.map(({ film }) => film));
  const rows = file!.sheets[0]!.rows;
  if (layout.name === 'casmesq') return rows;
  const header = rows.findIndex(
    (row) => row.length > 4 && row.some((cell) => /^onset/i.test(textOf(cell))),
  );
  expect(header).toBeGreaterThanOrEqual(0);
  return rows.slice(header + 1).filter((row) => row.filter((cell) => cell !== null).length > 2);
}

describe.each(LAYOUT_NAMES)('%s', (name) => {
  const plan = planDataset(name, { subjects: 3, clips: 12, seed: 5 });
  const { films, layout } = plan;

  it('has the requested number of expressions and subjects', () => {
    const counts = countPlan(plan);
    expect(counts.clips).toBe(12);
    expect(counts.subjects).toBe(3);
    expect(Object.values(counts.classes).reduce((a, b) => a + b)).toBe(12);
    expect(counts.dataset).toBe(name);
  });

  it('has a row for each expression, with frames that are there', () => {
    const annotated = films.reduce((sum, { film }) => sum + film.events.length, 0);
    const rows = annotationRows(plan);
    expect(rows).toHaveLength(annotated);
    const width = rows[0]!.length;
    for (const row of rows) expect(row).toHaveLength(width);
    const cells = rows.flat().map(textOf);
    for (const { film } of films) {
      for (const { onset, apex, offset } of film.events) {
        expect(onset).toBeGreaterThan(0);
        expect(apex).toBeGreaterThan(onset);
        expect(offset).toBeGreaterThan(apex);
        expect(offset).toBeLessThan(film.frames);
        expect(cells).toContain(String(film.first + onset));
        expect(cells).toContain(String(film.first + offset));
      }
    }
  });

  it('gives every frame of every film its own place', () => {
    const paths = films.flatMap(({ film }) =>
      Array.from({ length: film.frames }, (_, index) => layout.paths(film, index)).flat(),
    );
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(path).toMatch(/^[^/.][^\\:]*\d\.(jpg|png|bmp)$/);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(truthOf(planDataset(name, { subjects: 3, clips: 12, seed: 5 }))).toEqual(truthOf(plan));
    expect(truthOf(planDataset(name, { subjects: 3, clips: 12, seed: 6 }))).not.toEqual(
      truthOf(plan),
    );
  });
});

describe('layouts', () => {
  it('keep the text above the header, and the formula, of SAMM', () => {
    const { films } = planDataset('samm', { subjects: 2, clips: 2 });
    const rows = LAYOUTS.samm.sheets(films.map(({ film }) => film))[0]!.sheets[0]!.rows;
    expect(rows[13]![0]).toBe('Subject');
    expect(rows[14]![0]).toBe('006');
    expect(rows[14]![6]).toMatchObject({ formula: 'SUM(F15-D15)+1' });
    const long = planDataset('sammlv', { subjects: 1, clips: 3 });
    const [sheet, micro] = LAYOUTS.sammlv.sheets(long.films.map(({ film }) => film));
    expect(sheet!.sheets[0]!.rows[9]![0]).toBe('Subject');
    expect(micro!.sheets[0]!.rows).toHaveLength(14 + 3);
  });

  it('keep numbers as text where the original does', () => {
    const { films } = planDataset('casme3', { subjects: 1, clips: 3 });
    const [, row] = LAYOUTS.casme3.sheets(films.map(({ film }) => film))[0]!.sheets[0]!.rows;
    for (const cell of row!) expect(typeof cell).toBe('string');
  });

  it('hold the classes of the original in its proportions', () => {
    const { classes } = countPlan(planDataset('casme2', { subjects: 26, clips: 255 }));
    expect(classes).toEqual({
      ...{ disgust: 63, fear: 2, happiness: 32, others: 99, repression: 27, sadness: 7 },
      surprise: 25,
    });
  });

  it('class units as Davison et al. 2018 do', () => {
    const published: readonly (readonly [number, readonly string[]])[] = [
      [1, ['6', '12', '6+12', '6+7+12', '7+12']],
      [2, ['1+2', '5', '25', '1+2+25', '25+26']],
      [3, ['23', '4', '4+7', '4+5', '4+5+7', '17+24', '4+6+7', '4+38']],
      [4, ['10', '9', '4+9', '4+7+9', '4+9+17', '4+7+10', '4+5+7+9', '7+10']],
      [5, ['1', '15', '1+4', '6+15', '15+17']],
      [6, ['1+2+4', '20']],
    ];
    for (const [number, combinations] of published) {
      for (const units of combinations) expect(objectiveClass(units), units).toBe(number);
    }
  });
});

describe('planDataset', () => {
  it('plans anything that makes sense and refuses the rest', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LAYOUT_NAMES),
        fc.integer({ min: -1, max: 40 }),
        fc.integer({ min: -1, max: 12 }),
        fc.constantFrom(10, 25, 30, 200, Number.NaN, 0),
        (name, clips, subjects, rate) => {
          try {
            const plan = planDataset(name, { clips, subjects, rate });
            expect(countPlan(plan)).toMatchObject({ clips, subjects });
          } catch (error) {
            expect(error).toBeInstanceOf(TelltaleError);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('names the problem', () => {
    expect(() => planDataset('sammlv', { clips: 4, subjects: 3 })).toThrow(
      /3 subjects for 2 films/,
    );
    expect(() => planDataset('casme2', { clips: 4, subjects: 1, rate: 3 })).toThrow(/3 frames/);
    expect(() => planDataset('casme2', { clips: 4, subjects: 1, size: [10, 10] })).toThrow(/10×10/);
    expect(() => planDataset('casmesq', { clips: 90, subjects: 2 })).toThrow(
      /15 films per subject/,
    );
  });
});

describe('planFlowSamples', () => {
  it('gives every subject every class, and every sample an image of its own', () => {
    for (const subjects of [2, 3, 4, 5, 9]) {
      const samples = planFlowSamples({ clips: 3 * subjects, subjects });
      const pairs = new Set(samples.map(({ subject, emotion }) => `${subject} ${emotion}`));
      expect(pairs.size).toBe(3 * subjects);
      expect(new Set(samples.map(({ clip }) => clip)).size).toBe(samples.length);
    }
    const [a, b] = planFlowSamples({ clips: 2, subjects: 1, classes: 'emotions' });
    expect(a!.draw().image).toEqual(a!.draw().image);
    expect(a!.draw().image.data).not.toEqual(b!.draw().image.data);
    const [large] = planFlowSamples({ clips: 1, subjects: 1, size: 56 });
    expect(large!.draw().image).toMatchObject({ width: 56, height: 56 });
    expect(() => planFlowSamples({ clips: 1, subjects: 2 })).toThrow(TelltaleError);
    expect(() => planFlowSamples({ clips: 1, subjects: 1, size: 7 })).toThrow(TelltaleError);
  });
});
