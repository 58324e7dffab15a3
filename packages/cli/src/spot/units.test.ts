/** @file Intervals of action units as a table, as JSON and as tiers. */
import type { UnitInterval } from '@telltale/core';
import type { VideoRecord } from '@telltale/core/evaluate';
import { expect, test } from 'vitest';

import { spottedTiers, unitsJson, unitsTable } from './units.ts';

const RATE = 25;
const times = Array.from({ length: 100 }, (_, i) => 10 + i / RATE);
const record: VideoRecord = {
  ...{
    schema: 'telltale.spotted/1',
    key: '',
    id: 'a.mp4',
    dataset: '',
    subject: '',
    video: 'a.mp4',
  },
  ...{ framesPerSecond: RATE, numbers: times.map((_, i) => i), times, threshold: 0.22 },
  curve: times.map(() => 0),
  spotted: [{ kind: 'micro', onset: 10, apex: 14, offset: 20, score: 0.5 }],
};
const units: readonly UnitInterval[] = [
  { unit: 12, side: 'left', kind: 'micro', onset: 10, apex: 14, offset: 20, amount: 0.71239, confidence: 0.69123 }, // prettier-ignore
  { unit: 4, side: 'both', kind: 'macro', onset: 40, apex: 50, offset: 60, amount: 0.4, confidence: 0.45 }, // prettier-ignore
  { unit: 12, side: 'right', kind: 'micro', onset: 70, apex: 70, offset: 70, amount: 0.3, confidence: 0.2 }, // prettier-ignore
];

test('a row has the unit, its side, frames, seconds of the media, and how far the skin moved', () => {
  const { columns, rows } = unitsTable(record, units);
  expect(Object.fromEntries(columns.map((name, i) => [name, rows[0]![i]]))).toEqual({
    ...{
      video: 'a.mp4',
      unit: 'AU12',
      side: 'left',
      kind: 'micro',
      onset: 10,
      apex: 14,
      offset: 20,
    },
    ...{ onset_seconds: 10.4, apex_seconds: 10.56, offset_seconds: 10.8, amount: 0.712, score: 0.6912 }, // prettier-ignore
  });
  expect(rows.map((row) => row.length)).toEqual([12, 12, 12]);
  expect(unitsJson(units)[0]).toEqual({
    ...{ unit: 12, side: 'left', kind: 'micro', onset: 10, apex: 14, offset: 20 },
    ...{ amount: 0.712, score: 0.6912 },
  });
});

test('each unit has a tier, beside that of movements; a moment lasts a frame', () => {
  const { tiers, start, duration } = spottedTiers(record, units);
  expect(start).toBe(10);
  expect(duration).toBeCloseTo(4, 9);
  expect(tiers.map(({ name, spans }) => [name, spans.map(({ text }) => text)])).toEqual([
    ['telltale', ['micro']],
    ['AU4 telltale', ['4']],
    ['AU12 telltale', ['L12', 'R12']],
  ]);
  expect(tiers[2]!.spans[0]).toEqual({ start: 10.4, end: 10.8, text: 'L12' });
  expect(tiers[2]!.spans[1]!.end).toBeCloseTo(12.84, 6);
  // Without units there is the tier of movements alone.
  expect(spottedTiers(record, []).tiers.map(({ name }) => name)).toEqual(['telltale']);
});
