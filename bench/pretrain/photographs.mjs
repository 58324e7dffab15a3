/**
 * @file A folder of photographs with one face each, for `telltale synth dataset --faces`: every face of at least 28 pixels
 * between the outer corners of the eyes in the photographs of a development dependency and, where they are present, in the
 * shared images and the first frames of the shared clips. Nothing of it is stored in the project.
 *
 * `npm run build && node bench/pretrain/photographs.mjs OUT`
 */
import { mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { detectFaces, findLandmarks, regionOfDetection } from '@telltale/core/face';
import { openClip, openTools, readImage } from '@telltale/node';
import sharp from 'sharp';

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('node bench/pretrain/photographs.mjs OUT');
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const LEAST = 28;
const demo = here('../../node_modules/@vladmandic/face-api/demo');
const shared = join(process.env['TELLTALE_SHARED'] ?? here('../../../shared/data'), 'clips');

const images = [];
for (const number of [1, 2, 3, 4, 5, 6])
  images.push([`sample${number}`, await readImage(join(demo, `sample${number}.jpg`))]);
for (const name of ['astronaut.png', 'pyfeat_multi_face.jpg']) {
  const path = join(shared, name);
  if (existsSync(path)) images.push([name.slice(0, -4), await readImage(path)]);
}
for (const name of [
  'grid_s1_bbaf2n.mpg',
  'grid_s2_swwp2s.mpg',
  'pyfeat_selfie_neutral_to_smile.mp4',
]) {
  const path = join(shared, name);
  if (!existsSync(path)) continue;
  const clip = await openClip(path);
  for await (const { data, width, height, channels } of clip.frames()) {
    images.push([name.slice(0, -4), { data: data.slice(), width, height, channels }]);
    break;
  }
  await clip.close();
}

await mkdir(out, { recursive: true });
const tools = await openTools({ recognizer: false });
let written = 0;
for (const [name, image] of images) {
  let number = 0;
  for (const detection of await detectFaces(tools.face, image)) {
    const region = regionOfDetection(detection);
    const { points, presence } = await findLandmarks(tools.face, image, region);
    const eyes = Math.hypot(points[66] - points[526], points[67] - points[527]);
    if (presence < 0.7 || eyes < LEAST) continue;
    const half = 0.75 * region.size;
    const [left, top] = [region.x, region.y].map((middle) =>
      Math.max(0, Math.round(middle - half)),
    );
    const width = Math.min(image.width, Math.round(region.x + half)) - left;
    const height = Math.min(image.height, Math.round(region.y + half)) - top;
    const raw = { width: image.width, height: image.height, channels: image.channels };
    const face = sharp(image.data, { raw }).removeAlpha().extract({ left, top, width, height });
    await face.png().toFile(join(out, `${name}-${++number}.png`));
    written++;
  }
}
await tools.close();
process.stdout.write(`${written} faces of ${images.length} images\n`);
