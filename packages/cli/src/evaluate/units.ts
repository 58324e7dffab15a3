/** @file `telltale evaluate units`: folds, scores, and a recognizer of units learned from all clips. */
import { resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import type { Sample } from '@telltale/core/datasets';
import {
  calibrationsOf,
  codedCell,
  codedSides,
  crossPredictUnits,
  scoreUnits,
  shownOn,
  UNITS_RESULT,
  unitsCsv,
  unitsMarkdown,
  unitsScoreLine,
} from '@telltale/core/evaluate';
import type { CodedClip, CodedSides, UnitPrediction, UnitsResult } from '@telltale/core/evaluate';
import { flowInput } from '@telltale/core/nets';
import { sidedSamples, singleUnitSamples } from '@telltale/core/synth';
import {
  fitSides,
  fitUnits,
  scaleSides,
  SYNTHETIC_UNIT_NUMBERS,
  syntheticPart,
  UNIT_NUMBERS,
  unitFeatures,
  writeUnitsModel,
} from '@telltale/core/units';
import type { SyntheticPart, SyntheticSides } from '@telltale/core/units';
import { assertWritable, writeFolderWhole } from '@telltale/node/output';

import { readCodedUnits, UNITS_FILE } from '../io/coded-units.ts';
import { readFlowFolder } from '../io/dataset.ts';
import { version } from '../overview.ts';
import { openProgress } from '../terminal.ts';
import { synthesizeFaces, type DrawSamples } from './synthetic-faces.ts';
import {
  DRAWN_UNITS,
  learnPairedSides,
  learnSyntheticUnits,
  type SyntheticUnits,
} from './synthetic-units.ts';

/** What the command takes. */
export interface UnitsOptions {
  readonly data: string;
  readonly out: string;
  readonly protocol: 'loso' | 'cd6me';
  /** Number of synthetic flow images. */
  readonly synthetic: number;
  /** First seed; the others follow it. */
  readonly seed: number;
  /** Number of seeds. */
  readonly seeds: number;
}

/** Added to the seed of the faces on which thresholds of sides are chosen. */
const OTHER_FACES = 1_000_000;

/**
 * Evaluates the recognition of units, and writes `result.json`, `result.md`, `predictions.csv` and `units.safetensors`.
 *
 * @throws TelltaleError `DATASET_INVALID`, `DATASET_FILE_MISSING`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runUnits(options: UnitsOptions, signal: AbortSignal): Promise<void> {
  const { protocol, synthetic } = options;
  const out = resolve(options.out);
  await assertWritable(out, 'folder');
  const { clips, allLabels, fingerprint } = await readCoded(options.data, signal);
  const seedNumbers = Array.from({ length: options.seeds }, (_, i) => options.seed + i);
  const progress = openProgress();
  const runs: UnitPrediction[][] = [];
  let first:
    | {
        readonly part: SyntheticPart;
        readonly sides: SyntheticSides;
        readonly others: SyntheticSides;
        readonly synthetic: SyntheticUnits;
      }
    | undefined;
  try {
    for (const [at, seed] of seedNumbers.entries()) {
      const name = `seed ${at + 1} of ${seedNumbers.length}`;
      const draw = (
        what: string,
        options: {
          readonly seed: number;
          readonly draw?: DrawSamples;
          readonly units?: readonly number[];
        },
      ) =>
        synthesizeFaces(synthetic, {
          ...{ ...options, signal },
          onDrawn: (done) => progress.update(`${name}: ${what} ${done} of ${synthetic}`),
        });
      const faces = await draw('synthetic image', { seed, draw: singleUnitSamples });
      const sided = { draw: sidedSamples };
      const train = await draw('one-sided image', { ...sided, seed });
      const others = await draw('other one-sided image', { ...sided, seed: seed + OTHER_FACES });
      const paired = await learnPairedSides(draw, seed);
      const sides = fitSides(UNIT_NUMBERS.length, { train, others });
      const own = {
        part: syntheticPart(faces, UNIT_NUMBERS.length),
        sides: withChin(sides, paired.chin),
      };
      first ??= {
        ...own,
        others: paired.others,
        synthetic: await learnSyntheticUnits(draw, seed, allLabels),
      };
      const leaveOut = protocol === 'loso' ? 'subject' : 'dataset';
      const predictions = await crossPredictUnits(clips, {
        ...{ units: UNIT_NUMBERS.length, leaveOut, signal },
        ...{ synthetic: own.part, sides: own.sides },
        onProgress: (share) =>
          progress.update(`${name}: ${Math.round(100 * share)} % of the folds`),
      });
      runs.push(predictions);
    }
  } finally {
    progress.end();
  }
  const result: UnitsResult = {
    ...{ schema: UNITS_RESULT, telltale: version(), protocol },
    data: { ...countsOf(clips), fingerprint },
    ...{ synthetic, seedNumbers, ...scoreUnits(UNIT_NUMBERS, clips, runs) },
    syntheticUnits: first!.synthetic.scores,
  };
  const fit = fitUnits(clips, { units: UNIT_NUMBERS.length, synthetic: first!.part });
  const weights = writeUnitsModel({
    ...fit,
    weights: [...fit.weights, ...first!.synthetic.weights],
    calibrations: [...calibrationsOf(clips, fit), ...first!.synthetic.calibrations],
    sides: scaleSides(joinSides(first!.sides, first!.others), clips),
    card: {
      ...{ units: UNIT_NUMBERS, syntheticUnits: SYNTHETIC_UNIT_NUMBERS },
      score: unitsScoreLine(result),
    },
  });
  await writeFolderWhole(
    out,
    new Map<string, string | Uint8Array>([
      ['result.json', `${JSON.stringify(result, null, 1)}\n`],
      ['result.md', unitsMarkdown(result)],
      ['predictions.csv', predictionsOf(clips, seedNumbers, runs)],
      ['units.safetensors', weights],
    ]),
  );
  process.stdout.write(`${scoreTable(result)}${unitsScoreLine(result)}\n`);
}

/** Sides of `UNIT_NUMBERS`, those of the chin replaced. */
function withChin(sides: SyntheticSides, chin: SyntheticSides): SyntheticSides {
  const at = UNIT_NUMBERS.indexOf(17);
  return {
    weights: sides.weights.with(at, chin.weights[0]!),
    thresholds: sides.thresholds.with(at, chin.thresholds[0]!),
  };
}

function joinSides(a: SyntheticSides, b: SyntheticSides): SyntheticSides {
  return {
    weights: [...a.weights, ...b.weights],
    thresholds: [...a.thresholds, ...b.thresholds],
  };
}

/** The clips of a folder whose units are coded, and once more with the labels of `DRAWN_UNITS`. */
async function readCoded(
  folder: string,
  signal: AbortSignal,
): Promise<{
  readonly clips: readonly CodedClip[];
  readonly allLabels: readonly CodedClip[];
  readonly fingerprint: string;
}> {
  const { samples, images, fingerprint } = await readFlowFolder(folder, { signal });
  const beside = await readCodedUnits(folder);
  const coded = samples.flatMap((sample, i) => {
    const cells = beside?.get(sample.id);
    const labels = (units: readonly number[]): CodedSides | undefined =>
      sidesOf(sample, units) ?? (cells && codedCell(units, cells.units, cells.uncertain));
    const [sides, all] = [labels(UNIT_NUMBERS), labels(DRAWN_UNITS)];
    if (sides === undefined || all === undefined) return [];
    const features = unitFeatures(flowInput(images[i]!));
    const { id, dataset, subject } = sample;
    const clip = { id, dataset, subject, features };
    return [{ clip: { ...clip, ...sides }, all: { ...clip, ...all } }];
  });
  const [clips, allLabels] = [coded.map(({ clip }) => clip), coded.map(({ all }) => all)];
  if (clips.length === 0)
    throw new TelltaleError(
      'DATASET_INVALID',
      `no clip of ${folder} has action units`,
      `Units are read from the column action_units of samples.csv, or of a file ${UNITS_FILE} beside it with the columns dataset, subject and clip.`,
    );
  return { clips, allLabels, fingerprint };
}

function sidesOf({ annotation }: Sample, units: readonly number[]): CodedSides | undefined {
  const { actionUnits: certain = [], uncertainUnits: uncertain = [] } = annotation ?? {};
  if (certain.length === 0 && uncertain.length === 0) return undefined;
  return codedSides(units, { certain, uncertain });
}

function countsOf(clips: readonly CodedClip[]): Omit<UnitsResult['data'], 'fingerprint'> {
  const datasets = new Map<string, number>();
  for (const { dataset } of clips) datasets.set(dataset, (datasets.get(dataset) ?? 0) + 1);
  return {
    clips: clips.length,
    subjects: new Set(clips.map(({ subject }) => subject)).size,
    datasets: Object.fromEntries(datasets),
  };
}

function predictionsOf(
  clips: readonly CodedClip[],
  seeds: readonly number[],
  runs: readonly (readonly UnitPrediction[])[],
): string {
  return unitsCsv(
    UNIT_NUMBERS,
    clips.map((clip) => ({
      id: clip.id,
      shown: UNIT_NUMBERS.map((_, unit) => shownOn(clip, unit)),
    })),
    seeds.map((seed, i) => ({ seed, predictions: runs[i]! })),
  );
}

/** Clips, F1 and AUC of each unit in columns. */
function scoreTable({ units }: UnitsResult): string {
  const lines = units.map(({ unit, support, f1, auc }) =>
    [
      `AU${unit}`.padEnd(5),
      String(support).padStart(5),
      f1.value.toFixed(3).padStart(6),
      (auc?.value.toFixed(3) ?? '—').padStart(6),
    ].join('  '),
  );
  return `${['unit   clips      F1     AUC', ...lines].join('\n')}\n`;
}
