import { parseHTML } from 'linkedom';
import type { UnitAnswer } from '@telltale/core/report';
import { describe, expect, it } from 'vitest';

import { sampleReport } from '../../../test/sample-report.ts';
import { probabilities, regions, timeline, unitLines, unitsFace } from './index.ts';
import { english, unitPhrase, unitsList, verdictPhrase } from './units.ts';

const { document } = parseHTML('<!doctype html><html><body></body></html>');
const report = sampleReport();
const [surprise, blink, unsure] = report.expressions;

/** A figure as a file that a reviewer can open, one element a line so that changes show. */
function fileOf(figure: Element | undefined): string {
  return `${figure?.outerHTML.replaceAll('><', '>\n<') ?? ''}\n`;
}

/** The numbers of a path's outline: x, y, x, y… */
function pathNumbers(figure: Element): number[] {
  const outline = figure.querySelector('[aria-label="line"] path')?.getAttribute('d') ?? '';
  return (outline.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
}

describe('golden figures (look at them: packages/figures/golden)', () => {
  it.each([
    ['timeline', () => timeline(report, { document })],
    [
      'timeline-close',
      () => timeline(report, { document, from: 0.4, to: 1.6, width: 430, named: 0 }),
    ],
    ['probabilities', () => probabilities(report, surprise!, { document })],
    ['probabilities-unsure', () => probabilities(report, unsure!, { document })],
    ['regions', () => regions(surprise!, { document })],
  ])('%s', async (name, figure) => {
    await expect(fileOf(figure())).toMatchFileSnapshot(`../golden/${name}.svg`);
  });
});

describe('action units over time', () => {
  /** The left corner of the mouth goes up and outward at 1 s for .4 s, all else holds still. */
  const moving = {
    ...report,
    movement: {
      ...report.movement,
      regions: Object.fromEntries(
        Object.keys(surprise!.regions).map((name) => {
          const far = name === 'leftMouthCorner' ? 1 : name === 'leftNoseWing' ? 0.3 : 0;
          const pulse = report.movement.times.map((time, i) =>
            report.movement.values[i] === null ? null : Math.max(0, 1 - Math.abs(time - 1) / 0.2),
          );
          const by = (size: number) => pulse.map((share) => share && size * far * share);
          return [name, { x: by(0.65), y: by(-0.75) }] as const;
        }),
      ),
    },
  };

  it('golden: rows of those that moved, sides apart', async () => {
    const figure = unitLines(moving, { document });
    expect(figure?.textContent).toContain('AU12 lip corner puller');
    expect(figure?.textContent).not.toContain('AU4 ');
    await expect(fileOf(figure)).toMatchFileSnapshot('../golden/unit-lines.svg');
  });

  it('is absent where a report holds no displacements, and where nothing moved', () => {
    expect(unitLines(report, { document })).toBeUndefined();
    const still = { x: report.movement.times.map(() => 0), y: report.movement.times.map(() => 0) };
    const regionsStill = Object.fromEntries(
      Object.keys(surprise!.regions).map((name) => [name, still]),
    );
    const movement = { ...report.movement, regions: regionsStill };
    expect(unitLines({ ...report, movement }, { document })).toBeUndefined();
  });
});

describe('the drawn face', () => {
  it('golden: arrows on the side that moved, dashed where unsure', async () => {
    await expect(`${unitsFace(surprise!, {})!.text}\n`).toMatchFileSnapshot('../golden/units.svg');
  });

  it("has an arrow for each side, on the side of the image that is not the subject's", () => {
    const xs = (side: 'left' | 'right' | 'both'): number[] => {
      const units = [{ unit: 12, probability: 0.9, verdict: 'sure' as const, side }];
      const { text } = unitsFace({ kind: 'micro', units }, {})!;
      return [...text.matchAll(/<g>\s*<path\s+d="M([\d.]+) /g)].map(([, x]) => Number(x));
    };
    expect(xs('left').map((x) => x > 100)).toEqual([true]);
    expect(xs('right').map((x) => x > 100)).toEqual([false]);
    expect(xs('both').map((x) => x > 100)).toEqual([true, false]);
  });

  it('names the units for screen readers, and is absent where none is named', () => {
    expect(unitsFace(surprise!, {})!.text).toContain(
      'aria-label="A drawn face with the action units of this expression: AU1 inner brow raiser, AU2 outer brow raiser, left',
    );
    expect(unitsFace(unsure!, {})).toBeUndefined();
    expect(unitsFace({ kind: 'blink' }, {})).toBeUndefined();
  });

  it('marks units learned from synthetic movements alone: dots, no percentage, its name', () => {
    const jaw: UnitAnswer = {
      ...{ unit: 26, probability: 0.01, decision: 1, side: 'both', sideMeasured: false },
      ...{ verdict: 'unsure', learnedFrom: 'synthetic' },
    };
    const brow = { unit: 4, probability: 0.9, verdict: 'sure', side: 'both' } as const;
    expect(unitPhrase(jaw, english)).toBe(
      'AU26 jaw drop, side not measurable, unsure, synthetic only',
    );
    const dashes = [...unitsFace({ kind: 'micro', units: [jaw, brow] }, {})!.text.matchAll(/stroke-dasharray="([^"]+)"/g)]; // prettier-ignore
    expect(dashes.map(([, dash]) => dash)).toEqual(['2 2', '2 2', 'none', 'none']);
    const list = unitsList({ units: [jaw, brow] }, english).text;
    expect(list.match(/%/g)).toHaveLength(1);
    expect(list.indexOf('AU26')).toBeLessThan(list.indexOf('AU4'));
    expect(verdictPhrase('negative', { units: [{ ...jaw, verdict: 'sure' }, brow] }, english)).toBe(
      'negative: AU4',
    );
  });

  it('are named behind a verdict where they are sure', () => {
    const units = [
      { unit: 4, probability: 0.9, verdict: 'sure', side: 'both' },
      { unit: 7, probability: 0.8, verdict: 'sure', side: 'left' },
      { unit: 9, probability: 0.3, verdict: 'unsure', side: 'both' },
      { unit: 12, probability: 0.1, verdict: 'absent', side: 'right' },
    ] as const;
    expect(verdictPhrase('negative', { units }, english)).toBe('negative: AU4, AU7 left');
    expect(verdictPhrase('negative', { units: units.slice(2) }, english)).toBe('negative');
    expect(verdictPhrase('negative', {}, english)).toBe('negative');
  });
});

describe('timeline', () => {
  it('breaks the curve where there is no face, and labels it', () => {
    const figure = timeline(report, { document });
    const outline = figure.querySelector('[aria-label="line"] path')?.getAttribute('d') ?? '';
    expect(outline.match(/M/g)).toHaveLength(2);
    expect(figure.textContent).toContain('no face');
  });

  it('describes what it shows to screen readers', () => {
    const figure = timeline(report, { document });
    expect(figure.getAttribute('role')).toBe('img');
    expect(figure.getAttribute('aria-label')).toBe(
      'Movement of the face over time in interview-04.mp4: 2 micro-expressions, one macro-expression and one blink.',
    );
  });

  it('shows only the part that was requested', () => {
    const part = timeline(report, { document, from: 2.2, to: 2.8 });
    expect(part.querySelectorAll('[aria-label="dot"] path')).toHaveLength(1);
    expect(part.querySelectorAll('[aria-label="rect"] rect')).toHaveLength(1);
  });

  it('draws ten minutes at 200 frames a second small, and loses no peak', () => {
    const frames = 120_000;
    const values = Array.from({ length: frames }, (_, i) =>
      i === 71_234 ? 9 : 0.2 + (i % 7) / 50,
    );
    const long = {
      ...report,
      clip: { ...report.clip, frames, rate: 200, duration: frames / 200 },
      movement: { times: values.map((_, i) => i / 200), values, threshold: 1 },
    };
    const figure = timeline(long, { document });
    expect(figure.outerHTML.length).toBeLessThan(100_000);
    const heights = pathNumbers(figure).filter((_, i) => i % 2 === 1);
    const [top, floor] = [Math.min(...heights), Math.max(...heights)];
    expect(floor - top).toBeGreaterThan(100); // the one frame of 9 among values of 0.2
  });

  it('stands a clip without movement, without a face, and of one frame', () => {
    const still = (values: readonly (number | null)[]) => ({
      ...report,
      expressions: [],
      face: { ...report.face, gaps: [] },
      movement: { times: values.map((_, i) => i / 60), values, threshold: 0 },
    });
    for (const values of [[0, 0, 0], [null, null], [0]]) {
      const figure = timeline(still(values), { document });
      expect(figure.outerHTML).not.toMatch(/NaN|Infinity|undefined/);
      expect(figure.getAttribute('aria-label')).toContain('nothing spotted');
    }
  });
});

describe('probabilities', () => {
  it('draws nothing for a blink', () => {
    expect(probabilities(report, blink!, { document })).toBeUndefined();
  });
  it('keeps the order of the classes of the recognizer and colors the verdict alone', () => {
    const figure = probabilities(report, surprise!, { document })!;
    const bars = [...figure.querySelectorAll('[aria-label="bar"] rect')];
    const widths = bars.map((bar) => Number(bar.getAttribute('width')));
    expect(widths.map((width) => width / widths[2]!)).toEqual([
      expect.closeTo(0.08 / 0.87, 5),
      expect.closeTo(0.05 / 0.87, 5),
      1,
    ]);
    expect(bars.filter((bar) => bar.getAttribute('fill')?.includes('micro'))).toEqual([bars[2]]);
    const doubtful = probabilities(report, unsure!, { document })!;
    expect(doubtful.querySelectorAll('[aria-label="bar"] rect[fill*="micro"]')).toHaveLength(0);
    expect(doubtful.textContent).toContain('unsure below 50');
  });
});

describe('regions', () => {
  it('draws a bar per region, and nothing where the report has none', () => {
    expect(
      regions(surprise!, { document })!.querySelectorAll('[aria-label="bar"] rect'),
    ).toHaveLength(11);
    expect(regions({ ...surprise!, regions: {} }, { document })).toBeUndefined();
  });
});
