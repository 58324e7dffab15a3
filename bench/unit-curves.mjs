/**
 * @file Whether the curve of the planted action unit is the highest one at the apex, on the planted side.
 *
 * `npm run build && node bench/unit-curves.mjs [amplitude]`: 3 faces × 7 movements × left and both sides, 30 frames per
 * second; between onset and apex the curves of all units are compared. Results go to bench/results/.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { analyze, movesOf, unitCurves } from '@telltale/core';
import { synthesize } from '@telltale/core/synth';

import { openPhotographs } from './photographs.mjs';
import { PULLS } from './planted-units.mjs';

const amplitude = Number(process.argv[2] ?? 1);
const { face, photographs } = await openPhotographs();
const rows = [];
for (const [f, { name, image, landmarks }] of photographs.entries()) {
  for (const side of ['left', 'both'])
    for (const [k, [kind, units]] of Object.entries(PULLS).entries()) {
      if (kind === 'cheek-raise') continue; // no region shows AU6: it has no curve
      const seed = 7000 + 100 * f + 10 * k + (side === 'left' ? 1 : 0);
      const options = { kind, side, rate: 30, amplitude, seconds: 2, seed };
      const clip = synthesize(image, landmarks, options);
      const { report } = await analyze(clip, { face });
      const { onset, apex } = clip.truth.events[0];
      const risen = unitCurves(movesOf(report), report.movement.times)
        .map(({ unit, side: on, values }) => ({
          unit,
          on,
          rise: values[apex.frame] - values[onset.frame],
        }))
        .sort((a, b) => b.rise - a.rise);
      const own = (on) =>
        risen.find((one) => one.unit === units[0] && [on, 'both'].includes(one.on)).rise;
      rows.push({
        ...{ face: name, kind, side, planted: units },
        first: risen[0].unit,
        isFirst: units.includes(risen[0].unit),
        ...{ left: Number(own('left').toFixed(3)), right: Number(own('right').toFixed(3)) },
        others: Number(risen.find(({ unit }) => !units.includes(unit)).rise.toFixed(3)),
      });
      console.log(JSON.stringify(rows.at(-1)));
    }
}
await face.close();
const share = (some) => some.filter(({ isFirst }) => isFirst).length;
const oneSided = rows.filter(({ side }) => side === 'left');
const result = {
  ...{ amplitude, clips: rows.length, first: share(rows) },
  oneSided: {
    clips: oneSided.length,
    leftIsLarger: oneSided.filter((row) => row.left > row.right).length,
  },
  rows,
};
writeFileSync(
  fileURLToPath(new URL(`results/unit-curves-${amplitude}.json`, import.meta.url)),
  `${JSON.stringify(result, null, 1)}\n`,
);
