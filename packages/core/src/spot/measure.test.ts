/** @file A face that is missing for a moment continues its stretch; one that is missing for longer begins another. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RgbImage } from '../base/image.ts';
import { openTestModels, sampleImage } from '../face/face.cases.ts';
import { findFace } from '../face/find.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import { regionOfLandmarks } from '../face/mesh.ts';
import type { FaceModels } from '../face/models.ts';
import { createTvl1 } from '../motion/tvl1.ts';
import { synthesize } from '../synth/synthesize.ts';
import { createFollower, type MotionStretch } from './follow.ts';
import { createMeasurer, type MeasuredFrame } from './measure.ts';

let face: FaceModels;
let frames: readonly MeasuredFrame[];
let region: FaceRegion;
beforeAll(async () => {
  face = await openTestModels();
  const image: RgbImage = await sampleImage(3, 640);
  const { landmarks } = await findFace(face, image);
  const options = { seconds: 1.2, amplitude: 3, interocular: 70, seed: 2 };
  const clip = synthesize(image, landmarks, { rate: 30, width: 300, height: 340, ...options });
  const all: MeasuredFrame[] = [];
  for await (const frame of clip.frames()) {
    const { index, time, width, height, channels } = frame;
    all.push({ index, time, width, height, channels, data: frame.data.slice() });
  }
  frames = all;
  region = regionOfLandmarks((await findFace(face, frames[0]!)).landmarks);
});
afterAll(() => face.close());

/** Measures all frames; of some of them there is no face. */
async function measured(
  missing: readonly number[],
  cuts: readonly number[] = [],
): Promise<readonly MotionStretch[]> {
  // prettier-ignore
  const follower = createFollower(await createTvl1());
  const measurer = createMeasurer({ face, follower, together: 1 });
  for (const frame of frames) {
    const { index } = frame;
    const place = missing.includes(index) ? null : region;
    await measurer.add(frame, { region: place, isCut: cuts.includes(index) });
  }
  const { stretches, seen } = await measurer.end(frames.length);
  expect(seen).toEqual(frames.map(({ index }) => !missing.includes(index)));
  return stretches;
}

describe('a face that is missing', () => {
  it('for some frames is measured against the same reference before and after', async () => {
    const [whole] = await measured([]);
    const missing = [14, 15, 16];
    const [one, ...others] = await measured(missing);
    expect(others).toEqual([]);
    const left = whole!.samples.filter((_, i) => !missing.includes(i));
    expect(one!.samples.map(({ time }) => time)).toEqual(left.map(({ time }) => time));
    // References are renewed at other frames, if at all.
    for (const [i, { displacement }] of one!.samples.entries()) {
      for (const [channel, value] of displacement.entries()) {
        expect(Math.abs(value - left[i]!.displacement[channel]!)).toBeLessThan(0.1);
      }
    }
  });

  it('for longer, or at a cut, begins another stretch', async () => {
    const longer = [12, 13, 14, 15, 16, 17, 18];
    expect((await measured(longer)).map(({ samples }) => samples.length)).toEqual([12, frames.length - 19]); // prettier-ignore
    expect((await measured([14], [15])).map(({ samples }) => samples.length)).toEqual([14, frames.length - 15]); // prettier-ignore
  });
});
