/**
 * @file Whether several pairs of frames name planted action units better than the pair of onset and apex.
 *
 * `npm run build && node bench/unit-pairs.mjs 1,0.5 [sides]`, amplitudes in pixels: the clips of bench/units.mjs, rendered and
 * measured. Flows from the onset to further frames are added up before the flow image is made of them, each aligned with
 * the onset by itself, as the apex is. Results go to bench/results/.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { boxOfLandmarks, examineExpressions } from '@telltale/core/expression';
import { createTvl1, flowImage } from '@telltale/core/motion';
import { recognizeUnits } from '@telltale/core/units';
import { openUnits } from '@telltale/node';

import { namedPlanted, plantedClips } from './planted-units.mjs';

const amplitudes = (process.argv[2] ?? '1').split(',').map(Number);
const isOneSided = process.argv[3] === 'sides';
/** Frames that pairs end at. */
const endsOf = ({ onset, apex, offset }) => {
  const on = (way) => Math.max(onset + 1, Math.round(onset + way * (apex - onset)));
  const back = Math.min(offset - 1, Math.round(apex + 0.25 * (offset - apex)));
  return { half: on(0.5), late: on(0.75), before: Math.max(onset + 1, apex - 1), apex, after: apex + 1, back }; // prettier-ignore
};
const VARIANTS = {
  'onset to apex': ['apex'],
  'to ¾ and all of the way': ['late', 'apex'],
  'to ½, ¾ and all of the way': ['half', 'late', 'apex'],
  'to the frame before, the apex, the frame after': ['before', 'apex', 'after'],
  'to ¾, all of the way, and ¼ back': ['late', 'apex', 'back'],
};
const [units, tvl1] = [await openUnits(), await createTvl1()];

/** The sum of flows. */
function sumOf(flows) {
  const [u, v] = ['u', 'v'].map((key) => flows[0][key].map((_, i) => flows.reduce((sum, flow) => sum + flow[key][i], 0))); // prettier-ignore
  return { ...flows[0], u, v };
}

const result = {};
for (const amplitude of amplitudes) {
  const rows = Object.fromEntries(Object.keys(VARIANTS).map((name) => [name, []]));
  for await (const { row, clip, face, regions, ...moments } of plantedClips(
    amplitude,
    isOneSided,
  )) {
    const ends = Object.entries(endsOf(moments));
    const pairs = ends.map(([, apex]) => ({ onset: moments.onset, apex }));
    const flows = {};
    let box;
    for await (const one of examineExpressions(clip, pairs, { regions, face, tvl1 })) {
      flows[ends[one.index][0]] = one.flow;
      box = boxOfLandmarks(one.onset.landmarks);
    }
    for (const [name, names] of Object.entries(VARIANTS)) {
      const answers = recognizeUnits(units, flowImage(sumOf(names.map((end) => flows[end])), box));
      rows[name].push(namedPlanted(row, answers));
    }
  }
  result[`${amplitude} px`] = Object.fromEntries(
    Object.entries(rows).map(([name, some]) => {
      const count = (key) => some.filter((one) => one[key]).length;
      const others = some.reduce((sum, one) => sum + one.others, 0) / some.length;
      const counts = { clips: some.length, first: count('isFirst'), named: count('isNamed'), side: count('isSide'), otherSide: count('isOtherSide') }; // prettier-ignore
      return [name, { ...counts, othersNamed: Number(others.toFixed(2)) }];
    }),
  );
  console.log(JSON.stringify(result, null, 1));
}
writeFileSync(
  fileURLToPath(new URL(`results/unit-pairs${isOneSided ? '-sides' : ''}.json`, import.meta.url)),
  `${JSON.stringify(result, null, 1)}\n`,
);
