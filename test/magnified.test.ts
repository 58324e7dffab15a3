/**
 * @file Gan et al. 2024 as a whole, from clips to a verdict: magnified faces are prepared, trained on, evaluated and
 * exported, and in use a clip is magnified as the training clips were.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { telltale } from './telltale.ts';

const RATE = '60';
let room: string;
const at = (name: string): string => join(room, name);

async function run(...words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await telltale(...words);
  expect(status, `${words.join(' ')}\n${stderr}`).toBe(0);
  return stdout;
}

/** The cells of a CSV file without quotes, by the names of its columns. */
async function rowsOf(name: string): Promise<Readonly<Record<string, string>>[]> {
  const [header, ...lines] = (await readFile(at(name), 'utf8')).trim().split('\n');
  const columns = header!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i]!, cell]))); // prettier-ignore
}

/** What a printed report has of its expressions. */
interface Printed {
  readonly expressions: readonly {
    readonly classes?: Readonly<Record<string, number>>;
    readonly verdict?: string;
  }[];
  readonly made: readonly { readonly stage: string; readonly options: object }[];
}

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'telltale-magnified-'));
});
afterAll(() => rm(room, { recursive: true }));

test('magnified faces, from clips to the verdict on a clip', async () => {
  const made = ['--layout', 'generic', '--subjects', '2', '--clips', '6', '--fps', RATE];
  await run('synth', 'dataset', ...made, '--size', '160x180', '--seed', '3', '--out', at('data'));
  const planes = ['--planes', 'apex,onset,magnified', '--alpha', '20', '--parallel', '1'];
  await run('dataset', 'prepare', 'generic', at('data'), '--out', at('cache'), ...planes);

  const networks = ['--networks', 'densemix:face28,densemix:face28-plain', '--epochs', '1'];
  const folds = ['--protocol', 'kfold', '--folds', '2', '--parallel', '1'];
  await run('evaluate', '--data', at('cache'), '--out', at('run'), ...networks, ...folds);
  const result = JSON.parse(await readFile(at('run/result.json'), 'utf8')) as {
    readonly methods: readonly { readonly label: string }[];
  };
  expect(result.methods.map(({ label }) => label)).toEqual(['densemix-face28', 'densemix-face28-plain']); // prettier-ignore

  const trained = ['--network', 'densemix', '--config', 'face28', '--epochs', '30', '--threads', '1']; // prettier-ignore
  await run('train', '--data', at('cache'), ...trained, '--out', at('mine.safetensors'));
  await run('export', at('mine.safetensors'), '--out', at('mine.onnx'));
  await run('predict', '--data', at('cache'), '--weights', at('mine.safetensors'), '--out', at('prepared.csv')); // prettier-ignore
  const [prepared] = await rowsOf('prepared.csv');
  const [sheet] = await rowsOf('cache/samples.csv');

  const clip = at(`data/${sheet!['source']!}`);
  const first = Math.min(...(await readdir(clip)).map((name) => parseInt(name, 10)));
  const frame = (column: string): string => String(Number(sheet![column]) - first);
  const moments = ['onset', 'apex', 'offset'].flatMap((name) => [`--${name}`, frame(`${name}_frame`)]); // prettier-ignore
  const weights = ['mine.safetensors', 'mine.onnx'];
  const answers: Record<string, number>[] = [];
  for (const name of weights) {
    const given = [clip, '--fps', RATE, '--weights', at(name), '--json'];
    const { expressions, made: steps } = JSON.parse(await run('recognize', ...given, ...moments)) as Printed; // prettier-ignore
    const [{ classes, verdict }] = expressions as [Printed['expressions'][number]];
    expect(verdict).toBe('unsure'); // never calibrated
    expect(steps.find(({ stage }) => stage === 'magnified apex')?.options).toEqual({ alpha: 20, warmUp: 0.25 }); // prettier-ignore
    for (const [one, probability] of Object.entries(classes!))
      expect(Math.abs(probability - Number(prepared![one])), one).toBeLessThan(0.1);
    answers.push(classes!);
  }
  expect(answers[1]).toEqual(answers[0]);

  const given = [clip, '--fps', RATE, '--weights', at('mine.onnx'), '--json'];
  const { expressions } = JSON.parse(await run('analyze', ...given)) as Printed;
  const classified = expressions.filter(({ classes }) => classes !== undefined);
  expect(classified).toHaveLength(1);
  expect(Object.keys(classified[0]!.classes!)).toEqual(Object.keys(answers[0]!));
}, 300_000);
