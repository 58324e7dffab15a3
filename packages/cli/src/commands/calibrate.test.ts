/** @file `calibrate` from its command line: what it takes from scores, and what it refuses. */
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findNetwork, inputVersion } from '@telltale/core/nets';
import { readModel } from '@telltale/core/recognize';
import { flattenParameters, writeSafetensors } from '@telltale/engine';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createProgram, runProgram } from '../program.ts';
import { calibrateCommand } from './calibrate.ts';

let folder: string;
let stdout = '';
let stderr = '';

const classes = ['negative', 'positive', 'surprise'];
const recipe = { epochs: 3 };
const weights = 'weights.safetensors';

/** Ten clips; the network predicts 0.98 each time and is right in seven of ten. */
const scores = {
  schema: 'telltale.evaluation/1',
  classes,
  select: 'fixed',
  data: 'abc',
  methods: [
    { name: 'svm', settings: { kind: 'svm' }, results: [] },
    {
      name: 'merba',
      settings: { kind: 'network', network: 'merba', config: 'tiny', recipe },
      epochs: { least: 3, most: 3, mean: 3 },
      scores: {
        subjects: 5,
        all: {
          samples: 10,
          uf1: { mean: 0.71, deviation: 0.01 },
          uar: { mean: 0.72, deviation: 0.02 },
        },
        parts: { made: { samples: 10 } },
        seeds: [{ seed: 1 }, { seed: 2 }],
      },
      // One clip of each of five subjects, with two seeds.
      results: Array.from({ length: 10 }, (_, i) => ({
        predictions: [
          {
            id: `made/s${i % 5}/c`,
            target: classes[i < 7 ? 0 : 1],
            probabilities: [0.98, 0.01, 0.01],
          },
        ],
      })),
    },
  ],
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-calibrate-'));
  [stdout, stderr] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  const network = findNetwork('merba');
  /** Not random: the parameters only need to be there. */
  const constant = { uniform: () => 0.3, normal: () => 0.1, integer: () => 0 } as never;
  const params = flattenParameters(network.init(network.configs.tiny, constant));
  await writeFile(
    join(folder, weights),
    writeSafetensors({
      tensors: Object.fromEntries(params.map((p) => [p.name, p])),
      metadata: {
        network: 'merba',
        config: 'tiny',
        settings: JSON.stringify(network.configs.tiny),
        classes: JSON.stringify(classes),
        input: inputVersion,
        recipe: JSON.stringify(recipe),
        data: 'abc',
      },
    }),
  );
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

async function run(content: unknown): Promise<number> {
  await writeFile(join(folder, 'scores.json'), JSON.stringify(content));
  return runProgram(createProgram([calibrateCommand()]), [
    'calibrate',
    '--weights',
    join(folder, weights),
    '--scores',
    join(folder, 'scores.json'),
    '--out',
    join(folder, 'out.safetensors'),
    '--right',
    '0.65',
  ]);
}

test('probabilities sink to how often they were right', async () => {
  expect(await run(scores), stderr).toBe(0);
  const model = readModel(new Uint8Array(await readFile(join(folder, 'out.safetensors'))));
  const logit = Math.log(0.98 / 0.01) / model.temperature;
  expect(1 / (1 + 2 * Math.exp(-logit))).toBeCloseTo(0.7, 1);
  expect(model.card.unsureBelow).toBeLessThanOrEqual(0.71);
  expect(model.card.score).toBe(
    'UF1 0.710 ± 0.010, UAR 0.720 ± 0.020: one of 5 subjects left out at a time, 3 epochs fixed in advance, 2 seeds; 10 clips (made 10)',
  );
  expect(stdout).toContain(model.card.score);
});

test('one dataset left out at a time: what to expect elsewhere is added, the score stays', async () => {
  expect(await run(scores), stderr).toBe(0);
  const first = readModel(new Uint8Array(await readFile(join(folder, 'out.safetensors'))));
  await rename(join(folder, 'out.safetensors'), join(folder, weights));
  const [svm, merba] = scores.methods;
  const all = { ...merba!.scores!.all, standardizedUf1: { mean: 0.7, deviation: 0.01 } };
  // Of one dataset 4 of 5 verdicts are right, of the other 3 of 5: too few for a threshold to teach the first.
  const results = merba!.results.map((one, i) => ({ ...one, subject: ['A', 'B'][i % 2] }));
  const method = { ...merba, results, scores: { ...merba!.scores, all } };
  expect(await run({ ...scores, cut: 'lodo', methods: [svm, method] }), stderr).toBe(0);
  const { card } = readModel(new Uint8Array(await readFile(join(folder, 'out.safetensors'))));
  expect(card.score).toBe(first.card.score);
  expect(card.elsewhere).toMatchObject({ clips: 10, uf1: 0.71, standardizedUf1: 0.7, sure: 0.5, right: 0.6 }); // prettier-ignore
  expect(card.elsewhere!.calibrationError).toBeCloseTo(0.2, 2);
  expect(stdout).toContain('another laboratory: 60 % of the 50 % that are not unsure are right');
});

test('scores of another training are refused, and nothing is written', async () => {
  const [svm, merba] = scores.methods;
  const other = { ...merba, settings: { ...merba!.settings, recipe: { epochs: 4 } } };
  expect(await run({ ...scores, methods: [svm, other] })).toBe(2);
  expect(stderr).toContain('WEIGHTS_MISMATCH');
  expect(stderr).toContain('{"epochs":3} in the weights, {"epochs":4} in the scores');
  expect(await run({ ...scores, select: 'inner' })).toBe(2);
  expect(stderr).toContain('select: fixed in the weights, inner in the scores');
  expect(await run({ results: [] })).toBe(2);
  expect(stderr).toContain('DATASET_INVALID');
  expect(await readdir(folder)).not.toContain('out.safetensors');
});
