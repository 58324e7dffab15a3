/** @file A small report for tests: 120 frames at 30 per second, a micro-expression and an earlier blink. */
import type { Report } from '@telltale/core';

/** The report. */
export function reportOf(): Report {
  const times = Array.from({ length: 120 }, (_, i) => Math.round((i / 30) * 1e4) / 1e4);
  const at = (frame: number): { frame: number; time: number } => ({ frame, time: times[frame]! });
  const span = (a: number, b: number): number => Math.round((times[b]! - times[a]!) * 1e4) / 1e4;
  return {
    schema: 'telltale.report/1',
    clip: {
      name: 'a "clip" & <more>.mp4',
      width: 640,
      height: 480,
      frames: 120,
      rate: 30,
      duration: 4,
    },
    face: { frames: 118, faces: 1, gaps: [{ start: at(0), end: at(1) }] },
    movement: {
      times,
      values: times.map((_, i) => (i < 2 ? null : Math.exp(-((i - 64) ** 2) / 8))),
      threshold: 0.22,
    },
    expressions: [
      {
        onset: at(60),
        apex: at(64),
        offset: at(69),
        duration: span(60, 69),
        kind: 'micro',
        confidence: 0.85,
        regions: { leftInnerBrow: 1.5, chin: 0.1 },
        classes: { negative: 0.02, positive: 0.03, surprise: 0.95 },
        verdict: 'surprise',
      },
      {
        onset: at(20),
        apex: at(23),
        offset: at(26),
        duration: span(20, 26),
        kind: 'blink',
        confidence: 0.6,
        regions: { leftUpperLid: 2, chin: 0 },
      },
    ],
    recognizer: {
      network: 'merba',
      config: 'flow28',
      classes: ['negative', 'positive', 'surprise'],
      weights: 'ab'.repeat(32),
      score: 'UF1 0.5',
      unsureBelow: 0.66,
    },
    caveats: ['It is not a lie detector.'],
    made: [{ stage: 'face', version: '0.1.0', options: {} }],
  };
}
