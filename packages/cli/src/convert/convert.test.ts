/** @file Files of other programs, read back as annotations, and by an XML parser. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import type { Report } from '@telltale/core';
import { DOMParser } from 'linkedom';
import type { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { sampleReport } from '../../../../test/sample-report.ts';
import { readCoder } from '../agree/read.ts';
import { runConvert } from './run.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
// A part of a clip: times count from the start of the media, and the file's time line from the start of the part.
const sample = sampleReport();
const report: Report = {
  ...sample,
  clip: { ...sample.clip, name: 'S1 & "x" #2.mp4', start: 0.02, firstFrame: 1 },
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-convert-'));
  await writeFile(at('report.json'), JSON.stringify(report));
  await writeFile(
    at('anna.csv'),
    'onset,apex,offset,label\n0.1,0.2,0.3,happy\n0.25,,0.5,"sad ""x"" <b>"\n0.7,,0.9,happy\n',
  );
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const elan = async (name: string): Promise<ReturnType<typeof parseHTML>['document']> => {
  const parsed: unknown = new DOMParser().parseFromString(await readFile(at(name), 'utf8'), 'text/xml'); // prettier-ignore
  return parsed as ReturnType<typeof parseHTML>['document'];
};

describe.each(['eaf', 'TextGrid'])('.%s', (extension) => {
  test('holds the events of a coder and of telltale, to the millisecond', async () => {
    for (const source of ['anna.csv', 'report.json']) {
      const out = at(`one.${extension}`);
      await runConvert([at(source)], { out, overwrite: true });
      const wanted = (await readCoder(at(source))).clips[0]!;
      const got = (await readCoder(out)).clips[0]!;
      expect(got.events).toHaveLength(wanted.events.length);
      const key = (event: object): string =>
        Object.entries(event).map(([name, value]) => `${name} ${typeof value === 'number' ? value.toFixed(3) : value}`).sort().join(); // prettier-ignore
      expect(got.events.map(key).sort()).toEqual(wanted.events.map(key).sort());
    }
  });

  test('has the tiers of a machine and of coders apart, and is read as those of the coder', async () => {
    const out = at(`both.${extension}`);
    await runConvert([at('report.json'), at('anna.csv')], { out });
    const [clip] = (await readCoder(out)).clips;
    expect(clip!.events.map(({ label }) => label).sort()).toEqual([
      'happy',
      'happy',
      'sad "x" <b>',
    ]);
  });
});

test('ELAN: media, its offset, vocabularies, who annotated, time slots in order', async () => {
  await runConvert([at('report.json'), at('anna.csv')], { out: at('both.eaf'), overwrite: true });
  const document = await elan('both.eaf');
  const media = document.querySelector('MEDIA_DESCRIPTOR')!;
  expect(media.getAttribute('TIME_ORIGIN')).toBe('20');
  expect(media.getAttribute('MEDIA_URL')).toBe('./S1%20%26%20%22x%22%20%232.mp4');
  const tiers = [...document.querySelectorAll('TIER')];
  expect(tiers.map((tier) => [tier.getAttribute('TIER_ID'), tier.getAttribute('ANNOTATOR')])).toEqual([
    ...[['telltale', 'telltale'], ['class telltale', 'telltale'], ['units telltale', 'telltale'], ['apex telltale', 'telltale']],
    ...[['comment telltale', 'telltale'], ['anna', 'anna'], ['anna 2', 'anna'], ['apex anna', 'anna']],
  ]); // prettier-ignore
  const types = new Map([...document.querySelectorAll('LINGUISTIC_TYPE')].map((type) => [type.getAttribute('LINGUISTIC_TYPE_ID'), type.getAttribute('CONTROLLED_VOCABULARY_REF')])); // prettier-ignore
  const entries = (id: string): string[] =>
    [...document.querySelectorAll('CONTROLLED_VOCABULARY')]
      .filter((one) => one.getAttribute('CV_ID') === id)
      .flatMap((one) => [...one.querySelectorAll('CVE_VALUE')].map((value) => value.textContent));
  const vocabulary = (tier: number): string[] =>
    entries(types.get(tiers[tier]!.getAttribute('LINGUISTIC_TYPE_REF'))!);
  expect(vocabulary(0)).toEqual(['micro', 'macro', 'blink']);
  expect(vocabulary(5)).toEqual(['happy', 'sad "x" <b>']);
  const units = [...tiers[2]!.querySelectorAll('ANNOTATION_VALUE')].map((one) => one.textContent);
  expect(units).toEqual(['1+L2+5?', '6?+12']);
  const values = [...tiers[5]!.querySelectorAll('ANNOTATION_VALUE')].map((one) => one.textContent);
  expect(values).toEqual(['happy', 'happy']);
  const times = [...document.querySelectorAll('TIME_SLOT')].map((slot) => Number(slot.getAttribute('TIME_VALUE'))); // prettier-ignore
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

/** Every interval and every point of a TextGrid, a line each. */
const LISTING = `form List
  sentence path
endform
Read from file: path$
tiers = Get number of tiers
writeInfo: ""
for tier to tiers
  name$ = Get tier name: tier
  isInterval = Is interval tier: tier
  if isInterval
    count = Get number of intervals: tier
    for i to count
      text$ = Get label of interval: tier, i
      start = Get start time of interval: tier, i
      end = Get end time of interval: tier, i
      if text$ <> ""
        appendInfoLine: name$, "|", fixed$ (start, 3), "|", fixed$ (end, 3), "|", text$
      endif
    endfor
  else
    count = Get number of points: tier
    for i to count
      text$ = Get label of point: tier, i
      time = Get time of point: tier, i
      appendInfoLine: name$, "|", fixed$ (time, 3), "|", text$
    endfor
  endif
endfor
`;

test.skipIf(spawnSync('praat', ['--version']).status !== 0)(
  'Praat reads every tier of a TextGrid (skipped without praat)',
  async () => {
    await runConvert([at('report.json'), at('anna.csv')], { out: at('read.TextGrid') });
    await writeFile(at('list.praat'), LISTING);
    const { stdout, stderr } = spawnSync('praat', ['--run', at('list.praat'), at('read.TextGrid')], { encoding: 'utf8' }); // prettier-ignore
    const lines = stdout.trim().split('\n');
    expect(lines, stderr).toEqual(
      expect.arrayContaining([
        'anna|0.100|0.300|happy',
        'anna|0.700|0.900|happy',
        'anna 2|0.250|0.500|sad "x" <b>',
        'apex anna|0.200|apex',
      ]),
    );
    const { expressions } = report;
    for (const [tier, count] of [
      ['telltale', expressions.length],
      ['apex telltale', expressions.length],
    ] as const) {
      // prettier-ignore
      expect(lines.filter((line) => line.startsWith(`${tier}|`))).toHaveLength(count);
    }
  },
);

test('subtitles: cues in order, without markup of their own', async () => {
  await runConvert([at('anna.csv')], { out: at('x.vtt') });
  const text = await readFile(at('x.vtt'), 'utf8');
  expect(text).toBe(`WEBVTT

1
00:00:00.100 --> 00:00:00.300
<v anna>happy

2
00:00:00.250 --> 00:00:00.500
<v anna>sad "x" &lt;b&gt;

3
00:00:00.700 --> 00:00:00.900
<v anna>happy

`);
});

test('a run gives a file per clip; what does not fit together is refused', async () => {
  await mkdir(at('run/clips/a'), { recursive: true });
  await writeFile(at('run/clips/a/report.json'), JSON.stringify(report));
  await writeFile(at('run/clips.csv'), 'clip,status,report\r\nS1/a.mp4,done,clips/a/report.html\r\nb.mp4,failed,\r\n'); // prettier-ignore
  await writeFile(at('run/expressions.csv'), 'clip\r\n');
  await runConvert([at('run')], { out: at('files'), format: 'eaf' });
  expect((await readCoder(at('files/S1/a.eaf'))).clips[0]!.events).toHaveLength(report.expressions.length); // prettier-ignore
  await runConvert([at('run'), at('anna.csv')], { out: at('joined.eaf') });
  expect((await elan('joined.eaf')).querySelectorAll('TIER')).toHaveLength(8);
  for (const options of [
    { out: at('x.txt') },
    { out: at('x.eaf'), format: 'vtt' as const },
    { out: at('files'), format: undefined },
  ]) {
    await expect(runConvert([at('run')], options)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  }
  await writeFile(at('none.csv'), 'onset,offset,label\n');
  for (const options of [{ out: at('none.eaf') }, { out: at('none'), format: 'vtt' as const }]) {
    await expect(runConvert([at('none.csv')], options)).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining('none.csv') as string,
    });
  }
});
