/**
 * @file Bad input, as the requirement lists it: one clear error, exit status 2
 * and nothing half-written. Everything here starts the built program.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { listing, makeFlowFolder, makeFrames, start, telltale } from './telltale.ts';

const shipped = fileURLToPath(
  new URL('../packages/core/models/merba-flow28.safetensors', import.meta.url),
);
let room = '';
const at = (...names: string[]): string => join(room, ...names);

/** A video without a face: bars that move. */
function makeVideo(path: string, seconds: number, ...more: readonly string[]): void {
  const source = `testsrc=size=320x240:rate=30:duration=${seconds}`;
  const words = ['-v', 'error', '-f', 'lavfi', '-i', source, '-preset', 'ultrafast', ...more, path];
  execFileSync('ffmpeg', words);
}

function cutInHalf(path: string): void {
  truncateSync(path, Math.floor(statSync(path).size / 2));
}

/** A safetensors file with other tensors and another network's name in its header. */
function makeOtherWeights(path: string): void {
  const header = JSON.stringify({
    __metadata__: { network: 'unknown-network', format: 'pt' },
    'layer.weight': { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
  });
  const bytes = Buffer.alloc(8 + header.length + 16);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8);
  writeFileSync(path, bytes);
}

beforeAll(async () => {
  room = mkdtempSync(join(tmpdir(), 'telltale-errors-'));
  writeFileSync(at('text.mp4'), 'this is a letter, not a video\n'.repeat(100));
  writeFileSync(at('empty.mp4'), '');
  makeVideo(at('bars.mp4'), 2);
  makeVideo(at('truncated.mp4'), 4, '-movflags', '+faststart');
  cutInHalf(at('truncated.mp4'));
  makeVideo(at('no-index.mp4'), 4); // its table of contents is at the end, and is cut off
  cutInHalf(at('no-index.mp4'));
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'sine=duration=1', at('sound-only.mkv')],
  ]);
  await mkdir(at('no-frames'));
  await makeFrames(at('frames'), 12);
  await makeFrames(at('sizes'), 12, (frame) => (frame === 7 ? 96 : 64));
  await makeFrames(at('unreadable'), 12);
  for (let i = 0; i < 12; i++) truncateSync(at(`unreadable/${`${i}`.padStart(4, '0')}.png`), 200);
  await makeFlowFolder(at('data'), 6);
  await makeFlowFolder(at('data-without-an-image'), 6);
  rmSync(at('data-without-an-image/flow/3.png'));
  makeOtherWeights(at('other.safetensors'));
  writeFileSync(at('noise.safetensors'), Buffer.from('not weights at all'.repeat(50)));
  writeFileSync(at('cut.safetensors'), readFileSync(shipped).subarray(0, 50_000));
  writeFileSync(at('file'), '');
  const header =
    'Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion\n';
  for (const [name, row] of [
    ['outside', '1,../../etc,1,2,3,4,others\n'],
    ['giant', `1,EP01,1,2,3,${'4+'.repeat(50_000)},others\n`],
  ] as const) {
    await mkdir(at(name));
    writeFileSync(at(name, 'CASME2-coding.csv'), header + row);
  }
  await mkdir(at('huge'));
  writeFileSync(at('huge/CASME2-coding.csv'), '');
  truncateSync(at('huge/CASME2-coding.csv'), 100 * 2 ** 20);
});
afterAll(() => rmSync(room, { recursive: true, force: true }));

/** Runs the command line, `@name` standing for a path in the room, and checks what every error has in common. */
async function refused(code: string, line: string): Promise<string> {
  const before = listing(room);
  const words = line.split(' ').map((word) => (word.startsWith('@') ? at(word.slice(1)) : word));
  const { status, stdout, stderr } = await telltale(...words);
  expect(stderr.match(/^error [A-Z_]+: .+$/gm), stderr).toHaveLength(1);
  expect(stderr).toContain(`error ${code}: `);
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m); // no stack
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(listing(room)).toEqual(before);
  return stderr;
}

describe('analyze refuses', () => {
  it.each([
    ['a missing file', 'FILE_MISSING', '@missing.mp4'],
    ['what is not a video', 'VIDEO_UNREADABLE', '@text.mp4'],
    ['an empty file', 'VIDEO_UNREADABLE', '@empty.mp4'],
    ['sound without video', 'VIDEO_UNREADABLE', '@sound-only.mkv'],
    ['a truncated video without a face', 'FACE_NOT_FOUND', '@truncated.mp4'],
    ['a video cut before its index', 'VIDEO_UNREADABLE', '@no-index.mp4'],
    ['a folder without frames and clips', 'FILE_MISSING', '@no-frames --fps 100'],
    ['a clip without a face', 'FACE_NOT_FOUND', '@bars.mp4'],
    ['frames without a face', 'FACE_NOT_FOUND', '@frames --fps 100'],
    ['unreadable frames', 'FRAME_UNREADABLE', '@unreadable --fps 100'],
    ['a folder of frames without a rate', 'OPTION_INVALID', '@frames'],
    ['a rate that is not a number', 'OPTION_INVALID', '@frames --fps fast'],
  ])('%s: %s', async (_, code, clip) => {
    await refused(code, `analyze ${clip} --out @out`);
  });

  it('an output folder below a file, before it looks at the clip', async () => {
    const stderr = await refused('OUTPUT_UNWRITABLE', 'analyze @missing.mp4 --out @file/below');
    expect(stderr).toContain('is a file, not a folder');
  });

  it('weights of another network, and corrupt weights', async () => {
    await refused('WEIGHTS_MISMATCH', 'analyze @bars.mp4 --out @out --weights @other.safetensors');
    await refused('WEIGHTS_CORRUPT', 'analyze @bars.mp4 --out @out --weights @noise.safetensors');
    await refused('OPTION_INVALID', 'analyze @bars.mp4 --out @out --network resnet');
    await refused(
      'OPTION_INVALID',
      'analyze @bars.mp4 --out @out --network merba --weights @other.safetensors',
    );
    await refused('OPTION_INVALID', 'analyze @bars.mp4 --out @out --network merba --no-recognizer');
  });
});

describe('predict refuses', () => {
  it.each([
    ['a missing folder', 'DATASET_FILE_MISSING', '--data @missing'],
    ['a folder with a missing image', 'DATASET_FILE_MISSING', '--data @data-without-an-image'],
    ['a folder without a sheet', 'DATASET_FILE_MISSING', '--data @frames'],
    ['missing weights', 'FILE_MISSING', '--data @data --weights @missing.safetensors'],
    ['weights of another network', 'WEIGHTS_MISMATCH', '--data @data --weights @other.safetensors'],
    ['what is not weights', 'WEIGHTS_CORRUPT', '--data @data --weights @noise.safetensors'],
    ['weights that were cut off', 'WEIGHTS_CORRUPT', '--data @data --weights @cut.safetensors'],
  ])('%s: %s', async (_, code, words) => {
    await refused(code, `predict ${words} --out @predictions.csv`);
  });
  it('an output below a file', async () => {
    await refused('OUTPUT_UNWRITABLE', 'predict --data @data --out @file/predictions.csv');
  });
});

describe('flow refuses', () => {
  it.each([
    ['a missing image', 'FILE_MISSING', '@frames/0001.png @missing.png'],
    ['what is not an image', 'FRAME_UNREADABLE', '@frames/0001.png @text.mp4'],
    ['images of different sizes', 'FRAMES_SIZE_CHANGED', '@sizes/0006.png @sizes/0007.png'],
    ['images without a face', 'FACE_NOT_FOUND', '@frames/0001.png @frames/0002.png'],
  ])('%s: %s', async (_, code, words) => {
    await refused(code, `flow ${words} --out @out`);
  });
});

describe('magnify refuses', () => {
  it.each([
    ['alpha 0', 'OPTION_INVALID', '@bars.mp4 --alpha 0'],
    ['a band outside half of the frame rate', 'OPTION_INVALID', '@bars.mp4 --low 1 --high 15'],
    ['a missing clip', 'FILE_MISSING', '@missing.mp4'],
  ])('%s: %s', async (_, code, words) => {
    await refused(code, `magnify ${words} --out @magnified.mp4`);
  });

  it('no truncated video, and reports it', async () => {
    const { status, stderr } = await telltale(
      'magnify',
      at('truncated.mp4'),
      '--out',
      at('left.mp4'),
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).toContain('The file is cut off, and only what is left of it was magnified');
    rmSync(at('left.mp4'));
  });
});

describe('dataset check refuses', () => {
  it.each([
    ['a dataset that is none', 'OPTION_INVALID', 'casme9 @data', 'Choose one of casme, casme2'],
    ['a missing folder', 'DATASET_FILE_MISSING', 'casme2 @nowhere', 'there is no folder'],
    ['a folder without a sheet', 'DATASET_FILE_MISSING', 'casme2 @frames', 'looked for casme'],
    [
      'a name that leads out of the folder',
      'DATASET_INVALID',
      'casme2 @outside',
      'row 2: "../../etc"',
    ],
    [
      'a cell with an impossible value',
      'DATASET_INVALID',
      'casme2 @giant',
      'a cell of 100000 characters',
    ],
    ['a sheet of 100 MB', 'DATASET_INVALID', 'casme2 @huge', 'it has 100 MB'],
    [
      'a sheet of something else',
      'DATASET_COLUMN_MISSING',
      'casme2 @data --sheet @data/samples.csv',
      'no column for',
    ],
  ])('%s', async (_, code, line, message) => {
    expect(await refused(code, `dataset check ${line}`)).toContain(message);
  });
});

describe('a protocol refuses', () => {
  it('data that are not those of its numbers', async () => {
    const line = 'evaluate --data @data --out @run --network svm --protocol megc2019';
    const text = await refused('COUNTS_MISMATCH', line);
    expect(text).toContain('SAMM: none, not 133 clips of 28 subjects');
  });
});

describe('every command refuses', () => {
  it.each(['analyze', 'magnify', 'synth', 'flow', 'predict', 'train', 'evaluate', 'calibrate'])(
    '%s: an unknown option',
    async (command) => {
      const stderr = await refused('OPTION_INVALID', `${command} --frobnicate`);
      expect(stderr).toMatch(new RegExp(`telltale ${command}(?: \\w+)? --help`)); // synth is "synth clip"
    },
  );
  it('an unknown command', async () => {
    expect(await refused('OPTION_INVALID', 'analyse @bars.mp4')).toContain('Did you mean analyze?');
  });
});

describe('Ctrl-C', () => {
  /** Interrupts a run at its first word on standard error, that is, while it works. */
  async function interrupted(words: readonly string[]): Promise<void> {
    const { child, ended } = start(words);
    child.stderr!.once('data', () => void child.kill('SIGINT'));
    const { status, stdout, stderr } = await ended;
    expect(stderr).toMatch(/^error CANCELED: /m);
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
  }

  it('in the middle of analyze leaves nothing', async () => {
    makeVideo(at('long.mp4'), 600); // longer than any machine takes until the first line of progress
    const before = listing(room);
    await interrupted(['analyze', at('long.mp4'), '--no-recognizer', '--out', at('out')]);
    expect(listing(room)).toEqual(before);
  });

  it('in the middle of synth leaves nothing', async () => {
    const before = listing(room);
    await interrupted(['synth', '--out', at('made/clip.mp4'), '--seconds', '300']);
    expect(listing(room)).toEqual(before);
  });

  it('in the middle of magnify leaves nothing', async () => {
    makeVideo(at('to-magnify.mp4'), 60);
    const before = listing(room);
    const out = at('magnified/clip.mp4');
    const { child, ended } = start(['magnify', at('to-magnify.mp4'), '--out', out]);
    // Its folder shows that it encodes. A second signal would end it without cleaning up.
    const look = setInterval(() => {
      if (!child.killed && existsSync(at('magnified'))) child.kill('SIGINT');
    }, 5);
    const { status, stdout, stderr } = await ended;
    clearInterval(look);
    expect(stderr).toMatch(/^error CANCELED: /m);
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
    expect(listing(room)).toEqual(before);
  });

  it('in the middle of train leaves no weights and no temporary file', async () => {
    await mkdir(at('training'));
    const words = ['train', '--data', at('data'), '--epochs', '100000'];
    await interrupted([...words, '--out', at('training/weights.safetensors')]);
    const left = listing(at('training'));
    expect(left.filter((name) => name !== 'weights.safetensors.checkpoint')).toEqual([]);
  });
});

it.each([
  { words: ['--help'], commands: [], most: 8 },
  { words: ['--unknown'], commands: [], most: 8 },
  { words: ['--unknown', 'clip.mp4'], commands: [], most: 20 },
  { words: ['analyze', 'clip.mp4', '--unknown'], commands: ['analyze.js'], most: 25 },
])('loads nothing heavy to answer $words', async ({ words, commands, most }) => {
  const log =
    'export const load = (url, context, next) => (process._rawDebug(url), next(url, context));';
  const register = `import { register } from 'node:module'; register(${JSON.stringify(moduleOf(log))});`;
  const { stderr } = await start(words, room, { NODE_OPTIONS: `--import=${moduleOf(register)}` }).ended; // prettier-ignore
  const modules = stderr.split('\n').filter((line) => line.startsWith('file://'));
  const loaded = modules.flatMap((url) => /cli\/dist\/commands\/(?!.*-)(.*)$/.exec(url)?.[1] ?? []);
  expect(loaded).toEqual(commands);
  expect(modules.filter((url) => /engine|onnx|core\/dist\/index/.test(url))).toEqual([]);
  expect(modules.length).toBeLessThanOrEqual(most);
});

const moduleOf = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;
