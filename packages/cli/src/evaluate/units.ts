/** @file `telltale evaluate units`: folds, scores, and a recognizer of units learned from all clips. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { parseCsv } from '@telltale/core/datasets';
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
import { unitSamples } from '@telltale/core/synth';
import {
  fitUnits,
  syntheticPart,
  UNIT_NUMBERS,
  unitFeatures,
  writeUnitsModel,
} from '@telltale/core/units';
import type { CodedFace, SyntheticPart } from '@telltale/core/units';
import { assertWritable, writeFolderWhole } from '@telltale/node/output';

import { readFlowFolder } from '../io/dataset.ts';
import { version } from '../program.ts';
import { openProgress } from '../terminal.ts';

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

/** The file beside `samples.csv` that may hold the units. */
const UNITS_FILE = 'action-units.csv';
/** Synthetic images between two pauses. */
const PAUSE = 64;

/**
 * Evaluates the recognition of units, and writes `result.json`, `result.md`, `predictions.csv` and `units.safetensors`.
 *
 * @throws TelltaleError `DATASET_INVALID`, `DATASET_FILE_MISSING`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runUnits(options: UnitsOptions, signal: AbortSignal): Promise<void> {
  const { protocol, synthetic } = options;
  const out = resolve(options.out);
  await assertWritable(out, 'folder');
  const { clips, fingerprint } = await readCoded(options.data, signal);
  const seedNumbers = Array.from({ length: options.seeds }, (_, i) => options.seed + i);
  const progress = openProgress();
  const runs: UnitPrediction[][] = [];
  let part: SyntheticPart | undefined;
  try {
    for (const [at, seed] of seedNumbers.entries()) {
      const name = `seed ${at + 1} of ${seedNumbers.length}`;
      const faces = await synthesize(synthetic, { seed, signal }, (done) =>
        progress.update(`${name}: synthetic image ${done} of ${synthetic}`),
      );
      const own = syntheticPart(faces, UNIT_NUMBERS.length);
      part ??= own;
      const leaveOut = protocol === 'loso' ? 'subject' : 'dataset';
      const predictions = await crossPredictUnits(clips, {
        ...{ units: UNIT_NUMBERS.length, leaveOut, synthetic: own, signal },
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
  };
  const fit = fitUnits(clips, { units: UNIT_NUMBERS.length, synthetic: part });
  const weights = writeUnitsModel({
    ...fit,
    calibrations: calibrationsOf(clips, fit),
    card: { units: UNIT_NUMBERS, score: unitsScoreLine(result) },
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

/** The clips of a folder whose units are coded. */
async function readCoded(
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly clips: readonly CodedClip[]; readonly fingerprint: string }> {
  const { samples, images, fingerprint } = await readFlowFolder(folder, { signal });
  const beside = await readBeside(folder);
  const clips = samples.flatMap((sample, i): CodedClip[] => {
    const sides = sidesOf(sample) ?? beside?.get(sample.id);
    if (sides === undefined) return [];
    const features = unitFeatures(flowInput(images[i]!));
    const { id, dataset, subject } = sample;
    return [{ id, dataset, subject, features, ...sides }];
  });
  if (clips.length === 0)
    throw new TelltaleError(
      'DATASET_INVALID',
      `no clip of ${folder} has action units`,
      `Units are read from the column action_units of samples.csv, or of a file ${UNITS_FILE} beside it with the columns dataset, subject and clip.`,
    );
  return { clips, fingerprint };
}

function sidesOf({ annotation }: Sample): CodedSides | undefined {
  const { actionUnits: certain = [], uncertainUnits: uncertain = [] } = annotation ?? {};
  if (certain.length === 0 && uncertain.length === 0) return undefined;
  return codedSides(UNIT_NUMBERS, { certain, uncertain });
}

/** Coded units by the id of the clip, of the file beside the sheet; undefined where there is none. */
async function readBeside(folder: string): Promise<ReadonlyMap<string, CodedSides> | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, UNITS_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new TelltaleError(
      'DATASET_FILE_MISSING',
      `cannot read ${join(folder, UNITS_FILE)}: ${(error as Error).message}`,
      'Check the permissions of the file.',
      { cause: error },
    );
  }
  const [header, ...rows] = parseCsv(text);
  const names = header?.fields.map((name) => name.trim().toLowerCase()) ?? [];
  const missing = ['dataset', 'subject', 'clip', 'action_units'].filter(
    (name) => !names.includes(name),
  );
  if (missing.length > 0)
    throw new TelltaleError(
      'DATASET_COLUMN_MISSING',
      `${join(folder, UNITS_FILE)} has no column ${missing.join(', ')}`,
      'Its first line must name dataset, subject, clip and action_units; action_units_uncertain may follow.',
    );
  return new Map(
    rows.map(({ fields }) => {
      const cell = (name: string): string => fields[names.indexOf(name)]?.trim() ?? '';
      const id = `${cell('dataset')}/${cell('subject')}/${cell('clip')}`;
      return [id, codedCell(UNIT_NUMBERS, cell('action_units'), cell('action_units_uncertain'))];
    }),
  );
}

async function synthesize(
  count: number,
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal },
  onProgress: (done: number) => void,
): Promise<CodedFace[]> {
  const faces: CodedFace[] = [];
  for (const { image, units } of unitSamples(count, { seed, units: UNIT_NUMBERS })) {
    const features = unitFeatures(flowInput(image));
    faces.push({ subject: 'synthetic', features, ...codedCell(UNIT_NUMBERS, units) });
    if (faces.length % PAUSE > 0) continue;
    onProgress(faces.length);
    await new Promise((next) => setImmediate(next));
    signal.throwIfAborted();
  }
  return faces;
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
