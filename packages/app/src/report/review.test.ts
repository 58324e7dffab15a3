/** @file Moving, adding, deleting and undoing: events stay in order after any correction. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { correctedReport, originOf, reviewOf, type Review } from '@telltale/core/report';

import { reportOf } from '../export/report.cases.ts';
import { begin, commit, redo, undo } from './history.ts';
import { addEvent, describeEvent, movePoint, removeEvent, type Point } from './review.ts';

const report = reportOf();
const { frames, rate } = report.clip;

it('a review starts with the events of the report', () => {
  const review = reviewOf(report);
  expect(review.events.map(({ found }) => found)).toEqual([1, 0]);
  expect(correctedReport(report, review).expressions).toEqual([
    report.expressions[1],
    report.expressions[0],
  ]);
  expect(review.events.map((event) => originOf(event, report))).toEqual(['found', 'found']);
});

it('moments stay in order and inside the clip, however they are moved', () => {
  const moves = fc.array(
    fc.record({
      id: fc.constantFrom('found-0', 'found-1', 'added-1'),
      point: fc.constantFrom<Point>('onset', 'apex', 'offset'),
      frame: fc.integer({ min: -50, max: 200 }),
    }),
  );
  fc.assert(
    fc.property(moves, fc.integer({ min: 0, max: frames - 1 }), (list, at) => {
      let { review } = addEvent(reviewOf(report), at, { frames, rate });
      for (const move of list) review = movePoint(review, move, { frames });
      expect(review.events).toHaveLength(3);
      for (const { onset, apex, offset } of review.events) {
        expect(0 <= onset && onset <= apex && apex <= offset && offset < frames).toBe(true);
      }
      const onsets = review.events.map(({ onset }) => onset);
      expect(onsets).toEqual([...onsets].sort((a, b) => a - b));
    }),
  );
});

it('a moved event is known as moved, and its times follow its frames', () => {
  const to = { id: 'found-0', point: 'apex', frame: 66 } as const;
  const review = movePoint(reviewOf(report), to, { frames, coder: 'AB' });
  const event = review.events.find(({ id }) => id === 'found-0')!;
  expect(originOf(event, report)).toBe('corrected');
  expect(event.coder).toBe('AB');
  const moved = correctedReport(report, review).expressions[1]!;
  expect(moved.apex).toEqual({ frame: 66, time: report.movement.times[66] });
});

it('an event that was added stays when another one is left out', () => {
  const added = addEvent(reviewOf(report), 90, { frames, rate });
  const left = removeEvent(added.review, 'found-0');
  expect(left.events.map(({ id }) => id)).toEqual(['found-1', added.id]);
  expect(addEvent(left, 100, { frames, rate }).id).not.toBe(added.id);
});

it('undo reverts every step, redo repeats it, and a change without effect is not a step', () => {
  const steps = fc.array(fc.integer({ min: 0, max: frames - 1 }), { maxLength: 30 });
  fc.assert(
    fc.property(steps, (list) => {
      const first = reviewOf(report);
      let history = begin<Review>(first);
      const seen = [first];
      for (const frame of list) {
        const move = { id: 'found-0', point: 'apex', frame } as const;
        const before = history;
        history = commit(history, movePoint(history.present, move, { frames }));
        if (history !== before) seen.push(history.present);
      }
      const last = history.present;
      for (const expected of [...seen].reverse()) {
        expect(history.present).toBe(expected);
        history = undo(history);
      }
      expect(history.present).toBe(first);
      for (let i = 0; i < seen.length; i++) history = redo(history);
      expect(history.present).toBe(last);
    }),
  );
});

it('words are kept with their event', () => {
  const review = describeEvent(
    reviewOf(report),
    { id: 'found-0' },
    { label: 'doubt', comment: 'brows' },
  );
  expect(review.events[1]).toMatchObject({ label: 'doubt', comment: 'brows' });
  expect(describeEvent(review, { id: 'found-0' }, { label: 'doubt' })).toBe(review);
});
