/**
 * @file Whether the planted action unit is named first, and on the planted side, at an amplitude of 1 pixel.
 *
 * `npm run build && node bench/units.mjs [amplitude]` plants on both sides: 3 faces × 5 movements × 2 rates;
 * `node bench/units.mjs [amplitude] sides` on one side: 3 faces × 5 movements × 2 sides × 2 rates of `synth/actions.ts`, and
 * 2 faces × 8 units × 2 sides × 2 rates of `synth/muscles.ts`. Results go to bench/results/.
 *
 * The movements of `synth/actions.ts` are pulls around landmarks, which is not the model of motion that the recognizer of
 * units learned from; that is `synth/muscles.ts`, so its figures are the easier ones. The faces took part in no
 * training. Onset and apex are those that were planted.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openFaceModels } from '@telltale/core';
import { examineExpressions } from '@telltale/core/expression';
import { findFace } from '@telltale/core/face';
import { createTvl1 } from '@telltale/core/motion';
import { filmScenario, synthesize } from '@telltale/core/synth';
import { recognizeUnits, unitsNotation } from '@telltale/core/units';
import { loadRuntime, openUnits, readFaceModelFiles, readImage } from '@telltale/node';

const PULLS = {
  'brow-raise': [1, 2],
  'brow-lower': [4],
  'lip-corner-pull': [12],
  'lip-corner-depress': [15],
  'nose-wrinkle': [9],
};
const MUSCLES = { '1+2': [1, 2], ...{ 2: [2], 4: [4], 7: [7], 10: [10], 12: [12], 14: [14], 15: [15] } }; // prettier-ignore
const PHOTOS = ['sample3.jpg', 'sample5.jpg', 'sample6.jpg'];
const amplitude = Number(process.argv[2] ?? 1);
const isOneSided = process.argv[3] === 'sides';
const demo = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
);
const face = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), { threads: 1 });
const [units, tvl1] = [await openUnits(), await createTvl1()];

/** What is planted, in which face, and how the clip is made. */
function* planted() {
  for (const rate of [30, 200])
    for (const [f, name] of PHOTOS.entries())
      for (const side of isOneSided ? ['left', 'right'] : ['both']) {
        const where = { face: name, rate, side };
        const offset = 100 * f + (rate > 100 ? 1 : 0) + (side === 'right' ? 1000 : 0);
        for (const [k, [kind, wanted]] of Object.entries(PULLS).entries()) {
          const seed = offset + 10 * k;
          const options = { kind, side, rate, amplitude, seconds: rate > 100 ? 1.2 : 2, seed };
          yield {
            row: { ...where, model: 'pulls', kind, planted: wanted },
            film: (photo, landmarks) => synthesize(photo, landmarks, options),
          };
        }
        if (!isOneSided || f === PHOTOS.length - 1) continue;
        for (const [k, [kind, wanted]] of Object.entries(MUSCLES).entries()) {
          const sided = wanted.map((unit) => `${side === 'left' ? 'L' : 'R'}${unit}`).join('+');
          const events = [{ kind: 'micro', units: sided, amplitude, onset: 0.4, offset: 0.75 }];
          const scenario = {
            ...{ name: sided, width: 640, height: 480, interocular: 100, rate },
            ...{ frames: rate, events, seed: 5000 + offset + 10 * k },
          };
          yield {
            row: { ...where, model: 'muscles', kind, planted: wanted },
            film: (image, landmarks) => filmScenario({ image, landmarks }, scenario),
          };
        }
      }
}

/** One frame of a clip. */
async function frameAt(frames, index) {
  for await (const frame of frames) if (frame.index === index) return frame;
  throw new Error(`the clip has no frame ${index}`);
}

const photos = new Map();
for (const name of PHOTOS) {
  const photo = await readImage(join(demo, name));
  photos.set(name, { photo, landmarks: (await findFace(face, photo)).landmarks });
}
const rows = [];
for (const { row, film } of planted()) {
  const { photo, landmarks } = photos.get(row.face);
  const clip = film(photo, landmarks);
  const event = clip.truth.events.find((one) => one.kind !== 'blink');
  const frames = [{ onset: event.onset.frame, apex: event.apex.frame }];
  // The photograph is resampled into the clip: the face is found there again.
  const { region } = await findFace(face, await frameAt(clip.frames(), event.onset.frame));
  const regions = Array.from({ length: event.apex.frame + 1 }, () => region);
  const options = { regions, face, tvl1 };
  for await (const { image } of examineExpressions(clip.frames(), frames, options)) {
    const answers = recognizeUnits(units, image);
    const [first] = [...answers].sort((a, b) => b.probability - a.probability);
    const own = answers.filter(({ unit }) => row.planted.includes(unit));
    rows.push({
      ...row,
      first: first.unit,
      isFirst: row.planted.includes(first.unit),
      isNamed: own.every(({ verdict }) => verdict !== 'absent'),
      isSide: own.every(({ side }) => side === row.side),
      isOtherSide: own.some(({ side }) => side !== 'both' && side !== row.side),
      named: unitsNotation(answers),
    });
    console.log(JSON.stringify(rows.at(-1)));
  }
}
await face.close();

/** Shares of clips. */
const sharesOf = (some) => {
  const share = (key) => Number((some.filter((row) => row[key]).length / some.length).toFixed(3));
  return {
    ...{ clips: some.length, first: share('isFirst'), named: share('isNamed') },
    ...{ side: share('isSide'), otherSide: share('isOtherSide') },
  };
};
/** Shares of the clips that have the same key. */
const sharesBy = (key) => {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return Object.fromEntries([...groups].map(([name, some]) => [name, sharesOf(some)]));
};
const result = {
  ...{ amplitude, ...sharesOf(rows) },
  models: sharesBy(({ model }) => model),
  rates: sharesBy(({ model, rate }) => `${model} ${rate}`),
  kinds: sharesBy(({ model, kind }) => `${model} ${kind}`),
  rows,
};
console.log(JSON.stringify({ ...result, rows: undefined }, null, 1));
writeFileSync(
  fileURLToPath(
    new URL(`results/units-${amplitude}${isOneSided ? '-sides' : ''}.json`, import.meta.url),
  ),
  `${JSON.stringify(result, null, 1)}\n`,
);
