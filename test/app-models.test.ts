/**
 * @file Recognizers of one's own in the page: what `telltale export` wrote is brought, checked, used and named; what
 * cannot work is said in one sentence; and a model on the graphics processor says what it says on the processor.
 * There is no graphics processor here: Chromium's own, SwiftShader, works it out.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Report } from '@telltale/core';
import { shippedRecognizers } from '@telltale/core/recognize';
import {
  choose,
  reportOnPage,
  saved,
  settle,
  startPageTest,
  violations,
  type OpenedPage,
  type PageTest,
} from './app-page.ts';
import { CHROMIUM, hasChromium } from './browser/chromium.ts';
import { telltale } from './telltale.ts';

const photo = fileURLToPath(
  new URL('../node_modules/@vladmandic/face-api/demo/sample6.jpg', import.meta.url),
);
const weights = fileURLToPath(
  new URL('../packages/core/models/mfdan-flow28.safetensors', import.meta.url),
);
const title = hasChromium ? 'own models' : `own models (skipped: there is no ${CHROMIUM})`;

/** A file as a person has it. */
interface Brought {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}
const fileOf = (name: string, content: Buffer | string): Brought => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
});

describe.skipIf(!hasChromium)(title, { timeout: 900_000 }, () => {
  let site: PageTest;
  let room = '';
  let clip = '';
  let onnx: Brought;
  let json: Brought;
  let opened: OpenedPage;

  beforeAll(async () => {
    room = mkdtempSync(join(tmpdir(), 'telltale-models-'));
    clip = join(room, 'clip.mp4');
    const words = ['--out', clip, '--kind', 'brow-raise', '--seed', '7', '--seconds', '3'];
    for (const run of [
      await telltale('synth', ...words, '--face', photo),
      await telltale('export', 'merba', '--out', join(room, 'mine.onnx')),
    ]) {
      if (run.status !== 0) throw new Error(run.stderr);
    }
    onnx = fileOf('mine.onnx', readFileSync(join(room, 'mine.onnx')));
    json = fileOf('mine.json', readFileSync(join(room, 'mine.json')));
    site = await startPageTest(['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']);
    opened = await site.open({ acceptDownloads: true });
  }, 900_000);
  afterAll(async () => {
    await (site as PageTest | undefined)?.close();
    rmSync(room, { recursive: true, force: true });
  });

  it('that are exported and dropped find what the one that ships finds, and are named in the report', async () => {
    const { page, troubles } = opened;
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    const shipped = await reportOnPage(page);
    expect(shipped.expressions.some(({ classes }) => classes !== undefined)).toBe(true);
    await page.getByRole('button', { name: 'Discard this video' }).click();

    await drop(page, [onnx, json]);
    await page.getByText('your model, mine.onnx').waitFor();
    expect(
      await page.getByRole('status').filter({ hasText: 'Score according to' }).innerText(),
    ).toContain(shipped.recognizer!.score);
    expect(await violations(page)).toEqual([]);
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    const own = await reportOnPage(page);
    expect(own.expressions).toEqual(shipped.expressions);
    expect(own.recognizer).toEqual({ ...shipped.recognizer, file: 'mine.onnx' });
    const meaning = await page.locator('.meaning').innerText();
    expect(meaning).toContain('The recognizer is your model: mine.onnx.');
    expect(meaning).toContain('Score according to its file');
    expect(await saved(page, 'Report (HTML)')).toContain('mine.onnx');
    await page.getByRole('button', { name: 'Another video' }).click();

    await page.getByRole('button', { name: 'Use a built-in recognizer' }).click();
    const networks = page.getByRole('combobox', { name: 'Recognizer' });
    expect(await networks.inputValue()).toBe('merba');
    await networks.selectOption('ensemble');
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    const { recognizer } = await reportOnPage(page);
    expect(recognizer!.members!.map(({ network }) => network)).toEqual(
      Object.keys(shippedRecognizers),
    );
    expect(recognizer!.file).toBeUndefined();
    await page.getByRole('button', { name: 'Another video' }).click();
    expect(troubles).toEqual([]);
  });

  it('that nobody measured say so', async () => {
    const { page } = opened;
    const text = changed(json, { score: 'never measured' });
    await bring(page, [onnx, fileOf('mine.json', text)]);
    await page.getByText('Not evaluated: its accuracy is unknown.').waitFor();
    await page.getByRole('button', { name: 'Use a built-in recognizer' }).click();
  });

  it('may be weights alone', async () => {
    const { page } = opened;
    await page.locator('input[accept*=".onnx"]').setInputFiles(weights);
    await page.getByText('your model, mfdan-flow28.safetensors').waitFor();
    await page.getByText('mfdan flow28: negative, positive, surprise.').waitFor();
    await page.getByRole('button', { name: 'Use a built-in recognizer' }).click();
  });

  it('that cannot work are told apart, in two languages', async () => {
    const { page, troubles } = opened;
    const described = JSON.parse(String(json.buffer)) as { readonly input: object };
    const broken = Buffer.from(onnx.buffer);
    broken[broken.length >> 1]! ^= 1;
    const cases: readonly (readonly [string, readonly Brought[]])[] = [
      ['MODEL_DESCRIPTION_MISSING', [onnx]],
      ['MODEL_ONNX_MISSING', [json]],
      ['MODEL_FILES', [onnx, json, fileOf('mine.onnx.data', '')]],
      ['MODEL_DESCRIPTION', [onnx, fileOf('report.json', '{"schema":"telltale.report/1"}')]],
      ['MODEL_CHANGED', [fileOf('mine.onnx', broken), json]],
      ['MODEL_NOT_ONNX', [fileOf('mine.onnx', 'This is no model.'), json]],
      [
        'MODEL_INPUT',
        [onnx, fileOf('mine.json', changed(json, { input: { ...described.input, shape: [1, 3, 32, 32] } }))], // prettier-ignore
      ],
      [
        'MODEL_INPUT',
        [onnx, fileOf('mine.json', changed(json, { input: { ...described.input, pictures: ['flow', 'magnified'] } }))], // prettier-ignore
      ],
      [
        'MODEL_CLASSES',
        [onnx, fileOf('mine.json', changed(json, { output: { name: 'probabilities', classes: ['yes', 'no'] } }))], // prettier-ignore
      ],
      ['MODEL_UNREADABLE', [fileOf('mine.safetensors', 'These are no weights.')]],
    ];
    const said = new Set<string>();
    for (const language of ['zh', 'en']) {
      await page.locator('select').first().selectOption(language);
      for (const [code, files] of cases) {
        await bring(page, files);
        expect(await settle(page)).toBe('problem');
        said.add(await page.locator('h1').innerText());
        const names = files.map(({ name }) => name).join(', ');
        expect(await page.locator('main').innerText()).toContain(names);
        const details = page.locator('details');
        if ((await details.count()) > 0) expect(await details.textContent()).toContain(code);
        await page.locator('main button').first().click();
        await page.waitForSelector('[data-screen="start"]');
      }
    }
    expect(said.size).toBe(2 * new Set(cases.map(([code]) => code)).size);
    expect(await page.getByRole('combobox', { name: 'Recognizer' }).count()).toBe(1);
    expect(troubles.filter((one) => !one.includes('ERR_ABORTED'))).toEqual([]);
  });

  it('run by WebGPU or by two threads where the page is told to, with the same answers; its runtime is fetched only then', async ({
    skip,
  }) => {
    const hasAdapter = await opened.page.evaluate(async () => {
      const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } };
      return Boolean(await gpu?.requestAdapter());
    });
    skip(!hasAdapter, 'this Chromium has no WebGPU, SwiftShader neither');
    const heavy = /webgpu-runtime|\.jspi/;
    expect(opened.requests.filter((one) => heavy.test(one))).toEqual([]);
    const kept = readFileSync(join(site.folder, 'offline.json'), 'utf8');
    expect(kept).not.toMatch(heavy);

    const reports: Report[] = [];
    for (const [graphics, threads] of [
      ['never', 2],
      ['always', 1],
    ] as const) {
      const { page, context, requests } = await site.open({ acceptDownloads: true });
      await page.goto(`${site.address}?webgpu=${graphics}&threads=${threads}`);
      await bring(page, [onnx, json]);
      await page.getByText('your model, mine.onnx').waitFor();
      const onGraphics = page.getByText('Runs on the GPU.');
      expect(await onGraphics.count()).toBe(graphics === 'always' ? 1 : 0);
      expect(requests.some((one) => heavy.test(one))).toBe(graphics === 'always');
      await choose(page, clip);
      expect(await settle(page)).toBe('report');
      reports.push(await reportOnPage(page));
      await context.close();
    }
    // What cannot be had is done without: the processor answers.
    const cut = await site.open({ serviceWorkers: 'block' });
    await cut.context.route(heavy, (route) => route.abort());
    await cut.page.goto(`${site.address}?webgpu=always`);
    await bring(cut.page, [onnx, json]);
    await cut.page.getByText('your model, mine.onnx').waitFor();
    expect(await cut.page.getByText('Runs on the GPU.').count()).toBe(0);
    expect(cut.requests.some((one) => heavy.test(one))).toBe(true);
    await cut.context.close();

    const [here, there] = reports;
    expect(there!.expressions.length).toBe(here!.expressions.length);
    for (const [i, { classes }] of here!.expressions.entries()) {
      for (const [name, probability] of Object.entries(classes ?? {})) {
        expect(Math.abs(there!.expressions[i]!.classes![name]! - probability)).toBeLessThan(1e-3);
      }
    }
  });
});

function changed(json: Brought, changes: object): string {
  return JSON.stringify({ ...(JSON.parse(String(json.buffer)) as object), ...changes });
}

/** Hands files to the page by its own button. */
async function bring(page: Page, files: readonly Brought[]): Promise<void> {
  await page.locator('input[accept*=".onnx"]').setInputFiles([...files]);
}

/** Drops files on the page. */
async function drop(page: Page, files: readonly Brought[]): Promise<void> {
  const sent = files.map(({ name, buffer }) => [name, buffer.toString('base64')] as const);
  const transfer = await page.evaluateHandle((all) => {
    const dropped = new DataTransfer();
    for (const [name, base64] of all) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      dropped.items.add(new File([bytes], name));
    }
    return dropped;
  }, sent);
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}
