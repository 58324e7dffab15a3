/**
 * @file Whether the planted action unit is named first, and on the planted side, at an amplitude of 1 pixel.
 *
 * `npm run build && node bench/units.mjs [amplitude]` plants on both sides: 3 faces × 8 movements × 2 rates;
 * `node bench/units.mjs [amplitude] sides` on one side: 3 faces × 8 movements × 2 sides × 2 rates of `synth/actions.ts`, and
 * 2 faces × 8 units × 2 sides × 2 rates of `synth/muscles.ts` (`planted-units.mjs`). Onset and apex are those that were
 * planted. Results go to bench/results/.
 * `first` counts the unit that reports name first, the one with the largest decision if it is named at all; `probable` the largest
 * probability, which knows how often coders of CASME II write a unit. `others`: units named beside those planted. A third argument names other photographs: `sample1,sample2,sample4`.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { examineExpressions } from '@telltale/core/expression';
import { createTvl1 } from '@telltale/core/motion';
import { recognizeUnits, unitsNotation } from '@telltale/core/units';
import { openUnits } from '@telltale/node';

import { namedPlanted, plantedClips } from './planted-units.mjs';

const amplitude = Number(process.argv[2] ?? 1);
const isOneSided = process.argv[3] === 'sides';
const photographs = process.argv[4]?.split(',');
const [units, tvl1] = [await openUnits(), await createTvl1()];
const rows = [];
for await (const { row, clip, onset, apex, ...where } of plantedClips(
  amplitude,
  isOneSided,
  photographs,
)) {
  for await (const { image } of examineExpressions(clip, [{ onset, apex }], {
    ...where,
    tvl1,
  })) {
    const answers = recognizeUnits(units, image);
    rows.push({ ...row, ...namedPlanted(row, answers), named: unitsNotation(answers) });
    console.log(JSON.stringify(rows.at(-1)));
  }
}

/** Shares of clips. */
const sharesOf = (some) => {
  const share = (key) => Number((some.filter((row) => row[key]).length / some.length).toFixed(3));
  return {
    ...{ clips: some.length, first: share('isFirst'), probable: share('isProbable'), named: share('isNamed') }, // prettier-ignore
    ...{ side: share('isSide'), otherSide: share('isOtherSide') },
    others: Number((some.reduce((sum, { others }) => sum + others, 0) / some.length).toFixed(2)),
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
    new URL(
      `results/units-${amplitude}${isOneSided ? '-sides' : ''}${photographs ? '-others' : ''}.json`,
      import.meta.url,
    ),
  ),
  `${JSON.stringify(result, null, 1)}\n`,
);
