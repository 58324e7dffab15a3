/** @file What a report states of a recording: interlaced, with wide pixels, late, damaged; and the times of its files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readReport } from '@telltale/core';
import type { Report } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { synthesize } from '@telltale/core/synth';
import { openTools, readImage, writeVideo } from '@telltale/node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { hasBuiltin } from '../../../node/src/video/builtin/native.ts';
import { ffmpeg, hasFfmpeg } from '../../../node/src/video/numbered-clip.cases.ts';
import { analyzeCommand } from '../commands/analyze.ts';
import { convertCommand } from '../commands/convert.ts';
import { createProgram, runProgram } from '../program.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 }); // a busy machine is not a failure

const folder = mkdtempSync(join(tmpdir(), 'telltale-analyze-recordings-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));
const FRAMES = 50;

async function run(...words: string[]): Promise<void> {
  const written: string[] = [];
  const keep = (text: unknown): boolean => written.push(String(text)) > 0;
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(keep)); // prettier-ignore
  const status = await runProgram(createProgram([analyzeCommand(), convertCommand()]), words);
  for (const spy of spies) spy.mockRestore();
  expect(status, written.join('')).toBe(0);
}

async function analyzed(clip: string): Promise<Report> {
  const out = at(`${clip}-report`);
  await run('analyze', at(clip), '--out', out, '--no-recognizer');
  return readReport(readFileSync(join(out, 'report.json'), 'utf8'));
}

describe.skipIf(!hasFfmpeg || !hasBuiltin())(
  'the report of a recording (skipped where ffmpeg or the built-in decoder is missing)',
  () => {
    let apex = 0;
    beforeAll(async () => {
      const tools = await openTools({ recognizer: false });
      const faces = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
      const photo = await readImage(faces.replace('package.json', 'demo/sample3.jpg'));
      const { landmarks } = await findFace(tools.face, photo);
      await tools.close();
      const made = synthesize(photo, landmarks, {
        ...{ kind: 'brow-raise', rate: 25, seconds: FRAMES / 25, onset: 0.8, duration: 0.4 },
        ...{ amplitude: 4, width: 300, height: 300, interocular: 76, seed: 4, noise: 0, sway: 0 },
      });
      apex = made.truth.events[0]!.apex.frame / 25;
      await writeVideo(at('plain.mp4'), made.frames(), { rate: 25 });
    });

    it('states that it is interlaced, its pixels, and when it starts; so do the files of other programs', async () => {
      ffmpeg([
        ...['-itsoffset', '2', '-i', at('plain.mp4'), '-f', 'lavfi', '-i', 'sine=duration=4'],
        ...['-map', '0:v', '-map', '1:a', '-vf', 'scale=iw/2:ih,setsar=2', '-c:v', 'libx264'],
        ...['-crf', '12', '-flags', '+ilme+ildct', '-x264-params', 'tff=1', at('late.mkv')],
      ]);
      const report = await analyzed('late.mkv');
      expect(report.clip).toMatchObject({
        ...{ width: 300, height: 300, frames: FRAMES },
        recording: { deinterlaced: FRAMES, pixelAspect: 2 },
      });
      expect(report.clip.start).toBeCloseTo(2, 1);
      expect(report.caveatCodes?.map(({ code }) => code)).toContain('interlaced');
      expect(report.movement.times[0]).toBeCloseTo(2, 1);
      const found = report.expressions.find(({ kind }) => kind !== 'blink');
      expect(Math.abs((found?.apex.time ?? 0) - apex - 2)).toBeLessThan(0.13);

      const seconds = (found?.onset.time ?? 0).toFixed(2);
      const [, row] = readFileSync(at('late.mkv-report/report.csv'), 'utf8').split('\n');
      expect(row).toContain(seconds);
      await run('convert', at('late.mkv-report'), '--out', at('late.eaf'));
      const eaf = readFileSync(at('late.eaf'), 'utf8');
      // Its time line starts with the video, which starts at TIME_ORIGIN in the media.
      const origin = Number(/TIME_ORIGIN="(\d+)"/.exec(eaf)?.[1] ?? 0);
      const times = [...eaf.matchAll(/TIME_VALUE="(\d+)"/g)].map(([, time]) => Number(time));
      const onset = 1000 * (found?.onset.time ?? 0);
      expect(Math.min(...times.map((time) => Math.abs(time + origin - onset)))).toBeLessThan(2);
      await run('convert', at('late.mkv-report'), '--out', at('late.vtt'));
      const vtt = readFileSync(at('late.vtt'), 'utf8');
      const cues = [...vtt.matchAll(/^(?:00:)?00:(\d+\.\d+) -->/gm)].map(
        ([, cue]) => 1000 * Number(cue),
      );
      expect(Math.min(...cues.map((cue) => Math.abs(cue - onset)))).toBeLessThan(2);
    });

    it('lists a damaged frame as a gap without movement', async () => {
      ffmpeg(['-i', at('plain.mp4'), '-c:v', 'mjpeg', '-q:v', '2', at('whole.avi')]);
      const bytes = readFileSync(at('whole.avi'));
      let place = bytes.indexOf('movi');
      for (let i = 0; i <= 9; i++) place = bytes.indexOf('00dc', place + 4);
      const middle = place + 8 + (bytes.readUInt32LE(place + 4) >> 1);
      bytes.fill(0x55, middle, middle + 400);
      writeFileSync(at('damaged.avi'), bytes);
      const report = await analyzed('damaged.avi');
      const moment = { frame: 9, time: 0.36 };
      expect(report.clip.damaged).toEqual([{ start: moment, end: moment }]);
      expect(report.movement.values[9]).toBeNull();
      expect(report.caveatCodes?.map(({ code }) => code)).toContain('damaged');
      expect(report.face.gaps).toContainEqual({ start: moment, end: moment });
    });

    it('finds an expression whole around frames that show something else, as decoders leave them', async () => {
      const other = 'testsrc2=s=300x300:r=25:d=2';
      ffmpeg([
        ...['-i', at('plain.mp4'), '-f', 'lavfi', '-i', other, '-filter_complex'],
        ...["overlay=enable='between(n,24,25)'", '-c:v', 'mjpeg', '-q:v', '2', at('other.avi')],
      ]);
      const [whole, report] = [await analyzed('plain.mp4'), await analyzed('other.avi')];
      const [start, end] = [24, 25].map((frame) => ({ frame, time: frame / 25 }));
      expect(report.clip.interruptions).toEqual([{ start, end }]);
      expect(report.clip.cuts).toBeUndefined();
      const interrupted = report.caveatCodes?.find(({ code }) => code === 'interrupted');
      expect(interrupted?.values).toEqual({ count: 2, times: '0.96 s' });
      const found = whole.expressions.find(({ kind }) => kind !== 'blink');
      expect(report.expressions).toHaveLength(whole.expressions.length);
      const again = report.expressions.find(({ kind }) => kind === found?.kind);
      for (const moment of ['onset', 'offset'] as const) {
        const apart = (again?.[moment].frame ?? 0) - (found?.[moment].frame ?? 0);
        expect(Math.abs(apart), moment).toBeLessThanOrEqual(1);
      }
    });
  },
);
