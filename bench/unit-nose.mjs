/**
 * @file Why a planted wrinkled nose (AU9) is called a raised upper lip (AU10), a raised lid (AU5) a raised brow and raised
 * cheeks (AU6) a smile: which part of the movement speaks for which unit, by what was learned from.
 *
 * `npm run build && node bench/unit-nose.mjs`: displacement fields on the landmarks of three faces, neither rendered nor measured,
 * made to flow images; decisions are means over the faces. Results go to bench/results/unit-nose.json.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { faceBox, flowImage } from '@telltale/core/motion';
import { fitUnits, UNIT_NUMBERS } from '@telltale/core/units';
import { openUnits } from '@telltale/node';

import { ACTIONS, actionField } from '../packages/core/dist/synth/actions.js';
import { parseUnits } from '../packages/core/dist/synth/emotions.js';
import { muscleField } from '../packages/core/dist/synth/muscle-field.js';
import { openPhotographs } from './photographs.mjs';
import { decisionsOf, drawFaces, featuresOf, fitSynthetic, readClips } from './unit-data.mjs';

const { pulls } = ACTIONS['nose-wrinkle'];
const of = (...points) => pulls.filter(({ point }) => points.includes(point));
const brows = of(107, 336);
const wings = of(129, 358, 98, 327);
/** Decisions that are written down. */
const SHOWN = [2, 4, 5, 6, 9, 10, 12];
const MOVEMENTS = {
  'wings of the nose up': (points) => actionField({ units: '9', pulls: wings }, points),
  'inner brows down': (points) => actionField({ units: '9', pulls: brows }, points),
  'both, and nothing else': (points) => actionField({ units: '9', pulls: [...wings, ...brows] }, points), // prettier-ignore
  'as planted, with the skin along the nose': (points) => actionField(ACTIONS['nose-wrinkle'], points), // prettier-ignore
  'raised lids, as planted': (points) => actionField(ACTIONS['lid-raise'], points),
  'raised cheeks, as planted': (points) => actionField(ACTIONS['cheek-raise'], points),
  'AU9 of the trained motion': (points) => muscleField(parseUnits('9'), points),
  'AU4+9 of the trained motion': (points) => muscleField(parseUnits('4+9'), points),
  'AU10 of the trained motion': (points) => muscleField(parseUnits('10'), points),
  'AU4+10 of the trained motion': (points) => muscleField(parseUnits('4+10'), points),
};

const clips = (await readClips())
  .filter(({ left }) => left !== undefined)
  .map((clip) => ({ ...clip, features: featuresOf(clip.image) }));
const synthetic = drawFaces('single', { count: 3000, seed: 1 });
const models = {
  'the 145 clips of CASME II': fitUnits(clips, { units: UNIT_NUMBERS.length }),
  '3,000 synthetic flow images': fitSynthetic(synthetic),
  'both, as it ships': await openUnits(),
};
const { face, photographs } = await openPhotographs();
await face.close();
const rows = [];
for (const [movement, field] of Object.entries(MOVEMENTS)) {
  const features = photographs.map(({ image: { width, height }, landmarks: { points } }) => {
    const [u, v] = [new Float32Array(width * height), new Float32Array(width * height)];
    const moved = field(points);
    for (let row = 0; row < moved.height; row++)
      for (let column = 0; column < moved.width; column++) {
        const [x, y] = [moved.left + column, moved.top + row];
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        u[y * width + x] = moved.u[row * moved.width + column];
        v[y * width + x] = moved.v[row * moved.width + column];
      }
    const middle = (a, b) => ({
      x: (points[2 * a] + points[2 * b]) / 2,
      y: (points[2 * a + 1] + points[2 * b + 1]) / 2,
    });
    const box = { left: middle(33, 133), right: middle(362, 263), mouth: middle(13, 14) };
    return featuresOf(flowImage({ u, v, width, height }, faceBox(box)));
  });
  for (const [taught, model] of Object.entries(models)) {
    const decided = features.map((some) => decisionsOf(model, some));
    const mean = (unit) => {
      const sum = decided.reduce((total, one) => total + one[UNIT_NUMBERS.indexOf(unit)], 0);
      return Number((sum / decided.length).toFixed(2));
    };
    rows.push({ movement, taught, ...Object.fromEntries(SHOWN.map((unit) => [`AU${unit}`, mean(unit)])) }); // prettier-ignore
    console.log(JSON.stringify(rows.at(-1)));
  }
}
writeFileSync(
  fileURLToPath(new URL('results/unit-nose.json', import.meta.url)),
  `${JSON.stringify(rows, null, 1)}\n`,
);
