/** @file What a report was made of is read back from it. */
import { expect, it } from 'vitest';

import { reportOf } from '../export/report.cases.ts';
import { isDefault, wantedOf } from './wanted.ts';

it('of a whole clip nothing was chosen', () => {
  expect(wantedOf(reportOf())).toEqual({});
  expect(isDefault({})).toBe(true);
  expect(isDefault({ part: { from: 0, rotate: 0 } })).toBe(true);
});

it('part, rotation and face of a report', () => {
  const report = reportOf();
  const { times } = report.movement;
  const wanted = wantedOf({
    ...report,
    clip: { ...report.clip, firstFrame: 30, rotated: 90 },
    movement: { ...report.movement, times: times.map((time) => time + 1) },
    made: [{ stage: 'face', version: '0.1.0', options: { subject: 2 } }],
  });
  expect(wanted.part?.rotate).toBe(90);
  expect(wanted.part?.from).toBeCloseTo(1, 3);
  // The frames at both ends are in it, however their times were rounded.
  expect(wanted.part?.from).toBeLessThan(1);
  expect(wanted.part?.to).toBeGreaterThan(1 + times.at(-1)!);
  expect(wanted.subject).toBe(2);
  expect(isDefault(wanted)).toBe(false);
});
