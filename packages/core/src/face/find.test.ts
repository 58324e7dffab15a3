/** @file A face is found whatever part of the image it fills, and nowhere else. */
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RgbImage } from '../base/image.ts';
import { createRandom } from '../base/random.ts';
import { createTvl1 } from '../motion/tvl1.ts';
import { spotLive } from '../spot/live.ts';
import { drawFace } from '../synth/drawn-face.ts';
import type { Frame } from '../video/frames.ts';
import { facesOf, landmarkError, texture, tightCrop, wideFrame } from './crops.cases.ts';
import type { ImageOfFace } from './crops.cases.ts';
import { openTestModels, readImage, sampleImage, sharedClips } from './face.cases.ts';
import { findFace } from './find.ts';
import type { FoundFace } from './find.ts';
import { squaresOf } from './framing.ts';
import type { FaceModels } from './models.ts';
import { trackFace } from './track.ts';

let models: FaceModels;
const drawn: ImageOfFace[] = [];
const photographed: ImageOfFace[] = [];
beforeAll(async () => {
  models = await openTestModels();
  for (let seed = 0; seed < 16; seed++) {
    const { image } = drawFace(seed, 110);
    drawn.push({ image, landmarks: (await findFace(models, image)).landmarks });
  }
  for (const number of [1, 2, 3, 4, 5, 6] as const) {
    photographed.push(...(await facesOf(models, await sampleImage(number))));
  }
}, 120_000);
afterAll(() => models.close());

/** What is found in images with one face each: the distance of its landmarks from the true ones, or undefined. */
async function look(
  images: readonly ImageOfFace[],
): Promise<{ readonly face: FoundFace | undefined; readonly error: number }[]> {
  const results = [];
  for (const { image, landmarks } of images) {
    const face = await findFace(models, image).catch(() => undefined);
    results.push({ face, error: face ? landmarkError(face.landmarks, landmarks) : Infinity });
  }
  return results;
}

/** Share of faces that were found: at the right place, not anywhere. */
const share = (results: readonly { readonly error: number }[]): number =>
  results.filter(({ error }) => error < 0.3).length / results.length;

async function cropsOf(faces: readonly ImageOfFace[], seed: number): Promise<ImageOfFace[]> {
  const random = createRandom(seed);
  const crops: ImageOfFace[] = [];
  for (const face of faces) {
    const crop = await tightCrop(face, random);
    if (crop !== undefined) crops.push(crop);
  }
  expect(crops.length).toBeGreaterThan(0.8 * faces.length);
  return crops;
}

describe('a face that fills the image', () => {
  test('is found on drawn faces, with the landmarks of the image that was not cropped', async () => {
    const results = await look(await cropsOf([...drawn, ...drawn, ...drawn], 1));
    expect(share(results)).toBe(1);
    expect(results.every(({ face }) => face!.framing === 'padded' && face!.faces === 1)).toBe(true);
    expect(Math.max(...results.map(({ error }) => error))).toBeLessThan(0.05);
  }, 60_000);

  test('is found on photographs', async () => {
    const results = await look(await cropsOf([...photographed, ...photographed], 2));
    expect(results.length).toBeGreaterThan(30);
    expect(share(results)).toBeGreaterThanOrEqual(0.97);
  }, 60_000);

  test.skipIf(sharedClips === undefined)(
    'is found in the shared images (skipped where the shared data is missing)',
    async () => {
      const images = await Promise.all(
        ['astronaut.png', 'pyfeat_multi_face.jpg'].map((name) => readImage(join(sharedClips!, name))), // prettier-ignore
      );
      const faces: ImageOfFace[] = [];
      for (const image of images) faces.push(...(await facesOf(models, image)));
      expect(share(await look(await cropsOf([...faces, ...faces], 3)))).toBe(1);
    },
    60_000,
  );

  test('is followed through a clip with one run of the detector each time', async () => {
    const [crop] = await cropsOf(drawn.slice(0, 1), 4);
    let runs = 0;
    const counted: FaceModels = {
      ...models,
      detect: (input) => {
        runs++;
        return models.detect(input);
      },
    };
    const frames = frameByFrame(Array<RgbImage>(30).fill(crop!.image), 10);
    const track = await trackFace(counted, frames);
    expect(track.framings).toEqual(['padded']);
    expect(track.regions.every((region) => region !== null)).toBe(true);
    expect(runs).toBe(1 + 15); // the whole image once, then five times a second for three seconds

    runs = 0;
    const live = spotLive({ face: counted, flow: await createTvl1() });
    for await (const frame of frameByFrame([crop!.image, crop!.image], 10)) {
      expect(await live.add(frame)).not.toBeNull();
    }
    expect(runs).toBe(2);
  }, 60_000);
});

describe('a small face in a wide frame', () => {
  test('is found, and followed', async () => {
    const random = createRandom(5);
    const frames: ImageOfFace[] = [];
    const faces = [...drawn, ...photographed].filter((_, i) => i % 2 === 0);
    for (const face of faces) frames.push(await wideFrame(face, 40, random));
    const results = await look(frames);
    expect(share(results)).toBeGreaterThanOrEqual(0.97);
    const track = await trackFace(models, frameByFrame([frames[0]!.image, frames[0]!.image], 5));
    expect(track.framings).toEqual([results[0]!.face!.framing]);
  }, 120_000);

  test('is wholly in one tile wherever it is', () => {
    const image = { width: 1280, height: 720 };
    const tiles = squaresOf(image, 'tiled');
    expect(tiles).toHaveLength(6);
    for (let x = 60; x <= image.width - 60; x += 10) {
      for (let y = 60; y <= image.height - 60; y += 10) {
        const holds = tiles.some((tile) => Math.max(Math.abs(tile.x - x), Math.abs(tile.y - y)) <= tile.size / 2 - 60); // prettier-ignore
        expect(holds).toBe(true);
      }
    }
    expect(squaresOf({ width: 320, height: 240 }, 'tiled')).toEqual([]);
    expect(squaresOf({ width: 3840, height: 2160 }, 'tiled').length).toBeLessThanOrEqual(20);
  });
});

describe('no face', () => {
  test('is found in 200 textures', async () => {
    const found: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      // Every eleventh is large enough for tiles.
      const image = texture(seed, seed % 11 === 0 ? 2.5 : 1);
      await findFace(models, image).then(() => found.push(seed), expectNotFound);
    }
    expect(found).toEqual([]);
  }, 120_000);

  test.skipIf(sharedClips === undefined)(
    'is found in photographs of a cat and a cup (skipped where the shared data is missing)',
    async () => {
      for (const name of ['chelsea.png', 'coffee.png']) {
        const image = await readImage(join(sharedClips!, name));
        await expect(findFace(models, image)).rejects.toMatchObject({ code: 'FACE_NOT_FOUND' });
        const frames = frameByFrame([image, image, image], 5);
        await expect(trackFace(models, frames)).rejects.toMatchObject({ code: 'FACE_NOT_FOUND' });
      }
    },
    60_000,
  );
});

const expectNotFound = (error: unknown): void =>
  expect(error).toMatchObject({ code: 'FACE_NOT_FOUND' });

async function* frameByFrame(images: Iterable<RgbImage>, rate: number): AsyncGenerator<Frame> {
  let index = 0;
  for (const image of images) {
    yield await Promise.resolve({ ...image, index, time: index++ / rate });
  }
}
