/**
 * @file `telltale evaluate recognition`, killed at random moments and repeated: the result is that of a run that was
 * not interrupted, byte for byte.
 *
 * `npm run build && node bench/soak/evaluate.mjs [kills] [seed]` writes its part of bench/results/soak.md. The whole
 * process group gets SIGKILL, so that nothing can be tidied up; the moments are drawn from the time that the
 * uninterrupted run took. Runs that end before they are killed are compared too, and the next one starts with an empty
 * folder. Measured CPU seconds, which no two runs share, and the digest over them are left out of the comparison.
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

/** What a file of a run holds without measured times. */
const withoutTimes = (text) =>
  text
    .replaceAll(/"time":\s*\{[^}]*\}/g, '"time":{}')
    .replaceAll(/"seconds":[\d.e-]+/g, '"seconds":0')
    .replaceAll(/"digest":"[0-9a-f]{64}"/g, '"digest":""')
    .replaceAll(/<td>[\d.]+ (s|min)<\/td>/g, '<td></td>');

/** Every file below a folder with the digest of its bytes. */
function digests(folder) {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile() && !name.startsWith('logs'))
    .sort();
  const digestOf = (name) => {
    const bytes = withoutTimes(readFileSync(join(folder, name), 'latin1'));
    return createHash('sha256').update(bytes).digest('hex');
  };
  return new Map(files.map((name) => [name, digestOf(name)]));
}

/** Names of the files that two runs do not share. */
function differences(one, other) {
  const [a, b] = [digests(one), digests(other)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
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
  const different = new Set();
  let [done, rounds] = [0, 0];
  for (let i = 0; done < kills; i++) {
    if (await interrupt(broken, 1000 * first.wall * (0.1 + 0.85 * random()))) {
      done++;
      continue;
    }
    rounds++;
    for (const name of differences(whole, broken)) different.add(name);
    rmSync(broken, { recursive: true, force: true });
    if (i > 10 * kills) throw new Error(`only ${done} of ${i} runs were killed`);
  }
  const last = await watch(line(broken));
  if (last.status !== 0) throw new Error(last.text);
  for (const name of differences(whole, broken)) different.add(name);
  const files = digests(whole).size;
  console.log({ files, different, rounds });
  writePart(
    'evaluate',
    `\`node bench/soak/evaluate.mjs ${kills} ${process.argv[3] ?? 1}\`: 8 subjects, 64 clips, STSTNet and the linear SVM, 2 seeds, ${files} files in RUN without logs. Killed ${done} times at random moments (SIGKILL to the whole process group); results reached on the way and compared: ${rounds + 1}. Files that differ from those of the uninterrupted run, measured times aside: ${different.size === 0 ? 'none' : [...different].join(', ')}.

| run | elapsed, s | CPU, s |
|---|---|---|
| uninterrupted | ${first.wall.toFixed(1)} | ${first.cpu.toFixed(1)} |
| the last, after ${done} kills | ${last.wall.toFixed(1)} | ${last.cpu.toFixed(1)} |`,
  );
  if (different.size > 0) process.exitCode = 1;
} finally {
  rmSync(room, { recursive: true, force: true });
}
