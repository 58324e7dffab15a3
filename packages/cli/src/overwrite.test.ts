/** @file No command replaces a file that was there, without --overwrite: all commands with --out. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { composeReport } from '../../core/src/report/compose.ts';
import type { Moment } from '../../core/src/report/report.ts';
import { loadAllCommands, loadCommands } from './command-list.ts';
import { createProgram, runProgram } from './program.ts';

let folder: string;
const at = (...names: readonly string[]): string => join(folder, ...names);

/** Commands whose results are protected in another way. */
const OTHERWISE: Readonly<Record<string, string>> = {
  analyze: 'replaces only the report of the same clip, and numbers folders (report-folder.ts)',
  recognize: 'as analyze',
  'dataset prepare': 'keeps every clip under a key of all that it depends on',
  'synth dataset': 'takes a new folder only',
  'evaluate recognition': 'RUN has a plan, and is refused with another',
  'evaluate spotting': 'works on the run of telltale spot',
  'evaluate spot-then-recognize': 'works on the run of telltale spot',
  'evaluate knockout': 'keeps answers under a key of all that they depend on',
  'evaluate units': 'RUN is the folder of this evaluation',
};

/** The file that is there, and the command that would replace it; `@` is the folder. */
const LINES: readonly (readonly [file: string, line: string])[] = [
  ['spot.csv', 'spot @/none.mp4 --out @/spot.csv'],
  ['agree/agreement.csv', 'agree @/a.csv @/b.csv --out @/agree'],
  ['convert.eaf', 'convert @/a.csv --out @/convert.eaf'],
  ['convert/a.vtt', 'convert @/a.csv --format vtt --out @/convert'],
  ['show/event-1-magnified.mp4', 'show @/none.mp4 @/report.json --out @/show'],
  ['show/annotated.mp4', 'show @/none.mp4 @/report.json --out @/show'],
  ['magnify.mp4', 'magnify @/none.mp4 --out @/magnify.mp4'],
  ['synth.mp4', 'synth --out @/synth.mp4'],
  ['synth.json', 'synth clip --out @/synth.mp4'],
  ['w.safetensors', 'pretrain --data FER:@/none --out @/w.safetensors'],
  ['w.safetensors', 'train --data @/none --out @/w.safetensors'],
  ['p.csv', 'predict --data @/none --out @/p.csv'],
  ['flow/colors.png', 'flow @/none.png @/none.png --out @/flow'],
  ['c.safetensors', 'calibrate --weights @/none --scores @/none --out @/c.safetensors'],
  ['export/model.json', 'export merba --out @/export'],
  ['mine.json', 'export merba --out @/mine.onnx'],
];

const all = createProgram(await loadAllCommands());
const leaves = (command: CommandUnknownOpts, words: readonly string[]): [string, CommandUnknownOpts][] =>
  command.commands.length === 0 ? [[words.join(' '), command]] : command.commands.flatMap((one) => leaves(one, [...words, one.name()])); // prettier-ignore
const commands = leaves(all, []).filter(([, { options }]) => options.some(({ long }) => long === '--out')); // prettier-ignore

/** The report of a clip with one micro-expression. */
function reportOfOne(): object {
  const times = [0, 0.1, 0.2, 0.3];
  const moment = (frame: number): Moment => ({ frame, time: times[frame]! });
  const event = { onset: moment(0), apex: moment(1), offset: moment(2), duration: 0.2 };
  return composeReport({
    clip: { name: 'none.mp4', width: 320, height: 240, rate: 10 },
    ...{ times, seen: times.map(() => true), faces: times.map(() => 1), framings: ['whole'] },
    ...{ interocular: 60, curve: [0, 1, 0, 0], threshold: 0.5, recognizer: undefined, made: [] },
    expressions: [{ ...event, kind: 'micro', confidence: 0.8, regions: {} }],
  });
}

async function run(line: string): Promise<{ readonly status: number; readonly stderr: string }> {
  let stderr = '';
  const error = vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((stderr += String(text)))); // prettier-ignore
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const words = line.replaceAll('@', folder).split(' ');
  const status = await runProgram(createProgram(await loadCommands(words)), words);
  error.mockRestore();
  out.mockRestore();
  return { status, stderr };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-overwrite-'));
  for (const name of ['a', 'b']) await writeFile(at(`${name}.csv`), 'onset,offset\n1,2\n');
  await writeFile(at('report.json'), JSON.stringify(reportOfOne()));
});
afterAll(() => rm(folder, { recursive: true }));

test('each command that writes is known, and has --overwrite or another rule', () => {
  const with_ = commands.filter(([, { options }]) => options.some(({ long }) => long === '--overwrite')); // prettier-ignore
  const known = [...with_.map(([name]) => name), ...Object.keys(OTHERWISE)];
  expect(known.sort()).toEqual(commands.map(([name]) => name).sort());
  const tried = new Set(LINES.map(([, line]) => /^(?:synth clip|\w+)/.exec(line)![0]));
  expect([...tried].map((name) => (name === 'synth' ? 'synth clip' : name)).sort()).toEqual([...with_.map(([name]) => name), 'synth clip'].sort()); // prettier-ignore
});

describe('a file that is there stays', () => {
  test.each(LINES)('%s: %s', async (file, line) => {
    await mkdir(dirname(at(file)), { recursive: true });
    await writeFile(at(file), 'work of a day');
    const before = await readdir(folder, { recursive: true });
    const { status, stderr } = await run(line);
    expect(stderr).toContain(`error OUTPUT_UNWRITABLE: ${at(file)} is there already`);
    expect(status).toBe(2);
    expect(await readFile(at(file), 'utf8')).toBe('work of a day');
    expect(await readdir(folder, { recursive: true })).toEqual(before);
    await rm(at(file));
  });
});

test('--overwrite replaces it, and other files of the folder stay', async () => {
  await mkdir(at('agreed'));
  for (const name of ['agreement.csv', 'notes.txt']) await writeFile(at('agreed', name), 'before');
  await writeFile(at('both.eaf'), 'before');
  expect((await run('agree @/a.csv @/b.csv --out @/agreed --overwrite')).status).toBe(0);
  expect((await run('convert @/a.csv --out @/both.eaf --overwrite')).status).toBe(0);
  expect(await readFile(at('agreed', 'agreement.csv'), 'utf8')).not.toBe('before');
  expect(await readFile(at('agreed', 'notes.txt'), 'utf8')).toBe('before');
  expect(await readFile(at('both.eaf'), 'utf8')).toContain('<ANNOTATION_DOCUMENT');
});
