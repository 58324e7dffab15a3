/**
 * @file The whole analysis of one synthetic clip against recorded numbers: they change only with a commit that gives the
 * reason. Tolerances cover what ONNX Runtime rounds differently from one CPU to another.
 */
import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { openTestModels, runtime, sampleImage } from '../face/face.cases.ts';
import { findFace } from '../face/find.ts';
import type { FaceModels } from '../face/models.ts';
import { openRecognizer, type Recognizer } from '../recognize/recognizer.ts';
import { synthesize, type SyntheticClip } from '../synth/synthesize.ts';
import { analyze } from './analyze.ts';

let face: FaceModels;
let recognizer: Recognizer;
let clip: SyntheticClip;

beforeAll(async () => {
  face = await openTestModels();
  const weights = new URL('../../models/merba-flow28.safetensors', import.meta.url);
  recognizer = await openRecognizer(runtime, readFileSync(weights), { threads: 1 });
  const photo = await sampleImage(3, 640);
  const { landmarks } = await findFace(face, photo);
  clip = synthesize(photo, landmarks, {
    ...{ kind: 'lip-corner-pull', rate: 60, seconds: 2, amplitude: 3, seed: 4, noise: 1 },
    ...{ width: 300, height: 340, interocular: 70 },
  });
});
afterAll(async () => {
  await recognizer.release();
  await face.close();
});

test('a planted expression: time points, curve and probabilities as recorded', async () => {
  const { report, images, regions } = await analyze(clip, { face, recognizer });
  expect(report.expressions).toHaveLength(1);
  const [{ kind, onset, apex, offset, classes, verdict }] = report.expressions as [
    (typeof report.expressions)[number],
  ];
  expect({ kind, verdict }).toEqual({ kind: 'micro', verdict: 'positive' });
  for (const [point, frame] of [
    [onset, 41],
    [apex, 53],
    [offset, 66],
  ] as const) {
    expect(Math.abs(point.frame - frame)).toBeLessThanOrEqual(1);
  }
  for (const [name, share] of Object.entries({
    negative: 0.0294,
    positive: 0.9669,
    surprise: 0.0037,
  })) {
    expect(Math.abs(classes![name]! - share), name).toBeLessThan(0.01);
  }
  expect(report.face).toMatchObject({ frames: 120, gaps: [] });
  expect(Math.max(...report.movement.values.map(Number))).toBeCloseTo(3.31, 1);
  expect(report.movement.threshold).toBeCloseTo(0.22, 2);
  expect(regions.every((region) => region !== null)).toBe(true);
  expect(images[0]!.flowImage).toMatchObject({ width: 28, height: 28, channels: 3 });
});
