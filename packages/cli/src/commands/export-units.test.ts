/** @file `telltale export action-units`: the graph answers as the recognizer it was made of. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { flowInput } from '@telltale/core/nets';
import { sidedSamples } from '@telltale/core/synth';
import { recognizeUnits, SYNTHETIC_UNIT_NUMBERS, UNIT_NUMBERS } from '@telltale/core/units';
import { loadRuntime, openUnits } from '@telltale/node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createProgram, runProgram } from '../program.ts';
import { exportCommand } from './export.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-export-units-'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const run = (...words: string[]): Promise<number> =>
  runProgram(createProgram([exportCommand()]), ['export', ...words]);

interface Described {
  readonly schema: string;
  readonly units: readonly {
    readonly unit: number;
    readonly oneSidedFrom: number | null;
    readonly learnedFrom?: string;
  }[];
}

test('probabilities, verdicts and sides are those of the recognizer', async () => {
  expect(await run('action-units', '--out', folder)).toBe(0);
  const description = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as Described;
  expect(description.schema).toBe('telltale.units-model/1');
  const all = [...UNIT_NUMBERS, ...SYNTHETIC_UNIT_NUMBERS];
  expect(description.units.map(({ unit }) => unit)).toEqual(all);
  const marked = description.units.filter(({ learnedFrom }) => learnedFrom === 'synthetic');
  expect(marked.map(({ unit }) => unit)).toEqual(SYNTHETIC_UNIT_NUMBERS);
  const ort = await loadRuntime();
  const session = await ort.InferenceSession.create(await readFile(join(folder, 'model.onnx')));
  const model = await openUnits();
  for (const { image } of sidedSamples(12, { seed: 3, units: all })) {
    const images = new ort.Tensor('float32', flowInput(image), [1, 3, 28, 28]);
    const outputs = await session.run({ images });
    const valuesOf = (name: string): Float32Array => outputs[name]!.data as Float32Array;
    recognizeUnits(model, image).forEach((answer, i) => {
      expect(valuesOf('probabilities')[i]).toBeCloseTo(answer.probability, 4);
      expect(valuesOf('decisions')[i]! >= 0).toBe(answer.verdict !== 'absent');
      const asymmetry = valuesOf('asymmetries')[i]!;
      const from = description.units[i]!.oneSidedFrom ?? Infinity;
      const side = Math.abs(asymmetry) < from ? 'both' : asymmetry > 0 ? 'left' : 'right';
      expect(side).toBe(answer.side);
    });
  }
  await session.release();
});

test('weights of units are exported by their path, too; damaged ones are refused', async () => {
  await run('action-units', '--out', join(folder, 'a'));
  const bytes = await readFile(new URL('../../../core/models/units-flow28.safetensors', import.meta.url)); // prettier-ignore
  const own = join(folder, 'own.safetensors');
  await writeFile(own, bytes);
  expect(await run(own, '--out', join(folder, 'b'))).toBe(0);
  const read = (name: string): Promise<Buffer> => readFile(join(folder, name, 'model.onnx'));
  expect((await read('b')).equals(await read('a'))).toBe(true);
  await writeFile(own, bytes.fill(255, bytes.length - 64));
  expect(await run(own, '--out', join(folder, 'c'))).toBe(2);
});
