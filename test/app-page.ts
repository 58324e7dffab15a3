/** @file The built page in a real browser, for tests: built once, served as `telltale open` serves it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect } from 'vitest';

import type { Report } from '@telltale/core';
import { servePage } from '../packages/cli/src/open/server.ts';
import { buildPage } from './app-build.ts';
import { CHROMIUM, hasChromium } from './browser/chromium.ts';
import { telltale } from './telltale.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Gray levels: a different font stays below it, a different layout does not. */
export const ALIKE = 12;

/** A page in its own context, with its requests and errors. */
export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Requests of the page and its workers. */
  readonly requests: readonly string[];
  /** Errors, and requests for missing files. */
  readonly problems: readonly string[];
}

/** The page's server and a browser. */
export interface PageTest {
  readonly address: string;
  readonly folder: string;
  /** Opens the page in a new context, by default at its own address. */
  open(options?: Parameters<Browser['newContext']>[0], address?: string): Promise<OpenedPage>;
  close(): Promise<void>;
}

/** Builds the page once per run, serves it and starts the browser with additional `flags`. */
async function startPageTest(flags: readonly string[] = []): Promise<PageTest> {
  const folder = await buildPage();
  const served = await servePage(folder, 0);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
      ...['--use-fake-device-for-media-stream', '--force-color-profile=srgb'],
      ...flags,
    ],
  });
  return {
    address: served.address,
    folder,
    async open(options = {}, address = served.address) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        reducedMotion: 'reduce',
        ...options,
      });
      context.setDefaultTimeout(120_000);
      const requests: string[] = [];
      const problems: string[] = [];
      context.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
      context.on('response', (response) => {
        if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
      });
      context.on('weberror', (error) => problems.push(error.error().message));
      context.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      const page = await context.newPage();
      await page.goto(address);
      await page.waitForSelector('[data-screen="start"]');
      return { page, context, requests, problems };
    },
    async close() {
      await browser.close();
      await served.close();
    },
  };
}

/** What the tests of one file share. */
export interface PageRoom {
  /** The page's server and a browser. */
  readonly site: PageTest;
  /** A folder for clips and other files, removed afterwards. */
  readonly folder: string;
  /** Generates a clip of a photograph with a known movement (`telltale synth`); returns its path. */
  synthesize(name: string, ...options: readonly string[]): Promise<string>;
}

/** Whether FFmpeg for the page is installed: `@ffmpeg/core`, an optional package under the GPL. */
export const hasDecoder: boolean = existsSync(
  fileURLToPath(new URL('../node_modules/@ffmpeg/core/package.json', import.meta.url)),
);

/** A photograph with several faces. */
export const PHOTO = fileURLToPath(
  new URL('../node_modules/@vladmandic/face-api/demo/sample6.jpg', import.meta.url),
);

/**
 * Tests of the built page in a real browser. Skipped by name, with the reason, without Chromium or ffmpeg. The site and
 * the folder are there before the first `beforeAll` of the tests.
 */
export function describePage(
  title: string,
  tests: (at: PageRoom) => void,
  { needsFfmpeg = true, flags = [] }: { needsFfmpeg?: boolean; flags?: readonly string[] } = {},
): void {
  const hasFfmpeg = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
  const missing = [...(hasChromium ? [] : [CHROMIUM]), ...(needsFfmpeg && !hasFfmpeg ? ['ffmpeg'] : [])]; // prettier-ignore
  const name = missing.length === 0 ? title : `${title} (skipped: there is no ${missing.join(', ')})`; // prettier-ignore
  describe.skipIf(missing.length > 0)(name, { timeout: 900_000 }, () => {
    let site: PageTest | undefined;
    let folder = '';
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'telltale-page-'));
      site = await startPageTest(flags);
    }, 900_000);
    afterAll(async () => {
      await site?.close();
      rmSync(folder, { recursive: true, force: true });
    });
    tests({
      get site() {
        return site!;
      },
      get folder() {
        return folder;
      },
      async synthesize(file, ...options) {
        const path = join(folder, file);
        const words = ['--kind', 'brow-raise', '--seed', '7', '--face', PHOTO, ...options];
        const { status, stderr } = await telltale('synth', '--out', path, ...words);
        if (status !== 0) throw new Error(stderr);
        return path;
      },
    });
  });
}

/** Has the page, loaded again, keep what its workers answer, as `sent` of its window, and what they report of their progress, as `steps`. */
export async function keepAnswers(page: Page): Promise<void> {
  await page.reload();
  await page.evaluate(() => {
    const [sent, steps]: [unknown[], unknown[]] = [[], []];
    Object.assign(globalThis, { sent, steps });
    const listen = Reflect.get(Worker.prototype, 'addEventListener') as (
      ...words: readonly unknown[]
    ) => void;
    Worker.prototype.addEventListener = function (this: Worker, ...words: unknown[]) {
      if (words[0] === 'message') {
        interface Reply {
          readonly value?: unknown;
          readonly progress?: unknown;
        }
        listen.call(this, 'message', ({ data }: MessageEvent<Reply>) => {
          if (data.value !== undefined) sent.push(data.value);
          if (data.progress !== undefined) steps.push(data.progress);
        });
      }
      listen.apply(this, words);
    };
  });
}

/** Chooses a file on the page as a user does. */
export async function choose(page: Page, path: string): Promise<void> {
  await page.locator('input[accept^="video"]').setInputFiles(path);
}

/** Waits for the report or a problem. */
export async function settle(page: Page): Promise<'report' | 'problem'> {
  await page.waitForSelector('[data-screen="report"] h1, [data-screen="problem"] h1', {
    timeout: 600_000,
  });
  return (await page.locator('[data-screen="report"]').count()) > 0 ? 'report' : 'problem';
}

/** Saves a file with the menu and returns its text. */
export async function saved(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

/** Marks of events on the timeline. */
export async function marksOn(page: Page): Promise<number> {
  const counts = await page
    .locator('.timeline .event')
    .evaluateAll((groups) => groups.map((group) => Number(group.getAttribute('data-marks'))));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The report of the shown clip, without corrections. */
export async function reportOnPage(page: Page): Promise<Report> {
  const { report } = JSON.parse(await saved(page, 'Review (JSON)')) as { report: Report };
  return report;
}

/**
 * Difference of the page from its golden image: the mean absolute difference of gray levels at a low resolution, because
 * fonts differ between computers. Faces are covered. TELLTALE_GOLDEN=write writes the golden image: review it.
 *
 * @param isWhole - the whole page, not only the viewport
 */
export async function differenceFromGolden(
  page: Page,
  name: string,
  isWhole = false,
): Promise<number> {
  const file = join(root, 'packages/app/golden', `${name}.png`);
  await page.evaluate(() => {
    scrollTo(0, 0);
  });
  const image = await page.screenshot({
    mask: [page.locator('canvas, video, img')],
    maskColor: '#888888',
    animations: 'disabled',
    fullPage: isWhole,
  });
  if (process.env['TELLTALE_GOLDEN'] === 'write') {
    mkdirSync(dirname(file), { recursive: true });
    await sharp(image)
      .resize({ width: MOST_WIDE, withoutEnlargement: true })
      .png({ palette: true, colors: 32, compressionLevel: 9 })
      .toFile(file);
  }
  const coarse = (image: Buffer): Promise<Buffer> =>
    sharp(image).flatten().grayscale().resize(64, 48, { fit: 'fill' }).raw().toBuffer();
  const [there, golden] = await Promise.all([coarse(image), coarse(readFileSync(file))]);
  return there.reduce((sum, level, i) => sum + Math.abs(level - golden[i]!), 0) / there.length;
}

/** Maximum width of golden images, pixels. */
const MOST_WIDE = 720;

/** Findings of axe on the current page, by WCAG 2.2 A and AA. */
export async function violations(page: Page): Promise<string[]> {
  const source = readFileSync(axe, 'utf8');
  // The page's policy forbids foreign scripts, so axe is injected with the debugger.
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run: (options: object) => Promise<{ violations: Violation[] }> };
    };
    interface Violation {
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations: found } = await checker.run({ runOnly: tags });
    return found.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary}`),
    );
  });
}

/** The page's decoder and arithmetic differ from those of the command line: one frame and 0.02 are tolerated. */
export function expectSame(there: Report, here: Report): void {
  expect(there.clip.frames).toBe(here.clip.frames);
  expect(there.face.frames).toBe(here.face.frames);
  expect(there.expressions.map(({ kind }) => kind)).toEqual(
    here.expressions.map(({ kind }) => kind),
  );
  for (const [i, one] of there.expressions.entries()) {
    const other = here.expressions[i]!;
    for (const moment of ['onset', 'apex', 'offset'] as const) {
      expect(Math.abs(one[moment].frame - other[moment].frame)).toBeLessThanOrEqual(1);
    }
    for (const [name, probability] of Object.entries(other.classes ?? {})) {
      expect(Math.abs(one.classes![name]! - probability)).toBeLessThanOrEqual(0.02);
    }
  }
}
