/**
 * @file Whether the planted action unit is named first: 3 faces × 5 movements × 2 rates, at an amplitude of 1 pixel.
 *
 * `npm run build && node bench/units.mjs [amplitude]` writes its result to bench/results/. The movements are those of
 * `synth/actions.ts`, pulls around landmarks, which is not the model of motion that the recognizer of units learned from
 * (`synth/muscles.ts`); the faces took part in no training. Onset and apex are those that were planted.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openFaceModels } from '@telltale/core';
import { examineExpressions } from '@telltale/core/expression';
import { findFace } from '@telltale/core/face';
import { createTvl1 } from '@telltale/core/motion';
import { synthesize } from '@telltale/core/synth';
import { recognizeUnits, unitsNotation } from '@telltale/core/units';
import { loadRuntime, openUnits, readFaceModelFiles, readImage } from '@telltale/node';

const PLANTED = {
  'brow-raise': [1, 2],
  'brow-lower': [4],
  'lip-corner-pull': [12],
  'lip-corner-depress': [15],
  'nose-wrinkle': [9],
};
const PHOTOS = ['sample3.jpg', 'sample5.jpg', 'sample6.jpg'];
const amplitude = Number(process.argv[2] ?? 1);
const demo = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
);
const face = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), { threads: 1 });
const [units, tvl1] = [await openUnits(), await createTvl1()];
const rows = [];
/** One frame of a clip. */
async function frameAt(frames, index) {
  for await (const frame of frames) if (frame.index === index) return frame;
  throw new Error(`the clip has no frame ${index}`);
}
for (const rate of [30, 200]) {
  for (const [f, name] of PHOTOS.entries()) {
    const photo = await readImage(join(demo, name));
    const { landmarks } = await findFace(face, photo);
    for (const [k, [kind, wanted]] of Object.entries(PLANTED).entries()) {
      const clip = synthesize(photo, landmarks, {
        ...{ kind, rate, amplitude, seconds: rate > 100 ? 1.2 : 2 },
        seed: 100 * f + 10 * k + (rate > 100 ? 1 : 0),
      });
      const event = clip.truth.events.find((one) => one.kind !== 'blink');
      const frames = [{ onset: event.onset.frame, apex: event.apex.frame }];
      // The photograph is resampled into the clip: the face is found there again.
      const start = await frameAt(clip.frames(), event.onset.frame);
      const { region } = await findFace(face, start);
      const regions = Array.from({ length: event.apex.frame + 1 }, () => region);
      for await (const { image } of examineExpressions(clip.frames(), frames, {
        ...{ regions, face, tvl1 },
      })) {
        const answers = recognizeUnits(units, image);
        const [first] = [...answers].sort((a, b) => b.probability - a.probability);
        const row = { face: name, kind, rate, planted: wanted, first: first.unit };
        rows.push({
          ...row,
          isFirst: wanted.includes(first.unit),
          named: unitsNotation(answers),
          isTwoSided: answers
            .filter(({ unit }) => wanted.includes(unit))
            .every(({ side }) => side === 'both'),
        });
        console.log(JSON.stringify(rows.at(-1)));
      }
    }
  }
}
await face.close();
const share = (some, key) => some.filter((row) => row[key]).length / some.length;
const result = {
  ...{ amplitude, clips: rows.length, first: share(rows, 'isFirst') },
  ...{ twoSided: share(rows, 'isTwoSided'), rows },
};
console.log(`named first: ${result.first.toFixed(3)}; both sides: ${result.twoSided.toFixed(3)}`);
writeFileSync(
  fileURLToPath(new URL(`results/units-${amplitude}.json`, import.meta.url)),
  `${JSON.stringify(result, null, 1)}\n`,
);
