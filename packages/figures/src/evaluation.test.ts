/** @file The page and the figures of an evaluation, on numbers whose drawing is known. */
import { createRandom } from '../../core/src/base/random.ts';
import { evaluationResult, jobsOf, makePlan, planHash } from '@telltale/core/evaluate';
import type { EvaluationResult, FoldRecord } from '@telltale/core/evaluate';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';

import {
  confusionFigure,
  evaluationPage,
  lossFigure,
  scoresFigure,
  subjectsFigure,
} from './evaluation.ts';

const { document } = parseHTML('<!doctype html><html><body></body></html>');
const CLASSES = ['negative', 'positive', 'surprise'];

/** An evaluation of 60 synthetic clips of 10 subjects, correct with the given probability. */
function sampleEvaluation(shares: Readonly<Record<string, number>>, seeds = 2): EvaluationResult {
  const random = createRandom(4);
  const samples = Array.from({ length: 60 }, (_, i) => ({
    id: `c${i}`,
    dataset: i % 10 < 6 ? 'CASME II' : 'SMIC-HS',
    subject: `${i % 10 < 6 ? 'CASME II' : 'SMIC-HS'}/s${i % 10}`,
    clip: `c${i}`,
    emotion: CLASSES[(i * 7) % 3]!,
    file: `${i}.png`,
  }));
  const plan = makePlan(
    {
      telltale: '0.0.0',
      code: 'c0de',
      folder: '/data',
      samples,
      hashes: new Map(samples.map(({ id }) => [id, id])),
      fingerprint: 'abc',
      seeds: Array.from({ length: seeds }, (_, i) => i + 1),
      select: 'fixed',
      leaky: true,
      ablation: false,
    },
    Object.keys(shares).map((name) => ({ name, paper: `${name} <paper>`, settings: {} })),
  );
  const predict = (id: string, share: number): number[] => {
    const target = CLASSES.indexOf(samples.find((sample) => sample.id === id)!.emotion);
    const predicted = random.uniform() < share ? target : random.integer(3);
    return CLASSES.map((_, c) => (c === predicted ? 0.8 : 0.1));
  };
  const records = jobsOf(plan).map((job): FoldRecord => {
    const share = Object.values(shares)[job.method]!;
    const rows = job.fold.test.map((id) => predict(id, share));
    return {
      schema: 'telltale.fold/1',
      plan: planHash(plan),
      name: job.name,
      method: plan.methods[job.method]!.name,
      seed: job.seed,
      subject: job.fold.subject,
      train: job.fold.train.map((id) => [id, id]),
      test: job.fold.test.map((id) => [id, id]),
      probabilities: rows,
      epochs: 12,
      losses: Array.from({ length: 12 }, (_, i) => 1.1 * 0.85 ** i + 0.1 * random.uniform()),
      leaky: { epoch: 3, probabilities: rows },
      seconds: 30,
      digest: '',
    };
  });
  return evaluationResult(plan, records);
}

const result = sampleEvaluation({ merba: 0.8, ststnet: 0.5 });
const [method] = result.methods;

/** A figure as a file that a reviewer can open, one element a line so that changes show. */
function fileOf(figure: Element | undefined): string {
  return `${figure?.outerHTML.replaceAll('><', '>\n<') ?? ''}\n`;
}

describe('golden figures (look at them: packages/figures/golden)', () => {
  it.each([
    ['scores', () => scoresFigure(result, { document })],
    ['confusion', () => confusionFigure(result, method!, { document })],
    ['subjects', () => subjectsFigure(method!, { document })],
    ['loss', () => lossFigure(method!, { document })],
  ])('%s', async (name, figure) => {
    await expect(fileOf(figure())).toMatchFileSnapshot(`../golden/evaluation-${name}.svg`);
  });
});

describe('figures', () => {
  it('describe what they show to screen readers', () => {
    const labelOf = (figure: Element | undefined): string =>
      figure?.getAttribute('aria-label') ?? '';
    const { uf1 } = method!.scores.all;
    expect(labelOf(scoresFigure(result, { document }))).toContain(
      `merba UF1 ${uf1.mean.toFixed(3)}`,
    );
    expect(labelOf(confusionFigure(result, method!, { document }))).toMatch(
      /negative \d+\u202F% right/,
    );
    expect(labelOf(subjectsFigure(method!, { document }))).toContain('10 subjects');
    expect(labelOf(lossFigure(method!, { document }))).toContain('over 12 epochs');
  });

  it('place a point and its interval where the numbers are', () => {
    const figure = scoresFigure(result, { document });
    const dots = [...figure.querySelectorAll('[aria-label="dot"] circle')];
    expect(dots).toHaveLength(4);
    const [first, second] = dots.map((dot) => Number(dot.getAttribute('cx')));
    const [better, worse] = result.methods.map(({ scores }) => scores.all.uf1.mean);
    const scale = (first! - second!) / (better! - worse!);
    const bar = figure.querySelector('[aria-label="rule"] g[stroke-width="2"] line')!;
    const [low, high] = method!.intervals['all']!.uf1;
    expect(Number(bar.getAttribute('x2')) - Number(bar.getAttribute('x1'))).toBeCloseTo(
      scale * (high - low),
      3,
    );
  });

  it('draw no loss of what does not learn in epochs', () => {
    expect(lossFigure({ ...method!, losses: [] }, { document })).toBeUndefined();
  });

  it('stand a single method, a single seed, and one that is always right', () => {
    const single = sampleEvaluation({ one: 1 }, 1);
    expect(single.methods[0]!.scores.all.uf1.mean).toBe(1);
    const page = evaluationPage(single, { document });
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(page).not.toContain('± ');
    expect(page).not.toContain('Differences');
  });
});

describe('the page', () => {
  const page = evaluationPage(result, { document });

  it('loads nothing from elsewhere, runs no script, and escapes what it is given', () => {
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toContain('merba &lt;paper&gt;');
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it.each([
    [undefined, 'leave-one-subject-out'],
    ['lodo', 'leave-one-dataset-out'],
    ['hde', 'holdout-database evaluation'],
    ['kfold', '10 folds of whole subjects'],
  ] as const)('names how folds were split (%s), and nothing else', (cut, words) => {
    const { document: read } = parseHTML(
      evaluationPage(cut === undefined ? result : { ...result, cut }, { document }),
    );
    const facts = read.querySelector('header .facts')!.textContent;
    expect(facts).toMatch(new RegExp(`, 2 seeds, ${words}$`));
    const text = read.querySelector('main')!.textContent.toLowerCase();
    expect(text.includes('leave-one-subject-out')).toBe(cut === undefined);
    expect(text).toContain(`${words} over 10 subjects`);
  });

  it('holds the scores, the warning beside leaky scores, and the result itself', () => {
    const { document: read } = parseHTML(page);
    const text = read.body.textContent.replaceAll(/\s+/g, ' ');
    const { uf1 } = method!.scores.all;
    expect(text).toContain(`${uf1.mean.toFixed(3)} ± ${uf1.deviation.toFixed(3)}`);
    expect(text).toContain('Not a result: epoch chosen on the test subject');
    expect(text).toContain('merba − ststnet');
    expect(read.querySelectorAll('figure svg')).toHaveLength(7);
    expect(JSON.parse(read.getElementById('telltale-evaluation')!.textContent)).toEqual(result);
  });
});
