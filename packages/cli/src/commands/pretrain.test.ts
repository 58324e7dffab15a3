/** @file `pretrain`, and `train` and `evaluate` that begin with what it made, from their command lines. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { readSafetensors } from '@telltale/engine';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { runPretrain } from '../pretrain/run.ts';
import { createProgram, runProgram } from '../program.ts';
import { predictCommand } from './predict.ts';
import { pretrainCommand } from './pretrain.ts';
import { trainCommand } from './train.ts';

let data: string;
let out: string;
let [stdout, stderr] = ['', ''];

let noise = 11;
const grain = (): number => {
  noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
  return noise >>> 28;
};

/** A gray or color image that is brighter in one third of its rows. */
async function writeFace(
  path: string,
  { third, width = 12, height = 12, channels = 3 }: FaceOptions,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const pixels = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const row = Math.floor(i / (width * channels));
    return 90 + grain() + (Math.floor((3 * row) / height) === third ? 90 : 0);
  });
  const image = sharp(pixels, { raw: { width, height, channels } });
  await writeFile(path, await (path.endsWith('.jpg') ? image.jpeg() : image.png()).toBuffer());
}

interface FaceOptions {
  readonly third: number;
  readonly width?: number;
  readonly height?: number;
  readonly channels?: 1 | 3 | 4;
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'telltale-macro-'));
  for (let i = 0; i < 24; i++) {
    const third = i % 3;
    const emotion = ['angry', 'happy', 'surprise'][third]!;
    const part = i < 18 ? 'train' : 'validation';
    await writeFace(join(data, `fer/${part}/${emotion}/${i}.jpg`), { third, channels: 1 });
    const sizes = { width: 9 + i, height: 31 - i };
    await writeFace(join(data, `own/${['up', 'amid', 'down'][third]!}/${i}.png`), {
      third,
      ...sizes,
    });
  }
  for (let subject = 0; subject < 12; subject++) {
    const name = `S${String(subject).padStart(3, '0')}`;
    for (const [session, third] of [
      ['001', 0],
      ['002', 2],
    ] as const) {
      for (let frame = 1; frame <= 4; frame++) {
        const path = `ck/cohn-kanade-images/${name}/${session}/${name}_${session}_0000000${frame}.png`;
        await writeFace(join(data, path), { third: frame < 2 ? 9 : third, channels: 4 });
      }
      const label = join(
        data,
        `ck/Emotion/${name}/${session}/${name}_${session}_00000004_emotion.txt`,
      );
      await mkdir(dirname(label), { recursive: true });
      await writeFile(label, third === 0 ? '   1.0000000e+00\n' : '   7.0000000e+00\n');
    }
  }
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
  return runProgram(createProgram([pretrainCommand(), trainCommand(), predictCommand()]), words);
}

const sources = (): string[] => [
  '--data',
  `FER:${join(data, 'fer')}`,
  `CKPLUS:${join(data, 'ck')}`,
  '--data',
  `FOLDER:${join(data, 'own')}`,
];
const brief = ['--config', 'tiny-faces', '--epochs', '3', '--batch', '16', '--threads', '1'];
const pretrain = (name: string, ...more: string[]): Promise<number> =>
  run('pretrain', ...sources(), ...brief, '--out', join(out, name), ...more);

/** Flow images of three emotions, four subjects, and faces where they are named. */
async function writeFlow(folder: string, side = 8, faces: readonly string[] = []): Promise<void> {
  const lines = [['dataset,subject,clip,emotion,flow', ...faces].join(',')];
  for (let i = 0; i < 24; i++) {
    const emotion = ['negative', 'positive', 'surprise'][i % 3]!;
    await writeFace(join(folder, `flow/${i}.png`), { third: i % 3, width: side, height: side });
    for (const face of faces) {
      const third = face === 'apex' ? i % 3 : 9;
      await writeFace(join(folder, `${face}/${i}.png`), { third, width: side, height: side });
    }
    const files = ['flow', ...faces].map((kind) => `${kind}/${i}.png`);
    lines.push([`made,s${i % 4},c${i},${emotion}`, ...files].join(','));
  }
  await writeFile(join(folder, 'samples.csv'), lines.join('\n'));
}

describe('pretrain', () => {
  test('joins three datasets, reports the accuracy of each head, and its trunk initializes another training', async () => {
    expect(await pretrain('one.safetensors'), stderr).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toBe(join(out, 'one.safetensors'));
    expect(lines.slice(1).map((line) => line.replace(/ \d+\.\d %/, ' X'))).toEqual([
      'FER X of 6 held-out faces right (chance 33.3 %)',
      'CKPLUS X of 12 held-out faces right (chance 50.0 %)',
      'own X of 3 held-out faces right (chance 33.3 %)',
    ]);
    expect(stderr).toContain(
      'FER: 18 faces for training, 6 held out, 3 classes (anger, happiness, surprise)',
    );
    expect(await readdir(out)).toEqual(['one.safetensors']);
    const { metadata } = readSafetensors(await readFile(join(out, 'one.safetensors')));
    expect(JSON.parse(metadata['classes']!)).toHaveLength(8);
    expect(JSON.parse(metadata['pretrained']!)).toMatchObject([
      { name: 'FER', train: 18, validation: 6 },
      { name: 'CKPLUS', train: 60, validation: 12 },
      { name: 'own', train: 21, validation: 3 },
    ]);

    const flow = join(out, 'flow');
    await writeFlow(flow);
    const train = (...more: string[]): Promise<number> =>
      run(
        'train',
        '--data',
        flow,
        '--network',
        'densemix',
        '--config',
        'tiny',
        '--epochs',
        '4',
        '--batch',
        '8',
        '--threads',
        '1',
        ...more,
      );
    const from = ['--from', join(out, 'one.safetensors')];
    expect(await train('--out', join(out, 'with.safetensors'), ...from), stderr).toBe(0);
    expect(await train('--out', join(out, 'without.safetensors')), stderr).toBe(0);
    const [with_, without] = await Promise.all(
      ['with', 'without'].map(async (name) =>
        readSafetensors(await readFile(join(out, `${name}.safetensors`))),
      ),
    );
    expect(JSON.parse(with_!.metadata['from']!)).toMatchObject({ frozen: 1, slower: 10 });
    expect(without!.metadata['from']).toBeUndefined();
    expect(with_!.tensors['stem.weight']!.data).not.toEqual(without!.tensors['stem.weight']!.data);

    stderr = '';
    expect(
      await run(
        'predict',
        '--data',
        flow,
        '--weights',
        join(out, 'one.safetensors'),
        '--out',
        join(out, 'p.csv'),
      ),
    ).toBe(2);
    expect(stderr).toMatch(/^error WEIGHTS_MISMATCH: .*: the weights come from pretraining/);
    stderr = '';
    const large = join(out, 'large');
    await writeFlow(large, 28);
    const wrong = ['--out', join(out, 'x'), ...from, '--data', large, '--config', 'flow28'];
    expect(await train(...wrong)).toBe(2);
    expect(stderr).toMatch(/^error WEIGHTS_MISMATCH: .*stem.weight has shape \[24, 3, 3, 3\]/);
    stderr = '';
    expect(
      await train('--out', join(out, 'x'), ...from, '--network', 'merba', '--config', 'tiny'),
    ).toBe(2);
    expect(stderr).toMatch(/^error OPTION_INVALID: network merba cannot be initialized/);
    expect((await readdir(out)).sort()).toEqual([
      'flow',
      'large',
      'one.safetensors',
      'with.safetensors',
      'without.safetensors',
    ]);
  }, 120_000);

  test('pretrains the image branch of mfdan, with which a training on faces begins', async () => {
    const mfdan = ['--network', 'mfdan', '--config', 'tiny-faces'];
    const start = join(out, 'image.safetensors');
    expect(await pretrain('image.safetensors', ...mfdan), stderr).toBe(0);
    expect(stdout.match(/ held-out faces right /g)).toHaveLength(3);
    const { metadata, tensors } = readSafetensors(await readFile(start));
    expect(metadata).toMatchObject({ network: 'mfdan', planes: '["difference"]' });
    expect(Object.keys(tensors).some((name) => /flow|driven|auxiliary/.test(name))).toBe(false);

    const flow = join(out, 'flow');
    await writeFlow(flow, 8, ['apex', 'onset']);
    const brief = ['--data', flow, '--epochs', '4', '--batch', '8', '--threads', '1'];
    const train = (name: string, ...more: string[]): Promise<number> =>
      run('train', ...brief, ...mfdan, '--out', join(out, name), ...more);
    stderr = '';
    expect(await train('with.safetensors', '--from', start), stderr).toBe(0);
    expect(stderr).toMatch(/taken from the weights: .*levels\.\*\.image\.\*\.conv/);
    expect(stderr).toMatch(/initialized randomly: .*levels\.\*\.flow\.\*\.conv.*head/);
    const made = readSafetensors(await readFile(join(out, 'with.safetensors')));
    expect(JSON.parse(made.metadata['from']!)).toMatchObject({
      branch: true,
      frozen: 1,
      slower: 1,
    });
    stderr = '';
    const other = ['--network', 'densemix', '--config', 'tiny'];
    expect(await train('x.safetensors', '--from', start, ...other)).toBe(2);
    expect(stderr).toMatch(/^error WEIGHTS_MISMATCH: .*network 'mfdan', not to densemix/m);
    stderr = '';
    expect(await pretrain('y.safetensors', '--network', 'mfdan', '--config', 'face99')).toBe(2);
    expect(stderr).toContain("network mfdan has no config 'face99'");
    expect((await readdir(out)).sort()).toEqual(['flow', 'image.safetensors', 'with.safetensors']);
  }, 120_000);

  test('resumes after an interruption with the same bits, and only with the same settings', async () => {
    expect(await pretrain('whole.safetensors'), stderr).toBe(0);
    const options = {
      network: 'densemix',
      config: 'tiny-faces',
      data: sources().filter((word) => word !== '--data'),
      out: join(out, 'cut.safetensors'),
      epochs: 3,
      batch: 16,
      seed: 1,
      threads: 1,
      restart: false,
    };
    // Asked a few times while reading, then twice for each of 7 steps of an epoch: the last of these is in epoch 2.
    let asked = 0;
    const signal = {
      get aborted() {
        asked += 1;
        return asked > 20;
      },
      throwIfAborted: () => undefined,
    } as unknown as AbortSignal;
    await expect(runPretrain(options, signal)).rejects.toMatchObject({ code: 'CANCELED' });
    expect(await readdir(out)).toContain('cut.safetensors.checkpoint');
    expect(await pretrain('cut.safetensors', '--seed', '2')).toBe(2);
    expect(stderr).toContain('seed 1, now 2');
    expect(await pretrain('cut.safetensors'), stderr).toBe(0);
    expect(stderr).toContain('resumes after epoch 1');
    const [cut, whole] = await Promise.all(
      ['cut', 'whole'].map((name) => readFile(join(out, `${name}.safetensors`))),
    );
    expect(cut!.equals(whole!)).toBe(true);
  }, 120_000);

  test('refuses what it cannot use with one error, and writes nothing', async () => {
    const bad = await mkdtemp(join(tmpdir(), 'telltale-bad-'));
    await writeFace(join(bad, 'small/a/1.png'), { third: 0, width: 5, height: 40 });
    await writeFace(join(bad, 'small/b/2.png'), { third: 0 });
    await writeFace(join(bad, 'empty/a/1.png'), { third: 0 });
    await mkdir(join(bad, 'empty/b'));
    await writeFace(join(bad, 'single/a/1.png'), { third: 0 });
    await writeFace(join(bad, 'broken/a/1.png'), { third: 0 });
    await mkdir(join(bad, 'broken/b'));
    await writeFile(join(bad, 'broken/b/2.png'), 'no image');
    const cases: readonly (readonly [string[], string])[] = [
      [['FERPLUS:x'], "error OPTION_INVALID: there is no dataset of expressions 'FERPLUS'"],
      [['nowhere'], 'error OPTION_INVALID: --data nowhere is not a dataset and a folder'],
      [[`FER:${join(bad, 'gone')}`], 'error DATASET_FILE_MISSING: there is no folder'],
      [[`FOLDER:${join(bad, 'small')}`], 'the face has 5×40 pixels'],
      [[`FOLDER:${join(bad, 'empty')}`], 'error DATASET_INVALID: the class b of'],
      [[`FOLDER:${join(bad, 'single')}`], 'has one class only, "a"'],
      [[`FOLDER:${join(bad, 'broken')}`], `cannot use the image ${join(bad, 'broken/b/2.png')}`],
      [[`FER:${join(data, 'fer')}`, `fer:${join(data, 'fer')}`], 'the dataset FER is given twice'],
      [[`FER:${join(data, 'fer')}`, '--config', 'flow28'], 'flow28 of densemix looks at flow'],
      [[`FER:${join(data, 'fer')}`, '--config', 'face99'], "densemix has no config 'face99'"],
      [[`FER:${join(data, 'fer')}`, '--network', 'merba'], 'network merba cannot be fine-tuned'],
    ];
    for (const [words, message] of cases) {
      stderr = '';
      const code = await run('pretrain', ...brief, '--out', join(out, 'w'), '--data', ...words);
      expect([code, stderr.match(/^error /gm)?.length], stderr).toEqual([2, 1]);
      expect(stderr).toContain(message);
    }
    expect(await readdir(out)).toEqual([]);
    await rm(bad, { recursive: true });
  }, 60_000);
});
