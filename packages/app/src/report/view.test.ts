/** @file The view of the timeline: inside the clip, however it is zoomed and panned; few marks, however many events. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import {
  including,
  markAt,
  marksOf,
  marksPath,
  panned,
  SHORTEST,
  zoomed,
  type View,
} from './view.ts';

const whole: View = { from: 0, to: 3600 };

it('zooming and panning stay inside the clip, and a zoom keeps the moment under the pointer', () => {
  const step = fc.oneof(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      factor: fc.double({ min: 0.2, max: 5, noNaN: true }),
    }),
    fc.record({ by: fc.double({ min: -4000, max: 4000, noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let view = whole;
      for (const one of steps) {
        const before = view;
        if ('by' in one) view = panned(view, whole, one.by);
        else {
          const at = view.from + one.at * (view.to - view.from);
          view = zoomed(view, whole, { at, factor: one.factor });
          const share = (at - view.from) / (view.to - view.from);
          const isFree = view.from > whole.from && view.to < whole.to;
          if (isFree) expect(share).toBeCloseTo(one.at, 5);
        }
        expect(view.from).toBeGreaterThanOrEqual(0);
        expect(view.to).toBeLessThanOrEqual(3600 + 1e-9);
        expect(view.to - view.from).toBeGreaterThanOrEqual(SHORTEST - 1e-9);
        if ('by' in one) expect(view.to - view.from).toBeCloseTo(before.to - before.from, 6);
      }
    }),
  );
});

it('what is selected comes into view, with as little movement as needed', () => {
  const view = { from: 100, to: 110 };
  expect(including(view, whole, { from: 104, to: 105 })).toBe(view);
  expect(including(view, whole, { from: 120, to: 121 })).toEqual({ from: 112, to: 122 });
  expect(including(view, whole, { from: 90, to: 91 })).toEqual({ from: 89, to: 99 });
  expect(including(view, whole, { from: 50, to: 90 })).toEqual({ from: 49, to: 91 });
});

it('2,000 events are at most as many marks as columns, labels do not overlap, and none is lost', () => {
  const events = Array.from({ length: 2000 }, (_, i) => ({
    ...{ id: `e${i}`, kind: ['micro', 'macro', 'blink'][i % 3]!, number: i + 1 },
    ...{ onset: 50 * i, offset: 50 * i + 9 },
  }));
  const marks = marksOf(events, { x: (frame) => frame / 100, width: 1000, least: 3 });
  expect(marks.length).toBeLessThanOrEqual(1000 + 3);
  expect(marks.reduce((sum, { count }) => sum + count, 0)).toBe(2000);
  const labels = marks.filter(({ label }) => label !== undefined);
  labels.slice(1).forEach(({ x }, i) => {
    expect(x).toBeGreaterThanOrEqual(labels[i]!.x + 7 * String(labels[i]!.label).length);
  });
  // The chosen event has its number, whatever is near.
  const chosen = { x: (frame: number) => frame / 100, width: 1000, least: 3, chosen: 'e1001' };
  const own = marksOf(events, chosen).find(({ id }) => id === 'e1001');
  expect(own).toMatchObject({ count: 1, label: 1002 });
  // Zoomed in, each has a mark of its own.
  const near = marksOf(events, { x: (frame) => frame - 500, width: 1000, least: 3 });
  expect(near.every(({ count }) => count === 1)).toBe(true);
  expect(near).toHaveLength(21);
});

it('the mark under the pointer is the narrowest; all of a kind are one path', () => {
  const marks = [
    { id: 'wide', kind: 'macro', x: 10, width: 100, count: 1 },
    { id: 'narrow', kind: 'micro', x: 50, width: 10, count: 1 },
  ];
  expect(markAt(marks, 55)?.id).toBe('narrow');
  expect(markAt([...marks].reverse(), 55)?.id).toBe('narrow');
  expect(markAt(marks, 20)?.id).toBe('wide');
  expect(markAt(marks, 111)).toBeUndefined();
  expect(marksPath(marks, 5, 4)).toBe('M10.0 5h100.0v4h-100.0zM50.0 5h10.0v4h-10.0z');
});
