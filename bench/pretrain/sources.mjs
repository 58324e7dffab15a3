/**
 * @file Two made datasets of strong expressions beside FER2013, so that joint pretraining has three to join.
 *
 * `npm run build && node bench/pretrain/sources.mjs FER2013 OUT` reads class folders below
 * FER2013/train and FER2013/validation and writes:
 *
 * - `OUT/drawn`: drawn faces (`telltale synth`'s) with one strong action unit each, or at rest; the
 *   last fifth of the subjects validate.
 * - `OUT/lit`: faces of FER2013 in another light, under three coarser labels. Parts stay parts, so no
 *   face that validates FER2013 is learned from here.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { drawFace, synthesize } from '@telltale/core/synth';
import sharp from 'sharp';

const [faces, out] = process.argv.slice(2);
if (faces === undefined || out === undefined)
  throw new Error('node bench/pretrain/sources.mjs FER2013 OUT');
const SIDE = 48;

/** Numbers that depend on their place alone. */
const chance = (seed) => {
  let x = seed * 2654435761 + 12345;
  return () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x / 2 ** 32;
  };
};

const SUBJECTS = 60;
const VALIDATION_SUBJECTS = 12;
const kinds = ['at-rest', 'brow-raise', 'brow-lower', 'lip-corner-pull', 'lip-corner-depress', 'nose-wrinkle']; // prettier-ignore
for (let subject = 0; subject < SUBJECTS; subject++) {
  const part = subject < SUBJECTS - VALIDATION_SUBJECTS ? 'train' : 'validation';
  const { image, landmarks } = drawFace(1000 + subject, 48);
  for (const [k, kind] of kinds.entries()) {
    const random = chance(subject * 31 + k);
    const clip = synthesize(image, landmarks, {
      kind: k === 0 ? 'brow-raise' : kind,
      amplitude: k === 0 ? 0 : 3 + 3 * random(),
      interocular: 48,
      width: 144,
      height: 144,
      rate: 10,
      seconds: 1,
      onset: 0.2,
      duration: 0.6,
      noise: 3,
      seed: subject * 31 + k,
    });
    const apex = clip.truth.events[0].apex.frame;
    for await (const frame of clip.frames()) {
      if (frame.index !== apex) continue;
      const raw = { width: frame.width, height: frame.height, channels: 3 };
      const folder = join(out, 'drawn', part, kind);
      await mkdir(folder, { recursive: true });
      await sharp(frame.data, { raw })
        .extract({ left: 12, top: 12, width: 120, height: 120 })
        .resize(SIDE, SIDE)
        .png()
        .toFile(join(folder, `${subject}.png`));
    }
  }
}

const LABELS = {
  happy: 'pleasant',
  angry: 'unpleasant',
  sad: 'unpleasant',
  disgust: 'unpleasant',
  surprise: 'startled',
};
for (const [part, each] of [
  ['train', 240],
  ['validation', 50],
]) {
  for (const [name, label] of Object.entries(LABELS)) {
    const folder = join(out, 'lit', part, label);
    await mkdir(folder, { recursive: true });
    const files = (await readdir(join(faces, part, name))).sort();
    for (const [i, file] of files.slice(0, each).entries()) {
      const random = chance(i * 97 + name.length);
      const [slope, turn, gamma] = [0.9 * random(), 2 * Math.PI * random(), 0.6 + 0.9 * random()];
      const gray = await sharp(join(faces, part, name, file))
        .resize(SIDE, SIDE)
        .toColorspace('b-w')
        .raw()
        .toBuffer();
      const lit = Uint8Array.from(gray, (value, at) => {
        const [x, y] = [(at % SIDE) / SIDE - 0.5, Math.floor(at / SIDE) / SIDE - 0.5];
        const light = 1 + slope * (x * Math.cos(turn) + y * Math.sin(turn));
        return Math.min(255, Math.max(0, 255 * (value / 255) ** gamma * light));
      });
      const image = sharp(lit, { raw: { width: SIDE, height: SIDE, channels: 1 } });
      await writeFile(join(folder, `${name}-${i}.png`), await image.png().toBuffer());
    }
  }
}
process.stdout.write(`${join(out, 'drawn')}\n${join(out, 'lit')}\n`);
