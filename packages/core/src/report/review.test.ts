/** @file Reviews: which values hold for which frames, who an event is by, and files that come back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { sampleReport } from '../../../../test/sample-report.ts';
import { reportCsv } from './csv.ts';
import { composeReview, readReview } from './read-review.ts';
import { readReport } from './read.ts';
import { correctedReport, orderedReview, reviewedEvents, reviewOf, type Review } from './review.ts';

const report = sampleReport();
const review = reviewOf(report);
const micro = review.events.find(({ kind }) => kind === 'micro')!;
const change = (id: string, to: Partial<(typeof review.events)[number]>): Review =>
  orderedReview(review.events.map((event) => (event.id === id ? { ...event, ...to } : event)));
const of = (changed: Review, id: string, measured = {}) =>
  reviewedEvents(report, changed, [{ onset: 0, apex: 1, regions: {}, ...measured }]).find(
    (event) => event.id === id,
  )!;

describe('the values of an event', () => {
  it('are those of the report while it is as found, also with a label', () => {
    const event = of(change(micro.id, { label: 'doubt', coder: 'AB' }), micro.id);
    const found = report.expressions[micro.found!]!;
    expect(event).toMatchObject({
      ...{ origin: 'found', isStale: false, confidence: found.confidence },
      ...{ classes: found.classes, verdict: found.verdict, regions: found.regions },
    });
    expect(correctedReport(report, review).expressions).toEqual(report.expressions);
  });

  it('stay while onset and apex do, without the confidence of the machine', () => {
    const event = of(change(micro.id, { offset: micro.offset + 1 }), micro.id);
    expect(event).toMatchObject({ origin: 'corrected', isStale: false });
    expect(event.verdict).toBe(report.expressions[micro.found!]!.verdict);
    expect(event.confidence).toBeUndefined();
  });

  it('are none after onset or apex moved, until the machine has measured these frames', () => {
    const moved = change(micro.id, { apex: micro.apex + 1 });
    const stale = of(moved, micro.id);
    expect(stale).toMatchObject({ origin: 'corrected', isStale: true, regions: {} });
    for (const name of ['classes', 'verdict', 'confidence']) expect(stale).not.toHaveProperty(name);
    const values = { classes: { a: 0.25, b: 0.75 }, verdict: 'b', regions: { chin: 1 } };
    const frames = { onset: micro.onset, apex: micro.apex + 1 };
    expect(of(moved, micro.id, { ...frames, ...values })).toMatchObject({
      ...values,
      isStale: false,
    });
    // Moved back, it has the values that were found.
    expect(of(review, micro.id, { ...frames, ...values }).verdict).not.toBe('b');
  });

  it('a blink that a coder calls an expression was not classified; an expression called blink has no class', () => {
    const blink = review.events.find(({ kind }) => kind === 'blink')!;
    expect(of(change(blink.id, { kind: 'micro' }), blink.id).isStale).toBe(true);
    expect(of(change(micro.id, { kind: 'blink' }), micro.id)).not.toHaveProperty('verdict');
  });
});

it('an added event has no confidence, in the table neither', () => {
  const added = orderedReview([
    ...review.events,
    {
      id: 'added-1',
      kind: 'micro',
      onset: 2,
      apex: 4,
      offset: 6,
      label: '',
      comment: '',
      coder: 'AB',
    },
  ]);
  const corrected = correctedReport(report, added);
  const index = corrected.expressions.findIndex(({ origin }) => origin === 'added');
  expect(corrected.expressions[index]).toEqual({
    ...{ onset: { frame: 2, time: report.movement.times[2] }, kind: 'micro' },
    ...{ apex: { frame: 4, time: report.movement.times[4] }, regions: {}, origin: 'added' },
    ...{ offset: { frame: 6, time: report.movement.times[6] }, coder: 'AB' },
    duration: expect.any(Number) as number,
  });
  expect(readReport(JSON.stringify(corrected)).expressions).toHaveLength(review.events.length + 1);
  const [head, ...rows] = reportCsv(corrected)
    .split('\r\n')
    .map((line) => line.split(','));
  expect(rows[index]![head!.indexOf('confidence')]).toBe('');
});

describe('the file of a review', () => {
  const measurements = [{ onset: 2, apex: 4, regions: { chin: 1 } }];
  const text = JSON.stringify(composeReview({ report, review, measurements, coder: 'AB' }));

  it('comes back, and a report is a review without corrections', () => {
    expect(readReview(text)).toEqual({ report, review, measurements, coder: 'AB' });
    expect(readReview(JSON.stringify(report))).toEqual({ report, review, measurements: [] });
  });

  it('names what is wrong with it', () => {
    const whole = JSON.parse(text) as { events: object[] };
    const [first, second] = whole.events as [object, object];
    const wrong = (events: object[]): string => JSON.stringify({ ...whole, events });
    const cases: [string, RegExp][] = [
      ['{"schema":"telltale.review/1"}', /JSON|report/],
      [wrong([{ ...first, onset: 1e6 }]), /events\[0\] has onset/],
      [wrong([first, { ...second, id: (first as { id: string }).id }]), /events\[1\] has the id/],
      [wrong([{ ...first, found: 99 }]), /expression 99/],
      [
        wrong([first, { ...second, found: (first as { found: number }).found }]),
        /of another event/,
      ],
      [wrong([{ ...first, kind: 'nano' }]), /kind/],
    ];
    for (const [bad, message] of cases) expect(() => readReview(bad)).toThrow(message);
  });

  it('any mutilated file gives a review or a clear error', () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(40), (at, length) => {
        try {
          readReview(text.slice(0, at) + text.slice(at + length));
        } catch (error) {
          expect(error).toMatchObject({ code: 'REPORT_INVALID' });
        }
      }),
      { numRuns: 200 },
    );
  });
});
