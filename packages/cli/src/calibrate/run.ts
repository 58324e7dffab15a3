/** @file Calibrates weights on the evaluation of their recipe. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import type { EvaluationResult, MethodResult, NetworkSettings } from '@telltale/core/evaluate';
import { calibrate, calibrateWeights, NEVER_MEASURED, readModel } from '@telltale/core/recognize';
import { readSafetensors } from '@telltale/engine';
import { readWeights, whyUnreadable } from '@telltale/node';
import { assertWritable, writeWhole } from '@telltale/node/output';

import { assertFree } from '../io/free.ts';
import type { Overwrite } from '../io/free.ts';
import { elsewhereOf, labeledPredictions } from './elsewhere.ts';

/** Options of the command. */
export interface CalibrateOptions extends Overwrite {
  readonly weights: string;
  readonly scores: string;
  readonly out: string;
  /** Accuracy that verdicts other than unsure must reach, 0 to 1. */
  readonly right: number;
}

/**
 * Writes the weights with temperature, threshold and score.
 *
 * @throws TelltaleError `FILE_MISSING`, `DATASET_INVALID`, `WEIGHTS_CORRUPT`, `WEIGHTS_MISMATCH`,
 *   `OUTPUT_UNWRITABLE`
 */
export async function runCalibrate(options: CalibrateOptions): Promise<void> {
  await assertWritable(options.out, 'file');
  await assertFree([options.out], options);
  const weights = await readWeights(options.weights);
  const result = await readResult(options.scores);
  const { card } = readModel(weights);
  const method = sameMethod(weights, result);
  const predicted = labeledPredictions(method, result.classes);
  const { temperature, unsureBelow } = calibrate(predicted, options.right);
  const measured = scoreLine(method, result);
  const isElsewhere = result.cut === 'lodo';
  const elsewhere = isElsewhere ? elsewhereOf(method, result.classes, options.right) : undefined;
  const score = isElsewhere && card.score !== NEVER_MEASURED ? card.score : measured;
  const note = { temperature, unsureBelow, score, ...(elsewhere && { elsewhere }) };
  await writeWhole(options.out, calibrateWeights(weights, note));
  process.stdout.write(
    `temperature ${temperature.toFixed(4)}\nunsure below ${unsureBelow.toFixed(4)}\n${measured}\n` +
      (elsewhere
        ? `another laboratory: ${percent(elsewhere.right)} of the ${percent(elsewhere.sure)} that are not unsure are right; calibration error ${elsewhere.calibrationError}\n`
        : ''),
  );
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** One line: result, protocol, data. */
function scoreLine(
  { scores, epochs, results }: MethodResult,
  { cut }: Pick<EvaluationResult, 'cut'>,
): string {
  const { all, parts, seeds, subjects } = scores;
  const folds = results.length / seeds.length;
  const left =
    cut === 'lodo'
      ? `one of ${folds} datasets left out at a time`
      : folds === subjects
        ? `one of ${subjects} subjects left out at a time`
        : `one of ${folds} groups of ${subjects} subjects left out at a time`;
  const values = [all.uf1, all.uar].map(({ mean, deviation }) =>
    seeds.length > 1 ? `${mean.toFixed(3)} ± ${deviation.toFixed(3)}` : mean.toFixed(3),
  );
  const data = Object.entries(parts).map(([name, { samples }]) => `${name} ${samples}`);
  return (
    `UF1 ${values[0]!}, UAR ${values[1]!}: ${left}, ` +
    `${epochs.most > 0 ? `${epochs.most} epochs fixed in advance, ` : ''}${seeds.length > 1 ? `${seeds.length} seeds` : 'one seed'}; ` +
    `${all.samples} clips (${data.join(', ')})`
  );
}

async function readResult(path: string): Promise<EvaluationResult> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new TelltaleError(
      'FILE_MISSING',
      whyUnreadable(path, cause),
      'Give the path of the result.json that "telltale evaluate" wrote.',
      { cause },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if ((value as EvaluationResult | undefined)?.schema !== 'telltale.evaluation/1') {
    throw new TelltaleError(
      'DATASET_INVALID',
      `${path} is not the result of an evaluation`,
      'Give the path of the result.json that "telltale evaluate" wrote.',
    );
  }
  return value as EvaluationResult;
}

/** The method of the evaluation that matches the weights: a temperature is valid only for the same recipe and data. */
function sameMethod(weights: Uint8Array, result: EvaluationResult): MethodResult {
  const { metadata } = readSafetensors(weights);
  const differences = result.methods.map((method) => {
    const settings = method.settings as Partial<NetworkSettings>;
    const isTrained = settings.kind === 'network';
    const pairs: Readonly<Record<string, readonly [string | undefined, string | undefined]>> = {
      network: [metadata['network'], isTrained ? settings.network : method.name],
      config: [metadata['config'], isTrained ? settings.config : metadata['config']],
      changes: [undefined, settings.changes && JSON.stringify(settings.changes)],
      classes: [metadata['classes'], JSON.stringify(result.classes)],
      recipe: [metadata['recipe'], JSON.stringify(isTrained ? settings.recipe : settings)],
      from: [metadata['from'], settings.from && JSON.stringify(settings.from)],
      data: [metadata['data'], result.data],
      select: ['fixed', result.select],
    };
    const unequal = Object.entries(pairs).flatMap(([key, [here, there]]) =>
      here === there
        ? []
        : [`${key}: ${String(here)} in the weights, ${String(there)} in the scores`],
    );
    return { method, unequal };
  });
  const same = differences.find(({ unequal }) => unequal.length === 0);
  if (same) return same.method;
  const [nearest] = differences.sort((a, b) => a.unequal.length - b.unequal.length);
  throw new TelltaleError(
    'WEIGHTS_MISMATCH',
    `the scores are not of these weights: ${nearest?.unequal.join('; ') ?? 'there are none'}`,
    'Run "telltale evaluate" with the options that the weights were trained with.',
  );
}
