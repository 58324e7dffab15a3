/**
 * @file The documentation site: it builds, no link is dead, nothing comes from elsewhere, and search finds Chinese.
 *
 * Links between the Markdown files themselves are checked by `npm run links`, part of `npm run lint`.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { parseHTML } from 'linkedom';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CHROMIUM, hasChromium } from './browser/chromium.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const site = mkdtempSync(join(tmpdir(), 'telltale-docs-'));

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['scripts/docs/build.mjs', '--outDir', site], {
    cwd: root,
  });
}, 300_000);

afterAll(() => {
  rmSync(site, { recursive: true, force: true });
});

describe('the built site', () => {
  test('has pages for guides, commands, the API, models and results', () => {
    const pages = htmlFiles();
    expect(pages).toEqual(
      expect.arrayContaining([
        'index.html',
        'start.html',
        'zh/index.html',
        'zh/start.html',
        'guides/library.html',
        'models/merba.html',
        'results.html',
        'architecture.html',
        'reference/commands/analyze.html',
        'reference/api/@telltale/core.html',
        'reference/api/@telltale/node.html',
        'reference/api/@telltale/web.html',
      ]),
    );
  });

  test('has a target for every link and fragment', () => {
    const dead: string[] = [];
    const identifiers = new Map<string, Set<string>>();
    const identifiersOf = (file: string): Set<string> => {
      const known = identifiers.get(file);
      if (known) return known;
      const found = new Set(
        [...read(file).querySelectorAll('[id]')].map((one) => one.getAttribute('id') ?? ''),
      );
      identifiers.set(file, found);
      return found;
    };
    let links = 0;
    for (const file of htmlFiles()) {
      for (const link of read(file).querySelectorAll('a[href]')) {
        const url = new URL(link.getAttribute('href') ?? '', `http://site/${file}`);
        if (url.host !== 'site') continue;
        links++;
        const path = decodeURIComponent(url.pathname).slice(1);
        const target = [path, `${path}.html`, join(path, 'index.html')].find(
          (one) => existsSync(join(site, one)) && statSync(join(site, one)).isFile(),
        );
        const fragment = decodeURIComponent(url.hash.slice(1));
        if (target === undefined || (fragment !== '' && !identifiersOf(target).has(fragment))) {
          dead.push(`${file}: ${link.getAttribute('href')}`);
        }
      }
    }
    expect(links).toBeGreaterThan(1000);
    expect(dead).toEqual([]);
  });

  test('contains every image, script and style that a page loads', () => {
    const wrong = htmlFiles().flatMap((file) =>
      [...read(file).querySelectorAll('[src], link[rel="stylesheet"], link[rel="preload"]')]
        .map((one) => one.getAttribute('src') ?? one.getAttribute('href') ?? '')
        .filter((source) => !source.startsWith('data:'))
        .filter((source) => {
          const url = new URL(source, `http://site/${file}`);
          return url.host !== 'site' || !existsSync(join(site, decodeURIComponent(url.pathname)));
        })
        .map((source) => `${file}: ${source}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(!hasChromium)(`in a browser (needs ${CHROMIUM})`, () => {
  test('search finds English and Chinese words, and nothing is requested from elsewhere', async () => {
    const server = await preview({
      root: dirname(site),
      configFile: false,
      logLevel: 'error',
      appType: 'mpa',
      build: { outDir: site },
      preview: { host: '127.0.0.1', port: 0 },
    });
    const address = server.resolvedUrls?.local[0];
    if (address === undefined) throw new Error('the server has no address');
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    try {
      const page = await browser.newPage();
      const requests: string[] = [];
      const errors: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => errors.push(error.message));
      const search = async (start: string, words: string): Promise<string[]> => {
        await page.goto(new URL(start, address).href);
        await page.click('.VPNavBarSearch button');
        await page.fill('.VPLocalSearchBox input', words);
        await page.waitForSelector('.VPLocalSearchBox .result, .VPLocalSearchBox .no-results');
        return page
          .locator('.VPLocalSearchBox .result')
          .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
      };
      expect(await search('start.html', 'optical strain')).toContain('/glossary.html#motion');
      expect(await search('zh/start.html', '微表情')).toContain('/zh/guides/analyze.html#阅读结果');
      // A word inside a sentence, where no space separates it.
      expect(await search('zh/start.html', '随机种子')).toContain('/zh/guides/train.html#4-评估');
      expect(
        requests.filter((one) => !one.startsWith(address) && !one.startsWith('data:')),
      ).toEqual([]);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      await server.close();
    }
  });
});

function htmlFiles(): string[] {
  return readdirSync(site, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.html') && file !== '404.html');
}

function read(file: string): Document {
  return parseHTML(readFileSync(join(site, file), 'utf8')).document;
}
