/**
 * @file Units that were learned from synthetic movements alone: whether they are named where they are planted, with a motion that
 * they were not learned from, on faces that took no part; and how often they are named where hardly any coder wrote them.
 *
 * `npm run build && node bench/synthetic-units.mjs [amplitude]`: 3 faces × 9 movements of the mouth and nose that no clip of
 * bench/units.mjs has × both sides, left, right × 2 rates (`planted-units.mjs`); the planted clips of bench/units.mjs from
 * results/units-1.json; all clips of shared/data/megc2019-flow. Results go to bench/results/.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { examineExpressions } from '@telltale/core/expression';
import { createTvl1 } from '@telltale/core/motion';
import { namedUnits, recognizeUnits, SYNTHETIC_UNIT_NUMBERS } from '@telltale/core/units';
import { openUnits } from '@telltale/node';

import { plantedMovements } from './planted-units.mjs';
import { readClips } from './unit-data.mjs';

/** Planted movements: the first four are units that are recognized; of the others it is counted what they are taken for. */
const MOVEMENTS = {
  'lower-lip-depress': 16,
  'lip-pucker': 18,
  'jaw-drop': 26,
  'nostril-dilate': 38,
  'lip-stretch': 20,
  'lip-tighten': 23,
  'lip-press': 24,
  'lips-part': 25,
  'lip-suck': 28,
};
/** The jaw and what both lips do have no side. */
const MIDDLE = [26, 23, 24, 25, 28];

const amplitude = Number(process.argv[2] ?? 1);
const [units, tvl1] = [await openUnits(), await createTvl1()];
const named = (answers) =>
  namedUnits(answers).map(({ unit, side }) => (side === 'both' ? `${unit}` : `${side[0]}${unit}`));
const rows = [];
for await (const { row, clip, onset, apex, ...where } of plantedMovements(
  amplitude,
  MOVEMENTS,
  MIDDLE,
))
  for await (const { image } of examineExpressions(clip, [{ onset, apex }], { ...where, tvl1 })) {
    const answers = recognizeUnits(units, image);
    const own = answers.find(({ unit }) => unit === row.planted);
    rows.push({
      ...row,
      isNamed: own !== undefined && own.verdict !== 'absent',
      isFirst: namedUnits(answers)[0]?.unit === row.planted,
      side: own?.side,
      named: named(answers),
    });
    console.log(JSON.stringify(rows.at(-1)));
  }

/** Counts of the clips of a movement, planted on both sides or on one. */
const countsOf = (kind, isOneSided) => {
  const own = rows.filter(
    (row) => row.kind === kind && (row.plantedSide !== 'both') === isOneSided,
  );
  const others = own.flatMap((row) => row.named.map((one) => Number(one.replace(/^[lr]/, ''))));
  return {
    ...{ unit: MOVEMENTS[kind], clips: own.length },
    ...{ named: own.filter((row) => row.isNamed).length, first: own.filter((row) => row.isFirst).length }, // prettier-ignore
    side: own.filter((row) => row.side === row.plantedSide).length,
    others: Object.fromEntries(
      [...new Set(others)]
        .filter((unit) => unit !== MOVEMENTS[kind])
        .map((unit) => [`AU${unit}`, others.filter((one) => one === unit).length]),
    ),
  };
};

/** How often the units are named in real clips, in which hardly any of them was coded. */
const datasets = {};
for (const { dataset, image } of await readClips()) {
  const found = namedUnits(recognizeUnits(units, image));
  const own = (datasets[dataset] ??= { clips: 0, some: 0, first: 0, ...Object.fromEntries(SYNTHETIC_UNIT_NUMBERS.map((unit) => [`AU${unit}`, 0])) }); // prettier-ignore
  const synthetic = found.filter(({ learnedFrom }) => learnedFrom === 'synthetic');
  own.clips++;
  own.some += synthetic.length > 0;
  own.first += found[0]?.learnedFrom === 'synthetic';
  for (const { unit } of synthetic) own[`AU${unit}`]++;
}

const kinds = Object.keys(MOVEMENTS);
const result = {
  amplitude,
  both: Object.fromEntries(kinds.map((kind) => [kind, countsOf(kind, false)])),
  oneSided: Object.fromEntries(
    kinds.filter((kind) => !MIDDLE.includes(MOVEMENTS[kind])).map((kind) => [kind, countsOf(kind, true)]), // prettier-ignore
  ),
  datasets,
  rows,
};
console.log(JSON.stringify({ ...result, rows: undefined }, null, 1));
writeFileSync(
  fileURLToPath(new URL(`results/synthetic-units-${amplitude}.json`, import.meta.url)),
  `${JSON.stringify(result, null, 1)}\n`,
);
