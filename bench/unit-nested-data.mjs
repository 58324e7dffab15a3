/**
 * @file What `units_nested.py` computes with: flow images as numbers, and their units.
 *
 * `npm run build && node bench/unit-nested-data.mjs FOLDER` writes into FOLDER, for each seed 1 to 3, the synthetic images of
 * both kinds and those that settings are tested on, and the coded clips of CASME II: `NAME.f32`, numbers of 3×28×28 each, as
 * `flowInput` prepares them, and `NAME.json`, subjects and units by side.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { codedCell } from '@telltale/core/evaluate';
import { flowInput } from '@telltale/core/nets';
import { singleUnitSamples, unitSamples } from '@telltale/core/synth';
import { UNIT_NUMBERS } from '@telltale/core/units';

import { readClips } from './unit-data.mjs';

const [folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const known = (labels) => labels.map((label) => label ?? null);
/** Writes images, and what is known of each. */
function write(name, rows) {
  const inputs = rows.map(({ image }) => flowInput(image));
  const numbers = new Float32Array(inputs.length * inputs[0].length);
  inputs.forEach((input, i) => numbers.set(input, i * input.length));
  writeFileSync(join(folder, `${name}.f32`), numbers);
  const labels = rows.map(({ subject, left, right }) => ({ subject, left: known(left), right: known(right) })); // prettier-ignore
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(labels));
}

write('real', (await readClips()).filter(({ left }) => left !== undefined)); // prettier-ignore
for (const seed of [1, 2, 3]) {
  const draw = (samples, count, own) =>
    [...samples(count, { seed: own, units: UNIT_NUMBERS })].map(({ image, units }) => ({
      ...{ image, subject: 'synthetic', ...codedCell(UNIT_NUMBERS, units) },
    }));
  write(`single${seed}`, draw(singleUnitSamples, 3000, seed));
  write(`mixed${seed}`, draw(unitSamples, 3000, seed));
  write(`other${seed}`, draw(singleUnitSamples, 1000, seed + 4_000_000));
  console.log(`seed ${seed}`);
}
