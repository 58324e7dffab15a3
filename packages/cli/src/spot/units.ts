/** @file What `telltale spot --units` writes of one clip: intervals of action units as a table, JSON and tiers. */
import type { UnitInterval } from '@telltale/core';
import type { SpottedTable, VideoRecord } from '@telltale/core/evaluate';
import type { Tier, TieredClip } from '@telltale/core/report';
import { unitSign } from '@telltale/core/units';

import { MACHINE } from '../convert/tiers.ts';

const COLUMNS = [
  ...['video', 'unit', 'side', 'kind', 'onset', 'apex', 'offset'],
  ...['onset_seconds', 'apex_seconds', 'offset_seconds', 'amount', 'score'],
];

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** One interval per row; frames counted from 0, seconds by the clock of the media. */
export function unitsTable(
  { video, times = [] }: Pick<VideoRecord, 'video' | 'times'>,
  units: readonly UnitInterval[],
): SpottedTable {
  return {
    columns: COLUMNS,
    rows: units.map(({ unit, side, kind, onset, apex, offset, amount, confidence }) => [
      ...[video, `AU${unit}`, side, kind, onset, apex, offset],
      ...[onset, apex, offset].map((frame) => round(times[frame]!, 3)),
      ...[round(amount, 3), round(confidence, 4)],
    ]),
  };
}

/** As JSON holds them, beside the intervals of movement. */
export function unitsJson(
  units: readonly UnitInterval[],
): readonly Readonly<Record<string, string | number>>[] {
  return units.map(({ amount, confidence, ...one }) => ({
    ...one,
    amount: round(amount, 3),
    score: round(confidence, 4),
  }));
}

/** Intervals as tiers: one of movements, and one of each unit that moved, whose annotations name it as coders do (`L12`). */
export function spottedTiers(
  { video, times = [], spotted, framesPerSecond }: VideoRecord,
  units: readonly UnitInterval[],
): TieredClip {
  const frame = 1 / framesPerSecond;
  const place = ({ onset, offset }: { readonly onset: number; readonly offset: number }) => ({
    start: times[onset]!,
    end: Math.max(times[offset]!, times[onset]! + frame),
  });
  const numbers = [...new Set(units.map(({ unit }) => unit))].sort((a, b) => a - b);
  const start = times[0] ?? 0;
  const tiers: Tier[] = [
    {
      ...{ name: MACHINE, annotator: MACHINE, vocabulary: ['micro', 'macro'] },
      spans: spotted.map((one) => ({ ...place(one), text: one.kind })),
    },
    ...numbers.map((unit) => ({
      ...{ name: `AU${unit} ${MACHINE}`, annotator: MACHINE },
      spans: units
        .filter((one) => one.unit === unit)
        .map((one) => ({ ...place(one), text: unitSign(unit, one.side) })),
    })),
  ];
  return { clip: video, start, duration: (times.at(-1) ?? start) - start + frame, tiers };
}
