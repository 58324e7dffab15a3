/** @file The figure of a video and the page of a spotting evaluation, on numbers whose drawing is known. */
import { spottingResult } from '@telltale/core/evaluate';
import type { AnnotatedVideo } from '@telltale/core/evaluate';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';

import { spottingPage, videoFigure } from './evaluation.ts';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

const curve = Array.from(
  { length: 900 },
  (_, i) =>
  i > 800 ? null : 0.1 + Math.exp(-0.5 * ((i - 200) / 6) ** 2) + 0.8 * Math.exp(-0.5 * ((i - 600) / 25) ** 2), // prettier-ignore
);
const video: AnnotatedVideo = {
  truth: [
    { kind: 'micro', onset: 190, offset: 212, apex: 200 },
    { kind: 'macro', onset: 560, offset: 650 },
    { kind: 'micro', onset: 400, offset: 412 },
  ],
  record: {
    schema: 'telltale.spotted/1',
    ...{ key: 'k', id: 'd/<v>', dataset: 'd', subject: 'd/s', video: 's/<v>' },
    ...{ framesPerSecond: 30, threshold: 0.4, curve, numbers: curve.map((_, i) => i + 1) },
    spotted: [
      { kind: 'micro', onset: 188, offset: 210, score: 0.9 },
      { kind: 'macro', onset: 700, offset: 760, score: 0.2 },
    ],
  },
};
const result = spottingResult([video], { telltale: '0', dataset: 'd', annotation: 'x', draws: 20 });
const figure = videoFigure({ ...result.videos[0]!, video: 's/v' }, video.record, {
  document,
  method: 'telltale',
});

describe('the figure of a video', () => {
  it('is golden (look at it: packages/figures/golden)', async () => {
    await expect(`${figure.outerHTML.replaceAll('><', '>\n<')}\n`).toMatchFileSnapshot(
      '../golden/spotting-video.svg',
    );
  });

  it('describes what it shows, and shows every interval', () => {
    expect(figure.getAttribute('aria-label')).toBe(
      's/v: 3 expressions annotated, 2 spotted, 1 of them hits.',
    );
    const bars = [...figure.querySelectorAll('[aria-label="rect"] rect')];
    expect(bars).toHaveLength(5);
    const full = bars.filter((bar) => Number(bar.getAttribute('fill-opacity')) > 0.5);
    expect(full).toHaveLength(2);
    expect(figure.outerHTML.length).toBeLessThan(20_000);
  });
});

describe('the page', () => {
  const page = spottingPage(result, { document, curves: new Map([['d/<v>', video.record]]) });

  it('loads nothing, runs no script, escapes what it is given, and holds the result', () => {
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
    expect(page).toContain('s/&lt;v&gt;');
    const { document: read } = parseHTML(page);
    expect(read.querySelectorAll('figure svg')).toHaveLength(1);
    expect(JSON.parse(read.getElementById('telltale-spotting')!.textContent)).toEqual(result);
  });
});
