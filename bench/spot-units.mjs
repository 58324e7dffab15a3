/**
 * @file Spotting by action unit: planted units found with their sides and times, and false alarms in clips without any.
 *
 * `npm run build && node bench/spot-units.mjs [first] [count]`: clips of 3 faces, seeds from `first` on; the rules for
 * echoes were made on 9 clips of seeds from 1 on, results are of seeds from 500 on. Each clip lasts 4.4 s at 30 frames per second, with sway, light and
 * noise; a third is still but for two blinks, a third speaks, a third has two units of 1 px on one or both sides. Results go
 * to bench/results/spot-units.json.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { spotClip } from '@telltale/core';
import { filmScenario } from '@telltale/core/synth';

import { openPhotographs } from './photographs.mjs';

const [first, count] = [Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 2)];
const UNITS = ['1', '2', '4', '9', '10', '12', '14', '15', '17', 'L4', 'R12', 'L2', 'R15', 'L12', 'R10', '5']; // prettier-ignore
const RATE = 30;
const SECONDS = 4.4;
const { face, photographs } = await openPhotographs();
/** What happens in a clip, by its number. */
function eventsOf(kind, number) {
  const blink = (onset) => ({ kind: 'blink', onset, offset: onset + 0.25 });
  if (kind === 'still') return [blink(1), blink(3.2)];
  if (kind === 'speech') return [{ kind: 'talk', amplitude: 1.5, onset: 0.8, offset: 4 }];
  const unit = (k) => UNITS[(2 * number + k) % UNITS.length];
  return [1.2, 3.2].map((onset, k) => ({
    ...{ kind: 'micro', units: unit(k), amplitude: 1, onset, offset: onset + 0.4 },
  }));
}
const rows = [];
for (let number = 0; number < count; number++)
  for (const [f, subject] of photographs.entries())
    for (const [k, kind] of ['still', 'speech', 'units'].entries()) {
      const seed = first + 100 * f + 10 * number + k;
      const clip = filmScenario(subject, {
        ...{
          name: kind,
          width: 400,
          height: 400,
          interocular: 100,
          rate: RATE,
          frames: Math.round(SECONDS * RATE),
        },
        ...{ events: eventsOf(kind, number + 5 * f), seed },
      });
      const { units } = await spotClip(clip, face, { units: true });
      const planted = clip.truth.events.filter((event) => event.kind === 'micro');
      rows.push({
        ...{ face: subject.name, kind, seed, seconds: SECONDS },
        spotted: units.map(({ unit, side, onset, offset, amount }) => ({ unit, side, onset, offset, amount: Number(amount.toFixed(3)) })), // prettier-ignore
        planted: planted.map(({ units: text, onset, offset }) => ({ units: text, onset: onset.frame, offset: offset.frame })), // prettier-ignore
      });
      console.log(JSON.stringify(rows.at(-1)));
    }
await face.close();

const overlap = (a, b) =>
  Math.max(0, Math.min(a.offset, b.offset) - Math.max(a.onset, b.onset)) /
  (Math.max(a.offset, b.offset) - Math.min(a.onset, b.onset));
const plain = rows.filter(({ kind }) => kind !== 'units');
const answers = rows.flatMap(({ planted, spotted }) =>
  planted.map((event) => {
    const [, side, unit] = /^([LR]?)(\d+)$/.exec(event.units);
    const there = spotted.filter((one) => overlap(one, event) > 0);
    const own = there.filter((one) => one.unit === Number(unit));
    const strongest = [...there].sort((a, b) => b.amount - a.amount)[0];
    const wanted = { L: 'left', R: 'right', '': 'both' }[side];
    return {
      units: event.units,
      found: own.some((one) => overlap(one, event) >= 0.5),
      strongest: strongest?.unit === Number(unit),
      side: own.some((one) => one.side === wanted || unit === '17'),
      others: there.length - own.length,
    };
  }),
);
const away = rows.flatMap(({ planted, spotted }) =>
  spotted.filter((one) => planted.every((event) => overlap(one, event) === 0)),
).length;
const sum = (key) => answers.filter((one) => one[key]).length;
const result = {
  ...{ seeds: [first, count], planted: answers.length },
  ...{ found: sum('found'), strongest: sum('strongest'), side: sum('side') },
  others: answers.reduce((total, one) => total + one.others, 0),
  without: { clips: plain.length, seconds: SECONDS * plain.length },
  falseAlarms: { withoutUnits: plain.reduce((n, { spotted }) => n + spotted.length, 0), beside: away - plain.reduce((n, { spotted }) => n + spotted.length, 0) }, // prettier-ignore
  kinds: Object.fromEntries(
    [...new Set(answers.map(({ units }) => units))].sort().map((units) => {
      const own = answers.filter((one) => one.units === units);
      return [units, `${own.filter(({ found }) => found).length} of ${own.length}`];
    }),
  ),
  rows,
};
console.log(JSON.stringify({ ...result, rows: undefined }, null, 1));
writeFileSync(
  fileURLToPath(new URL('results/spot-units.json', import.meta.url)),
  `${JSON.stringify(result, null, 1)}\n`,
);
