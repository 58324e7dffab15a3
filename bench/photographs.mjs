/** @file The photographs of faces that benches plant movements in: samples of `@vladmandic/face-api` that took part in no training. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { openFaceModels } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { loadRuntime, readFaceModelFiles, readImage } from '@telltale/node';

const demo = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
);

/** The models that found the faces (`close` them), and each photograph with its name and landmarks. */
export async function openPhotographs(names = ['sample3', 'sample5', 'sample6']) {
  const face = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), {
    threads: 1,
  });
  const photographs = [];
  for (const photograph of names) {
    const name = `${photograph}.jpg`;
    const image = await readImage(join(demo, name));
    photographs.push({ name, image, landmarks: (await findFace(face, image)).landmarks });
  }
  return { face, photographs };
}
