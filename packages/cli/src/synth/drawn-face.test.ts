/** @file The face detector takes drawn faces for faces, and finds eyes and mouth where they were drawn. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openFaceModels, type FaceModels } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { drawFace } from '@telltale/core/synth';
import { loadRuntime, readFaceModelFiles } from '@telltale/node';

let models: FaceModels;
beforeAll(async () => {
  models = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), { threads: 1 });
});
afterAll(() => models.close());

it.each([1, 2, 3, 4])('subject %i', async (seed) => {
  const { image, landmarks: drawn } = drawFace(seed, 60);
  const { landmarks } = await findFace(models, image);
  expect(landmarks.presence).toBeGreaterThan(0.5);
  for (const point of [33, 133, 362, 263, 61, 291, 13]) {
    for (const axis of [0, 1]) {
      const off = landmarks.points[2 * point + axis]! - drawn.points[2 * point + axis]!;
      expect(Math.abs(off) / 60, `point ${point}`).toBeLessThan(0.12);
    }
  }
});
