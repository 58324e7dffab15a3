/** @file The built page in a real browser, for tests: built once, served as `telltale open` serves it. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import sharp from 'sharp';

import type { Report } from '@telltale/core';
import { servePage } from '../packages/cli/src/open/server.ts';
import { buildPage } from './app-build.ts';
import { CHROMIUM } from './browser/chromium.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Gray levels: other fonts stay below it, another layout does not. */
export const ALIKE = 12;

/** A page of its own, and what happened on it. */
export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Everything that the page and its workers asked for. */
  readonly requests: readonly string[];
  /** Errors, and files that were not there. */
  readonly troubles: readonly string[];
}

/** The page's server and a browser. */
export interface PageTest {
  readonly address: string;
  readonly folder: string;
  /** Opens the page in a context of its own; at another address where one is given. */
  open(options?: Parameters<Browser['newContext']>[0], address?: string): Promise<OpenedPage>;
  close(): Promise<void>;
}

/** Builds the page where no other test has, serves it and starts the browser, with flags of its own where there are any. */
export async function startPageTest(flags: readonly string[] = []): Promise<PageTest> {
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
      const troubles: string[] = [];
      context.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
      context.on('response', (response) => {
        if (response.status() >= 400) troubles.push(`${response.status()} ${response.url()}`);
      });
      context.on('weberror', (error) => troubles.push(error.error().message));
      context.on('console', (message) => {
        if (message.type() === 'error') troubles.push(message.text());
      });
      const page = await context.newPage();
      await page.goto(address);
      await page.waitForSelector('[data-screen="start"]');
      return { page, context, requests, troubles };
    },
    async close() {
      await browser.close();
      await served.close();
    },
  };
}

/** Hands a file to the page as a person would. */
export async function choose(page: Page, path: string): Promise<void> {
  await page.locator('input[accept^="video"]').setInputFiles(path);
}

/** Waits for what comes of it. */
export async function settle(page: Page): Promise<'report' | 'problem'> {
  await page.waitForSelector('[data-screen="report"] h1, [data-screen="problem"] h1', {
    timeout: 600_000,
  });
  return (await page.locator('[data-screen="report"]').count()) > 0 ? 'report' : 'problem';
}

/** Saves a file by the menu and returns its text. */
export async function saved(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

/** The machine's report of the clip that is shown. */
export async function reportOnPage(page: Page): Promise<Report> {
  const { report } = JSON.parse(await saved(page, 'Review (JSON)')) as { report: Report };
  return report;
}

/**
 * How far the page is from its golden picture: mean difference of gray levels, coarse, for fonts differ from computer to
 * computer. Faces are covered. With TELLTALE_GOLDEN=write the picture is written instead: look at it.
 *
 * @param isWhole - all of the page, not only what fits the window
 */
export async function lookUnlike(page: Page, name: string, isWhole = false): Promise<number> {
  const file = join(root, 'packages/app/golden', `${name}.png`);
  await page.evaluate(() => {
    scrollTo(0, 0);
  });
  const picture = await page.screenshot({
    mask: [page.locator('canvas, video, img')],
    maskColor: '#888888',
    animations: 'disabled',
    fullPage: isWhole,
  });
  if (process.env['TELLTALE_GOLDEN'] === 'write') {
    mkdirSync(dirname(file), { recursive: true });
    await sharp(picture)
      .resize({ width: MOST_WIDE, withoutEnlargement: true })
      .png({ palette: true, colors: 32, compressionLevel: 9 })
      .toFile(file);
  }
  const coarse = (image: Buffer): Promise<Buffer> =>
    sharp(image).flatten().grayscale().resize(64, 48, { fit: 'fill' }).raw().toBuffer();
  const [there, golden] = await Promise.all([coarse(picture), coarse(readFileSync(file))]);
  return there.reduce((sum, level, i) => sum + Math.abs(level - golden[i]!), 0) / there.length;
}

/** Golden pictures are kept at most this wide, pixels. */
const MOST_WIDE = 720;

/** What axe has to say against the page as it stands, by WCAG 2.2 A and AA; nothing where all is well. */
export async function violations(page: Page): Promise<string[]> {
  const source = readFileSync(axe, 'utf8');
  // The page's own policy forbids foreign script: the test's comes in by the debugger.
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
