/**
 * @file How old the faces of the images at hand look to a network, to see whether groups by age can be formed of them.
 *
 * `node --import ./test/typescript.mjs --conditions=@telltale/source bench/ages.mjs` prints a line for each face of the
 * photographs of `@vladmandic/face-api` and of the shared images. The network is that package's own (MIT); its
 * build for browsers runs in Node where it believes itself in a browser.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { cropImage, facesOf } from '../packages/core/src/face/crops.cases.ts';
import {
  openTestModels,
  readImage,
  sampleImage,
  sharedClips,
} from '../packages/core/src/face/face.cases.ts';

const folder = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));
const { versions } = process;
Object.defineProperty(process, 'versions', { value: { ...versions, node: undefined }, configurable: true }); // prettier-ignore
const { AgeGenderNet, tf } = await import(join(folder, 'dist/face-api.esm.js'));
Object.defineProperty(process, 'versions', { value: versions });
tf.env().setPlatform('plain', { isTypedArray: ArrayBuffer.isView, now: () => performance.now() });
await tf.setBackend('cpu');
const manifest = join(folder, 'model/age_gender_model-weights_manifest.json');
const specification = JSON.parse(readFileSync(manifest, 'utf8')).flatMap(({ weights }) => weights);
const { buffer } = Uint8Array.from(readFileSync(join(folder, 'model/age_gender_model.bin')));
const network = new AgeGenderNet();
network.loadFromWeightMap(tf.io.decodeWeights(buffer, specification));

/** Years, of the square around a face. */
async function ageOf({ image, landmarks: { points } }) {
  const all = Array.from({ length: 468 }, (_, i) => [points[2 * i], points[2 * i + 1]]);
  const ends = [0, 1].map((axis) => [Math.min, Math.max].map((end) => end(...all.map((point) => point[axis])))); // prettier-ignore
  const [[left, right], [top, bottom]] = ends;
  const side = Math.min(Math.round(1.15 * Math.max(right - left, bottom - top)), image.width, image.height); // prettier-ignore
  const within = (center, length) => Math.max(0, Math.min(length - side, Math.round(center - side / 2))); // prettier-ignore
  const rectangle = {
    left: within((left + right) / 2, image.width),
    top: within((top + bottom) / 2 - 0.05 * side, image.height),
    ...{ width: side, height: side },
  };
  const { data } = await cropImage(image, rectangle, { size: { width: 112, height: 112 } });
  const input = tf.tensor4d(Float32Array.from(data), [1, 112, 112, 3]);
  const features = network.faceFeatureExtractor.forwardInput({ toBatchTensor: () => input });
  return network.runNet(features).age.dataSync()[0];
}

const models = await openTestModels();
const images = [1, 2, 3, 4, 5, 6].map((number) => [`photograph ${number}`, () => sampleImage(number)]); // prettier-ignore
for (const name of sharedClips ? ['astronaut.png', 'pyfeat_multi_face.jpg'] : []) {
  images.push([name, () => readImage(join(sharedClips, name))]);
}
for (const [name, read] of images) {
  for (const [i, face] of (await facesOf(models, await read())).entries()) {
    console.log(`${name}, face ${i + 1}: ${(await ageOf(face)).toFixed(0)} years`);
  }
}
await models.close();
