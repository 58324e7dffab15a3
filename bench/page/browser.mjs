/** @file The built page in Debian's Chromium, for measuring: a fresh browser, its process, and what the page itself observes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { servePage } = await import(
  new URL('../../packages/cli/dist/open/server.js', import.meta.url)
);
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/**
 * Builds the page into a folder of its own and serves it as `telltale open` does.
 *
 * @param minify - false keeps the names of functions, for profiles
 */
export async function startSite(minify = true) {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-page-'));
  process.env.NODE_ENV = 'production';
  await build({
    configFile: here('../../packages/app/vite.config.ts'),
    mode: 'production',
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true, minify },
  });
  const served = await servePage(folder, 0);
  return {
    folder,
    address: served.address,
    async close() {
      await served.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A browser without anything in its cache. */
export async function openBrowser(flags = []) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
      ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
      ...flags,
    ],
  });
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const { id: pid } = processInfo.find(({ type }) => type === 'browser');
  return { browser, pid };
}

/** Opens the page with its observers in place before anything of it runs. */
export async function openPage(browser, address) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(290_000);
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen = { paint: [], long: [], frames: [] };
    globalThis.telltaleSeen = seen;
    const on = (type, add) =>
      new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({
        type,
        buffered: true,
      });
    on('paint', ({ name, startTime }) => seen.paint.push([name, startTime]));
    on('longtask', ({ startTime, duration }) =>
      seen.long.push({
        startTime,
        duration,
        screen: document.querySelector('main')?.dataset.screen,
      }),
    );
    on('long-animation-frame', ({ startTime, duration, blockingDuration, scripts }) =>
      seen.frames.push({
        ...{ startTime, duration, blockingDuration },
        scripts: scripts.map(
          ({ duration: took, invoker, sourceFunctionName, forcedStyleAndLayoutDuration: layout }) =>
            `${invoker} ${sourceFunctionName} ${Math.round(took)} ms (layout ${Math.round(layout)})`,
        ),
      }),
    );
  });
  await page.goto(address);
  await page.waitForSelector('[data-screen="start"]');
  return { context, page };
}

/** Hands the page a clip and waits for the report; milliseconds by the page's clock. */
export async function analyzeOn(page, clip) {
  // The file is passed before the clock starts: reading it is the tester's work, not the page's.
  await page.evaluate(() => {
    const input = document.querySelector('input[accept^="video"]');
    input.addEventListener('change', () => (globalThis.telltaleStart = performance.now()), true);
  });
  await page.locator('input[accept^="video"]').setInputFiles(clip);
  const timeout = 0;
  await page.waitForSelector('[data-screen="report"] h1, [data-screen="problem"] h1', { timeout });
  return page.evaluate(() => {
    if (document.querySelector('[data-screen="problem"]') !== null) {
      throw new Error(document.querySelector('main').textContent);
    }
    const [from, to] = [globalThis.telltaleStart, performance.now()];
    return { from, to, took: to - from };
  });
}

/** What the page's observers saw. */
export const seenOn = (page) => page.evaluate(() => globalThis.telltaleSeen);

/** Bytes of script, gzipped, that the page loads before a clip is dropped. */
export async function scriptOf(page, folder) {
  const { gzipSync } = await import('node:zlib');
  const names = await page.evaluate(() => [
    ...performance
      .getEntriesByType('resource')
      .filter(({ name }) => /\.m?js$/.test(name))
      .map(({ name }) => new URL(name).pathname),
  ]);
  const files = new Set(readdirSync(folder, { recursive: true }).map((name) => `/${name}`));
  return [...new Set(names)]
    .filter((name) => files.has(name))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
}
