/**
 * @file Calibrates means of several recognizers as a whole: what core/src/recognize/shipped.ts states of them.
 *
 *     node bench/ensembles.mjs RUN/result.json
 *
 * RUN is a leave-one-dataset-out evaluation with --ensemble, see docs/results.md. Each row of a mean is printed with its
 * temperature, the threshold from which on 85 % of its verdicts are right, and what it states of another laboratory.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

import { calibrate } from '@telltale/core/recognize';

import { elsewhereOf, labeledPredictions } from '../packages/cli/dist/calibrate/elsewhere.js';

/** As `telltale calibrate` has it by default. */
const RIGHT = 0.85;

const { cut, classes, methods } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
if (cut !== 'lodo') throw new Error('not a leave-one-dataset-out evaluation');
for (const method of methods) {
  if (method.settings.kind !== 'ensemble') continue;
  const { temperature, unsureBelow } = calibrate(labeledPredictions(method, classes), RIGHT);
  const calibration = {
    temperature: Number(temperature.toFixed(4)),
    unsureBelow: Number(unsureBelow.toFixed(4)),
  };
  const elsewhere = elsewhereOf(method, classes, RIGHT);
  console.log(method.label, JSON.stringify({ ...calibration, elsewhere }, null, 2));
}
