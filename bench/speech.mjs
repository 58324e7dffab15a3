/**
 * @file Speech that is taken for micro-expressions, and expressions of the mouth that are taken for speech, by the hundred:
 * movements of facial regions are added up from the fields of `synth` without a video, so that an utterance takes 0.05 s.
 *
 * `npm run build && node bench/speech.mjs [N] [FIRST]` evaluates N clips of each kind (default 400) from number FIRST on
 * (default 5000; the rule of spotting was made on numbers below) and writes bench/results/speech.md. Region displacements
 * are 0.55 to 0.85 of those of the field, as TV-L1 measures them, with noise and drift; what video does besides is not
 * in here: bench/quality.mjs has that.
 */
import { writeFileSync } from 'node:fs';

import { createRandom } from '../packages/core/dist/base/random.js';
import { interocularDistance } from '../packages/core/dist/face/regions.js';
import { faceDisplacements } from '../packages/core/dist/spot/displacement.js';
import { REGIONS } from '../packages/core/dist/spot/regions.js';
import { spotMovements } from '../packages/core/dist/spot/spot.js';
import { parseUnits } from '../packages/core/dist/synth/emotions.js';
import { muscleField } from '../packages/core/dist/synth/muscle-field.js';
import { speak } from '../packages/core/dist/synth/scenario.js';
import { openFaceModels } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { drawFace } from '@telltale/core/synth';
import { loadRuntime, readFaceModelFiles } from '@telltale/node';

const [wanted = 400, first = 5000] = process.argv.slice(2).map(Number);
const SPOKEN = ['26', '25', '18', '20', '25+26', '24'];
const MOUTH = ['12', '15', '20', '26', '14', 'L14', '10', '12+25', '17'];
const RATE = 30;

/** Displacement of every region for one pixel of a field; of three faces. */
const tables = [];
const face = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), { threads: 1 });
for (const seed of [4, 20, 23]) {
  const { image } = drawFace(seed, 110);
  const { landmarks } = await findFace(face, image);
  const { width, height } = image;
  const unit = interocularDistance(landmarks) / 100;
  const table = Object.fromEntries(
    [...new Set([...SPOKEN, ...MOUTH])].map((units) => {
      const field = muscleField(parseUnits(units), landmarks.points);
      const [u, v] = [new Float32Array(width * height), new Float32Array(width * height)];
      for (let i = 0; i < field.u.length; i++) {
        const x = field.left + (i % field.width);
        const y = field.top + Math.floor(i / field.width);
        if (x < 0 || y < 0 || x >= width || y >= height) continue;
        u[y * width + x] = field.u[i];
        v[y * width + x] = field.v[i];
      }
      const { regions, lips } = faceDisplacements({ width, height, u, v }, landmarks);
      return [units, { regions: regions.map((value) => value * unit), lips: lips * unit }];
    }),
  );
  tables.push(table);
}
await face.close();

/** What is measured of a face that does these things, 7 s. */
function measured(events, { seed, noise = 0.04, drift = 0.3 }) {
  const random = createRandom(seed);
  const tremble = random.fork(1);
  const table = tables[random.integer(tables.length)];
  const gains = Object.fromEntries(Object.keys(table).map((units) => [units, 0.55 + 0.3 * random.uniform()])); // prettier-ignore
  const moves = events.flatMap((event, i) =>
    event.units === undefined
      ? speak(random.fork(100 + i), event)
      : [{ start: event.onset, end: event.offset, units: event.units, pixels: event.amplitude }],
  );
  const waves = Array.from({ length: 2 * REGIONS.length }, () => [0.1 + 0.2 * random.uniform(), 2 * Math.PI * random.uniform()]); // prettier-ignore
  const samples = Array.from({ length: 7 * RATE }, (_, i) => {
    const time = i / RATE;
    const displacement = Float64Array.from(
      waves,
      ([rate, phase]) => drift * Math.sin(2 * Math.PI * rate * time + phase) + noise * random.normal(), // prettier-ignore
    );
    let lips = drift * Math.sin(2 * Math.PI * 0.2 * time) + noise * tremble.normal();
    for (const { start, end, units, pixels } of moves) {
      if (time <= start || time >= end) continue;
      const part = (pixels * gains[units] * (1 - Math.cos((2 * Math.PI * (time - start)) / (end - start)))) / 2; // prettier-ignore
      for (let c = 0; c < displacement.length; c++)
        displacement[c] += part * table[units].regions[c];
      lips += part * table[units].lips;
    }
    return { time, displacement, lips, opening: 0.3 + 0.004 * random.normal() };
  });
  const { movements } = spotMovements([{ samples }]);
  return movements.filter(({ kind }) => kind === 'micro');
}

const overlap = (a, b) =>
  (Math.min(a.offset, b.offset) - Math.max(a.onset, b.onset)) /
  (Math.max(a.offset, b.offset) - Math.min(a.onset, b.onset));

/** Micro-expressions in clips that have none. */
function falseOf(make, options) {
  let [count, clips] = [0, 0];
  for (let seed = first; seed < first + wanted; seed++) {
    const found = measured(make(createRandom(77_000 + seed)), { seed, ...options });
    count += found.length;
    clips += Number(found.length > 0);
  }
  return `${count} false in ${clips} of ${wanted} clips`;
}

/** Micro-expressions of the mouth that are found. */
function foundOf(make) {
  let [found, planted] = [0, 0];
  for (let seed = first; seed < first + wanted; seed++) {
    const events = make(createRandom(55_000 + seed));
    const intervals = measured(events, { seed });
    for (const event of events.filter(({ kind }) => kind === 'micro')) {
      planted++;
      found += Number(intervals.some((interval) => overlap(interval, event) >= 0.5));
    }
  }
  return `${found} of ${planted} found`;
}

/** Speech: no units of its own. */
const speech = (onset, seconds, amplitude = 6) => ({ onset, offset: onset + seconds, amplitude });
const micro = (random, onset, amplitude = 1.5 + 1.5 * random.uniform()) => ({
  ...{ kind: 'micro', units: MOUTH[random.integer(MOUTH.length)], amplitude, onset },
  offset: onset + 0.22 + 0.2 * random.uniform(),
});

const rows = [];
const add = (name, result) => {
  rows.push(`| ${name} | ${result} |`);
  console.log(rows.at(-1));
};
add(
  'an utterance of 0.4 to 0.7 s',
  falseOf((random) => [speech(2.5, 0.4 + 0.3 * random.uniform())]),
);
add(
  'of 0.8 to 1.1 s',
  falseOf((random) => [speech(2.5, 0.8 + 0.3 * random.uniform())]),
);
add(
  'of 1.2 s',
  falseOf(() => [speech(2.5, 1.2)]),
);
add(
  'of 1.2 s, half as large',
  falseOf(() => [speech(2.5, 1.2, 3)]),
);
add(
  'of 1.2 s, noise of 0.12 px',
  falseOf(() => [speech(2.5, 1.2)], { noise: 0.12 }),
);
add(
  'of 2 to 3 s',
  falseOf((random) => [speech(2.5, 2 + random.uniform())]),
);
for (const amplitude of [1, 2, 4]) {
  const make = (random) => [micro(random, 2 + random.uniform(), amplitude)];
  add(`an expression of the mouth, ${amplitude} px`, foundOf(make));
}
for (const apart of [0.6, 0.7, 0.9, 1.2]) {
  const make = (random) => [micro(random, 2), micro(random, 2 + apart)];
  add(`two expressions of the mouth, ${apart} s apart`, foundOf(make));
}
for (const rest of [0.6, 0.8, 1, 1.3]) {
  const make = (random) => [micro(random, 1.5), speech(1.9 + rest, 1.2)];
  add(`an expression of the mouth about ${rest} s before an utterance`, foundOf(make));
}

writeFileSync(
  new URL('results/speech.md', import.meta.url),
  `# Speech and expressions of the mouth, without video

Made by \`node bench/speech.mjs ${wanted} ${first}\`. Movements of regions from the fields of \`synth\`, 30 samples a second, interocular distance 100 pixels; utterances of up to 6 pixels, expressions of 1.5 to 3 pixels where nothing else is given.
Found: an overlap of at least half.

| clip | result |
| --- | --- |
${rows.join('\n')}
`,
);
