/** @file The apex of clips whose apex is known, and what must hold of any curve. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RgbImage, Plane } from '../base/image.ts';
import { landmarksInCrop } from '../face/align.ts';
import { cropGray } from '../face/crop.ts';
import { openTestModels, sampleImage } from '../face/face.cases.ts';
import type { FaceRegion, Landmarks } from '../face/landmarks.ts';
import { findFace } from '../face/find.ts';
import type { FaceModels } from '../face/models.ts';
import { createTvl1, type Tvl1 } from '../motion/tvl1.ts';
import { synthesize, type SynthesisOptions } from '../synth/synthesize.ts';
import type { PlantedEvent } from '../synth/truth.ts';
import { alongMain, findApex, lookedAt, summitOf } from './apex.ts';

let models: FaceModels;
let tvl1: Tvl1;
beforeAll(async () => {
  models = await openTestModels();
  tvl1 = await createTvl1();
});
afterAll(() => models.close());

/** Distance of the apex that is found from the true one, as a part of the clip from onset to offset. */
async function errorOf(photo: RgbImage, options: SynthesisOptions): Promise<number> {
  const { landmarks } = await findFace(models, photo);
  const clip = synthesize(photo, landmarks, {
    ...{ width: 360, height: 360, interocular: 70, seconds: 1.2, ...options },
  });
  const [{ onset, apex, offset }] = clip.truth.events as [PlantedEvent];
  const planes: Plane[] = [];
  let face: { readonly region: FaceRegion; readonly landmarks: Landmarks } | undefined;
  for await (const frame of clip.frames()) {
    if (frame.index < onset.frame) continue;
    if (frame.index > offset.frame) break;
    face ??= await findFace(models, frame);
    planes.push(cropGray(frame, { ...face.region, size: 0.75 * face.region.size }, { size: 144 }));
  }
  const part = { ...face!.region, size: 0.75 * face!.region.size };
  const { frame } = await findApex(
    {
      frames: planes.length,
      onset: planes[0]!,
      landmarks: landmarksInCrop(face!.landmarks, part, 144),
      read: (index) => Promise.resolve(planes[index]!),
    },
    tvl1,
  );
  return Math.abs(frame + onset.frame - apex.frame) / planes.length;
}

describe('on clips whose apex is known', () => {
  const kinds = ['brow-raise', 'brow-lower', 'lip-corner-pull', 'lip-corner-depress'] as const;

  test('nine of ten apexes of one pixel lie within a tenth of the clip', async () => {
    const errors: number[] = [];
    for (const number of [3, 5] as const) {
      const photo = await sampleImage(number, 640);
      for (const [i, kind] of kinds.entries()) {
        const rate = (i + number) % 4 < 2 ? 30 : 100;
        errors.push(await errorOf(photo, { kind, rate, amplitude: 1, seed: number + 10 * i }));
      }
    }
    const near = errors.filter((error) => error <= 0.1);
    expect(near.length / errors.length).toBeGreaterThanOrEqual(0.9);
  }, 120_000);
});

test('looks are even, at most twenty, and end with the last frame', () => {
  expect(lookedAt(2)).toEqual([1]);
  expect(lookedAt(5)).toEqual([1, 2, 3, 4]);
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 500 }), (frames) => {
      const looks = lookedAt(frames);
      expect(looks.length).toBe(Math.min(20, frames - 1));
      expect(looks.at(-1)).toBe(frames - 1);
      for (const [i, look] of looks.entries()) expect(look).toBeGreaterThan(looks[i - 1] ?? 0);
    }),
  );
});

test('the main direction is that of the movements, whatever noise stands across it', () => {
  const along = [0, 0.5, 1, 0.5, 0].map((x) => Float64Array.from([3 * x, 0, 4 * x, 0.1]));
  const found = alongMain(along);
  expect(found[2]).toBeCloseTo(5, 1);
  expect(found[1]).toBeCloseTo(2.5, 1);
  expect(alongMain([new Float64Array(3)])).toEqual([0]);
});

describe('summit', () => {
  const times = Array.from({ length: 40 }, (_, i) => i);

  test('is the middle of a held top, wherever it lies', () => {
    const at = fc.record({
      center: fc.integer({ min: 8, max: 31 }),
      hold: fc.integer({ max: 3, min: 0 }),
    });
    fc.assert(
      fc.property(at, ({ center, hold }) => {
        const values = times.map((t) =>
          Math.max(0, 1 - Math.max(0, Math.abs(t - center) - hold) / 6),
        );
        expect(summitOf(times, values).place).toBeCloseTo(center, 6);
      }),
    );
  });

  test('of what still rises lies at its end, and of nothing has no height', () => {
    expect(summitOf(times, times).place).toBeGreaterThan(34);
    expect(
      summitOf(
        times,
        times.map(() => 0),
      ).height,
    ).toBe(0);
  });
});
