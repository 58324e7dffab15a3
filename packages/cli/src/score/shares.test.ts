/** @file Shares as real child processes: each gets its own, and none outlives a failure or an interruption. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { runShares } from './shares.ts';

const words = process.argv;
let folder: string;

/** Makes this process look as if it ran `script`, whose children then run it too. */
async function pretend(script: string): Promise<void> {
  const path = join(folder, 'script.mjs');
  await writeFile(path, `import { writeFileSync } from 'node:fs';\n${script}`);
  process.argv = [process.execPath, path, 'score', '--out', folder];
}

beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'telltale-shares-'))));
afterEach(async () => {
  process.argv = words;
  await rm(folder, { recursive: true });
});

const idle = { tick: () => Promise.resolve(), signal: new AbortController().signal };
/** Says that it runs, and then only ends when told to. */
const stubborn = `
  process.on('SIGTERM', () => process.exit(130));
  setInterval(() => 0, 1000);
  writeFileSync(process.argv[4] + '/ready-' + process.argv.at(-1)[0], '');`;

test('every share runs the same words, and one more that is its own', async () => {
  await pretend(
    `const share = process.argv.at(-1);
     writeFileSync(process.argv[4] + '/share-' + share[0], process.argv.slice(2).join(' '));`,
  );
  await runShares(3, idle);
  const files = (await readdir(folder)).filter((name) => name.startsWith('share-')).sort();
  const said = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  expect(said).toEqual([1, 2, 3].map((i) => `score --out ${folder} --share ${i}/3`));
});

test('a share that fails ends the others, and what it said is told', async () => {
  await pretend(
    `if (process.argv.at(-1) === '2/2') { console.error('no more memory'); process.exit(1); }
     ${stubborn}`,
  );
  await expect(runShares(2, idle)).rejects.toThrow(
    /share 2\/2 ended with status 1:\nno more memory/,
  );
});

test('a share that was interrupted is no failure', async () => {
  await pretend('process.exit(130)');
  await expect(runShares(2, idle)).rejects.toMatchObject({ code: 'CANCELED' });
});

test('an interruption reaches all shares and waits for their end', async () => {
  await pretend(stubborn);
  const controller = new AbortController();
  const run = runShares(2, { ...idle, signal: controller.signal });
  await vi.waitUntil(
    async () => (await readdir(folder)).filter((name) => name.startsWith('ready')).length === 2,
    { timeout: 20_000 },
  );
  controller.abort(new Error('interrupted'));
  await expect(run).rejects.toThrow('interrupted');
});
