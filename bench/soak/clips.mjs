/**
 * @file `telltale analyze FOLDER --out RUN` of 30 clips, killed at random moments and repeated: everything in RUN is
 * that of a run that was not interrupted, byte for byte.
 *
 * `npm run build && node bench/soak/clips.mjs [kills] [seed]` writes its part of bench/results/soak.md. One file among
 * the clips is a text file, not a video. Every other kill hits the command alone, so that the next one starts while its processes may
 * still be there; the others hit everything it started. Moments are drawn from half of the time that the uninterrupted
 * run took. A run that ends before it is killed is compared too, and the next one starts with an empty folder.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createRandom, differences, digests, interrupt } from './kill.mjs';
import { telltale, watch, writePart } from './watch.mjs';

const [kills = 10, seed = 1] = process.argv.slice(2).map(Number);
const random = createRandom(seed);
const CLIPS = 30;
const room = mkdtempSync(join(tmpdir(), 'telltale-soak-'));
const clips = join(room, 'clips');
const line = (run) => ['analyze', clips, '--out', run, '--frames', '--no-recognizer'];
// The name of the run is in its page.
const [whole, broken] = ['whole', 'broken'].map((name) => join(room, name, 'run'));

/** Runs the command to its end; its failure must be that one file. */
async function toTheEnd(run) {
  const result = await watch(line(run));
  if (result.status !== 2 || !result.text.includes(`error CLIPS_FAILED: 1 of ${CLIPS + 1} clips`)) {
    throw new Error(result.text);
  }
  return result;
}

try {
  mkdirSync(clips);
  writeFileSync(join(clips, 'none.mp4'), 'no video');
  const made = join(room, 'made.mp4');
  const planted = ['--amplitude', '2.5', '--blink', '--seed', '3', '--seconds', String(CLIPS)];
  const words = [telltale, 'synth', 'clip', '--out', made, ...planted];
  execFileSync(process.execPath, words, { stdio: 'ignore' });
  for (let i = 0; i < CLIPS; i++) {
    const second = ['-ss', String(i), '-t', '1', '-i', made, '-vf', 'scale=320:-2'];
    const out = join(clips, `clip ${i + 1}.mp4`);
    execFileSync('ffmpeg', ['-v', 'error', ...second, '-c:v', 'libx264', '-crf', '18', out]);
  }
  const first = await toTheEnd(whole);
  const different = new Set();
  const compare = () => {
    for (const name of differences(whole, broken)) different.add(name);
  };
  let [done, rounds] = [0, 0];
  for (let i = 0; done < kills; i++) {
    const after = 1000 * first.wall * (0.02 + 0.48 * random());
    if (await interrupt(line(broken), { after, isGroup: done % 2 === 0 })) done++;
    else {
      rounds++;
      compare();
      rmSync(broken, { recursive: true, force: true });
    }
    if (i > 10 * kills) throw new Error(`only ${done} of ${i} runs were killed`);
  }
  const last = await toTheEnd(broken);
  compare();
  const again = await toTheEnd(broken);
  compare();
  const files = digests(whole).size;
  console.log({ files, different, rounds });
  const row = ({ wall, cpu }, name) => `| ${name} | ${wall.toFixed(1)} | ${cpu.toFixed(1)} |`;
  writePart(
    'analyze, 30 clips killed',
    `\`node bench/soak/clips.mjs ${kills} ${seed}\`: ${CLIPS} clips, the seconds of a synthetic one, 320 pixels wide, and a text file, \`--frames --no-recognizer\`, ${files} files in RUN. Killed ${done} times at random moments (SIGKILL; in turn to the whole process group and to the command alone); results reached on the way and compared: ${rounds + 1}. Files that differ from those of the uninterrupted run: ${different.size === 0 ? 'none' : [...different].join(', ')}.

| run | elapsed, s | CPU, s |
|---|---|---|
${row(first, 'uninterrupted')}
${row(last, `the last, after ${done} kills`)}
${row(again, 'the same command again')}`,
  );
  if (different.size > 0) process.exitCode = 1;
} finally {
  rmSync(room, { recursive: true, force: true });
}
