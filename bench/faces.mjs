/**
 * @file How many faces are found: crops that a face fills, small faces in wide frames, and images without a face; by
 * skin tone, glasses and beard.
 *
 * `node --import ./test/typescript.mjs --conditions=@telltale/source bench/faces.mjs` writes bench/results/faces.md. The
 * skin tone is the individual typology angle (Chardon et al. 1991, Int. J. Cosmet. Sci. 13) of the cheeks as they are in
 * the image, so light counts. Glasses and beards are drawn onto the faces.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createRandom } from '../packages/core/src/base/random.ts';
import { beard, painted, rim, toneOf } from './face-groups.mjs';
import {
  cropImage,
  facesOf,
  landmarkError,
  texture,
  tightCrop,
  wideFrame,
} from '../packages/core/src/face/crops.cases.ts';
import {
  openTestModels,
  readImage,
  sampleImage,
  sharedClips,
} from '../packages/core/src/face/face.cases.ts';
import { findFace } from '../packages/core/src/face/find.ts';
import { drawFace } from '../packages/core/src/synth/drawn-face.ts';

const DRAWN = 100;
const models = await openTestModels();
const random = createRandom(1);
const faces = [];
for (let seed = 0; seed < DRAWN; seed++) {
  const { image } = drawFace(seed, 110);
  const { landmarks } = await findFace(models, image);
  faces.push({ kind: 'drawn', image, landmarks });
}
for (const number of [1, 2, 3, 4, 5, 6]) {
  for (const face of await facesOf(models, await sampleImage(number))) {
    faces.push({ kind: 'photographs', ...face });
  }
}
if (sharedClips) {
  for (const name of ['astronaut.png', 'pyfeat_multi_face.jpg']) {
    for (const face of await facesOf(models, await readImage(join(sharedClips, name)))) {
      faces.push({ kind: 'shared images', ...face });
    }
  }
}

const tables = [];
const percent = (part, all) => (all === 0 ? '–' : `${((100 * part) / all).toFixed(1)} %`);
const quantile = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(part * values.length))]; // prettier-ignore

/** Looks for one face in each image; the truth is where its landmarks are. */
async function look(images) {
  const errors = [];
  const framings = { whole: 0, padded: 0, tiled: 0 };
  for (const { image, landmarks } of images) {
    const face = await findFace(models, image).catch(() => undefined);
    const error = face ? landmarkError(face.landmarks, landmarks) : Infinity;
    if (error < 0.3) framings[face.framing]++;
    errors.push(error);
  }
  const found = errors.filter((error) => error < 0.3);
  const cells =
    found.length === 0
      ? ['–', '–', '–']
      : [
          quantile(found, 0.5).toFixed(3),
          quantile(found, 0.95).toFixed(3),
          Object.entries(framings).filter(([, n]) => n > 0).map(([name, n]) => `${name} ${n}`).join(', '), // prettier-ignore
        ];
  return [String(errors.length), percent(found.length, errors.length), ...cells];
}
const header = ['faces', 'found', 'landmarks apart, median', '95 %', 'framing'];
function table(title, columns, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  tables.push(
    `## ${title}\n\n${[columns, columns.map(() => '---'), ...rows].map(line).join('\n')}\n`,
  );
  console.log(tables.at(-1));
}
async function cropsOf(list, each = 1) {
  const crops = [];
  for (const face of list) {
    for (let i = 0; i < each; i++) {
      const crop = await tightCrop(face, random);
      if (crop) crops.push(crop);
    }
  }
  return crops;
}

const kinds = [...new Set(faces.map(({ kind }) => kind))];
const rows = [];
for (const kind of kinds) {
  const list = faces.filter((face) => face.kind === kind);
  const crops = await cropsOf(list, kind === 'drawn' ? 2 : 5);
  rows.push([kind, 'tight crops', ...(await look(crops))]);
  const wide = [];
  for (const face of list.slice(0, 40)) wide.push(await wideFrame(face, 40, random));
  rows.push([kind, '40 pixels in 1280×720', ...(await look(wide))]);
}
table('What is found', ['images', 'geometry', ...header], rows);

const groups = [];
for (const kinds of [['drawn'], ['photographs', 'shared images']]) {
  const list = faces.filter(({ kind }) => kinds.includes(kind));
  const name = kinds.join(', ');
  for (const tone of [
    'light (above 41°)',
    'intermediate (28° to 41°)',
    'tan (10° to 28°)',
    'brown and dark (below 10°)',
  ]) {
    // prettier-ignore
    const group = list.filter((face) => toneOf(face) === tone);
    groups.push([name, `skin: ${tone}`, ...(await look(await cropsOf(group, 3)))]);
  }
  const some = list.slice(0, 60);
  const paint = [
    ['thin glasses', rim(0.03, 0.05)],
    ['thick dark glasses frame', rim(0.08, 0.1)],
    ['sunglasses', rim(0.05, 0.9)],
    ['dark full beard', beard([35, 28, 24])],
    ['gray full beard', beard([170, 168, 165])],
  ];
  for (const [label, color] of paint) {
    groups.push([name, `${label}, drawn on`, ...(await look(await cropsOf(some.map((face) => painted(face, color)), 2)))]); // prettier-ignore
  }
}
table('Tight crops by group', ['images', 'group', ...header], groups);

if (sharedClips) {
  const folder = join(sharedClips, '../fer2013-subset/validation');
  const results = [];
  for (const emotion of existsSync(folder) ? readdirSync(folder) : []) {
    const names = readdirSync(join(folder, emotion)).sort().slice(0, 60);
    let found = 0;
    for (const name of names) {
      const image = await readImage(join(folder, emotion, name));
      const all = { left: 0, top: 0, width: image.width, height: image.height };
      const size = { width: 192, height: 192 };
      if (await findFace(models, await cropImage(image, all, { size })).catch(() => null)) found++;
    }
    results.push([emotion, String(names.length), percent(found, names.length)]);
  }
  table('FER2013, 48×48 gray, enlarged to 192×192', ['class', 'faces', 'found'], results);
}

const negatives = {
  textures: [],
  'textures of 280 to 1030 pixels': [],
  'parts of chelsea.png and coffee.png': [],
};
for (let seed = 0; seed < 400; seed++) negatives.textures.push(texture(seed));
for (let seed = 0; seed < 80; seed++) {
  negatives['textures of 280 to 1030 pixels'].push(texture(2000 + seed, 2.5));
}
for (const name of sharedClips ? ['chelsea.png', 'coffee.png'] : []) {
  const image = await readImage(join(sharedClips, name));
  for (let i = 0; i < 100; i++) {
    const width = 90 + random.integer(200);
    const height = Math.min(image.height, Math.round(width * (1 + 0.4 * random.uniform())));
    const [left, top] = [random.integer(image.width - width), random.integer(image.height - height + 1)]; // prettier-ignore
    negatives['parts of chelsea.png and coffee.png'].push(
      await cropImage(image, { left, top, width, height }),
    );
  }
}
const wrong = [];
for (const [name, images] of Object.entries(negatives)) {
  let count = 0;
  for (const image of images) if (await findFace(models, image).catch(() => null)) count++;
  wrong.push([name, String(images.length), String(count)]);
}
table('Images without a face', ['images', 'number', 'faces found'], wrong);

const out = fileURLToPath(new URL('results/faces.md', import.meta.url));
writeFileSync(
  out,
  `# Faces found\n\nWritten by bench/faces.mjs. Distances of landmarks are means over all 478, in interocular distances, from those of the image that was not cropped or made smaller.\n\n${tables.join('\n')}`,
);
await models.close();
