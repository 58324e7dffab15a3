/** @file A whole result of spotting: what is learned comes from other subjects, and what is written agrees. */
import { describe, expect, test } from 'vitest';

import { createRandom } from '../../base/random.ts';
import type { RgbImage } from '../../base/image.ts';
import { peaksOf, spottingResult } from './result.ts';
import type { AnnotatedVideo } from './result.ts';
import { classOfThree } from '../../protocols/protocols.ts';
import { recognizeFold, spottedFolds } from './recognition.ts';
import type { ExpressionSample } from './recognition.ts';
import { spottedCsv, spottedTable } from './video-record.ts';
import { spottingMarkdown } from './tables.ts';
import type { Trainable } from '../folds/method.ts';

/** A video of 300 frames from number 11 on: expressions of known length, each a hill of the curve. */
function videoOf(subject: string, index: number, half: number): AnnotatedVideo {
  const random = createRandom(10 * index + half);
  const centers = [60, 150, 240].map((center) => center + random.integer(9));
  const curve = Array.from({ length: 300 }, (_, i) =>
    Math.max(0.01 * random.uniform(), ...centers.map((c) => 1 - Math.abs(i - c) / (1.5 * half))),
  );
  const intervals = centers.map((center) => ({
    ...{ kind: 'micro' as const, onset: 11 + center - half, offset: 11 + center + half },
    ...{ apex: 11 + center, emotion: ['happiness', 'surprise', 'others'][center % 3]! },
  }));
  return {
    truth: intervals,
    record: {
      schema: 'telltale.spotted/1',
      ...{ key: `k${index}`, id: `d/v${index}`, dataset: 'd', subject: `d/${subject}` },
      ...{ video: `v${index}`, framesPerSecond: 30, threshold: 0.3, curve },
      numbers: curve.map((_, i) => 11 + i),
      spotted: intervals
        .slice(0, 2)
        .map(({ kind, onset, apex, offset }, i) => ({ kind, onset, apex, offset, score: i / 2 })),
    },
  };
}

const videos = [videoOf('a', 0, 4), videoOf('b', 1, 9), videoOf('b', 2, 9), videoOf('c', 3, 9)];
const context = { telltale: '0', dataset: 'd', annotation: 'sheet.xlsx', draws: 50 };
const result = spottingResult(videos, context);

describe('the result', () => {
  test('scores what was spotted, and the decoder of the field beside it', () => {
    const [own, peaks] = result.methods;
    expect(own!.scores.lines.micro).toMatchObject({ hits: 8, falseAlarms: 0, misses: 4, f1: 0.8 });
    expect(own!.scores.lines.macro).toBeUndefined();
    expect(own!.scores.recognition).toBeUndefined();
    // Nine of the twelve have the length that was learned; those of subject a are half as long.
    expect(peaks!.scores.lines.micro!.hits).toBeGreaterThanOrEqual(9);
    expect(result.task).toBe('spotting');
  });

  test('learns lengths from the other subjects, never from the tested one', () => {
    const { learned } = peaksOf(videos);
    expect(learned).toEqual({ 'd/a': { micro: 10 }, 'd/b': { micro: 7 }, 'd/c': { micro: 8 } });
    const changed = videos.map((video) =>
      video.record.subject === 'd/a' ? { ...video, truth: [] } : video,
    );
    expect(peaksOf(changed).learned['d/a']).toEqual(learned['d/a']);
    expect(peaksOf(changed).spotted[0]).toEqual(peaksOf(videos).spotted[0]);
  });

  test('is the same in Markdown, and names what could not be spotted', () => {
    const text = spottingMarkdown(result);
    expect(text).toContain('| telltale | micro-expressions | 8 | 0 | 4 | 0.800 [');
    expect(text).not.toMatch(/undefined|NaN/);
    const [first, ...others] = videos as [AnnotatedVideo, ...AnnotatedVideo[]];
    const silent = { ...first, record: { ...first.record, spotted: [], note: 'no face' } };
    expect(spottingMarkdown(spottingResult([silent, ...others], context))).toContain(
      'v0 (no face)',
    );
  });

  test('is multiplied with that of recognition where emotions were predicted', () => {
    const predicted = videos.map(({ record, truth }) => ({
      truth: truth.map(({ emotion, ...one }) => ({ ...one, emotion: emotion! })),
      record: {
        ...record,
        spotted: record.spotted.map((one, i) => ({ ...one, emotion: truth[i]!.emotion! })),
      },
    }));
    const both = spottingResult(predicted, { ...context, recognizer: { network: 'merba' } });
    expect(both.task).toBe('spot-then-recognize');
    expect(both.methods[0]!.scores.recognition).toMatchObject({ hits: 8, f1: 1, strs: 0.8 });
    expect(spottingMarkdown(both)).toContain('STRS, F1 of spotting times F1 of recognition: 0.800');
  });

  test('is written as a sheet in frames and seconds', () => {
    const [header, first, ...others] = spottedCsv([videos[0]!.record]).trim().split('\n');
    expect(header).toBe(
      'dataset,subject,video,kind,onset,apex,offset,onset_seconds,apex_seconds,offset_seconds,score',
    );
    const { onset, apex, offset } = videos[0]!.record.spotted[0]!;
    const seconds = [onset, apex!, offset].map((frame) => Number(((frame - 11) / 30).toFixed(3)));
    expect(first).toBe(`d,a,v0,micro,${onset},${apex!},${offset},${seconds.join()},0`);
    expect(others).toHaveLength(1);
  });

  test('of a single clip has no empty columns, and the times of its frames', () => {
    const { record } = videos[0]!;
    const clip = {
      ...{ ...record, dataset: '', subject: '' },
      times: record.numbers.map((_, i) => i / 7),
      spotted: record.spotted.slice(0, 1),
    };
    const { columns, rows } = spottedTable([clip]);
    expect(columns.slice(0, 2)).toEqual(['video', 'kind']);
    const at = record.numbers.indexOf(record.spotted[0]!.apex!);
    expect(rows[0]![columns.indexOf('apex_seconds')]).toBe(Number((at / 7).toFixed(3)));
    expect(spottedTable([{ ...clip, spotted: [] }]).columns).toEqual(columns);
  });
});

describe('recognition of what was spotted', () => {
  const flow = (level: number): RgbImage => ({
    ...{ width: 28, height: 28, channels: 3 },
    data: new Uint8Array(3 * 28 * 28).fill(level),
  });
  const expression = (subject: string, i: number, emotion?: string): ExpressionSample => ({
    ...{ id: `${subject}/${i}`, subject, flow: flow(i), faces: {} },
    ...(emotion !== undefined && { emotion }),
  });
  const annotated = ['a', 'b', 'c'].flatMap((subject) => [
    expression(subject, 1, 'positive'),
    expression(subject, 2, 'surprise'),
    expression(subject, 3),
  ]);

  test('classes are those of the protocols', () => {
    expect(['disgust', 'repression', 'happiness', 'surprise', 'others', 'toString'].map(classOfThree)).toEqual([
      ...['negative', 'negative', 'positive', 'surprise'], undefined, undefined,
    ]); // prettier-ignore
  });

  test('every subject is predicted by what was trained on the others alone', async () => {
    const folds = spottedFolds(annotated, [expression('a', 7), expression('c', 8)]);
    expect(folds.map(({ subject }) => subject)).toEqual(['a', 'c']);
    for (const { subject, part } of folds) {
      expect(part.train.subjects).not.toContain(subject);
      expect(part.train.labels).toEqual([1, 2, 1, 2]);
      expect(part.test).not.toHaveProperty('labels');
    }
    const always: Trainable = {
      name: 'always surprise',
      trainFold: ({ test: { ids } }) =>
        Promise.resolve({ predictions: [{ epoch: 0, probabilities: ids.map(() => [0.1, 0.2, 0.7]) }], losses: [] }), // prettier-ignore
      release: () => Promise.resolve(),
    };
    const predicted = await recognizeFold(folds[0]!, always, { seed: 1 });
    expect([...predicted]).toEqual([['a/7', 'surprise']]);
  });

  test('needs two classes of others', () => {
    const alone = annotated.filter(({ subject }) => subject === 'a');
    expect(() => spottedFolds(alone, [expression('a', 7)])).toThrow('not of two classes');
  });
});
