/**
 * @file `telltale evaluate recognition`, killed at random moments and repeated: the result is that of a run that
 * nobody interrupted, byte for byte.
 *
 * `npm run build && node bench/soak/evaluate.mjs [kills] [seed]` writes its part of bench/results/soak.md. The whole
 * process group gets SIGKILL, so that nothing can be tidied up; the moments are drawn from the time that the
 * uninterrupted run took. Kills that come after the end of a run do not count.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { telltale, watch, writePart } from './watch.mjs';

const kills = Number(process.argv[2] ?? 20);
let state = Number(process.argv[3] ?? 1);
const room = mkdtempSync(join(tmpdir(), 'telltale-soak-'));
const data = join(room, 'data');
const made = ['--flow', '--subjects', '8', '--clips', '64'];
const line = (run) => [
  ...['evaluate', 'recognition', '--data', data, '--out', run, '--networks', 'ststnet,svm'],
  ...['--epochs', '12', '--seeds', '2', '--parallel', '2'],
];

/** Park and Miller's generator: the same moments from the same seed. */
function random() {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
}

/** Every file below a folder with the digest of its bytes. */
function digests(folder) {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
  return new Map(
    files.map((name) => [name, createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')]), // prettier-ignore
  );
}

/** Starts the command and kills it and all it started after some milliseconds; whether it was still running. */
async function interrupt(run, after) {
  const child = spawn(process.execPath, [telltale, ...line(run)], { detached: true, stdio: 'ignore' }); // prettier-ignore
  const ended = new Promise((resolve) => {
    child.on('close', (_, signal) => resolve(signal === 'SIGKILL'));
  });
  const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), after);
  const isKilled = await ended;
  clearTimeout(timer);
  return isKilled;
}

try {
  execFileSync(process.execPath, [telltale, 'synth', 'dataset', ...made, '--out', data]);
  const [whole, broken] = [join(room, 'whole'), join(room, 'broken')];
  const first = await watch(line(whole));
  if (first.status !== 0) throw new Error(first.text);
  let [done, rounds] = [0, 0];
  for (let i = 0; done < kills; i++) {
    // Most of the work survives a kill: later moments would come after the end.
    const after = 1000 * first.wall * (0.02 + (random() * 1.5) / kills);
    if (await interrupt(broken, after)) done++;
    else {
      rounds++;
      rmSync(broken, { recursive: true, force: true });
    }
    if (i > 10 * kills) throw new Error(`only ${done} of ${i} runs were killed`);
  }
  const last = await watch(line(broken));
  if (last.status !== 0) throw new Error(last.text);
  const [a, b] = [digests(whole), digests(broken)];
  const names = [...new Set([...a.keys(), ...b.keys()])];
  const different = names.filter((name) => a.get(name) !== b.get(name));
  console.log({ files: names.length, different, rounds });
  writePart(
    'evaluate',
    `\`node bench/soak/evaluate.mjs ${kills} ${process.argv[3] ?? 1}\`: 8 subjects, 64 clips, STSTNet and the linear SVM, 2 seeds, ${names.length} files in RUN. Killed ${done} times at random moments (SIGKILL to the whole process group); runs that ended before their kill and were started anew: ${rounds}. Files that differ from the uninterrupted run's: ${different.length === 0 ? 'none' : different.join(', ')}.

| run | elapsed, s | CPU, s |
|---|---|---|
| uninterrupted | ${first.wall.toFixed(1)} | ${first.cpu.toFixed(1)} |
| the last, after ${done} kills | ${last.wall.toFixed(1)} | ${last.cpu.toFixed(1)} |`,
  );
  if (different.length > 0) process.exitCode = 1;
} finally {
  rmSync(room, { recursive: true, force: true });
}
