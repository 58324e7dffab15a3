/**
 * @file Spotting by group: whether a blink and planted micro-expressions are found in faces of every skin tone, with
 * glasses and with a beard.
 *
 * `node --import ./test/typescript.mjs --conditions=@telltale/source bench/fairness.mjs [EACH]` writes
 * bench/results/fairness.md; EACH is the number of drawn faces of each skin tone.
 * Faces are drawn, and three photographs; glasses and beards are drawn onto the face and move with its skin.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { measureClip } from '../packages/core/src/analyze/measure-clip.ts';
import { openTestModels, sampleImage } from '../packages/core/src/face/face.cases.ts';
import { findFace } from '../packages/core/src/face/find.ts';
import { spotMovements } from '../packages/core/src/spot/spot.ts';
import { drawFace } from '../packages/core/src/synth/drawn-face.ts';
import { filmScenario } from '../packages/core/src/synth/scenario.ts';
import { scoreAgainst } from '../packages/core/src/synth/score.ts';
import { beard, painted, rim, toneOf, wrinkles } from './face-groups.mjs';

/** Drawn faces of each skin tone. */
const EACH = Number(process.argv[2] ?? 3);
const models = await openTestModels();
const faces = [];
for (let seed = 0, full = 0; seed < 200 && full < 4 * EACH; seed++) {
  const { image } = drawFace(seed, 110);
  const { landmarks } = await findFace(models, image);
  const face = { kind: 'drawn', name: `drawn ${seed}`, image, landmarks };
  const tone = toneOf(face);
  const known = faces.filter((one) => one.tone === tone).length;
  if (known < EACH) {
    faces.push({ ...face, tone, index: known });
    full++;
  }
}
for (const number of EACH > 1 ? [3, 5, 6] : [3]) {
  const image = await sampleImage(number, 640);
  const { landmarks } = await findFace(models, image);
  const face = { kind: 'photograph', name: `photograph ${number}`, image, landmarks };
  faces.push({ ...face, tone: toneOf(face), index: 0 });
}

const looks = {
  'nothing drawn on': (face) => face,
  'thick dark glasses frame': (face) => painted(face, rim(0.07, 0.1)),
  'dark full beard': (face) => painted(face, beard([35, 28, 24])),
  'gray full beard': (face) => painted(face, beard([170, 168, 165])),
  'lines and folds of age': (face) => painted(face, wrinkles),
};

const events = [
  { kind: 'blink', onset: 0.4, offset: 0.65 },
  { kind: 'micro', units: '1+2', amplitude: 2, onset: 1.1, offset: 1.5 },
  { kind: 'micro', units: '12', amplitude: 2, onset: 2.2, offset: 2.6 },
];
const results = [];
for (const [look, change] of Object.entries(looks)) {
  for (const [i, face] of faces.entries()) {
    // Two of each tone and all photographs are changed.
    if (look !== 'nothing drawn on' && face.index > 1) continue;
    const { image, landmarks } = change(face);
    const clip = filmScenario(
      { image, landmarks },
      { ...{ name: face.name, width: 320, height: 320, interocular: 80, rate: 30, frames: 90, seed: 300 + i }, events }, // prettier-ignore
    );
    const { motion } = await measureClip(clip, models);
    const { movements, setAside } = spotMovements(motion.stretches);
    const at = (time) => ({ frame: Math.round(30 * time), time });
    const intervals = movements.map((m) => ({ ...m, onset: at(m.onset), apex: at(m.apex), offset: at(m.offset) })); // prettier-ignore
    const scored = scoreAgainst(clip.truth, intervals);
    const found = (units) => scored.events.some(({ event, found: hit }) => hit && event.units === units); // prettier-ignore
    const wrong = movements.filter((m) => m.kind === 'micro' && !events.some((e) => e.kind === 'micro' && m.onset < e.offset && e.onset < m.offset)).length; // prettier-ignore
    const seen = motion.seen.filter(Boolean).length / motion.seen.length;
    results.push({ ...{ look, tone: face.tone, kind: face.kind, seen, wrong, aside: setAside.length }, blink: found('45'), brows: found('1+2'), mouth: found('12') }); // prettier-ignore
    console.log(JSON.stringify({ name: face.name, ...results.at(-1) }));
  }
}
await models.close();

const row = (name, list) => {
  const count = (member) => list.filter((one) => one[member]).length;
  const sum = (member) => list.reduce((total, one) => total + one[member], 0);
  const seen = list.length > 0 ? Math.round((100 * sum('seen')) / list.length) : 0;
  return `| ${[name, list.length, `${seen} %`, count('blink'), count('brows'), count('mouth'), sum('wrong'), sum('aside')].join(' | ')} |`;
};
const plain = results.filter(({ look }) => look === 'nothing drawn on');
const tones = [...new Set(plain.map(({ tone }) => tone))];
const rows = [
  ...tones.map((tone) => row(`drawn, skin: ${tone}`, plain.filter((one) => one.kind === 'drawn' && one.tone === tone))), // prettier-ignore
  row(
    'photographs',
    plain.filter(({ kind }) => kind === 'photograph'),
  ),
  ...Object.keys(looks).flatMap((look) => [
    row(
      `drawn, ${look}`,
      results.filter((one) => one.look === look && one.kind === 'drawn'),
    ),
    row(`photographs, ${look}`, results.filter((one) => one.look === look && one.kind === 'photograph')), // prettier-ignore
  ]),
];
writeFileSync(
  fileURLToPath(new URL('results/fairness.md', import.meta.url)),
  `# Spotting by group

Made by \`bench/fairness.mjs\`: clips of 3.2 s, 30 frames per second, eyes 80 pixels apart, with a blink and two micro-expressions of 2 pixels (brows 1+2, mouth 12).

| group | clips | frames with a face | blinks found | brows found | mouth found | false | set aside |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`,
);
