/**
 * @file Strong expressions from three independent renderers, to pretrain a trunk that may be given away.
 *
 * `npm install --no-save @dicebear/core@9.4.3 @dicebear/open-peeps@9.4.3 @dicebear/lorelei@9.4.3`, `npm run build`, then
 * `node bench/pretrain/renderers.mjs OUT [SIDE]` writes images of SIDE pixels, 96 where left out:
 *
 * - `OUT/drawn`, in KDEF's layout: telltale's drawn faces with one strong action unit each, and at rest.
 * - `OUT/peeps`, in JAFFE's layout: Open Peeps by Pablo Stanley (CC0 1.0).
 * - `OUT/lorelei`, a folder per class: Lorelei by Lisa Wischofsky (CC0 1.0).
 *
 * No photograph and no real subject is in any of them.
 */
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

import { drawFace, synthesize } from '@telltale/core/synth';
import sharp from 'sharp';

const [out, side] = process.argv.slice(2);
if (out === undefined) throw new Error('node bench/pretrain/renderers.mjs OUT [SIDE]');
const SIDE = Number(side ?? 96);

/** A package that is installed for this alone, here or in the current folder. */
async function load(name) {
  const file = createRequire(join(process.cwd(), 'package.json')).resolve(name);
  return import(pathToFileURL(file).href);
}

/** The same number for the same text. */
const chance = (seed) => {
  let x = (seed * 2654435761 + 12345) >>> 0;
  return () => (x = (Math.imul(x, 1664525) + 1013904223) >>> 0) / 2 ** 32;
};

const KINDS = {
  NE: undefined,
  HA: 'lip-corner-pull',
  SU: 'brow-raise',
  AN: 'brow-lower',
  SA: 'lip-corner-depress',
  DI: 'nose-wrinkle',
};
const DRAWN = 99;
for (let subject = 1; subject <= DRAWN; subject++) {
  const folder = join(out, 'drawn', `AF${String(subject).padStart(2, '0')}`);
  await mkdir(folder, { recursive: true });
  const { image, landmarks } = drawFace(3000 + subject, 48);
  for (const [k, [code, kind]] of Object.entries(KINDS).entries()) {
    const random = chance(subject * 31 + k);
    const clip = synthesize(image, landmarks, {
      ...{ kind: kind ?? 'brow-raise', amplitude: kind === undefined ? 0 : 3 + 3 * random() },
      ...{ interocular: 48, width: 144, height: 144, rate: 10, seconds: 1, onset: 0.2 },
      ...{ duration: 0.6, noise: 3, seed: subject * 31 + k },
    });
    const apex = clip.truth.events[0].apex.frame;
    for await (const { index, data, width, height } of clip.frames()) {
      if (index !== apex) continue;
      await sharp(data, { raw: { width, height, channels: 3 } })
        .extract({ left: 12, top: 12, width: 120, height: 120 })
        .resize(SIDE, SIDE)
        .jpeg({ quality: 95 })
        .toFile(join(folder, `AF${String(subject).padStart(2, '0')}${code}S.JPG`));
    }
  }
}

const { createAvatar } = await load('@dicebear/core');

/** A part of a drawing, as parts of its width, on gray. */
async function draw(svg, { left, top, size }, path) {
  const whole = sharp(Buffer.from(svg)).resize(400, 400).flatten({ background: '#b0b0b0' });
  const cut = { left: Math.round(400 * left), top: Math.round(400 * top), width: Math.round(400 * size), height: Math.round(400 * size) }; // prettier-ignore
  const bytes = await whole.png().toBuffer();
  await sharp(bytes).extract(cut).resize(SIDE, SIDE).png().toFile(path);
}

const peeps = await load('@dicebear/open-peeps');
const FACES = {
  NE: ['serious', 'solemn'],
  HA: ['smileBig', 'smileTeethGap', 'lovingGrin1', 'lovingGrin2', 'smileLOL'],
  AN: ['rage', 'veryAngry', 'angryWithFang'],
  FE: ['fear', 'concernedFear'],
  SU: ['awe'],
  SA: ['concerned', 'tired'],
};
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
await mkdir(join(out, 'peeps'), { recursive: true });
for (let subject = 0; subject < 120; subject++) {
  const name = letters[Math.floor(subject / 26)] + letters[subject % 26];
  const random = chance(subject + 7);
  for (const [code, faces] of Object.entries(FACES)) {
    const face = faces[Math.floor(random() * faces.length)];
    const options = {
      seed: `peep ${subject}`,
      face: [face],
      maskProbability: 0,
      accessoriesProbability: 0,
    };
    const svg = createAvatar(peeps, options).toString();
    await draw(
      svg,
      { left: 0.3, top: 0.24, size: 0.52 },
      join(out, 'peeps', `${name}.${code}1.${subject}.png`),
    );
  }
}

const lorelei = await load('@dicebear/lorelei');
const mouths = lorelei.schema.properties.mouth.items.enum;
for (const label of ['happy', 'sad']) {
  await mkdir(join(out, 'lorelei', label), { recursive: true });
  const own = mouths.filter((name) => name.startsWith(label));
  for (let subject = 0; subject < 200; subject++) {
    const random = chance(subject * 3 + label.length);
    const mouth = own[Math.floor(random() * own.length)];
    const options = {
      seed: `lorelei ${subject} ${label}`,
      mouth: [mouth],
      glassesProbability: 0,
      beardProbability: 5,
    };
    const svg = createAvatar(lorelei, options).toString();
    await draw(
      svg,
      { left: 0.24, top: 0.16, size: 0.54 },
      join(out, 'lorelei', label, `${subject}.png`),
    );
  }
}
process.stdout.write(
  `${['drawn', 'peeps', 'lorelei'].map((name) => join(out, name)).join('\n')}\n`,
);
