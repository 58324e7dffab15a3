/** @file Weights and the evaluation of their recipe become calibrated weights. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import type { Evaluation, FoldResult } from '@telltale/core/evaluate';
import { calibrate, calibrateWeights, readModel } from '@telltale/core/recognize';
import { readSafetensors } from '@telltale/engine';

import { assertWritable, writeWhole } from '../io/output.ts';
import { readWeights } from '../io/weights.ts';

/** What the command takes. */
export interface CalibrateOptions {
  readonly weights: string;
  readonly scores: string;
  readonly out: string;
  /** Share of right verdicts among those that are not called unsure. */
  readonly right: number;
}

/** What `telltale score` writes. */
interface Scores extends Evaluation {
  readonly schema: 'telltale.score/1';
  readonly network: string;
  readonly config: string;
  readonly recipe: { readonly epochs: number };
  readonly data: string;
  readonly results: readonly FoldResult[];
}

/**
 * Writes the weights with temperature, threshold and score.
 *
 * @throws TelltaleError `FILE_MISSING`, `DATASET_INVALID`, `WEIGHTS_CORRUPT`, `WEIGHTS_MISMATCH`,
 *   `OUTPUT_UNWRITABLE`
 */
export async function runCalibrate(options: CalibrateOptions): Promise<void> {
  await assertWritable(options.out, 'file');
  const weights = await readWeights(options.weights);
  const scores = await readScores(options.scores);
  readModel(weights);
  assertSameRecipe(weights, scores);
  const judged = scores.results.flatMap(({ predictions }) =>
    predictions.map(({ probabilities, target }) => ({
      probabilities,
      target: scores.classes.indexOf(target),
    })),
  );
  const { temperature, unsureBelow } = calibrate(judged, options.right);
  const score = scoreLine(scores);
  await writeWhole(options.out, calibrateWeights(weights, { temperature, unsureBelow, score }));
  process.stdout.write(
    `temperature ${temperature.toFixed(4)}\nunsure below ${unsureBelow.toFixed(4)}\n${score}\n`,
  );
}

/** One line: result, protocol, data. */
function scoreLine({ all, seeds, subjects, recipe, parts }: Scores): string {
  const told = [all.uf1, all.uar].map(
    ({ mean, deviation }) => `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`,
  );
  const data = Object.entries(parts).map(([name, { samples }]) => `${name} ${samples}`);
  return (
    `UF1 ${told[0]!}, UAR ${told[1]!}: one of ${subjects} subjects left out at a time, ` +
    `${recipe.epochs} epochs fixed in advance, ${seeds.length} seeds; ` +
    `${all.samples} clips (${data.join(', ')})`
  );
}

async function readScores(path: string): Promise<Scores> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new TelltaleError(
      'FILE_MISSING',
      `cannot read the scores ${path}: ${(cause as Error).message}`,
      'Give the path of a file that "telltale score" wrote.',
      { cause },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if ((value as Scores | undefined)?.schema !== 'telltale.score/1') {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${path} holds no scores`,
      'Give the path of a file that "telltale score" wrote.',
    );
  }
  return value as Scores;
}

/** A temperature holds for weights that were made in the same way, of the same data. */
function assertSameRecipe(weights: Uint8Array, scores: Scores): void {
  const { metadata } = readSafetensors(weights);
  const pairs: Readonly<Record<string, readonly [string | undefined, string]>> = {
    network: [metadata['network'], scores.network],
    config: [metadata['config'], scores.config],
    classes: [metadata['classes'], JSON.stringify(scores.classes)],
    recipe: [metadata['recipe'], JSON.stringify(scores.recipe)],
    data: [metadata['data'], scores.data],
  };
  const differing = Object.entries(pairs).filter(([, [here, there]]) => here !== there);
  if (differing.length === 0) return;
  const told = differing.map(
    ([key, [here, there]]) => `${key}: ${String(here)} in the weights, ${there} in the scores`,
  );
  throw new TelltaleError(
    'WEIGHTS_MISMATCH',
    `the scores are not those of these weights: ${told.join('; ')}`,
    'Run "telltale score" with the options that the weights were trained with.',
  );
}
