/**
 * @file One clip, one answer: the page in Firefox, WebKitGTK and Chromium gives the events of the command line, for
 * mp4, webm and mpg. Each browser is skipped by name where it is not installed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Report } from '@telltale/core';
import { servePage, type ServedPage } from '../packages/cli/src/open/server.ts';
import { buildPage } from './app-build.ts';
import { hasDecoder, PHOTO } from './app-page.ts';
import { analyzeOnPage } from './browser/analyze-on-page.ts';
import { firefox, webkit, type DrivenPage } from './browser/drivers.ts';
import { useTools } from './browser/use-tools.ts';
import { telltale } from './telltale.ts';

const CLIPS = ['demo.mp4', 'demo.webm', 'demo.mpg'] as const;
/** Milliseconds for one clip. */
const LIMIT = 240_000;

const hasFfmpeg = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;

for (const driver of [firefox, webkit]) {
  const missing = [
    ...driver.missing,
    ...(hasFfmpeg ? [] : ['ffmpeg']),
    ...(hasDecoder ? [] : ['@ffmpeg/core']),
  ];
  const title = `the page in ${driver.name}`;
  const name = missing.length === 0 ? title : `${title} (skipped: there is no ${missing.join(', ')})`; // prettier-ignore
  describe.skipIf(missing.length > 0)(name, { timeout: LIMIT + 60_000 }, () => {
    let served: ServedPage | undefined;
    let page: DrivenPage | undefined;
    let folder = '';

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'telltale-browsers-'));
      const words = ['--kind', 'brow-raise', '--seed', '7', '--face', PHOTO];
      const { status, stderr } = await telltale('synth', '--out', join(folder, CLIPS[0]), ...words);
      if (status !== 0) throw new Error(stderr);
      convert(folder, CLIPS[1], ['-c:v', 'libvpx', '-b:v', '2M', '-cpu-used', '8']);
      convert(folder, CLIPS[2], ['-c:v', 'mpeg1video', '-q:v', '3']);
      served = await servePage(await buildPage(), 0);
      page = await driver.open();
    }, 900_000);

    afterAll(async () => {
      await page?.close();
      await served?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('has tools that work, or reports in one sentence that it has no encoder', async () => {
      const [clip, { address }] = [join(folder, CLIPS[0]), served!];
      await analyzeOnPage(page!, { address, clip, limit: LIMIT });
      const used = await useTools(page!, LIMIT / 2);
      expect(used.curves).toBe(3); // both sides, and the scale
      expect(used.agreement).toMatch(/^With anna: \d of \d/);
      expect(used.frames[1]).toBe(used.frames[0]);
      expect(used.isDrawn).toBe(true);
      expect(used.faces).toBe(1);
      expect(Number(used.from)).toBeCloseTo(0.5, 1);
      if (driver === firefox) {
        expect(used.clip).toMatch(/^data:video\/mp4/);
        const path = join(folder, 'event.mp4');
        writeFileSync(path, Buffer.from(used.clip.split(',')[1]!, 'base64'));
        const ask = ['-v', 'error', '-show_entries', 'stream=nb_frames', '-of', 'csv=p=0', path];
        expect(Number(spawnSync('ffprobe', ask, { encoding: 'utf8' }).stdout)).toBeGreaterThan(20);
        expect(used.all).toMatch(/^data:application\/zip/);
      } else {
        expect(used.clip).toMatch(/^This browser does not encode video\./);
        expect(used.all).toBe(used.clip);
      }
    }, 600_000);

    it.each(CLIPS)('gives the answer of the command line for %s', async (file) => {
      const clip = join(folder, file);
      const { stdout, stderr } = await telltale('analyze', clip, '--json');
      if (stdout === '') throw new Error(stderr);
      const expected = JSON.parse(stdout) as Report;
      expect(expected.expressions.some(({ kind }) => kind === 'micro')).toBe(true);
      const { address } = served!;
      const { report } = await analyzeOnPage(page!, { address, clip, limit: LIMIT });
      expectSameAnswer(report, expected);
    });
  });
}

function convert(folder: string, to: string, codec: readonly string[]): void {
  const words = ['-v', 'error', '-i', join(folder, CLIPS[0]), ...codec, join(folder, to)];
  const { status, stderr } = spawnSync('ffmpeg', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** The same events to a frame, the same kinds, and probabilities within 0.05. */
function expectSameAnswer(report: Report, expected: Report): void {
  expect(report.clip.frames).toBe(expected.clip.frames);
  expect(report.expressions.map(({ kind }) => kind)).toEqual(
    expected.expressions.map(({ kind }) => kind),
  );
  report.expressions.forEach((found, i) => {
    const there = expected.expressions[i]!;
    for (const moment of ['onset', 'apex', 'offset'] as const) {
      expect(Math.abs(found[moment].frame - there[moment].frame), moment).toBeLessThanOrEqual(1);
    }
    expect(Math.abs(found.confidence! - there.confidence!)).toBeLessThanOrEqual(0.05);
    for (const [emotion, probability] of Object.entries(there.classes ?? {})) {
      const other = found.classes?.[emotion] ?? NaN;
      expect(Math.abs(other - probability), emotion).toBeLessThanOrEqual(0.05);
    }
  });
}
