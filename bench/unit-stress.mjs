/**
 * @file What another laboratory may do to the recognition of action units: the flow of unseen subjects is changed.
 *
 * `npm run build && node bench/unit-stress.mjs`: one of the subjects of CASME II left out at a time, learned from the
 * others as they are, tested on images that are shifted, scaled, turned, noisy, blurred, or of a head that moved. Then
 * recognizers that no face of CASME II taught, tested on CASME II, and units of SMIC-HS against its emotions. Results go to
 * bench/results/unit-stress.json.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { fitUnits, syntheticPart, UNIT_NUMBERS } from '@telltale/core/units';
import { openUnits } from '@telltale/node';

import { createRandom } from '../packages/core/dist/base/random.js';
import {
  againstEmotions,
  decisionsOf,
  drawFaces,
  featuresOf,
  fitSynthetic,
  readClips,
  scoresOf,
} from './unit-data.mjs';

const SIZE = 28;
const AREA = SIZE * SIZE;
const MIDDLE = (SIZE - 1) / 2;
const COUNT = 3000;

/** Three planes of numbers; `of(plane, row, column)` gives each. */
const planes = (of) => {
  const data = new Float32Array(3 * AREA);
  for (let i = 0; i < AREA; i++)
    for (let c = 0; c < 3; c++) data[3 * i + c] = of(c, Math.floor(i / SIZE), i % SIZE);
  return { data, width: SIZE, height: SIZE, channels: 3 };
};
const inside = (at) => Math.min(Math.max(at, 0), SIZE - 1);
/** A pixel between pixels; the edge is repeated. */
function sample({ data, channels }, plane, [row, column]) {
  const [y, x] = [inside(row), inside(column)];
  const [j, i] = [Math.min(Math.floor(y), SIZE - 2), Math.min(Math.floor(x), SIZE - 2)];
  const at = (r, c) => data[(r * SIZE + c) * channels + plane];
  const upper = at(j, i) * (1 - x + i) + at(j, i + 1) * (x - i);
  const lower = at(j + 1, i) * (1 - x + i) + at(j + 1, i + 1) * (x - i);
  return upper * (1 - y + j) + lower * (y - j);
}
/** The face lies elsewhere in the box, or the box is larger or smaller. */
const placed =
  ({ right = 0, down = 0, wide = 1, high = 1, turn = 0 }) =>
  (image) =>
    planes((plane, row, column) => {
      const [y, x] = [row - MIDDLE, column - MIDDLE];
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
      const from = [
        MIDDLE + high * (sin * x + cos * y) - down,
        MIDDLE + wide * (cos * x - sin * y) - right,
      ];
      return sample(image, plane, from);
    });
const blurred = (sigma) => (image) => {
  const reach = Math.ceil(3 * sigma);
  const taps = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-0.5 * ((k - reach) / sigma) ** 2)); // prettier-ignore
  const sum = taps.reduce((a, b) => a + b, 0);
  const along = (some, step) =>
    planes((plane, row, column) =>
      taps.reduce((total, tap, k) => {
        const at = [row + step[0] * (k - reach), column + step[1] * (k - reach)];
        return total + (tap / sum) * sample(some, plane, at);
      }, 0),
    );
  return along(along(image, [1, 0]), [0, 1]);
};
/** Of each plane: its median, and the root mean square around it. */
function unitOf({ data, channels }) {
  return [0, 1, 2].map((plane) => {
    const values = Array.from({ length: AREA }, (_, i) => data[i * channels + plane]);
    const sorted = [...values].sort((a, b) => a - b);
    const middle = (sorted[AREA / 2 - 1] + sorted[AREA / 2]) / 2;
    const rms = Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / AREA);
    return { middle, rms };
  });
}
/** Noise of so many root mean squares of a plane, smooth over about `sigma` pixels. */
const noisy = (level, sigma) => (image, random) => {
  const white = planes(() => random.normal());
  const noise = sigma > 0 ? blurred(sigma)(white) : white;
  const [unit, own] = [unitOf(image), unitOf(noise)];
  return planes(
    (plane, row, column) =>
      sample(image, plane, [row, column]) +
      (level * unit[plane].rms * sample(noise, plane, [row, column])) / own[plane].rms,
  );
};
/** What is left of a head that turned, came nearer, or tilted, in root mean squares at 8 pixels from the middle. */
const moved = (level) => (image, random) => {
  const unit = unitOf(image);
  const [a, b, c, d, e] = Array.from({ length: 5 }, () => level * random.normal());
  return planes((plane, row, column) => {
    const [y, x] = [(row - MIDDLE) / 8.1, (column - MIDDLE) / 8.1];
    const head = [a * x + b * y + (c * x * x) / 2, d * x - b * y + (e * y * y) / 2, 0][plane];
    return sample(image, plane, [row, column]) + unit[plane].rms * head;
  });
};
/** Another method of flow: large movements are measured too small, or small ones. */
const bent = (power) => (image) => {
  const unit = unitOf(image);
  return planes((plane, row, column) => {
    const { middle, rms } = unit[plane];
    const value = (sample(image, plane, [row, column]) - middle) / (rms || 1);
    return middle + Math.sign(value) * rms * Math.abs(value) ** power;
  });
};
const STRESSES = {
  'as they are': (image) => image,
  '1 px right': placed({ right: 1 }),
  '1 px down': placed({ down: 1 }),
  '1 px up': placed({ down: -1 }),
  '2 px right': placed({ right: 2 }),
  '2 px down': placed({ down: 2 }),
  '2 px up': placed({ down: -2 }),
  'face 10 % larger': placed({ wide: 0.9, high: 0.9 }),
  'face 10 % smaller': placed({ wide: 1.1, high: 1.1 }),
  'face 12 % shorter': placed({ high: 1.12 }),
  'face 12 % narrower': placed({ wide: 1.12 }),
  'turned by 5°': placed({ turn: Math.PI / 36 }),
  'white noise of 0.5 rms': noisy(0.5, 0),
  'smooth noise of 0.5 rms': noisy(0.5, 1.5),
  'smooth noise of 1 rms': noisy(1, 1.5),
  'blurred by 1 px': blurred(1),
  'large movements too small (power 0.6)': bent(0.6),
  'small movements too small (power 1.5)': bent(1.5),
  'head motion of 0.3 rms': moved(0.3),
  'head motion of 0.6 rms': moved(0.6),
};

const all = await readClips();
const clips = all
  .filter(({ left }) => left !== undefined)
  .map((clip) => ({ ...clip, features: featuresOf(clip.image) }));
const others = all.filter(({ left }) => left === undefined);
const elsewhere = others.map(({ image }) => featuresOf(image));
const changed = Object.entries(STRESSES).map(([name, change]) => {
  const random = createRandom(7);
  return { name, features: clips.map(({ image }, i) => featuresOf(change(image, random.fork(i)))) };
});

const synthetic = syntheticPart(drawFaces('single', { count: COUNT, seed: 1 }), UNIT_NUMBERS.length); // prettier-ignore
const decided = changed.map(() => clips.map(() => []));
for (const subject of new Set(clips.map((clip) => clip.subject))) {
  const train = clips.filter((clip) => clip.subject !== subject);
  const fit = fitUnits(train, { units: UNIT_NUMBERS.length, synthetic });
  for (const [s, { features }] of changed.entries())
    clips.forEach((clip, i) => {
      if (clip.subject === subject) decided[s][i] = decisionsOf(fit, features[i]);
    });
  console.error(`without ${subject}`);
}
const stresses = changed.map(({ name }, s) => ({ name, ...scoresOf(clips, decided[s]) }));
for (const { name, f1, auc } of stresses) console.log(`${name.padEnd(40)} ${f1} ${auc}`);

const taught = ['single', 'emotion'].flatMap((kind) =>
  [1, 2, 3].map((seed) => {
    const model = fitSynthetic(drawFaces(kind, { count: COUNT, seed }));
    const on = (some) => some.map((features) => decisionsOf(model, features));
    const score = scoresOf(clips, on(clips.map(({ features }) => features)));
    const row = { kind, seed, ...score, smic: againstEmotions(others, on(elsewhere)) };
    console.log(JSON.stringify(row));
    return row;
  }),
);
const shipped = await openUnits();
const smic = againstEmotions(others, elsewhere.map((features) => decisionsOf(shipped, features))); // prettier-ignore
console.log('shipped, SMIC-HS:', JSON.stringify(smic));
writeFileSync(
  fileURLToPath(new URL('results/unit-stress.json', import.meta.url)),
  `${JSON.stringify({ clips: clips.length, stresses, syntheticOnly: taught, shippedOnSmic: smic }, null, 1)}\n`,
);
