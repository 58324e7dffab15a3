/** @file Spotting alone finds what the whole analysis finds. */
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openTestModels, sampleImage } from '../face/face.cases.ts';
import { findFace } from '../face/find.ts';
import type { FaceModels } from '../face/models.ts';
import { analyze } from './analyze.ts';
import { synthesize } from '../synth/synthesize.ts';
import { spotClip } from './spot-clip.ts';
import { nearestTime } from '../spot/curve.ts';

let face: FaceModels;
beforeAll(async () => void (face = await openTestModels()));
afterAll(() => face.close());

test('is what analyze spots, frame by frame', async () => {
  const photo = await sampleImage(3, 640);
  const { landmarks } = await findFace(face, photo);
  const clip = synthesize(photo, landmarks, {
    ...{ rate: 30, seconds: 1.5, amplitude: 3, width: 300, height: 330, interocular: 70, seed: 2 },
  });
  const stages = new Set<string>();
  const spotted = await spotClip(clip, face, { onProgress: (stage) => stages.add(stage) });
  const { report } = await analyze(clip, { face });
  expect([...stages]).toEqual(['face', 'movement']);
  expect(spotted.seen).toBe(45);
  expect(spotted.threshold).toBeCloseTo(report.movement.threshold, 3);
  spotted.curve.forEach((value, i) => expect(value).toBeCloseTo(report.movement.values[i]!, 3));
  expect(spotted.movements.map(({ kind, apex }) => [kind, apex])).toEqual(
    report.expressions.map(({ kind, apex }) => [kind, apex.frame]),
  );
  expect(spotted.movements.length).toBeGreaterThan(0);
}, 300_000);

test('the nearest of some times', () => {
  expect([-1, 0.4, 0.6, 2.4, 9].map((time) => nearestTime([0, 1, 2, 3], time))).toEqual([
    0, 0, 1, 2, 3,
  ]);
  expect(nearestTime([5], 0)).toBe(0);
});
