/** @file A real browser on a page of our own server, for tests. Nothing leaves the computer. */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';
import { createServer, defaultClientConditions } from 'vite';

import type * as page from './page.ts';

/** The browser's program: CHROMIUM, or where Debian puts it. */
export const CHROMIUM: string = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether there is a browser to test in. */
export const hasChromium: boolean = existsSync(CHROMIUM);

type Page = typeof page;

/** The functions of page.ts, run in the browser. */
export interface Browser {
  run<Name extends keyof Page>(
    name: Name,
    request: Parameters<Page[Name]>[0],
  ): Promise<Awaited<ReturnType<Page[Name]>>>;
  /** What went wrong on the page so far: errors, and files that were not there. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** Serves the repository's sources to this computer alone and opens a page. */
export async function openBrowser(): Promise<Browser> {
  const server = await createServer({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    appType: 'mpa',
    server: {
      ...{ host: '127.0.0.1', port: 0, hmr: false, watch: null },
      // FFmpeg's frames go through shared memory.
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    },
    resolve: { conditions: ['@telltale/source', ...defaultClientConditions] },
    // Files are served one by one as they are: no cache is written, no dependency is bundled.
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  const tab = await browser.newPage();
  const problems: string[] = [];
  tab.on('pageerror', (error) => problems.push(error.message));
  tab.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  await tab.goto(`http://127.0.0.1:${address.port}/test/browser/page.html`);
  try {
    await tab.waitForFunction(() => 'telltale' in globalThis, undefined, { timeout: 60_000 });
  } catch (cause) {
    throw new Error(`the page did not load: ${problems.join('; ')}`, { cause });
  }
  return {
    problems,
    run: (name, request) =>
      tab.evaluate(
        async ([called, json]) => {
          const { telltale } = globalThis as unknown as {
            telltale: Record<string, (request: unknown) => unknown>;
          };
          return await telltale[called]!(JSON.parse(json));
        },
        [name, JSON.stringify(request)] as const,
      ) as never,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
