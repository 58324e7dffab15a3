/**
 * @file One truth: after any sequence of edits, list, table, EAF, subtitles, HTML and review file have the same events
 * with the same values, measured or not, and what a coder did is never given as the machine's.
 */
import { parseCsv } from '@telltale/core/datasets';
import { reviewOf, type Measurement, type Review, type ReviewedEvent } from '@telltale/core/report';
import type { Report } from '@telltale/core';
import fc from 'fast-check';
import { DOMParser, parseHTML } from 'linkedom';
import { expect, it } from 'vitest';

import { begin, commit, redo, undo, type History } from '../report/history.ts';
import { addEvent, describeEvent, movePoint, removeEvent, type Point } from '../report/review.ts';
import { en } from '../text/en.ts';
import { eafFile } from './eaf.ts';
import { pageFile } from './images.ts';
import { reportOf } from './report.cases.ts';
import { readReviewFile, reviewFile } from './review-file.ts';
import { nameOf, reviewed, type Reviewed } from './reviewed.ts';
import { tableFile } from './table.ts';

const report = reportOf();
const { frames, rate } = report.clip;
const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** One thing that a coder does. */
type Edit =
  | { readonly do: 'move'; readonly of: number; readonly point: Point; readonly frame: number }
  | { readonly do: 'add'; readonly frame: number }
  | { readonly do: 'remove'; readonly of: number }
  | { readonly do: 'label'; readonly of: number; readonly label: string }
  | { readonly do: 'kind'; readonly of: number; readonly kind: 'micro' | 'macro' | 'blink' }
  | { readonly do: 'undo' }
  | { readonly do: 'redo' };

const frame = fc.integer({ min: 0, max: frames - 1 });
const of = fc.nat(5);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    ...{ do: fc.constant('move' as const), of, frame },
    point: fc.constantFrom<Point>('onset', 'apex', 'offset'),
  }),
  fc.record({ do: fc.constant('add' as const), frame }),
  fc.record({ do: fc.constant('remove' as const), of }),
  fc.record({ do: fc.constant('label' as const), of, label: fc.constantFrom('', 'doubt', '<&"') }),
  fc.record({
    ...{ do: fc.constant('kind' as const), of },
    kind: fc.constantFrom('micro' as const, 'macro' as const, 'blink' as const),
  }),
  fc.record({ do: fc.constant('undo' as const) }),
  fc.record({ do: fc.constant('redo' as const) }),
);

function after(history: History<Review>, one: Edit, coder: string): History<Review> {
  const { present } = history;
  if (one.do === 'undo') return undo(history);
  if (one.do === 'redo') return redo(history);
  if (one.do === 'add') {
    return commit(history, addEvent(present, one.frame, { frames, rate, coder }).review);
  }
  const id = present.events[one.of % Math.max(1, present.events.length)]?.id ?? '';
  if (one.do === 'move') {
    return commit(history, movePoint(present, { ...one, id }, { frames, coder }));
  }
  if (one.do === 'remove') return commit(history, removeEvent(present, id));
  const words = one.do === 'label' ? { label: one.label } : { kind: one.kind };
  return commit(history, describeEvent(present, { id, coder }, words));
}

/** What the machine measures between two frames: other values for other frames. */
function measured({ onset, apex }: ReviewedEvent): Measurement {
  const share = ((7 * onset + 13 * apex) % 50) / 100;
  const classes = { negative: share, positive: 0.5 - share, surprise: 0.5 };
  return { onset, apex, classes, verdict: 'unsure', regions: { chin: onset + apex / 1000 } };
}

/** The same facts out of each file. */
interface Facts {
  readonly frames: readonly number[];
  readonly name: string;
  readonly origin: string;
  readonly coder: string;
}

const factsOfList = ({ events }: Reviewed): Facts[] =>
  events.map((event) => ({
    frames: [event.onset, event.apex, event.offset],
    name: nameOf(event),
    ...{ origin: event.origin, coder: event.origin === 'found' ? '' : (event.coder ?? '') },
  }));

function factsOfTable(now: Reviewed): (Facts & { readonly values: readonly string[] })[] {
  const [head, ...rows] = parseCsv(tableFile(now).slice(1));
  return rows.map(({ fields }) => {
    const cell = (name: string): string => fields[head!.fields.indexOf(name)] ?? '';
    const what = cell('label') || cell('verdict');
    return {
      frames: ['onset', 'apex', 'offset'].map((name) => Number(cell(`${name}_frame`))),
      name: what === '' ? cell('kind') : `${cell('kind')}: ${what}`,
      origin: cell('origin'),
      coder: cell('origin') === 'found' ? '' : cell('coder'),
      values: [cell('confidence'), cell('probability_negative'), cell('movement_chin')],
    };
  });
}

/** Frames are times in an EAF file. */
function factsOfEaf(now: Reviewed): string[] {
  const root = new DOMParser().parseFromString(eafFile(now, '2026-11-29'), 'text/xml');
  const xml = root as unknown as Document;
  const slots = new Map(
    [...xml.querySelectorAll('TIME_SLOT')].map((slot) => [
      slot.getAttribute('TIME_SLOT_ID'),
      slot.getAttribute('TIME_VALUE'),
    ]),
  );
  return [...xml.querySelectorAll('TIER')].flatMap((tier) => {
    const name = tier.getAttribute('TIER_ID')!;
    if (/^(?:apex|comment|units)/.test(name)) return [];
    return [...tier.querySelectorAll('ALIGNABLE_ANNOTATION')].map((one) => {
      const start = slots.get(one.getAttribute('TIME_SLOT_REF1'));
      return `${start} ${name.replace(/ \d+$/, '')} ${one.textContent.trim()}`;
    });
  });
}

const eafOf = (events: readonly ReviewedEvent[]): string[] =>
  events.map((event) => {
    const by = event.origin === 'found' ? 'telltale' : (event.coder ?? 'a coder');
    const start = Math.round(1000 * report.movement.times[event.onset]!);
    return `${start} ${event.origin} by ${by} ${nameOf(event)}`;
  });

function agrees(now: Reviewed): void {
  const list = factsOfList(now);
  const table = factsOfTable(now);
  expect(table.map(({ frames, name, origin, coder }) => ({ frames, name, origin, coder }))).toEqual(
    list,
  );
  expect(factsOfEaf(now).sort()).toEqual(eafOf(now.events).sort());
  const again = readReviewFile(reviewFile(now));
  expect(factsOfList(reviewed(again))).toEqual(list);

  const html = pageFile(now, { document, images: [], wheel: DOT, text: en });
  const page = parseHTML(html).document;
  const embedded = JSON.parse(page.querySelector('#telltale-report')!.textContent) as Report;
  expect(embedded.expressions).toEqual(now.corrected.expressions);
  const text = page.querySelector('.findings')!.textContent.replaceAll(/\s+/g, ' ');
  now.events.forEach((event, i) => {
    const one = embedded.expressions[i]!;
    const { confidence, classes, regions } = one;
    const found = event.found === undefined ? undefined : report.expressions[event.found];
    expect(table[i]!.values).toEqual(
      [confidence, classes?.['negative'], regions['chin']].map((value) => String(value ?? '')),
    );
    // The machine vouches for what it found and measured, and for nothing else.
    expect(confidence !== undefined).toBe(event.origin === 'found');
    if (event.isStale) expect([classes, Object.keys(regions)]).toEqual([undefined, []]);
    else if (event.kind !== 'blink' && found?.apex.frame !== event.apex) {
      expect(classes).toEqual(measured(event).classes);
    }
  });
  const foundMicro = now.events.filter(
    ({ origin, kind }) => origin !== 'added' && kind === 'micro',
  ).length;
  const counted = ['No', 'One'][foundMicro] ?? String(foundMicro);
  expect(text.toLowerCase()).toContain(`${counted.toLowerCase()} micro-expression`);
  const added = now.events.filter(({ origin }) => origin === 'added').length;
  expect(/added by a coder; telltale did not report/.test(text)).toBe(added > 0);
}

const DOT =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

it('every list and every file agree after any sequence of edits', () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 14 }), fc.boolean(), (edits, isSettled) => {
      let history = begin(reviewOf(report));
      let measurements: readonly Measurement[] = [];
      for (const [i, one] of edits.entries()) {
        history = after(history, one, i % 2 === 0 ? 'AB' : '');
        if (!isSettled) continue;
        const now = reviewed({ report, review: history.present, measurements });
        measurements = [
          ...measurements,
          ...now.events.filter(({ isStale }) => isStale).map(measured),
        ];
      }
      const now = reviewed({ report, review: history.present, measurements, coder: 'AB' });
      if (isSettled) expect(now.events.filter(({ isStale }) => isStale)).toEqual([]);
      agrees(now);
    }),
    { numRuns: 60 },
  );
}, 120_000);

it('200 edits, each saved and opened again, lose nothing', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 200, maxLength: 200 }), (edits) => {
      let history = begin(reviewOf(report));
      for (const one of edits) {
        history = after(history, one, 'AB');
        const file = { report, review: history.present, measurements: [], coder: 'AB' };
        expect(readReviewFile(reviewFile(file))).toMatchObject(file);
      }
    }),
    { numRuns: 3 },
  );
});
