/**
 * @file `telltale evaluate recognition`, killed at random moments and repeated: the result is that of a run that was
 * not interrupted, byte for byte.
 *
 * `npm run build && node bench/soak/evaluate.mjs [kills] [seed]` writes its part of bench/results/soak.md. The whole
 * process group gets SIGKILL, so that nothing can be tidied up; the moments are drawn from the time that the
 * uninterrupted run took. Runs that end before they are killed are compared too, and the next one starts with an empty
 * folder. Measured CPU seconds, which no two runs share, and the digest over them are left out of the comparison.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createRandom, differences, digests, interrupt } from './kill.mjs';
import { telltale, watch, writePart } from './watch.mjs';

const kills = Number(process.argv[2] ?? 20);
const random = createRandom(Number(process.argv[3] ?? 1));
const room = mkdtempSync(join(tmpdir(), 'telltale-soak-'));
const data = join(room, 'data');
const made = ['--flow', '--subjects', '8', '--clips', '64'];
const line = (run) => [
  ...['evaluate', 'recognition', '--data', data, '--out', run, '--networks', 'ststnet,svm'],
  ...['--epochs', '12', '--seeds', '2', '--parallel', '2'],
];

/** What a file of a run holds without measured times. */
const withoutTimes = (text) =>
  text
    .replaceAll(/"time":\s*\{[^}]*\}/g, '"time":{}')
    .replaceAll(/"seconds":[\d.e-]+/g, '"seconds":0')
    .replaceAll(/"digest":"[0-9a-f]{64}"/g, '"digest":""')
    .replaceAll(/<td>[\d.]+ (s|min)<\/td>/g, '<td></td>');

try {
  execFileSync(process.execPath, [telltale, 'synth', 'dataset', ...made, '--out', data]);
  const [whole, broken] = [join(room, 'whole'), join(room, 'broken')];
  const first = await watch(line(whole));
  if (first.status !== 0) throw new Error(first.text);
  const different = new Set();
  let [done, rounds] = [0, 0];
  for (let i = 0; done < kills; i++) {
    if (await interrupt(line(broken), { after: 1000 * first.wall * (0.1 + 0.85 * random()) })) {
      done++;
      continue;
    }
    rounds++;
    for (const name of differences(whole, broken, withoutTimes)) different.add(name);
    rmSync(broken, { recursive: true, force: true });
    if (i > 10 * kills) throw new Error(`only ${done} of ${i} runs were killed`);
  }
  const last = await watch(line(broken));
  if (last.status !== 0) throw new Error(last.text);
  for (const name of differences(whole, broken, withoutTimes)) different.add(name);
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
