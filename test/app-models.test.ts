/**
 * @file User-supplied recognizers on the page: files written by `telltale export` are checked, used and named in the
 * report; each unusable file has its message; a model on the GPU gives the same probabilities as on the CPU. The GPU
 * is SwiftShader, which Chromium runs on the CPU.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import type { Report } from '@telltale/core';
import { DEFAULT_RECOGNIZER, shippedEnsembles, shippedRecognizers } from '@telltale/core/recognize';
import {
  choose,
  expectSame,
  keepAnswers,
  reportOnPage,
  saved,
  settle,
  violations,
  type OpenedPage,
  describePage,
} from './app-page.ts';
import { encodeCalibrated } from '../packages/core/src/recognize/weights.cases.ts';
import { telltale } from './telltale.ts';

const weights = fileURLToPath(
  new URL('../packages/core/models/mfdan-flow28.safetensors', import.meta.url),
);

/** A file as a user chooses it. */
interface UserFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}
const fileOf = (name: string, content: Buffer | string): UserFile => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
});

describePage(
  'own models',
  (at) => {
    let clip = '';
    let onnx: UserFile;
    let json: UserFile;
    let opened: OpenedPage;

    beforeAll(async () => {
      clip = await at.synthesize('clip.mp4', '--seconds', '3');
      const exported = await telltale('export', 'merba', '--out', join(at.folder, 'mine.onnx'));
      if (exported.status !== 0) throw new Error(exported.stderr);
      onnx = fileOf('mine.onnx', readFileSync(join(at.folder, 'mine.onnx')));
      json = fileOf('mine.json', readFileSync(join(at.folder, 'mine.json')));
      opened = await at.site.open({ acceptDownloads: true });
    }, 900_000);

    it('that were exported and dropped give the same report as the built-in one, and are named in it', async () => {
      const { page, problems } = opened;
      const networks = page.getByRole('combobox', { name: 'Recognizer' });
      expect(await networks.inputValue()).toBe(DEFAULT_RECOGNIZER);
      await networks.selectOption('merba');
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
      expect(await networks.inputValue()).toBe('merba');
      await networks.selectOption('ensemble');
      await choose(page, clip);
      expect(await settle(page)).toBe('report');
      const { recognizer } = await reportOnPage(page);
      expect(
        recognizer!.members!.map(({ network, config }) => `${network}-${config}.safetensors`),
      ).toEqual(shippedEnsembles['ensemble']!.members.map((name) => shippedRecognizers[name]));
      expect(recognizer!.file).toBeUndefined();
      await page.getByRole('button', { name: 'Another video' }).click();
      expect(problems).toEqual([]);
    });

    it('without a score are marked as not evaluated', async () => {
      const { page } = opened;
      const text = changed(json, { score: 'never measured' });
      await supply(page, [onnx, fileOf('mine.json', text)]);
      await page.getByText('Not evaluated: its accuracy is unknown.').waitFor();
      await page.getByRole('button', { name: 'Use a built-in recognizer' }).click();
    });

    it('may be a weights file alone, whose attention is shown where flow drives it', async () => {
      const { page } = opened;
      await page.locator('input[accept*=".onnx"]').setInputFiles(weights);
      await page.getByText('your model, mfdan-flow28.safetensors').waitFor();
      await page.getByText('mfdan flow28: negative, positive, surprise.').waitFor();
      await choose(page, clip);
      expect(await settle(page)).toBe('report');
      await page
        .getByRole('img', { name: /attention of the recognizer/ })
        .first()
        .waitFor();
      expect(await saved(page, 'Report (HTML)')).toContain('to the image’s features');
      await page.getByRole('button', { name: 'Another video' }).click();
      await page.getByRole('button', { name: 'Use a built-in recognizer' }).click();
    });

    it('that look at magnified movement get it, by the factor of their training, again where an event is measured again', async () => {
      // Never trained; a low temperature makes small differences of the input large ones of the answer.
      const made = (alpha: string): Uint8Array =>
        encodeCalibrated(
          'densemix',
          {
            classes: ['negative', 'positive', 'surprise'],
            pictures: JSON.stringify(['flow', 'onset', 'magnified']),
            alpha,
            ...{ temperature: '0.02', unsureBelow: '0.5', score: 'never measured' },
          },
          'face28',
        );
      const there: Report[] = [];
      for (const alpha of ['20', '2']) {
        const path = join(at.folder, `alpha-${alpha}.safetensors`);
        writeFileSync(path, made(alpha));
        const { stdout, stderr } = await telltale('analyze', clip, '--weights', path, '--json');
        expect(stdout, stderr).toContain('{');
        there.push(JSON.parse(stdout) as Report);
      }
      const exported = join(at.folder, 'alpha.onnx');
      const { status } = await telltale('export', join(at.folder, 'alpha-20.safetensors'), '--out', exported); // prettier-ignore
      expect(status).toBe(0);
      const { page, context, problems, requests } = await at.site.open({ acceptDownloads: true }); // prettier-ignore
      await keepAnswers(page);
      await supply(page, ['alpha.onnx', 'alpha.json'].map((name) => fileOf(name, readFileSync(join(at.folder, name))))); // prettier-ignore
      await page.getByText('your model, alpha.onnx').waitFor();
      await choose(page, clip);
      expect(await settle(page)).toBe('report');
      const here = await reportOnPage(page);
      expectSame(here, there[0]!);
      expect(here.made.find(({ stage }) => stage === 'magnified apex')).toEqual(
        there[0]!.made.find(({ stage }) => stage === 'magnified apex'),
      );
      const chosen = here.expressions.findIndex(({ kind }) => kind === 'micro');
      const { classes } = here.expressions[chosen]!;
      const [strong, weak] = there.map(({ expressions }) => expressions[chosen]!.classes!);
      // The page is nearer to its own factor than to another one, by far.
      expect(distance(strong!, weak!)).toBeGreaterThan(0.01);
      expect(distance(classes!, strong!)).toBeLessThan(0.002);

      await page.waitForSelector('img[alt^="Offset"]');
      const again = await answerWith(page, 'arrows');
      expect(distance(again['classes'] as Probabilities, classes!)).toBeLessThan(1e-3);
      await page.getByRole('button', { name: 'Another video' }).click();

      // The one that ships does as well, and is always unsure.
      await page.getByRole('button', { name: 'Use a built-in recognizer' }).click();
      await page.getByRole('combobox', { name: 'Recognizer' }).selectOption('densemix');
      await choose(page, clip);
      expect(await settle(page)).toBe('report');
      const shipped = await reportOnPage(page);
      expect(shipped.recognizer).toMatchObject({ network: 'densemix', config: 'face28' });
      expect(shipped.made.map(({ stage }) => stage)).toContain('magnified apex');
      const { verdict } = shipped.expressions.find(({ kind }) => kind === 'micro')!;
      expect(verdict).toBe('unsure');
      await page.getByRole('button', { name: 'Another video' }).click();

      // So is MFDAN with faces, which shows where the flow drives its attention.
      const large = /mfdan-face112/;
      expect(requests.filter((one) => large.test(one))).toEqual([]); // fetched only where it is chosen
      expect(readFileSync(join(at.site.folder, 'offline.json'), 'utf8')).not.toMatch(large);
      await page.getByRole('combobox', { name: 'Recognizer' }).selectOption('mfdan-faces');
      await choose(page, clip);
      expect(await settle(page)).toBe('report');
      const beside = await reportOnPage(page);
      expect(beside.recognizer).toMatchObject({ network: 'mfdan', config: 'face112' });
      expect(beside.expressions.find(({ kind }) => kind === 'micro')!.verdict).toBe('unsure');
      expect(requests.some((one) => large.test(one))).toBe(true);
      const shown = page.getByRole('img', { name: /attention of the recognizer/ });
      await shown.first().waitFor();
      const same = await telltale('analyze', clip, '--network', 'mfdan-faces', '--json');
      expectSame(beside, JSON.parse(same.stdout) as Report);
      expect(problems).toEqual([]);
      await context.close();
    });

    it('that are unusable have distinct messages in both languages', async () => {
      const { page, problems } = opened;
      const described = JSON.parse(String(json.buffer)) as { readonly input: object };
      const broken = Buffer.from(onnx.buffer);
      broken[broken.length >> 1]! ^= 1;
      const cases: readonly (readonly [string, readonly UserFile[]])[] = [
        ['MODEL_DESCRIPTION_MISSING', [onnx]],
        ['MODEL_ONNX_MISSING', [json]],
        ['MODEL_FILES', [onnx, json, fileOf('mine.onnx.data', '')]],
        ['MODEL_DESCRIPTION', [onnx, fileOf('report.json', '{"schema":"telltale.report/1"}')]],
        ['MODEL_CHANGED', [fileOf('mine.onnx', broken), json]],
        ['MODEL_NOT_ONNX', [fileOf('mine.onnx', 'This is not a model.'), json]],
        [
          'MODEL_INPUT',
          [onnx, fileOf('mine.json', changed(json, { input: { ...described.input, shape: [1, 3, 32, 32] } }))], // prettier-ignore
        ],
        [
          'MODEL_CLASSES',
          [onnx, fileOf('mine.json', changed(json, { output: { name: 'probabilities', classes: ['yes', 'no'] } }))], // prettier-ignore
        ],
        ['MODEL_UNREADABLE', [fileOf('mine.safetensors', 'These are not weights.')]],
      ];
      const titles = new Set<string>();
      for (const language of ['zh', 'en']) {
        await page.locator('select').first().selectOption(language);
        for (const [code, files] of cases) {
          await supply(page, files);
          expect(await settle(page)).toBe('problem');
          titles.add(await page.locator('h1').innerText());
          const names = files.map(({ name }) => name).join(', ');
          expect(await page.locator('main').innerText()).toContain(names);
          const details = page.locator('details');
          if ((await details.count()) > 0) expect(await details.textContent()).toContain(code);
          await page.locator('main button').first().click();
          await page.waitForSelector('[data-screen="start"]');
        }
      }
      expect(titles.size).toBe(2 * new Set(cases.map(([code]) => code)).size);
      expect(await page.getByRole('combobox', { name: 'Recognizer' }).count()).toBe(1);
      expect(problems.filter((one) => !one.includes('ERR_ABORTED'))).toEqual([]);
    });

    it('run with WebGPU or two threads if requested, with the same results; its runtime is fetched only then (skipped without WebGPU)', async ({
      skip,
    }) => {
      const hasAdapter = await opened.page.evaluate(async () => {
        const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } };
        return Boolean(await gpu?.requestAdapter());
      });
      skip(!hasAdapter, 'this Chromium has no WebGPU, SwiftShader neither');
      const heavy = /webgpu-runtime|\.jspi/;
      expect(opened.requests.filter((one) => heavy.test(one))).toEqual([]);
      const kept = readFileSync(join(at.site.folder, 'offline.json'), 'utf8');
      expect(kept).not.toMatch(heavy);

      const reports: Report[] = [];
      for (const [webgpu, threads] of [
        ['never', 2],
        ['always', 1],
      ] as const) {
        const { page, context, requests } = await at.site.open({ acceptDownloads: true });
        await page.goto(`${at.site.address}?webgpu=${webgpu}&threads=${threads}`);
        await supply(page, [onnx, json]);
        await page.getByText('your model, mine.onnx').waitFor();
        const onGpu = page.getByText('Runs on the GPU.');
        expect(await onGpu.count()).toBe(webgpu === 'always' ? 1 : 0);
        expect(requests.some((one) => heavy.test(one))).toBe(webgpu === 'always');
        await choose(page, clip);
        expect(await settle(page)).toBe('report');
        reports.push(await reportOnPage(page));
        await context.close();
      }
      // Without its runtime, the CPU is used.
      const cut = await at.site.open({ serviceWorkers: 'block' });
      await cut.context.route(heavy, (route) => route.abort());
      await cut.page.goto(`${at.site.address}?webgpu=always`);
      await supply(cut.page, [onnx, json]);
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
  },
  { needsFfmpeg: false, flags: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] },
);

function changed(json: UserFile, changes: object): string {
  return JSON.stringify({ ...(JSON.parse(String(json.buffer)) as object), ...changes });
}

type Probabilities = Readonly<Record<string, number>>;

/** Largest difference of a probability. */
function distance(one: Probabilities, other: Probabilities): number {
  return Math.max(...Object.entries(one).map(([name, p]) => Math.abs(p - other[name]!)));
}

/** The first answer of a worker that has a member of this name. */
async function answerWith(page: Page, name: string): Promise<Record<string, unknown>> {
  return page.evaluate((member) => {
    const { sent } = globalThis as unknown as { sent: readonly Record<string, unknown>[] };
    const { classes } = sent.find((one) => typeof one === 'object' && member in one)!;
    return { classes };
  }, name);
}

/** Chooses files with the page's own button. */
async function supply(page: Page, files: readonly UserFile[]): Promise<void> {
  await page.locator('input[accept*=".onnx"]').setInputFiles([...files]);
}

/** Drops files on the page. */
async function drop(page: Page, files: readonly UserFile[]): Promise<void> {
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
