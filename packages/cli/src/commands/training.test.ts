/** @file `train` and `predict` from their command lines, on a small synthetic dataset. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readSafetensors } from '@telltale/engine';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { createProgram, runProgram } from '../program.ts';
import { runTrain } from '../train/run.ts';
import { predictCommand } from './predict.ts';
import { trainCommand } from './train.ts';

const EMOTIONS = ['negative', 'positive', 'surprise'];
let data: string;
let out: string;
let stdout = '';
let stderr = '';

/** Two subjects in each of two datasets, three emotions twice each; each emotion moves another third of the face. The first `faces` of 24 samples have an apex image. */
async function writeDataset(folder: string, side = 28, faces = 0): Promise<void> {
  await mkdir(join(folder, 'flow'), { recursive: true });
  const lines = ['dataset,subject,clip,emotion,flow,apex'];
  let noise = 7;
  for (const [dataset, subject] of ['a s1', 'a s2', 'b s1', 'b s2'].map((who) => who.split(' '))) {
    for (let clip = 0; clip < 6; clip++) {
      const emotion = clip % 3;
      const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
        noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
        const moving = Math.floor(i / (side * side)) === emotion && i % 3 > 0;
        return 110 + (noise >>> 28) + (moving ? 90 : 0);
      });
      const file = `flow/${dataset}_${subject}_${clip}.png`;
      const image = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
      await writeFile(join(folder, file), await image.png().toBuffer());
      const face = lines.length <= faces ? `apex${lines.length}.png` : '';
      if (face !== '')
        await writeFile(join(folder, face), await image.grayscale().png().toBuffer());
      lines.push(`${dataset},${subject},c${clip},${EMOTIONS[emotion]},${file},${face}`);
    }
  }
  await writeFile(join(folder, 'samples.csv'), lines.join('\n'));
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'telltale-data-'));
  await writeDataset(data);
});
afterAll(() => rm(data, { recursive: true }));
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'telltale-out-'));
  [stdout, stderr] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(out, { recursive: true });
});

function run(...words: string[]): Promise<number> {
  return runProgram(createProgram([trainCommand(), predictCommand()]), words);
}

const brief = ['--epochs', '2', '--batch', '8', '--threads', '1'];
const train = (file: string, ...more: string[]): Promise<number> =>
  run('train', '--data', data, '--out', join(out, file), ...brief, ...more);

describe('train', () => {
  test('writes weights that state what they are, the same each time, and nothing else', async () => {
    expect(await train('one.safetensors'), stderr).toBe(0);
    expect(stdout).toBe(`${join(out, 'one.safetensors')}\n`);
    expect(stderr).toContain('24 samples: 8 negative, 8 positive, 8 surprise');
    await train('two.safetensors');
    expect((await readdir(out)).sort()).toEqual(['one.safetensors', 'two.safetensors']);
    const [one, two] = await Promise.all(
      ['one', 'two'].map((name) => readFile(join(out, `${name}.safetensors`))),
    );
    expect(one!.equals(two!)).toBe(true);
    const { metadata } = readSafetensors(one!);
    expect(metadata).toMatchObject({ network: 'merba', config: 'flow28', epochs: '2', seed: '1' });
    expect(JSON.parse(metadata['classes']!)).toEqual(EMOTIONS);
    expect(metadata['data']).toMatch(/^[0-9a-f]{64}$/);
  });

  test('takes images of the size that the configuration has, and predicts them', async () => {
    const small = join(out, 'small');
    await writeDataset(small, 8);
    expect(await train('big.safetensors', '--config', 'tiny')).toBe(2);
    expect(stderr).toContain('is 28×28, not 8×8');
    expect(await train('tiny.safetensors', '--config', 'tiny', '--data', small), stderr).toBe(0);
    const files = ['--weights', join(out, 'tiny.safetensors'), '--out', join(out, 'tiny.csv')];
    expect(await run('predict', '--data', small, ...files), stderr).toBe(0);
    expect(stdout).toMatch(/UF1 \d\.\d{4}\n/);
  });

  test('gives faces to a network that uses them, and reports where it has none', async () => {
    const small = join(out, 'small');
    const mfdan = ['--network', 'mfdan', '--config', 'tiny', '--data', small];
    const imagesOf = async (name: string): Promise<unknown> => {
      const { metadata } = readSafetensors(await readFile(join(out, name)));
      expect(JSON.parse(metadata['planes']!)).toEqual(['u', 'v', 'strain', 'apex']);
      return JSON.parse(metadata['pictures']!);
    };
    await writeDataset(small, 8);
    expect(await train('flow.safetensors', ...mfdan), stderr).toBe(0);
    expect(stderr).toContain('receives the magnitude of the flow instead');
    expect(await imagesOf('flow.safetensors')).toEqual(['flow']);

    stderr = '';
    await writeDataset(small, 8, 24);
    expect(await train('faces.safetensors', ...mfdan), stderr).toBe(0);
    expect(stderr).not.toContain('magnitude');
    expect(await imagesOf('faces.safetensors')).toEqual(['flow', 'apex']);
    const predict = (folder: string): Promise<number> => {
      const weights = ['--weights', join(out, 'faces.safetensors')];
      return run(
        'predict',
        '--data',
        folder,
        ...weights,
        '--out',
        join(out, 'faces.csv'),
        '--overwrite',
      );
    };
    expect(await predict(small), stderr).toBe(0);
    await writeDataset(small, 8);
    expect(await predict(small)).toBe(2);
    expect(stderr).toContain('no apex image');

    await writeDataset(small, 8, 20);
    expect(await train('some.safetensors', ...mfdan)).toBe(2);
    expect(stderr).toContain('4 of 24 samples have no apex crop, the first is b/s2/c2');
  });

  test('fine emotions of a file train a second decision, which predict writes', async () => {
    const fine = join(out, 'fine.csv');
    const sheet = await readFile(join(data, 'samples.csv'), 'utf8');
    const rows = sheet
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    const lines = rows
      .filter(([dataset, , , emotion]) => dataset === 'a' && emotion === 'negative')
      .map((cells, i) => [...cells.slice(0, 3), i % 2 === 0 ? 'disgust' : 'repression'].join(','));
    await writeFile(fine, ['dataset,subject,clip,emotion_fine', ...lines].join('\n'));
    const weights = join(out, 'fine.safetensors');
    const words = ['--network', 'merba', '--config', 'tiny', '--epochs', '1'];
    const small = join(out, 'small');
    await writeDataset(small, 8);
    const run = (...more: readonly string[]): Promise<number> =>
      runProgram(createProgram([trainCommand(), predictCommand()]), more);
    expect(
      await run(
        'train',
        '--data',
        small,
        '--out',
        weights,
        ...words,
        '--seed',
        '1',
        '--fine',
        fine,
      ),
    ).toBe(0);
    const table = join(out, 'fine-predictions.csv');
    expect(await run('predict', '--data', small, '--weights', weights, '--out', table)).toBe(0);
    const [header, first] = (await readFile(table, 'utf8')).split('\n');
    expect(header).toMatch(
      /,negative,positive,surprise,fine_prediction,fine:disgust,fine:repression,fine:positive,fine:surprise$/,
    );
    const shares = first!.split(',').slice(9).map(Number);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 4);

    stderr = '';
    await writeFile(fine, 'dataset,subject,clip,emotion_fine\nx,s,c,disgust');
    expect(
      await run(
        'train',
        '--data',
        small,
        '--out',
        weights,
        ...words,
        '--overwrite',
        '--fine',
        fine,
      ),
    ).toBe(2);
    expect(stderr).toContain('has the fine emotion of none of the 24 samples');
    expect(
      await run('train', '--data', small, '--out', weights, ...words, '--overwrite', '--fine'),
    ).toBe(2);
    expect(stderr).toContain('has two fine emotions below it');
  });

  test('resumes after an interruption with the same bits, and only with the same settings', async () => {
    await train('whole.safetensors');
    const options = {
      data,
      out: join(out, 'cut.safetensors'),
      network: 'merba',
      epochs: 2,
      batch: 8,
      seed: 1,
      threads: 1,
      restart: false,
    };
    // An epoch asks before each of its 3 steps and after the last: the 7th question is in epoch 2.
    let asked = 0;
    const signal = {
      get aborted() {
        asked += 1;
        return asked > 6;
      },
      throwIfAborted: () => undefined,
    } as unknown as AbortSignal;
    await expect(runTrain(options, signal)).rejects.toMatchObject({ code: 'CANCELED' });
    expect((await readdir(out)).sort()).toEqual([
      'cut.safetensors.checkpoint',
      'whole.safetensors',
    ]);

    expect(await train('cut.safetensors', '--seed', '2')).toBe(2);
    expect(stderr).toContain('error CHECKPOINT_MISMATCH');
    expect(stderr).toContain('seed 1, now 2');

    expect(await train('cut.safetensors')).toBe(0);
    expect(stderr).toContain('resumes after epoch 1');
    const cut = await readFile(join(out, 'cut.safetensors'));
    expect(cut.equals(await readFile(join(out, 'whole.safetensors')))).toBe(true);
    expect(await readdir(out)).not.toContain('cut.safetensors.checkpoint');
  });

  test.each([
    [['--network', 'merbe'], "there is no network 'merbe'"],
    [['--config', 'flow27'], "no config 'flow27'"],
    [['--epochs', '0'], 'It must be an integer from 1.'],
    [['--learning-rate', '1e-3x'], 'It must be a number above 0.'],
    [['--data', '/nowhere'], 'there is no folder /nowhere'],
    [['--epoch', '3'], "unknown option '--epoch'"],
  ])('refuses %j with one error and writes nothing', async (words, message) => {
    expect(await run('train', '--data', data, '--out', join(out, 'w'), ...words)).toBe(2);
    expect(stderr.match(/^error /gm)).toHaveLength(1);
    expect(stderr).toContain(message);
    expect(await readdir(out)).toEqual([]);
  });
});

describe('predict', () => {
  const predict = (...more: string[]): Promise<number> =>
    run('predict', '--data', data, '--out', join(out, 'p.csv'), '--overwrite', ...more);

  test('writes a row per sample, and scores where emotions are known', async () => {
    await train('w.safetensors');
    const weights = ['--weights', join(out, 'w.safetensors')];
    stdout = '';
    expect(await predict(...weights), stderr).toBe(0);
    expect(stdout).toMatch(/^UF1 [01]\.\d{4}\nUAR [01]\.\d{4}\n$/);
    const [header, ...rows] = (await readFile(join(out, 'p.csv'), 'utf8')).trim().split('\n');
    const units = [1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17].map((unit) => `AU${unit}`).join(',');
    expect(header).toBe(
      `dataset,subject,clip,emotion,prediction,negative,positive,surprise,units,${units},units_synthetic_only`,
    );
    expect(rows).toHaveLength(24);
    for (const row of rows) {
      const cells = row.split(',');
      const [negative, positive, surprise] = cells.slice(5, 8).map(Number);
      expect(negative! + positive! + surprise!).toBeCloseTo(1, 4);
      expect(cells).toHaveLength(22);
      for (const cell of [cells[8], cells[21]]) expect(cell).toMatch(/^([LR]?\d+\??(\+|$))*$/);
      for (const cell of cells.slice(9, 21)) expect(cell).toMatch(/^[01]\.\d{6}$/);
    }

    const bare = join(out, 'bare');
    await writeDataset(bare);
    const sheet = await readFile(join(bare, 'samples.csv'), 'utf8');
    const lines = sheet.split('\n').map((line) => line.split(','));
    const unlabeled = lines.map(([dataset, subject, clip, , flow]) =>
      [dataset, subject, clip, flow].join(','),
    );
    await writeFile(join(bare, 'samples.csv'), unlabeled.join('\n'));
    stdout = '';
    expect(await predict('--data', bare, ...weights)).toBe(0);
    expect(stdout).toBe('');
    const text = await readFile(join(out, 'p.csv'), 'utf8');
    expect(text).toContain('dataset,subject,clip,prediction,negative');

    await writeFile(join(bare, 'samples.csv'), sheet.replace('c0,negative', 'c0,others'));
    expect(await predict('--data', bare, ...weights)).toBe(0);
    expect(stdout).toContain('UF1');
    expect(stderr).toContain('does not have their emotion: 1.');
  });

  test.each([
    ['missing', undefined, 'FILE_MISSING'],
    ['corrupt', Buffer.from('not weights at all'), 'WEIGHTS_CORRUPT'],
  ])('refuses %s weights and writes nothing', async (name, content, code) => {
    const file = join(out, name);
    if (content) await writeFile(file, content);
    expect(await predict('--weights', file)).toBe(2);
    expect(stderr).toContain(`error ${code}`);
    expect(await readdir(out)).toEqual(content ? [name] : []);
  });
});
