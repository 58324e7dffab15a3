/**
 * @file Damaged inputs of every reader: each ends in an error for users, or in a value that is whole, within five
 * seconds and a gigabyte.
 *
 *     npm run fuzz                               # 20,000 inputs for each reader
 *     FUZZ_INPUTS=1 FUZZ_FIRST=123 npx vitest run --project built test/fuzz -t report    # one again
 */
import { fork, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { numberedFrames } from '../../packages/node/src/video/numbered-clip.cases.ts';
import { writeVideo } from '../../packages/node/src/video/write.ts';
import { makeFlowFolder, telltale } from '../telltale.ts';
import type { Message } from './process.ts';

const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 500);
const FIRST = Number(process.env['FUZZ_FIRST'] ?? 0);
/** Of the clock, after which an input counts as endless: the machine may be busy. `process.ts` counts CPU time. */
const SECONDS = 40;
/** The program itself gives a container up after a minute without output. */
const SECONDS_CONTAINER = 150;

const room = mkdtempSync(join(tmpdir(), 'telltale-fuzz-'));
const corpus = join(room, 'corpus');
afterAll(() => rmSync(room, { recursive: true, force: true }));

beforeAll(async () => {
  await makeFlowFolder(join(room, 'data'), 6);
  const words = ['--network', 'ststnet', '--data', join(room, 'data'), '--epochs', '1'];
  const { status, stderr } = await telltale('evaluate', 'recognition', ...words, '--out', join(corpus, 'run')); // prettier-ignore
  if (status !== 0) throw new Error(stderr);
  const clip = join(corpus, 'clip.mp4');
  await writeVideo(clip, numberedFrames(12), { rate: 25 });
  spawnSync('ffmpeg', ['-v', 'error', '-i', clip, '-c:v', 'libvpx-vp9', '-deadline', 'realtime', join(corpus, 'clip.webm')]); // prettier-ignore
});

/** Whether an input may end by time or memory; see `Reader`. */
const READERS: Readonly<Record<string, { readonly mayNotEnd?: true }>> = {
  report: {},
  review: {},
  weights: {},
  'model.json': {},
  onnx: {},
  'samples.csv': {},
  'sheets of text': {},
  'sheets of Excel': { mayNotEnd: true },
  images: {},
  annotations: {},
  plan: {},
  record: {},
  containers: {},
};

it.for(Object.entries(READERS))(
  'damaged %s',
  // A damaged video takes most of a second of CPU time.
  { timeout: 1000 * Math.max(300, 3 * INPUTS) },
  async ([name, { mayNotEnd = false }]) => {
    const wrong: string[] = [];
    let next = FIRST;
    while (next < FIRST + INPUTS && wrong.length < 20) {
      next = await readFrom(name, next, { end: FIRST + INPUTS, wrong, mayNotEnd });
    }
    expect(wrong).toEqual([]);
  },
);

/** Reads inputs until one ends the process. @returns the number to resume from */
function readFrom(
  name: string,
  first: number,
  {
    end,
    wrong,
    mayNotEnd,
  }: { readonly end: number; readonly wrong: string[]; readonly mayNotEnd: boolean },
): Promise<number> {
  const path = fileURLToPath(new URL('process.ts', import.meta.url));
  const child = fork(path, [name, corpus, join(room, name), `${first}`, `${end - first}`], {
    execArgv: [...process.execArgv, '--max-old-space-size=900'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let at = first - 1;
  let ended = false;
  let log = '';
  child.stderr!.on('data', (text: Buffer) => (log = (log + text.toString()).slice(-1000)));
  return new Promise((resolve, reject) => {
    let late: NodeJS.Timeout | undefined;
    let isLate = false;
    child.on('message', (message: Message) => {
      if ('end' in message) ended = true;
      else if ('wrong' in message) wrong.push(`${name} ${at}: ${message.wrong}`);
      else at = message.at;
      clearTimeout(late);
      late = setTimeout(
        () => {
          isLate = true;
          child.kill('SIGKILL');
        },
        1000 * (name === 'containers' ? SECONDS_CONTAINER : SECONDS),
      );
    });
    child.on('error', reject).on('close', (code, by) => {
      clearTimeout(late);
      if (ended) resolve(end);
      else if (at < first) reject(new Error(`the process did not start: ${log}`));
      else {
        const why = isLate ? `not done in time` : `it ended the process (${by ?? code}) ${log}`; // prettier-ignore
        if (!mayNotEnd) wrong.push(`${name} ${at}: ${why}`);
        resolve(at + 1);
      }
    });
  });
}
