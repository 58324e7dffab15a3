/** @file `telltale agree` from its command line: every kind of file, tables, page, and what is refused. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { reportCsv } from '@telltale/core';
import type { Agreement, CodedEvent } from '@telltale/core/agreement';
import { parseCsv } from '@telltale/core/datasets';
import { parseHTML } from 'linkedom';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { sampleReport } from '../../../../test/sample-report.ts';
import { agreeCommand } from '../commands/agree.ts';
import { createProgram, runProgram } from '../program.ts';
import { readCoder } from './read.ts';

let folder: string;
let stdout = '';
let stderr = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-agree-'));
  [stdout, stderr] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((stderr += String(text)), true));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

async function put(path: string, text: string): Promise<string> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
  return join(folder, path);
}
const agree = (...words: string[]): Promise<number> =>
  runProgram(createProgram([agreeCommand()]), ['agree', ...words]);

const A =
  'clip,onset,apex,offset,label\na.mp4,1,1.2,1.4,micro\na.mp4,5,5.5,7,macro\nb.mp4,2,,2.4,micro\n';
const B =
  '\uFEFFClip;Onset;Apex;Offset;Label\r\na;1,04;1,2;1,4;micro\r\nb;0:02,1;;0:02.4;micro\r\nb;8;;8,3;micro\r\n';

test('two tables: counts, times, κ; a page and a table where a folder is named', async () => {
  const [a, b] = [await put('first coder.csv', A), await put('second.csv', B)];
  expect(await agree(a, b), stderr).toBe(0);
  expect(stdout).toContain('first coder and second, 2 clips');
  expect(stdout).toMatch(/any +3 \/ 3 +2 +\.67 \[/);
  expect(stdout).toMatch(/onset: second − first coder = \+70 ms/);
  expect(stdout).toContain('no file states how long 2 clips are');
  const out = join(folder, 'out');
  expect(await agree(a, b, '--out', out, '--bootstrap', '50', '--only', 'micro')).toBe(0);
  const result = JSON.parse(await readFile(join(out, 'agreement.json'), 'utf8')) as Agreement;
  expect(result).toMatchObject({ coders: ['first coder', 'second'], labels: ['micro'] });
  const [header, ...rows] = parseCsv(await readFile(join(out, 'agreement.csv'), 'utf8'));
  const f1 = rows.find(({ fields }) => fields[1] === 'micro' && fields[2] === 'f1')!.fields;
  expect(Number(f1[header!.fields.indexOf('value')])).toBeCloseTo(result.pairs[0]!.labels[1]!.f1.value!, 5); // prettier-ignore
  const page = await readFile(join(out, 'agreement.html'), 'utf8');
  const { document } = parseHTML(page);
  expect(document.querySelector('h2')!.textContent).toBe('first coder and second');
  expect(document.querySelectorAll('svg [aria-label="dot"] circle')).toHaveLength(2);
  expect(page.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:\/\//);
});

test('reports, tables of reports, and folders with a file per clip are read alike', async () => {
  const report = { ...sampleReport(), clip: { ...sampleReport().clip, name: 'x.mp4' } };
  const json = await put('A/x.json', JSON.stringify(report));
  const csv = await put('B/x.csv', reportCsv(report));
  const [first, second] = [await readCoder(json), await readCoder(csv)];
  const rounded = (events: readonly CodedEvent[]): unknown =>
    events.map(({ label, ...times }) => [
      label,
      ...Object.values(times).map((time) => time.toFixed(4)),
    ]);
  expect(rounded(second.clips[0]!.events)).toEqual(rounded(first.clips[0]!.events));
  expect(first.clips[0]).toMatchObject({ clip: 'x', duration: report.clip.duration });
  expect((await readCoder(join(folder, 'A'))).clips).toEqual(first.clips);
  expect(await readCoder(join(folder, 'B'))).toMatchObject({ name: 'B', clips: [{ clip: 'x' }] });
  const verdicts = await readCoder(json, { label: 'verdict' });
  expect(verdicts.clips[0]!.events.map(({ label }) => label)).toContain(report.expressions.find(({ verdict }) => verdict)!.verdict); // prettier-ignore
});

test('a run has its clips without expressions, and names that start a formula', async () => {
  await put(
    'run/clips.csv',
    "clip,status,duration\r\nS1/a.mp4,done,10\r\n'=b.mp4,done,5\r\nc.mp4,failed,\r\n",
  );
  await put('run/expressions.csv', 'clip,number,kind,onset_time,apex_time,offset_time\r\nS1/a.mp4,1,micro,1,1.1,1.2\r\n'); // prettier-ignore
  expect(await readCoder(join(folder, 'run'))).toEqual({
    name: 'run',
    clips: [
      {
        clip: 'S1/a',
        duration: 10,
        events: [{ onset: 1, apex: 1.1, offset: 1.2, label: 'micro' }],
      },
      { clip: '=b', duration: 5, events: [] },
    ],
  });
});

test('files of one clip each belong together whatever they are called', async () => {
  const table = 'onset\toffset\tlabel\n1\t2\tx\n';
  expect(await agree(await put('anna.tsv', table), await put('ben.txt', table), await put('cy.csv', table))).toBe(0); // prettier-ignore
  expect(stdout).toContain('anna and ben, 1 clips');
  expect(stdout).toContain('Krippendorff α');
});

test.each([
  ['a,b\n1,2\n', 'DATASET_COLUMN_MISSING', 'has no column for onset'],
  ['onset,offset\n5,2\n', 'DATASET_INVALID', 'line 2: "5" to "2" is not an interval'],
  ['onset,offset\nx,2\n', 'DATASET_INVALID', 'line 2: "x"'],
])('refuses %j', async (text, code, message) => {
  const good = await put('good.csv', A);
  expect(await agree(good, await put('bad.csv', text))).toBe(2);
  expect(stderr).toContain(code);
  expect(stderr).toContain(message);
});

test('refuses a single coder, a missing file and an overlap above 1', async () => {
  const good = await put('good.csv', A);
  expect(await agree(good)).toBe(2);
  expect(stderr).toContain('1 coders are given');
  expect(await agree(good, join(folder, 'none.csv'))).toBe(2);
  expect(stderr).toContain('there is no file or folder');
  expect(await agree(good, good, '--overlap', '2')).toBe(2);
});
