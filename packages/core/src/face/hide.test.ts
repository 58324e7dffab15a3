import { afterAll, beforeAll, expect, it } from 'vitest';

import { detectFaces, regionOfDetection } from './detect.ts';
import { openTestModels, sampleImage } from './face.cases.ts';
import { hideFaces } from './hide.ts';
import type { FaceModels } from './models.ts';

let models: FaceModels;
beforeAll(async () => void (models = await openTestModels()));
afterAll(() => models.close());

it('hides every face from the detector, and leaves the rest as it was', async () => {
  const photo = await sampleImage(5, 900);
  const regions = (await detectFaces(models, photo)).map(regionOfDetection);
  expect(regions.length).toBeGreaterThan(3);
  const hidden = hideFaces(photo, regions);
  expect(await detectFaces(models, hidden)).toHaveLength(0);
  const isFar = (i: number): boolean =>
    regions.every(
      ({ x, y, size }) =>
        Math.hypot((i % photo.width) - x, Math.floor(i / photo.width) - y) > size / 2 + 1,
    );
  for (let i = 0; i < photo.width * photo.height; i++) {
    if (!isFar(i)) continue;
    if (hidden.data[3 * i] !== photo.data[3 * i]) expect.fail(`pixel ${i} changed`);
  }
});
