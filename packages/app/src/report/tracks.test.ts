/** @file Tracks of a report, and the sound as a path. */
import { expect, it } from 'vitest';

import { reportOf } from '../export/report.cases.ts';
import { soundPath } from './sound.ts';
import { tracksOf } from './tracks.ts';

it('tracks that hold anything, from first to last frame', () => {
  const report = reportOf();
  const at = (frame: number): { frame: number; time: number } => ({ frame, time: frame / 30 });
  const movement = report.expressions[0]!;
  const whole = {
    ...report,
    clip: { ...report.clip, cuts: [at(90)] },
    speech: [{ start: at(10), end: at(40) }],
    setAside: [{ ...movement, why: 'covered' as const }],
  };
  expect(tracksOf(whole)).toEqual([
    { name: 'speech', spans: [[10, 40]] },
    { name: 'covered', spans: [[60, 69]] },
    { name: 'gap', spans: [[0, 1]] },
    { name: 'cut', spans: [[90, 90]] },
  ]);
});

it('the sound keeps its peaks, however many lie in one column, and begins where it begins', () => {
  const peaks = new Float32Array(1000).fill(0.1);
  peaks[777] = 1;
  const sound = { start: 1, step: 0.005, peaks };
  const path = soundPath(sound, { from: 0, to: 6, width: 12, height: 20 });
  const columns = [...path.matchAll(/M([\d.]+) ([\d.]+)V([\d.]+)/g)].map((one) => one.slice(1).map(Number)); // prettier-ignore
  expect(columns[0]![0]).toBe(2.5); // one second in
  expect(columns).toHaveLength(10);
  expect(Math.max(...columns.map(([, top, bottom]) => bottom! - top!))).toBe(20);
});
