/**
 * @file Writes into the shipped recognizer of units what to expect of it: the score with settings chosen inside each fold
 * (the first procedure of bench/units_nested.py), which reports then give. The file of `telltale evaluate units` gives the
 * score that its settings were chosen by. Nothing else of the file changes.
 *
 * `npm run build && node bench/unit-score.mjs`, after `bench/units_nested.py DATA score`.
 */
import { readFileSync, writeFileSync } from 'node:fs';

import { readSafetensors, writeSafetensors } from '@telltale/engine';

const results = JSON.parse(readFileSync(new URL('results/units-nested.json', import.meta.url)));
const { f1, auc } = results['1 mean of the best quarter'];
const measured = ({ mean, interval }) =>
  `${mean.toFixed(3)} [${interval.map((bound) => bound.toFixed(3)).join(', ')}]`;

const file = new URL('../packages/core/models/units-flow28.safetensors', import.meta.url);
const { tensors, metadata } = readSafetensors(readFileSync(file));
const score =
  `mean F1 ${measured(f1)}, mean AUC ${measured(auc)} over 11 units: one of 24 subjects left out at a time, ` +
  `settings chosen by the other subjects alone, ${f1.seeds.length} seeds; 145 clips (CASME II 145); ` +
  'one dataset, one laboratory';
writeFileSync(file, writeSafetensors({ tensors, metadata: { ...metadata, score } }));
console.log(score);
