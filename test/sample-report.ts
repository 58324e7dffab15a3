/**
 * @file A synthetic report in the shape of a real one, for tests of whatever
 * reads reports: a five-second clip at 60 frames a second with a surprised
 * brow raise, a movement the recognizer is unsure of, a blink, a longer smile
 * and a stretch without a face. Deterministic.
 */
import { createRandom } from '../packages/core/src/base/random.ts';
import type { Expression, Moment, Report, UnitAnswer } from '../packages/core/src/report/report.ts';

const rate = 60;
const frames = 300;
const at = (frame: number): Moment => ({ frame, time: frame / rate });

const regions = [
  ...['rightInnerBrow', 'leftInnerBrow', 'rightOuterBrow', 'leftOuterBrow'],
  ...['rightUpperLid', 'leftUpperLid', 'rightNoseWing', 'leftNoseWing'],
  ...['rightMouthCorner', 'leftMouthCorner', 'chin'],
];
const regionsOf = (movements: readonly number[]): Record<string, number> =>
  Object.fromEntries(regions.map((name, i) => [name, movements[i]!]));

const UNITS = [1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17];
/** Those that are named, with probability and side; all others are absent. */
const unitsOf = (
  named: Readonly<Record<number, readonly [probability: number, side: UnitAnswer['side']]>>,
): UnitAnswer[] =>
  UNITS.map((unit) => {
    const [probability, side] = named[unit] ?? [0.05, 'both'];
    const verdict = named[unit] === undefined ? 'absent' : probability < 0.5 ? 'unsure' : 'sure';
    return { unit, probability, verdict, side };
  });

const expressions: readonly Expression[] = [
  {
    onset: at(48),
    apex: at(58),
    offset: at(71),
    duration: 23 / rate,
    kind: 'micro',
    confidence: 0.93,
    regions: regionsOf([2.9, 3.1, 2.4, 2.2, 0.6, 0.5, 0.2, 0.2, 0.3, 0.2, 0.2]),
    classes: { negative: 0.08, positive: 0.05, surprise: 0.87 },
    verdict: 'surprise',
    units: unitsOf({ 1: [0.97, 'both'], 2: [0.88, 'left'], 5: [0.24, 'both'] }),
  },
  {
    onset: at(106),
    apex: at(110),
    offset: at(115),
    duration: 9 / rate,
    kind: 'blink',
    confidence: 0.99,
    regions: regionsOf([0.3, 0.2, 0.1, 0.2, 6.2, 6.0, 0.1, 0.1, 0.1, 0.1, 0.1]),
  },
  {
    onset: at(140),
    apex: at(149),
    offset: at(158),
    duration: 18 / rate,
    kind: 'micro',
    confidence: 0.58,
    regions: regionsOf([0.4, 0.3, 0.3, 0.3, 0.3, 0.4, 0.5, 0.4, 1.6, 0.7, 0.9]),
    classes: { negative: 0.44, positive: 0.39, surprise: 0.17 },
    verdict: 'unsure',
    units: unitsOf({}),
  },
  {
    onset: at(236),
    apex: at(262),
    offset: at(289),
    duration: 53 / rate,
    kind: 'macro',
    confidence: 0.97,
    regions: regionsOf([0.5, 0.6, 0.4, 0.5, 0.9, 1.0, 1.3, 1.1, 5.2, 4.9, 1.9]),
    classes: { negative: 0.06, positive: 0.9, surprise: 0.04 },
    verdict: 'positive',
    units: unitsOf({ 6: [0.38, 'both'], 12: [0.93, 'both'] }),
  },
];

/** The sample, complete and valid. */
export function sampleReport(): Report {
  const random = createRandom(7);
  const values = Array.from({ length: frames }, (_, frame) => {
    if (frame >= 190 && frame <= 214) return null;
    const movement = expressions.reduce((sum, expression) => {
      const { onset, apex, offset } = expression;
      if (frame < onset.frame || frame > offset.frame) return sum;
      const part =
        frame < apex.frame
          ? (frame - onset.frame) / (apex.frame - onset.frame)
          : (offset.frame - frame) / (offset.frame - apex.frame);
      return sum + Math.max(...Object.values(expression.regions)) * part ** 0.8;
    }, 0);
    return Number((0.35 + 0.12 * Math.abs(random.normal()) + 0.8 * movement).toFixed(4));
  });
  return {
    schema: 'telltale.report/1',
    clip: {
      name: 'interview-04.mp4',
      width: 640,
      height: 480,
      frames,
      rate,
      duration: frames / rate,
    },
    face: { frames: 275, faces: 2, gaps: [{ start: at(190), end: at(214) }] },
    movement: { times: Array.from({ length: frames }, (_, i) => i / rate), values, threshold: 1.1 },
    expressions,
    recognizer: {
      network: 'merba',
      config: 'flow28',
      classes: ['negative', 'positive', 'surprise'],
      weights: '5b1f0cda2f3a5d3a0fb7b8a1d64c38a6fb5dca0f36d4d4f86c9f8f6d1a2e7c11',
      score: 'A synthetic score: sample text, leave-one-subject-out UF1 0.000, UAR 0.000.',
      unsureBelow: 0.5,
    },
    unitsRecognizer: {
      units: UNITS,
      score: 'A synthetic score: sample text, leave-one-subject-out mean F1 0.000, AUC 0.000.',
      weights: '0d2b8f6a54b4de1d0c9c2a77b3f5a1e68bd1d5f6f0a4f0e2b6ad0c9871c4e355',
    },
    caveats: [
      'Not a lie detector: a brief facial movement proves nothing about truthfulness.',
      'The probabilities come from a model trained on 309 clips of 40 subjects in a laboratory.',
    ],
    caveatCodes: [
      { code: 'no-lie-detector', values: {} },
      { code: 'faces', values: { faces: 2 } },
    ],
    made: [
      { stage: 'face', version: '0.1.0', options: { detector: 'short-range', smoothing: 4 } },
      { stage: 'motion', version: '0.1.0', options: { method: 'tvl1', lambda: 0.15 } },
      { stage: 'spot', version: '0.1.0', options: { shortest: 0.04, longest: 0.5 } },
    ],
  };
}
