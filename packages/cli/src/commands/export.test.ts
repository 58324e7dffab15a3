/**
 * @file `telltale export` from weights to files that other programs run: ONNX's reference evaluator and ONNX Runtime
 * for Python (their answers are kept in golden/export.json), and ONNX Runtime for Node without anything of ours.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  openRecognizer as openWeights,
  readDescription,
  shippedRecognizers,
} from '@telltale/core/recognize';
import * as ort from 'onnxruntime-node';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openRecognizer, readWeightsOrShipped } from '@telltale/node';

import { createProgram, runProgram } from '../program.ts';
import { exportCommand } from './export.ts';

const room = mkdtempSync(join(tmpdir(), 'telltale-export-'));
const file = (...names: string[]): string => join(room, ...names);
afterAll(() => rmSync(room, { recursive: true }));

let stderr = '';
beforeEach(() => {
  stderr = '';
  const keep = (text: string | Uint8Array): boolean => ((stderr += String(text)), true);
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => vi.restoreAllMocks());

const run = (...words: string[]): Promise<number> =>
  runProgram(createProgram([exportCommand()]), ['export', ...words]);

interface Golden {
  readonly models: readonly {
    readonly network: string;
    readonly weights: string;
    readonly reference: readonly number[][];
    readonly runtime: readonly number[][];
  }[];
}
const golden = JSON.parse(
  readFileSync(new URL('../../../../golden/export.json', import.meta.url), 'utf8'),
) as Golden;
const inputs = [
  (i: number): number => Math.sin(0.37 * i) / 3,
  (i: number): number => (Math.cos(0.011 * i) * (1 + (i % 7))) / 4,
];

describe.each(Object.keys(shippedRecognizers))('%s, exported', (name) => {
  const folder = file(name);

  test('gives in ONNX Runtime the output of other programs and of our recognizer', async () => {
    expect(await run(name, '--out', folder)).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['model.json', 'model.onnx']);
    const described = readDescription(readFileSync(join(folder, 'model.json'), 'utf8'));
    const weights = await readWeightsOrShipped(name);
    const recognizer = await openWeights(ort, weights, { threads: 1 });
    const { network, config, score, classes } = recognizer.card;
    expect(described).toMatchObject({ network, config, score, output: { classes } });
    const known = golden.models.find((one) => one.weights === described.weights);
    expect(known?.network, 'new weights: make golden/export.json again').toBe(network);

    const session = await ort.InferenceSession.create(join(folder, 'model.onnx'));
    const { shape } = described.input;
    const length = shape.reduce((product, size) => product * size, 1);
    for (const [k, of] of inputs.entries()) {
      const data = Float32Array.from({ length }, (_, i) => of(i));
      const answers = await session.run({ images: new ort.Tensor('float32', data, shape) });
      const there = [...(answers['probabilities']!.data as Float32Array)];
      const [here] = await recognizer.classify([data]);
      for (const other of [[...here!], known!.reference[k]!, known!.runtime[k]!]) {
        expect(other).toHaveLength(there.length);
        other.forEach((p, i) => expect(Math.abs(p - there[i]!)).toBeLessThan(1e-5));
      }
    }
    await session.release();
    await recognizer.release();
  });

  test('is opened by its path in the place of weights, as the same recognizer', async () => {
    const path = file('own', `${name}.onnx`);
    expect(await run(name, '--out', path)).toBe(0);
    expect(existsSync(file('own', `${name}.json`))).toBe(true);
    const own = await openRecognizer({ weights: path, threads: 1 });
    const shipped = await openRecognizer({ network: name, threads: 1 });
    expect(own.card).toEqual({ ...shipped.card, file: `${name}.onnx` });
    const length = own.size ** 2 * (name.startsWith('mfdan') ? 4 : 3);
    const input = Float32Array.from({ length }, (_, i) => inputs[0]!(i));
    expect(await own.classify([input])).toEqual(await shipped.classify([input]));
    await own.release();
    await shipped.release();
  });
});

test('both files appear or none', async () => {
  mkdirSync(file('taken', 'model.json'), { recursive: true });
  expect(await run('merba', '--out', file('taken'))).toBe(2);
  expect(stderr).toContain('cannot write');
  expect(readdirSync(file('taken'))).toEqual(['model.json']);
  writeFileSync(file('file'), '');
  expect(await run('merba', '--out', file('file'))).toBe(2);
  expect(await run('merba', '--out', file('file', 'below'))).toBe(2);
});

test.each([
  ['nowhere.safetensors', 'there is no file nowhere.safetensors'],
  ['ensemble', 'Export its members'],
  [new URL(import.meta.url).pathname, 'export.test.ts is not a weights file'],
])('%s is refused, and nothing is written', async (weights, message) => {
  expect(await run(weights, '--out', file('none'))).toBe(2);
  expect(stderr).toContain(message);
  expect(existsSync(file('none'))).toBe(false);
});

test('an ONNX file without its description is not opened', async () => {
  writeFileSync(file('alone.onnx'), 'not looked at');
  await expect(openRecognizer({ weights: file('alone.onnx') })).rejects.toMatchObject({
    code: 'FILE_MISSING',
    hint: expect.stringContaining('alone.json') as string,
  });
});
