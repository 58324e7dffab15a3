/** @file Every file that the page saves, read back by something that did not write it. */
import { readReport, type Report } from '@telltale/core';
import { reviewOf, type Measurement, type Review } from '@telltale/core/report';
import type { UnitAnswer } from '@telltale/core/units';
import { DOMParser } from 'linkedom';
import { describe, expect, it } from 'vitest';

import { addEvent, describeEvent, movePoint } from '../report/review.ts';
import { eafFile } from './eaf.ts';
import { reportOf } from './report.cases.ts';
import { readReviewFile, reviewFile } from './review-file.ts';
import { reviewed as reviewedFrom } from './reviewed.ts';
import { subtitleFile } from './subtitles.ts';
import { tableFile } from './table.ts';

const report = reportOf();
const regions = report.movement.times.map((_, i) =>
  i < 2 ? null : { x: 320.12345678912, y: 240, size: 200, angle: 0.01 },
);
const [frames, coder] = [120, 'AB'];
const reviewed = (() => {
  const { review } = addEvent(reviewOf(report), 90, { ...report.clip, coder: 'CD' });
  const to = { id: 'found-0', point: 'apex', frame: 66 } as const;
  const moved = movePoint(review, to, { frames, coder });
  const words = { label: '=doubt, "half"', comment: 'brows --> up\n\nand <b>down</b> & up' };
  return describeEvent(moved, { id: 'found-0', coder }, words);
})();
const measurements = [
  {
    ...{ onset: 60, apex: 66, verdict: 'positive', regions: { chin: 0.5 } },
    classes: { negative: 0.125, positive: 0.75, surprise: 0.125 },
  },
];
const now = reviewedFrom({ report, review: reviewed, measurements, coder });

describe('review', () => {
  it('comes back as it was, regions to nine digits', () => {
    const again = readReviewFile(reviewFile({ ...now, regions }));
    expect(again.review).toEqual(reviewed);
    expect(again.measurements).toEqual(measurements);
    expect(again.coder).toBe(coder);
    expect(again.report).toEqual(report);
    expect(again.regions?.[0]).toBeNull();
    expect(again.regions?.[5]).toEqual({ x: 320.123456789, y: 240, size: 200, angle: 0.01 });
  });

  it('keeps what looks like a list in a comment', () => {
    const words = { label: '', comment: 'see [ 1, 2 ]' };
    const review = describeEvent(reviewed, { id: 'found-0', coder }, words);
    const again = readReviewFile(reviewFile({ ...now, review, regions }));
    expect(again.review.events.find(({ id }) => id === 'found-0')?.comment).toBe(words.comment);
  });

  it('takes a report of the command line, and refuses everything else', () => {
    const again = readReviewFile(JSON.stringify(report));
    expect(again.review).toEqual(reviewOf(report));
    expect(again.regions).toBeUndefined();
    const whole = JSON.parse(reviewFile(now)) as Record<string, unknown>;
    const bad = [
      'no json',
      '[]',
      '{}',
      JSON.stringify({ ...whole, report: {} }),
      JSON.stringify({ ...whole, events: [{ id: 'x' }] }),
      JSON.stringify({ ...whole, events: [{ ...reviewed.events[0], apex: 500 }] }),
      JSON.stringify({ ...whole, events: [{ ...reviewed.events[0], found: 7 }] }),
      JSON.stringify({ ...whole, events: [{ ...reviewed.events[0], onset: 30 }] }),
    ];
    for (const text of bad) {
      expect(() => readReviewFile(text)).toThrow(
        expect.objectContaining({ code: 'REPORT_UNREADABLE' }),
      );
    }
  });

  it('holds the corrected expressions in the shape of a report', () => {
    const { corrected } = JSON.parse(reviewFile(now)) as {
      corrected: unknown;
    };
    const whole = readReport(JSON.stringify({ ...report, expressions: corrected }));
    expect(whole.expressions.map(({ offset }) => offset.frame)).toEqual([26, 69, 95]);
  });
});

it('the table has one line per event, text that spreadsheets take for text, and empty cells', () => {
  const lines = rowsOf(tableFile(now).replace(/^\uFEFF/, ''));
  const [head, ...rows] = lines as [string[], ...string[][]];
  const cell = (row: number, name: string): string => rows[row]![head.indexOf(name)]!;
  expect(rows).toHaveLength(3);
  expect(rows.every((row) => row.length === head.length)).toBe(true);
  expect(cell(1, 'label')).toBe('\'=doubt, "half"');
  expect(cell(1, 'comment')).toBe('brows --> up\n\nand <b>down</b> & up');
  const column = (name: string): string[] => [0, 1, 2].map((row) => cell(row, name));
  expect(column('origin')).toEqual(['found', 'corrected', 'added']);
  expect(column('coder')).toEqual(['', 'AB', 'CD']);
  // The values of the frames as they are, of the machine's own event only where it is as found.
  expect(column('probability_positive')).toEqual(['', '0.75', '']);
  expect(column('verdict')).toEqual(['', 'positive', '']);
  expect(column('movement_chin')).toEqual(['0', '0.5', '']);
  expect(column('confidence')).toEqual(['0.6', '', '']);
  expect(column('found_apex_frame')).toEqual(['23', '64', '']);
  expect(column('found_confidence')).toEqual(['0.6', '0.85', '']);
  expect(column('frame_rate')).toEqual(['30', '30', '30']);
  expect(column('recognizer')[0]).toBe('merba flow28');
  expect(tableFile(now).startsWith('\uFEFFclip,')).toBe(true);
});

it('ELAN: time slots in order, every span on the time line, no overlap within a tier', () => {
  const text = eafFile(now, '2026-11-22T00:00:00Z');
  const document = parsed(text);
  const slots = [...document.querySelectorAll('TIME_SLOT')].map((slot) => ({
    id: slot.getAttribute('TIME_SLOT_ID')!,
    time: Number(slot.getAttribute('TIME_VALUE')),
  }));
  const times = slots.map(({ time }) => time);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const timeOf = new Map(slots.map(({ id, time }) => [id, time]));
  const tiers = [...document.querySelectorAll('TIER')];
  expect(tiers.map((tier) => tier.getAttribute('TIER_ID'))).toEqual([
    ...['found by telltale', 'corrected by AB', 'added by CD', 'apex', 'comment'],
  ]);
  expect(tiers.map((tier) => tier.getAttribute('ANNOTATOR'))).toEqual([
    ...['telltale', 'AB', 'CD', null, 'AB'],
  ]);
  for (const tier of tiers) {
    let end = 0;
    for (const one of tier.querySelectorAll('ALIGNABLE_ANNOTATION')) {
      const from = timeOf.get(one.getAttribute('TIME_SLOT_REF1')!)!;
      const to = timeOf.get(one.getAttribute('TIME_SLOT_REF2')!)!;
      expect(from).toBeGreaterThanOrEqual(end);
      expect(to).toBeGreaterThan(from);
      end = to;
    }
  }
  const values = tiers
    .slice(0, 3)
    .map((tier) => tier.querySelector('ANNOTATION_VALUE')?.textContent);
  expect(values).toEqual(['blink', 'micro: =doubt, "half"', 'micro']);
  expect(timeOf.get(tiers[3]!.querySelector('ALIGNABLE_ANNOTATION')!.getAttribute('TIME_SLOT_REF1')!)).toBe(767); // prettier-ignore
});

it('ELAN: of a video that starts late, the time line starts with it, and the media before it', () => {
  const late: Report = {
    ...report,
    clip: { ...report.clip, start: 2 },
    movement: { ...report.movement, times: report.movement.times.map((time) => time + 2) },
  };
  const files = [report, late].map((one) => reviewedFrom({ report: one, review: reviewOf(one), measurements: [] })); // prettier-ignore
  const [plain, shifted] = files.map((one) => parsed(eafFile(one, '2026-11-22T00:00:00Z')));
  const slots = (document: Document): (string | null)[] =>
    [...document.querySelectorAll('TIME_SLOT')].map((slot) => slot.getAttribute('TIME_VALUE'));
  const origin = (document: Document): string | null | undefined =>
    document.querySelector('MEDIA_DESCRIPTOR')?.getAttribute('TIME_ORIGIN');
  expect([origin(plain!), origin(shifted!)]).toEqual([null, '2000']);
  expect(slots(plain!).length).toBeGreaterThan(2);
  expect(slots(shifted!)).toEqual(slots(plain!));
});

it('ELAN: events that overlap are all there, in tiers of their own', () => {
  const first = addEvent(reviewOf(report), 64, { ...report.clip, coder });
  const { review } = addEvent(first.review, 65, { ...report.clip, coder });
  const text = eafFile(reviewedFrom({ report, review, measurements: [] }), '2026-11-22T00:00:00Z');
  const document = parsed(text);
  const tiers = [...document.querySelectorAll('TIER')].map((tier) => ({
    name: tier.getAttribute('TIER_ID'),
    values: [...tier.querySelectorAll('ANNOTATION_VALUE')].map((one) => one.textContent),
  }));
  expect(tiers.slice(0, 3)).toEqual([
    { name: 'found by telltale', values: ['blink', 'micro: surprise'] },
    { name: 'added by AB', values: ['micro'] },
    { name: 'added by AB 2', values: ['micro'] },
  ]);
});

it('subtitles: cues with times and text, and nothing in them that ends a cue', () => {
  const text = subtitleFile(now, { micro: 'micro-expression', blink: 'blink' });
  const [head, ...cues] = text.trimEnd().split('\n\n');
  expect(head).toBe('WEBVTT');
  expect(cues).toHaveLength(3);
  expect(cues[1]).toBe(
    '2\n00:00:02.000 --> 00:00:02.300\nmicro-expression\n=doubt, "half"\nbrows --&gt; up and &lt;b&gt;down&lt;/b&gt; &amp; up',
  );
});

it('ELAN and subtitles: action units as coders write them, of the frames as they are', () => {
  const answer = (unit: number, verdict: UnitAnswer['verdict'], side: UnitAnswer['side']) => ({
    ...{ unit, verdict, side, probability: 0.5 },
  });
  const [first, ...others] = report.expressions;
  const withUnits: Report = {
    ...report,
    unitsRecognizer: { units: [4, 9, 12], weights: 'cd'.repeat(32), score: 'F1 0.6' },
    expressions: [
      { ...first!, units: [answer(4, 'sure', 'both'), answer(9, 'absent', 'both')] },
      ...others,
    ],
  };
  const filesOf = (review: Review, measured: readonly Measurement[]) => {
    const file = reviewedFrom({ report: withUnits, review, measurements: measured });
    const tier = [...parsed(eafFile(file, '2026-11-29')).querySelectorAll('TIER')].find(
      (one) => one.getAttribute('TIER_ID') === 'units telltale',
    )!;
    const values = [...tier.querySelectorAll('ANNOTATION_VALUE')].map((one) => one.textContent);
    return { by: tier.getAttribute('ANNOTATOR'), values, cues: subtitleFile(file, {}) };
  };
  const asFound = filesOf(reviewOf(withUnits), []);
  expect([asFound.by, asFound.values]).toEqual(['telltale', ['4']]);
  expect(asFound.cues).toContain('\nmicro\nsurprise\n4\n');
  const units = [answer(4, 'sure', 'both'), answer(12, 'unsure', 'left')];
  const moved = filesOf(reviewed, [{ ...measurements[0]!, units }]);
  expect(moved.values).toEqual(['4+L12?']);
  expect(moved.cues).toContain('\nmicro\n=doubt, "half"\n4+L12?\nbrows');
  // Units of other frames are not those of the frames that a coder chose.
  expect(filesOf(reviewed, []).values).toEqual([]);
});

function parsed(xml: string): Document {
  return new DOMParser().parseFromString(xml, 'text/xml') as unknown as Document;
}

/** A strict reader of RFC 4180. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, isQuoted]: [string[], string, boolean] = [[], '', false];
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') {
        cell += '"';
        i++;
      } else isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === ',') {
      row.push(cell);
      cell = '';
    } else if (character === '\r' && text[i + 1] === '\n') {
      rows.push([...row, cell]);
      [row, cell] = [[], ''];
      i++;
    } else cell += character;
  }
  return rows;
}
