import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RgbImage } from '../base/image.ts';
import type { Frame } from '../video/frames.ts';
import { openTestModels, sampleImage, shifted } from './face.cases.ts';
import { findFace } from './find.ts';
import type { FoundFace } from './find.ts';
import { findLandmarks } from './mesh.ts';
import type { FaceModels } from './models.ts';
import { smoothRegions } from './smooth.ts';
import { trackFace } from './track.ts';

const RATE = 25;
let models: FaceModels;
let image: RgbImage;
let blank: RgbImage;
let face: FoundFace;
beforeAll(async () => {
  models = await openTestModels();
  image = await sampleImage(3, 640);
  blank = { ...image, data: image.data.map(() => 90) };
  face = await findFace(models, image);
});
afterAll(() => models.close());

async function* clip(images: Iterable<RgbImage>): AsyncGenerator<Frame> {
  let index = 0;
  for (const each of images) yield await Promise.resolve({ ...each, index, time: index++ / RATE });
}

describe('the followed face', () => {
  it('is the largest, and its region moves with it', async () => {
    const count = 20;
    const images = Array.from({ length: count }, (_, i) => shifted(image, 2 * i, i));
    const progress: number[] = [];
    const track = await trackFace(models, clip(images), {
      interval: 0.1,
      onProgress: (frames) => progress.push(frames),
    });
    expect(track.times).toHaveLength(count);
    expect(progress.at(-1)).toBe(count);
    expect(Math.max(...track.faces)).toBeGreaterThanOrEqual(2);
    const regions = smoothRegions(track.regions, track.times);
    regions.forEach((region, i) => {
      expect(Math.abs(region!.x - (face.region.x - 2 * i))).toBeLessThan(4);
      expect(Math.abs(region!.y - (face.region.y - i))).toBeLessThan(4);
      expect(region!.size / face.region.size).toBeCloseTo(1, 1);
    });
  });

  it('may appear and disappear: the presence of its landmarks shows when', async () => {
    const shows = (i: number): boolean => i >= 6 && i < 20;
    const images = Array.from({ length: 34 }, (_, i) => (shows(i) ? image : blank));
    const { regions, faces } = await trackFace(models, clip(images), { interval: 0.1 });
    const found: boolean[] = [];
    for (const [i, region] of regions.entries()) {
      const landmarks = region && (await findLandmarks(models, images[i]!, region));
      found.push(landmarks !== null && landmarks.presence >= 0.5);
    }
    expect(found).toEqual(images.map((_, i) => shows(i)));
    expect([faces[0], faces.at(-1)]).toEqual([0, 0]);
    expect(regions[0]).toBeNull();
    expect(regions.at(-1)).toBeNull();
  });

  it('is followed by its landmarks where the detector misses it', async () => {
    let looks = 0;
    const blind: FaceModels = {
      ...models,
      // Sees the face once in ten looks: at the others it is given an image without one.
      detect: (input) => models.detect(looks++ % 10 === 0 ? input : input.map(() => 0)),
    };
    const images = Array.from({ length: 30 }, (_, i) => shifted(image, i, 0));
    const { regions } = await trackFace(blind, clip(images), { interval: 0.08 });
    expect(looks).toBe(15);
    regions.forEach((region, i) => {
      expect(Math.abs(region!.x - (face.region.x - i))).toBeLessThan(4);
    });
  });

  it('is where it is on either side of a cut, to the frame', async () => {
    const other = shifted(image, 60, 40);
    const images = Array.from({ length: 26 }, (_, i) => (i < 13 ? image : other));
    const track = await trackFace(models, clip(images));
    expect(track.cuts).toEqual([13]);
    const regions = smoothRegions(track.regions, track.times, track);
    regions.forEach((region, i) => {
      expect(Math.abs(region!.x - (face.region.x - (i < 13 ? 0 : 60)))).toBeLessThan(4);
      expect(Math.abs(region!.y - (face.region.y - (i < 13 ? 0 : 40)))).toBeLessThan(4);
    });
  });

  it('is not looked for in a damaged frame, which has no region', async () => {
    async function* damaged(): AsyncGenerator<Frame> {
      for await (const frame of clip(Array.from({ length: 12 }, () => image))) {
        const isDamaged = frame.index === 0 || frame.index === 5;
        yield isDamaged ? { ...blank, index: frame.index, time: frame.time, isDamaged } : frame;
      }
    }
    const { regions, damaged: which, cuts } = await trackFace(models, damaged());
    expect(regions.map((region) => region === null)).toEqual(which);
    expect(which!.flatMap((bad, i) => (bad ? [i] : []))).toEqual([0, 5]);
    expect(cuts).toEqual([]);
  });

  it('is not invented', async () => {
    await expect(trackFace(models, clip([blank, blank]))).rejects.toMatchObject({
      code: 'FACE_NOT_FOUND',
    });
    await expect(trackFace(models, clip([]))).rejects.toMatchObject({ code: 'FACE_NOT_FOUND' });
  });

  it('is given up when asked to', async () => {
    const signal = AbortSignal.abort();
    await expect(trackFace(models, clip([image]), { signal })).rejects.toMatchObject({
      code: 'CANCELED',
    });
  });
});
