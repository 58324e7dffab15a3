/** @file One process reads the properties of a file and, the first time, its frames; none is left behind. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

import { afterAll, describe, expect, it } from 'vitest';

import { openClip } from './clip.ts';
import { hasSound } from './sound.ts';
import { numberedFrames, numberOf } from './numbered-clip.cases.ts';
import { writeVideo } from './write.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-parked-'));
afterAll(() => rmSync(folder, { recursive: true }));
const video = join(folder, 'clip.mp4');
await writeVideo(video, numberedFrames(6), { rate: 25 });

/** Processes that read the video. */
function readers(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const words = (pid: string): string => {
    try {
      return readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
    } catch {
      return ''; // it has ended
    }
  };
  return pids.filter((pid) => words(pid).includes(`decode-process`) && words(pid).includes(video)).map(Number); // prettier-ignore
}

async function numbersOf(clip: Awaited<ReturnType<typeof openClip>>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const frame of clip.frames()) numbers.push(numberOf(frame));
  return numbers;
}

const ALL = [0, 1, 2, 3, 4, 5];

describe.skipIf(process.platform !== 'linux')(
  'the reader of properties (skipped outside Linux)',
  { timeout: 60_000 },
  () => {
    it('gives the frames, once; another one gives them again', async () => {
      const clip = await openClip(video);
      const [first, ...others] = readers();
      expect(others).toEqual([]);
      const seen = new Set<number>();
      for await (const { index } of clip.frames()) for (const pid of readers()) if (index < 2) seen.add(pid); // prettier-ignore
      expect([...seen]).toEqual([first]);
      expect(readers()).toEqual([]);
      expect(await numbersOf(clip)).toEqual(ALL);
      await clip.close();
    });

    it('is ended with the clip, and where only the properties were wanted', async () => {
      const clip = await openClip(video);
      expect(readers()).toHaveLength(1);
      await clip.close();
      expect(readers()).toEqual([]);
      expect(await hasSound(video)).toBe(false);
      expect(readers()).toEqual([]);
    });

    it.each([
      ['does not keep a program from ending', ''],
      ['is waited for where the clip is closed', 'await clip.close();'],
    ])('%s', async (_, line) => {
      const door = new URL('clip.ts', import.meta.url).href;
      const program = join(folder, 'program.mjs');
      const hooks = new URL('../../../../test/typescript.mjs', import.meta.url).pathname;
      writeFileSync(
        program,
        `const { openClip } = await import(${JSON.stringify(door)});
const clip = await openClip(${JSON.stringify(video)});
${line}
console.log('done');`,
      );
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', hooks, program]);
      expect(stdout).toBe('done\n');
      while (readers().length > 0) await wait(10);
    });

    it('may have died: another one takes its place', async () => {
      const clip = await openClip(video);
      const [pid] = readers();
      process.kill(pid!, 'SIGKILL');
      while (readers().length > 0) await wait(10);
      await wait(100);
      expect(await numbersOf(clip)).toEqual(ALL);
      await clip.close();
    });
  },
);
