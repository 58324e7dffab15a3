/** @file `telltale magnify` from files to files. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Frame, RgbImage } from '@telltale/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasSound, openClip, writeVideo } from '@telltale/node';

import { makeFrames, swayingBars, swayOf } from '../../../core/src/magnify/clips.cases.ts';
import { hasFfmpeg, numberedFrame, numberOf } from '../../../node/src/video/numbered-clip.cases.ts';
import { runMagnify } from '../magnify/run.ts';
import { createProgram, runProgram } from '../program.ts';
import { magnifyCommand } from './magnify.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 }); // a busy machine is not a failure

const folder = mkdtempSync(join(tmpdir(), 'telltale-magnify-'));
const at = (name: string): string => join(folder, name);
const listing = (): string[] => readdirSync(folder, { recursive: true }).map(String).sort();
afterAll(() => rmSync(folder, { recursive: true }));

const sway = { wavelength: 48, amplitude: 0.1, frequency: 2.5, frames: 72, rate: 30 };

async function saveFrames(name: string, frames: readonly RgbImage[]): Promise<void> {
  mkdirSync(at(name));
  for (const [i, { data, width, height, channels }] of frames.entries()) {
    const file = at(`${name}/${String(i).padStart(4, '0')}.png`);
    await sharp(data, { raw: { width, height, channels } }).png().toFile(file);
  }
}

async function readFrames(name: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  const clip = await openClip(at(name));
  for await (const frame of clip.frames()) frames.push({ ...frame, data: frame.data.slice() });
  await clip.close();
  return frames;
}

/** Runs the command; `@name` stands for a path in the folder. */
async function run(line: string): Promise<{ status: number; stderr: string; result: string }> {
  let [stderr, result] = ['', ''];
  const error = vi
    .spyOn(process.stderr, 'write')
    .mockImplementation((text) => Boolean((stderr += String(text))));
  const out = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => Boolean((result += String(text))));
  const words = line.split(' ').map((word) => (word.startsWith('@') ? at(word.slice(1)) : word));
  const status = await runProgram(createProgram([magnifyCommand()]), ['magnify', ...words]);
  error.mockRestore();
  out.mockRestore();
  return { status, stderr, result };
}

beforeAll(async () => {
  await saveFrames('bars', swayingBars(sway));
});

describe('telltale magnify', () => {
  it('writes a video of the same size, length and rate, with the movement enlarged', async () => {
    const { status, result, stderr } = await run('@bars --fps 30 --out @made/large.mp4');
    expect({ status, result }, stderr).toEqual({ status: 0, result: `${at('made/large.mp4')}\n` });
    const frames = await readFrames('made/large.mp4');
    expect(frames).toHaveLength(72);
    expect(frames[0]).toMatchObject({ width: 192, height: 128 });
    const clip = await openClip(at('made/large.mp4'));
    expect(clip.rate).toBeCloseTo(30, 6);
    await clip.close();
    const settled = { before: swayingBars(sway).slice(36), after: frames.slice(36) };
    const growth = swayOf(settled.after, sway) / swayOf(settled.before, sway);
    expect(growth).toBeGreaterThan(9); // 11, less what the encoder's colors round away
    expect(growth).toBeLessThan(13);
  });

  it('takes every option, and shows the clip beside its magnification', async () => {
    const options = '--alpha 5 --low 1 --high 6 --levels 4 --wavelength 12 --chroma 0.3 --beside';
    const { status, stderr } = await run(
      `@bars --fps 30 --out @both.mp4 --filter ideal ${options}`,
    );
    expect(status, stderr).toBe(0);
    const frames = await readFrames('both.mp4');
    expect(frames).toHaveLength(72);
    expect(frames[0]).toMatchObject({ width: 384, height: 128 });
    const half = (offset: number): Frame[] =>
      frames.map((frame) => ({
        ...frame,
        width: 192,
        data: Uint8Array.from(
          { length: 192 * 128 * 3 },
          (_, i) => frame.data[3 * (Math.floor(i / 576) * 384 + offset) + (i % 576)]!,
        ),
      }));
    const [left, right] = [swayOf(half(0), sway), swayOf(half(192), sway)];
    expect(left).toBeCloseTo(sway.amplitude, 1);
    expect(right / left).toBeGreaterThan(4.5);
    expect(right / left).toBeLessThan(7);
  });

  it('prints the rate of a planted pulse', async () => {
    const size = { width: 48, height: 36, frames: 150, rate: 15 };
    const skin = makeFrames(size, (t, y, x, c) => {
      const beat = Math.sin((2 * Math.PI * 78 * t) / 60 / 15);
      return 150 - 25 * c + (c === 1 ? 0.8 : 0.3) * beat + ((0.618 * (x + 7 * y + 3 * t)) % 1);
    });
    await saveFrames('skin', skin);
    const { status, result, stderr } = await run('@skin --fps 15 --pulse --out @pulse.mp4');
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('No face was found');
    const rate = Number(/^([\d.]+) beats per minute/m.exec(result)?.[1]);
    expect(Math.abs(rate - 78)).toBeLessThan(2);
    expect(await readFrames('pulse.mp4')).toHaveLength(150);
  });

  it('of a part, turned: its frames from 0 s on, and nothing of the rest', async () => {
    const frames = Array.from({ length: 40 }, (_, i) => ({ ...numberedFrame(i), time: i / 10 }));
    await writeVideo(at('numbers.mp4'), frames, { rate: 10 });
    const words = '--from 1 --to 0:02.5 --high 4 --alpha 0.01';
    for (const filter of ['iir', 'ideal']) {
      const { status, stderr } = await run(
        `@numbers.mp4 --out @part-${filter}.mp4 --filter ${filter} ${words}`,
      );
      expect(status, stderr).toBe(0);
      const part = await readFrames(`part-${filter}.mp4`);
      expect(part.map(numberOf)).toEqual(Array.from({ length: 16 }, (_, i) => i + 10));
      for (const [i, { time }] of part.entries()) expect(time).toBeCloseTo(i / 10, 3);
    }
    const { status, stderr } = await run(
      `@numbers.mp4 --out @turned.mp4 ${words} --rotate 90 --beside`,
    );
    expect(status, stderr).toBe(0);
    const [width, height] = [128, 192];
    const turned = await readFrames('turned.mp4');
    expect(turned).toHaveLength(16);
    expect(turned[0]).toMatchObject({ width: 2 * width, height });
    for (const [half, i] of [
      [0, 0],
      [0, 15],
      [1, 0],
      [1, 15],
    ] as const) {
      // prettier-ignore
      const { data } = turned[i]!;
      // Back: what lies in column x, row y came from row width - 1 - x, column y.
      const back = new Uint8Array(3 * width * height);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const from = 3 * (2 * width * y + half * width + x);
          back.set(data.subarray(from, from + 3), 3 * (height * (width - 1 - x) + y));
        }
      }
      expect(numberOf({ data: back, width: height, height: width, channels: 3 })).toBe(10 + i);
    }
  });

  it('measures the pulse of the part alone', async () => {
    const size = { width: 48, height: 36, frames: 240, rate: 15 };
    const skin = makeFrames(size, (t, y, x, c) => {
      // 78 beats per minute in the last ten seconds, 130 before.
      const beat = Math.sin((2 * Math.PI * (t < 90 ? 130 : 78) * t) / 60 / 15);
      return 150 - 25 * c + (c === 1 ? 0.8 : 0.3) * beat + ((0.618 * (x + 7 * y + 3 * t)) % 1);
    });
    await saveFrames('two-pulses', skin);
    const rateOf = async (words: string): Promise<number> => {
      const { status, result, stderr } = await run(`@two-pulses --fps 15 --pulse ${words}`);
      expect(status, stderr).toBe(0);
      return Number(/^([\d.]+) beats per minute/m.exec(result)?.[1]);
    };
    expect(Math.abs((await rateOf('--from 6 --out @late.mp4')) - 78)).toBeLessThan(2);
    expect(Math.abs((await rateOf('--to 5.9 --out @early.mp4')) - 130)).toBeLessThan(3);
  });

  it('reports that a clip is too short for a pulse rate, and magnifies it anyway', async () => {
    const { status, result, stderr } = await run('@bars --fps 30 --pulse --out @short.mp4');
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('cannot be measured');
    expect(result).toBe(`${at('short.mp4')}\n`);
  });

  it.skipIf(!hasFfmpeg)('leaves out sound, and reports it (skipped without ffmpeg)', async () => {
    const words = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=25:duration=1'];
    const sound = ['-f', 'lavfi', '-i', 'sine=duration=1', '-shortest', at('loud.mp4')];
    expect(spawnSync('ffmpeg', [...words, ...sound]).status).toBe(0);
    expect(await hasSound(at('loud.mp4'))).toBe(true);
    const { status, stderr } = await run('@loud.mp4 --out @silent.mp4');
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('sound of the clip is left out');
    expect(await hasSound(at('silent.mp4'))).toBe(false);
    expect(await readFrames('silent.mp4')).toHaveLength(25);
  });

  it.skipIf(!hasFfmpeg)(
    'keeps every frame and its time, with square pixels (skipped without ffmpeg)',
    async () => {
      // 4 s, half of them at 30 and half of them at 10 frames per second; pixels twice as wide as high.
      const input = ['-f', 'lavfi', '-i', 'testsrc=size=64x96:rate=30:duration=4'];
      const varied = ['-vf', 'select=lt(n\\,60)+not(mod(n\\,3)),setsar=2', '-vsync', 'vfr'];
      const words = ['-v', 'error', ...input, ...varied, at('varied.mp4')];
      expect(spawnSync('ffmpeg', words).status).toBe(0);
      const before = await readFrames('varied.mp4');
      expect(before).toHaveLength(80);
      const { status, stderr } = await run('@varied.mp4 --out @steady.mp4 --beside');
      expect(status, stderr).toBe(0);
      const after = await readFrames('steady.mp4');
      expect(after[0]).toMatchObject({ width: 256, height: 96 });
      expect(after).toHaveLength(80);
      for (const [i, { time }] of before.entries()) expect(after[i]!.time).toBeCloseTo(time, 3);
      expect(after.at(-1)!.time).toBeCloseTo(3.9, 3);
    },
  );

  it('leaves nothing where it is interrupted', async () => {
    const frames = Array.from({ length: 400 }, (_, i) => numberedFrame(i % 256));
    await writeVideo(at('long.mp4'), frames, { rate: 25 });
    const before = listing();
    const controller = new AbortController();
    const watch = setInterval(() => {
      if (existsSync(at('new'))) controller.abort(); // writing has begun
    }, 2);
    const options = { out: at('new/large.mp4'), pulse: false, beside: false, blur: false };
    await expect(runMagnify(at('long.mp4'), options, controller.signal)).rejects.toThrow();
    clearInterval(watch);
    expect(controller.signal.aborted).toBe(true);
    expect(listing()).toEqual(before);
  });
});

describe('telltale magnify refuses', () => {
  beforeAll(() => writeFileSync(at('text.mp4'), 'this is a letter, not a video'));

  it.each([
    ['alpha 0', 'OPTION_INVALID', '@bars --fps 30 --alpha 0'],
    ['alpha below 0', 'OPTION_INVALID', '@bars --fps 30 --alpha -2'],
    ['a band above half of the rate', 'OPTION_INVALID', '@bars --fps 30 --low 1 --high 15'],
    ['a band the wrong way round', 'OPTION_INVALID', '@bars --fps 30 --low 5 --high 2'],
    ['another filter', 'OPTION_INVALID', '@bars --fps 30 --filter fir'],
    ['too many levels', 'OPTION_INVALID', '@bars --fps 30 --levels 9'],
    ['chroma above 1', 'OPTION_INVALID', '@bars --fps 30 --chroma 2'],
    ['a folder without a rate', 'OPTION_INVALID', '@bars'],
    ['a part that is empty', 'OPTION_INVALID', '@bars --fps 30 --from 2 --to 1'],
    ['a part without frames', 'FRAMES_EMPTY', '@bars --fps 30 --from 2:00'],
    ['a turn that is none', 'OPTION_INVALID', '@bars --fps 30 --rotate 45'],
    ['a missing clip', 'FILE_MISSING', '@nothing.mp4'],
    ['a file that is not a video', 'VIDEO_UNREADABLE', '@text.mp4'],
  ])('%s', async (_, code, words) => {
    const before = listing();
    const { status, stderr, result } = await run(`${words} --out @refused.mp4`);
    expect(stderr).toMatch(new RegExp(`^error ${code}: `, 'm'));
    expect({ status, result }).toEqual({ status: 2, result: '' });
    expect(listing()).toEqual(before);
  });

  it('an output that is no .mp4, and to write over the clip', async () => {
    expect((await run('@bars --fps 30 --out @large.avi')).stderr).toContain('does not end in .mp4');
    expect((await run('@text.mp4 --out @text.mp4')).stderr).toContain('would replace the clip');
    expect(existsSync(at('text.mp4'))).toBe(true);
  });
});
