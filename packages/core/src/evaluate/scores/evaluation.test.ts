/** @file An evaluation over real folds: predictions are pooled, what is missing is refused. */
import { describe, expect, test } from 'vitest';

import { parseFlowFolder } from '../../datasets/flow-folder.ts';
import { planJobs } from '../plan/jobs.ts';
import type { FoldJob } from '../plan/jobs.ts';
import { scoreEvaluation, verdictOf } from './evaluation.ts';
import type { FoldResult } from './evaluation.ts';
import { leaveOneSubjectOut } from '../plan/splits.ts';
import { megcLog, predictionsCsv } from '../tables/predictions.ts';

const CLASSES = ['negative', 'positive', 'surprise'];
const samples = parseFlowFolder(
  [
    'dataset,subject,clip,emotion,flow',
    'CASME II,sub01,a,negative,1',
    'CASME II,sub01,b,surprise,2',
    'SMIC-HS,s1,c,positive,3',
    'SMIC-HS,s2,d,negative,4',
    'SMIC-HS,s2,e,negative,5',
  ].join('\n'),
);
const jobs = planJobs(leaveOneSubjectOut(samples), [1, 2]);

/** The recognizer that counts: it predicts how often each class is in the training part. */
function countClasses(job: FoldJob): Promise<FoldResult> {
  const emotionOf = new Map(samples.map(({ id, emotion }) => [id, emotion!]));
  const known = job.fold.train.map((id) => emotionOf.get(id));
  const probabilities = CLASSES.map(
    (name) => known.filter((one) => one === name).length / known.length,
  );
  return Promise.resolve({
    name: job.name,
    seed: job.seed,
    subject: job.fold.subject,
    predictions: job.fold.test.map((id) => ({ id, target: emotionOf.get(id)!, probabilities })),
    epochs: 1,
    loss: 0,
  });
}

async function runAll(part: readonly FoldJob[]): Promise<FoldResult[]> {
  return Promise.all(part.map(countClasses));
}

describe('an evaluation', () => {
  test('plans every fold with every seed under its own name and seed', () => {
    expect(jobs.map(({ name }) => name)).toEqual(['1-0', '1-1', '1-2', '2-0', '2-1', '2-2']);
    expect(new Set(jobs.map(({ trainingSeed }) => trainingSeed)).size).toBe(6);
    expect(planJobs(leaveOneSubjectOut(samples), [2]).map((job) => job.trainingSeed)).toEqual(
      jobs.slice(3).map((job) => job.trainingSeed),
    );
  });

  test('pools predictions over folds, and restricts them to parts', async () => {
    const scores = scoreEvaluation(await runAll(jobs), samples, CLASSES);
    // Negative is always the most frequent or the first of equals: 3 of 5 right, F1 6/8, 0, 0.
    expect(scores.all.uf1).toEqual({ mean: 0.75 / 3, deviation: 0 });
    expect(scores.all.uar.mean).toBeCloseTo(1 / 3, 12);
    expect(scores.parts['CASME II']!.samples).toBe(2);
    expect(scores.parts['SMIC-HS']!.accuracy.mean).toBeCloseTo(2 / 3, 12);
    expect(scores.subjects).toBe(3);
  });

  test('refuses to score with a fold missing or doubled', async () => {
    const results = await runAll(jobs);
    expect(() => scoreEvaluation(results.slice(1), samples, CLASSES)).toThrow(
      /2 of 5 samples have no prediction with seed 1/,
    );
    expect(() => scoreEvaluation([...results, results[0]!], samples, CLASSES)).toThrow(
      /predicted twice/,
    );
  });
});

describe('logs', () => {
  const rows = samples.map((sample) => ({ sample, probabilities: [0.25, 0.5, 0.25] }));

  test('CSV carries the sheet, the verdict and the probabilities', () => {
    const lines = predictionsCsv(rows, CLASSES).split('\n');
    expect(lines[0]).toBe('dataset,subject,clip,emotion,prediction,negative,positive,surprise');
    expect(lines[1]).toBe('CASME II,sub01,a,negative,positive,0.250000,0.500000,0.250000');
    const unknown = rows.map(({ sample: { id, dataset, subject, clip, file }, ...row }) => ({
      ...row,
      sample: { id, dataset, subject, clip, file },
    }));
    expect(predictionsCsv(unknown, CLASSES)).not.toContain('emotion');
  });

  test('MEGC log has a header per subject and a line per clip', () => {
    expect(megcLog(rows, CLASSES).split('\n').slice(0, 6)).toEqual([
      'CASME_II sub01',
      'a 0 1',
      'b 2 1',
      '',
      'SMIC-HS s1',
      'c 1 1',
    ]);
  });

  test('the first of equally probable classes is the verdict', () => {
    expect(verdictOf([0.4, 0.4, 0.2], CLASSES)).toBe('negative');
  });
});
