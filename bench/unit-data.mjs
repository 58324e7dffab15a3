/** @file What benches of action units share: coded clips, synthetic faces, a fit to synthetic faces alone, and scores. */
import { fileURLToPath } from 'node:url';

import { codedCell } from '@telltale/core/evaluate';
import { flowInput } from '@telltale/core/nets';
import { singleUnitSamples, unitSamples } from '@telltale/core/synth';
import { faceDecision, syntheticPart, UNIT_NUMBERS, unitFeatures } from '@telltale/core/units';

import { aucOf } from '../packages/core/dist/evaluate/units/scores.js';
import { mirrorFeatures } from '../packages/core/dist/units/features.js';
import { decideUnits } from '../packages/core/dist/units/fit.js';
import { factorize, solveLower, solveUpper } from '../packages/core/dist/units/squares.js';
import { readCodedUnits } from '../packages/cli/dist/io/coded-units.js';
import { readFlowFolder } from '../packages/cli/dist/io/dataset.js';

const FLOW = fileURLToPath(new URL('../../shared/data/megc2019-flow', import.meta.url));

/** Features of a flow image, whose values need not be whole. */
export const featuresOf = (image) => unitFeatures(flowInput(image));

/** All clips of a folder with their images and emotions; `left` and `right` where units are coded. */
export async function readClips(folder = FLOW) {
  const { samples, images } = await readFlowFolder(folder, {});
  const coded = await readCodedUnits(folder);
  return samples.map(({ id, dataset, subject, emotion }, i) => {
    const cells = coded?.get(id);
    const sides = cells && codedCell(UNIT_NUMBERS, cells.units, cells.uncertain);
    return { id, dataset, subject, emotion, image: images[i], ...sides };
  });
}

/** Synthetic faces: of `single` units, or with the units of an `emotion`, the other half of `unitSamples` left out. */
export function drawFaces(kind, { count, seed }) {
  const options = { seed, units: UNIT_NUMBERS };
  const samples = [
    ...(kind === 'single' ? singleUnitSamples(count, options) : unitSamples(2 * count, options)),
  ].filter((_, i) => kind === 'single' || i % 2 === 0);
  return samples.map(({ image, units }) => ({
    ...{ subject: 'synthetic', features: featuresOf(image) },
    ...codedCell(UNIT_NUMBERS, units),
  }));
}

/** Stronger than beside real clips: synthetic faces, which are many, differ from real ones. */
const RIDGE = 0.3;

/** A classifier that learned from synthetic faces alone. */
export function fitSynthetic(faces) {
  const { moments } = syntheticPart(faces, UNIT_NUMBERS.length);
  const weights = moments.map(({ gram, target }) => {
    const lower = factorize(gram, RIDGE);
    return solveUpper(lower, solveLower(lower, target));
  });
  const rows = faces.flatMap(({ features }) => [features, mirrorFeatures(features)]);
  const means = rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
  const scales = means.map((mean, i) => {
    const variance = rows.reduce((sum, row) => sum + (row[i] - mean) ** 2, 0) / rows.length;
    return variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  });
  return { means, scales, weights };
}

/** Of each unit, the decision for the whole face. */
export function decisionsOf(model, features) {
  const { left, right } = decideUnits(model, features);
  return left.map((value, unit) => faceDecision(value, right[unit]));
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean F1 and mean AUC over the units in at least ten clips; an uncertain unit counts as absent. */
export function scoresOf(clips, decisions) {
  const each = UNIT_NUMBERS.flatMap((number, unit) => {
    const decided = clips.map(({ left, right }, i) => ({
      present: left[unit] === 1 || right[unit] === 1,
      decision: decisions[i][unit],
    }));
    const support = decided.filter(({ present }) => present).length;
    if (support < 10) return [];
    const named = decided.filter(({ decision }) => decision >= 0);
    const hits = named.filter(({ present }) => present).length;
    return [{ number, f1: (2 * hits) / (named.length + support), auc: aucOf(decided) }];
  });
  const round = (value) => Math.round(1000 * value) / 1000;
  return {
    ...{ f1: round(mean(each.map(({ f1 }) => f1))), auc: round(mean(each.map(({ auc }) => auc))) },
    units: Object.fromEntries(each.map(({ number, auc }) => [`AU${number}`, round(auc)])),
  };
}

/** How well units divide an emotion from the two others, in clips whose units are not coded: AUC. */
export function againstEmotions(clips, decisions) {
  const pairs = [[12, 'positive'], [6, 'positive'], [1, 'surprise'], [2, 'surprise'], [4, 'negative'], [7, 'negative']]; // prettier-ignore
  return Object.fromEntries(
    pairs.map(([number, name]) => {
      const unit = UNIT_NUMBERS.indexOf(number);
      const decided = clips.map(({ emotion }, i) => ({
        present: emotion === name,
        decision: decisions[i][unit],
      }));
      return [`AU${number} ${name}`, Math.round(1000 * aucOf(decided)) / 1000];
    }),
  );
}
