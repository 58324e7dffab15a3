/**
 * @file Held-out movements whose flow is poor: between onset and apex the light changes, or there is noise.
 *
 * `npm run build && node bench/pretrain/spoiled.mjs TEST OUT` writes three copies of a prepared folder with faces, all with
 * the flow computed again from its face crops: OUT/again as they are; OUT/light with light at the apex that falls off by 2 %
 * to either side of the middle, in any direction, and a contrast of dark parts that is up to 4 % another; OUT/noise with
 * noise of 5 gray values in both. The faces of a copy are those that its flow is of, so both branches of a network see what
 * was spoiled. The amounts were chosen by flow alone (`full112`, seed 1), which has a UF1 of 0.54 and 0.58 there.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { createTvl1, flowImage, LIKE_OPENCV, matchBrightness } from '@telltale/core/motion';
import sharp from 'sharp';

import { createRandom } from '../../packages/core/dist/base/random.js';

const [test, out] = process.argv.slice(2);
if (out === undefined) throw new Error('node bench/pretrain/spoiled.mjs TEST OUT');
const sheet = readFileSync(join(test, 'samples.csv'), 'utf8');
const [head, ...lines] = sheet.trim().split(/\r?\n/);
const names = head.split(',');
const tvl1 = await createTvl1();

/** What is done to the gray values of a face at the apex and at the onset. */
const kinds = {
  again: () => [(value) => value, (value) => value],
  light(random, size) {
    const angle = 2 * Math.PI * random.uniform();
    const [across, down] = [Math.cos(angle), Math.sin(angle)];
    const power = Math.exp(0.04 * (2 * random.uniform() - 1));
    const apex = (value, i) => {
      const [x, y] = [(2 * (i % size) + 1) / size - 1, (2 * Math.floor(i / size) + 1) / size - 1];
      return 255 * (value / 255) ** power * (1 + 0.02 * (across * x + down * y));
    };
    return [apex, (value) => value];
  },
  noise: (random) => [0, 1].map(() => (value) => value + 5 * random.normal()),
};

for (const [kind, changes] of Object.entries(kinds)) {
  for (const [row, line] of lines.entries()) {
    const cells = line.split(',');
    const of = (name) => cells[names.indexOf(name)];
    const random = createRandom(1).fork(row);
    const read = async (name) => sharp(join(test, of(name))).grayscale().raw().toBuffer({ resolveWithObject: true }); // prettier-ignore
    const [apex, onset] = [await read('apex'), await read('onset')];
    const size = apex.info.width;
    const [atApex, atOnset] = changes(random, size);
    const byte = (value) => Math.min(255, Math.max(0, Math.round(value)));
    const change = ({ data }, how) => Uint8Array.from(data, (value, i) => byte(how(value, i)));
    const shown = { apex: change(apex, atApex), onset: change(onset, atOnset) };
    const plane = (data) => ({ data: Float32Array.from(data), width: size, height: size });
    const [from, to] = [plane(shown.onset), plane(shown.apex)];
    const flow = tvl1.compute(from, matchBrightness(to, from), LIKE_OPENCV);
    const image = flowImage(flow, { left: 0, top: 0, width: size, height: size }, size);
    const write = async (name, data, channels) => {
      const path = join(out, kind, of(name));
      mkdirSync(dirname(path), { recursive: true });
      await sharp(data, { raw: { width: size, height: size, channels } })
        .png()
        .toFile(path);
    };
    await write('flow', image.data, image.channels);
    await write('apex', shown.apex, 1);
    await write('onset', shown.onset, 1);
  }
  writeFileSync(join(out, kind, 'samples.csv'), sheet);
  process.stdout.write(`${join(out, kind)}: ${lines.length} samples\n`);
}
