/** @file Every program in `examples/` runs and prints what it promises. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { reportCsv } from '@telltale/core';
import { openRecognizer } from '@telltale/node';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CHROMIUM, hasChromium } from './browser/chromium.ts';
import { makeClip } from './readme.ts';
import { sampleReport } from './sample-report.ts';
import { makeFlowFolder } from './telltale.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const room = mkdtempSync(join(tmpdir(), 'telltale-examples-'));

beforeAll(() => {
  writeFileSync(join(room, 'report.json'), JSON.stringify(sampleReport()));
  writeFileSync(join(room, 'report.csv'), reportCsv(sampleReport()));
});
afterAll(() => rmSync(room, { recursive: true, force: true }));

/** Runs a program in the repository and returns what it printed. */
async function run(program: string, ...words: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, words, { cwd: root })).stdout;
}

/**
 * Checks that one micro-expression was found, where the ground truth of a synthetic clip has one.
 *
 * @param rows - kind, onset, apex, offset (seconds) and verdict of each expression
 * @param truth - path of the ground truth
 */
function expectMicro(rows: readonly (readonly string[])[], truth: string): void {
  const { events } = JSON.parse(readFileSync(truth, 'utf8')) as {
    readonly events: readonly { readonly apex: { readonly time: number } }[];
  };
  expect(rows, JSON.stringify(rows)).toHaveLength(1);
  const [kind, , apex] = rows[0]!;
  expect(kind).toBe('micro');
  expect(Math.abs(Number(apex) - events[0]!.apex.time), apex).toBeLessThan(0.1);
}

function has(program: string, ...words: readonly string[]): boolean {
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}

test.each([
  [process.execPath, 'analyze-node.mjs', 'CLIP...'],
  [process.execPath, 'train.mjs', 'FOLDER WEIGHTS [EPOCHS]'],
  ['python3', 'read-report.py', 'REPORT.json'],
  ['Rscript', 'read-report.R', 'FOLDER'],
] as const)('%s %s without arguments states what it takes', (program, file, words) => {
  if (!has(program, '--version')) return;
  const { status, stderr } = spawnSync(program, [`examples/${file}`], { cwd: root, encoding: 'utf8' }); // prettier-ignore
  expect(stderr).toMatch(/^usage: /);
  expect(stderr.trim().endsWith(`examples/${file} ${words}`), stderr).toBe(true);
  expect(status).toBeGreaterThan(0);
});

test('analyze-node.mjs finds the movement of a clip and writes its report', async () => {
  const clip = join(room, 'clip.mp4');
  await makeClip(clip);
  const printed = await run(process.execPath, 'examples/analyze-node.mjs', clip);
  const rows = printed
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  expect(rows.every(([path]) => path === clip)).toBe(true);
  expectMicro(
    rows.map(([, ...cells]) => cells),
    join(room, 'clip.json'),
  );
  for (const name of ['report.json', 'report.csv', 'report.html']) {
    expect(existsSync(join(`${clip}-report`, name)), name).toBe(true);
  }
});

test('analyze-node.mjs reports a missing clip with its code and a hint', async () => {
  const missing = join(room, 'missing.mp4');
  await expect(run(process.execPath, 'examples/analyze-node.mjs', missing)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^FILE_MISSING: .+\n.+/) as string,
  });
});

test('train.mjs writes weights that a recognizer opens', async () => {
  const data = join(room, 'data');
  const out = join(room, 'mine.safetensors');
  await makeFlowFolder(data, 12);
  const printed = await run(process.execPath, 'examples/train.mjs', data, out, '2');
  expect(printed).toMatch(/epoch 2: loss \d/);
  expect(printed).toMatch(/\d+ of 12 training samples are classified correctly/);
  const recognizer = await openRecognizer({ weights: out });
  expect(recognizer.card.classes).toEqual(['negative', 'positive', 'surprise']);
  await recognizer.release();
});

describe.skipIf(!hasChromium)(`in a browser (needs ${CHROMIUM})`, () => {
  test('analyze-browser/ is bundled, and finds the movement of a chosen clip', async () => {
    const clip = join(room, 'browser.mp4');
    await makeClip(clip);
    const outDir = join(room, 'analyze-browser');
    const folder = join(root, 'examples/analyze-browser');
    const configFile = join(folder, 'vite.config.js');
    await build({ root: folder, configFile, logLevel: 'error', build: { outDir } });
    const server = await preview({
      root: folder,
      configFile,
      logLevel: 'error',
      build: { outDir },
      preview: { host: '127.0.0.1', port: 0 },
    });
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    try {
      const address = server.resolvedUrls!.local[0]!;
      const page = await browser.newPage();
      const elsewhere: string[] = [];
      page.on('request', (request) => {
        if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(address)) {
          elsewhere.push(request.url());
        }
      });
      await page.goto(address);
      await page.setInputFiles('input', clip);
      await page.getByText(/^\d+ expressions in browser\.mp4$/).waitFor({ timeout: 150_000 });
      const rows = await page.locator('tbody tr').allInnerTexts();
      expectMicro(
        rows.map((row) => row.split('\t')),
        join(room, 'browser.json'),
      );
      expect(elsewhere).toEqual([]);
    } finally {
      await browser.close();
      await server.close();
    }
  });
});

describe.skipIf(!has('python3', '--version'))('in Python (needs python3)', () => {
  test('read-report.py prints one row per expression', async () => {
    const lines = (
      await run('python3', 'examples/read-report.py', join(room, 'report.json'))
    ).split('\n');
    expect(lines[0]).toBe('interview-04.mp4: 300 frames, 5.00 s');
    expect(lines.slice(2, 6)).toEqual([
      'micro\t0.80\t0.97\t1.18\tsurprise\t0.87\tleftInnerBrow',
      'blink\t1.77\t1.83\t1.92\t\t\trightUpperLid',
      'micro\t2.33\t2.48\t2.63\tunsure\t0.44\trightMouthCorner',
      'macro\t3.93\t4.37\t4.82\tpositive\t0.90\trightMouthCorner',
    ]);
    expect(lines[6]).toMatch(/^frames with a face: 275, /);
    expect(lines[7]).toMatch(/^caveat: Not a lie detector/);
  });
});

describe.skipIf(!has('Rscript', '-e', 'library(jsonlite)'))(
  'in R (needs Rscript and jsonlite)',
  () => {
    test('read-report.R prints one row per expression', async () => {
      const printed = await run('Rscript', 'examples/read-report.R', room);
      expect(printed).toContain('interview-04.mp4: 300 frames, 5.00 s');
      expect(printed).toMatch(/micro\s+0\.8\d*\s+0\.96\d*\s+1\.18\d*\s+surprise/);
      expect(printed).toMatch(/blink\s+.+<NA>/);
      expect(printed).toContain('frames with a face: 275');
      expect(printed).toContain('caveat: Not a lie detector');
    });
  },
);
