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
    events.map(({ label, onset, apex, offset, isMachine }) => [
      ...[label, isMachine],
      ...[onset, apex, offset].map((time) => time?.toFixed(4)),
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

test('files of ELAN and Praat are read: tiers, apexes, media offset, both TextGrid formats', async () => {
  const eaf = `<?xml version="1.0"?><ANNOTATION_DOCUMENT><HEADER><MEDIA_DESCRIPTOR MEDIA_URL="file:///v/a%20b.mp4" TIME_ORIGIN="500"/></HEADER>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="1" TIME_VALUE="1000"/><TIME_SLOT TIME_SLOT_ID="2" TIME_VALUE="1400"/><TIME_SLOT TIME_SLOT_ID="3" TIME_VALUE="1200"/><TIME_SLOT TIME_SLOT_ID="4"/></TIME_ORDER>
<TIER TIER_ID="coder 1"><ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="1" TIME_SLOT_REF2="2"><ANNOTATION_VALUE>micro: sad &amp; so</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
<ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="1" TIME_SLOT_REF2="4"><ANNOTATION_VALUE>no time</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="apex"><ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="3" TIME_SLOT_REF2="2"><ANNOTATION_VALUE>x</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>`;
  expect((await readCoder(await put('anna.eaf', eaf))).clips).toEqual([
    {
      clip: 'a b',
      events: [{ onset: 1.5, apex: 1.7, offset: 1.9, detail: 'sad & so', label: 'micro' }],
    },
  ]);
  const long = `File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 9.5
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "events"
        xmin = 0
        xmax = 9.5
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 1.5
            text = ""
        intervals [2]:
            xmin = 1.5
            xmax = 1.9
            text = "mi""cro"
    item [2]:
        class = "TextTier"
        name = "apex"
        xmin = 0
        xmax = 9.5
        points: size = 1
        points [1]:
            number = 1.7
            mark = "AU12"
`;
  const short = `"ooTextFile"\n"TextGrid"\n0\n9.5\n<exists>\n2\n"IntervalTier"\n"events"\n0\n9.5\n2\n0\n1.5\n""\n1.5\n1.9\n"mi""cro"\n"TextTier"\n"apex"\n0\n9.5\n1\n1.7\n"AU12"\n`;
  for (const text of [long, short.replace('"ooTextFile"', 'File type = "ooTextFile"')]) {
    expect((await readCoder(await put('ben.TextGrid', text))).clips).toEqual([
      { clip: 'ben', duration: 9.5, events: [{ onset: 1.5, apex: 1.7, offset: 1.9, label: 'mi"cro' }] }, // prettier-ignore
    ]);
  }
  expect(await agree(join(folder, 'anna.eaf'), join(folder, 'ben.TextGrid')), stderr).toBe(0);
  expect(stdout).toContain('anna and ben, 1 clip\n');
  for (const [name, text] of [
    ['a.eaf', '<x/>'],
    ['b.TextGrid', long.slice(0, 200)],
    ['c.TextGrid', 'no'],
    ['d.TextGrid', short.replace('\n1.9\n', '\n1.4\n')],
    ['e.eaf', eaf.replace('"1000"', '"x"')],
  ] as const) {
    // prettier-ignore
    expect(await agree(join(folder, 'anna.eaf'), await put(name, text))).toBe(2);
    expect(stderr).toContain(name);
  }
});

test('a name in an EAF file whose escapes are not UTF-8 is kept', async () => {
  const eaf = `<ANNOTATION_DOCUMENT><HEADER><MEDIA_DESCRIPTOR MEDIA_URL="a%FF.mp4"/></HEADER></ANNOTATION_DOCUMENT>`;
  expect((await readCoder(await put('anna.eaf', eaf))).clips).toEqual([{ clip: 'a%FF', events: [] }]); // prettier-ignore
});

test('files of one clip each belong together whatever they are called', async () => {
  const table = 'onset\toffset\tlabel\n1\t2\tx\n';
  expect(await agree(await put('anna.tsv', table), await put('ben.txt', table), await put('cy.csv', table))).toBe(0); // prettier-ignore
  expect(stdout).toContain('anna and ben, 1 clip\n');
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
  expect(stderr).toContain('1 coder is given');
  expect(await agree(good, join(folder, 'none.csv'))).toBe(2);
  expect(stderr).toContain('there is no file or folder');
  expect(await agree(good, good, '--overlap', '2')).toBe(2);
});
