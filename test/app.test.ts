/**
 * @file The page, built as it is published, in Chromium: its results are those of the command line, nothing leaves the
 * device, nothing is kept, and it can be operated with keyboard and screen reader.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';

import type { Report } from '@telltale/core';
import {
  choose,
  expectSame,
  reportOnPage,
  saved,
  settle,
  violations,
  type OpenedPage,
  type PageTest,
  describePage,
} from './app-page.ts';
import { start, telltale } from './telltale.ts';

const shared =
  process.env['TELLTALE_SHARED'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const selfie = join(shared, 'clips/pyfeat_selfie_neutral_to_smile.mp4');

describePage('the page', (at) => {
  let demo = '';
  let first: OpenedPage;
  const expected = async (clip: string): Promise<Report> => {
    const { stdout, stderr } = await telltale('analyze', clip, '--json');
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Report;
  };

  beforeAll(async () => {
    writeFileSync(join(at.folder, 'notes.mp4'), 'This is not a video.');
    demo = await at.synthesize('demo clip.mp4', '--blink');
  }, 900_000);

  it('is served to this computer only, isolated, with a policy that allows no other hosts', async () => {
    const response = await fetch(at.site.address);
    expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(response.headers.get('content-security-policy')).toContain("connect-src 'self'");
    const statuses = await Promise.all([
      fetch(`${at.site.address}package.json`),
      fetch(`${at.site.address}..%2f..%2fetc%2fpasswd`),
      fetch(`${at.site.address}%00`),
      fetch(at.site.address, { method: 'POST' }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404, 405]);
  });

  it('loads at most 250 kB of script, compressed, before a clip is dropped', () => {
    const page = readFileSync(join(at.site.folder, 'index.html'), 'utf8');
    const scripts = new Set<string>();
    const add = (path: string): void => {
      if (scripts.has(path)) return;
      scripts.add(path);
      const code = readFileSync(join(at.site.folder, path), 'utf8');
      for (const [, name] of code.matchAll(/\bimport\s*(?:[\w{}$\s,*]+from)?\s*"\.\/([^"]+)"/g)) {
        add(`assets/${name!}`);
      }
    };
    for (const [, path] of page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)) add(path!);
    const sizes = [...scripts].map(
      (path) => gzipSync(readFileSync(join(at.site.folder, path))).length,
    );
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((a, b) => a + b)).toBeLessThan(250_000);
  });

  it('gives the report of the command line for a demonstration clip, without requests to other hosts', async () => {
    first = await at.site.open({ acceptDownloads: true });
    await choose(first.page, demo);
    expect(await settle(first.page)).toBe('report');
    const report = await reportOnPage(first.page);
    expectSame(report, await expected(demo));
    expect(report.expressions.some(({ kind }) => kind === 'micro')).toBe(true);
    expect(report.expressions.some(({ kind }) => kind === 'blink')).toBe(true);
    // Images of onset, apex and offset appear once the worker has re-examined the event.
    await first.page.waitForSelector('img[alt^="Offset"]');
    expect(outside(first, at.site)).toEqual([]);
    expect(first.problems).toEqual([]);
  });

  it('shows exactly the requested frame', async () => {
    const { page } = first;
    const head = page.getByRole('slider', { name: 'Playhead' });
    await head.focus();
    await page.keyboard.press('Home');
    await page.waitForSelector('canvas[data-frame="0"]');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await page.waitForSelector('canvas[data-frame="3"]');
    await page.keyboard.press('Shift+ArrowRight');
    await page.waitForSelector('canvas[data-frame="13"]');
    await page.keyboard.press('End');
    await page.waitForSelector('canvas[data-frame="119"]');
    await page.keyboard.press('ArrowLeft');
    await page.waitForSelector('canvas[data-frame="118"]');
  });

  it('is corrected by keyboard, undone, saved, and reopened on the same clip', async () => {
    const { page } = first;
    const apex = page.getByRole('slider', { name: 'Apex' });
    const before = Number(await apex.getAttribute('aria-valuenow'));
    await apex.focus();
    await page.keyboard.press('ArrowRight');
    await expectValue(page, 'Apex', before + 1);
    await page.keyboard.press('Control+z');
    await expectValue(page, 'Apex', before);
    await page.keyboard.press('Control+Shift+z');
    await expectValue(page, 'Apex', before + 1);
    await page.getByLabel('Your label').fill('brows up');
    await page.getByLabel('Comment').fill('seen twice');
    await page.getByRole('button', { name: 'Add an event here' }).click();
    expect(await page.locator('section[aria-labelledby="events-title"] li').count()).toBe(3);

    const text = await saved(page, 'Review (JSON)');
    const file = join(at.folder, 'demo.review.json');
    writeFileSync(file, text);
    expect(await saved(page, 'Table (CSV)')).toContain('brows up,seen twice,corrected');
    expect(await saved(page, 'ELAN (.eaf)')).toContain('micro: brows up');
    expect(await saved(page, 'Subtitles (WebVTT)')).toMatch(/^WEBVTT\n\n1\n00:/);
    expect(await saved(page, 'Timeline (SVG)')).toContain('<svg');
    const html = await saved(page, 'Report (HTML)');
    expect(html).toContain('was corrected by a coder');
    expect(html).not.toMatch(/(?:src|href)="(?!data:)/);

    const again = await at.site.open({ acceptDownloads: true });
    await again.page.locator('input[accept=".json"]').setInputFiles(file);
    await again.page.waitForSelector('[data-screen="reopen"] h1');
    expect(await violations(again.page)).toEqual([]);
    await choose(again.page, demo);
    expect(await settle(again.page)).toBe('report');
    const events = (json: string): unknown => (JSON.parse(json) as { events: unknown }).events;
    expect(events(await saved(again.page, 'Review (JSON)'))).toEqual(events(text));
    await again.context.close();
  });

  it('discards a video: nothing of it remains in any storage', async () => {
    const { page } = first;
    await page.getByRole('button', { name: 'Discard this video' }).click();
    await page.waitForSelector('[data-screen="start"]');
    const kept = await page.evaluate(async () => {
      const names: string[] = [];
      const root = await navigator.storage.getDirectory();
      for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys()) {
        names.push(`file ${name}`);
      }
      for (const { name } of await indexedDB.databases()) names.push(`database ${String(name)}`);
      for (const storage of [localStorage, sessionStorage]) {
        names.push(...Object.entries(storage).map(([key, value]) => `${key}=${String(value)}`));
      }
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        names.push(...(await cache.keys()).map(({ url }) => url));
      }
      return { names, title: document.title, text: document.body.innerText };
    });
    const own = kept.names.filter((name) => !/\/(?:assets\/[\w.-]+|licenses\.txt)?$/.test(name));
    expect(own).toEqual([]);
    expect(kept.title + kept.text).not.toContain('demo clip');
    await expect.poll(() => page.workers().length, { timeout: 60_000 }).toBe(0);
    expect(outside(first, at.site)).toEqual([]);
    await first.context.close();
  });

  it.skipIf(!existsSync(selfie))(
    existsSync(selfie)
      ? 'finds in a real clip what the command line finds'
      : `finds in a real clip what the command line finds (skipped: there is no ${selfie})`,
    async () => {
      const { page, context } = await at.site.open({ acceptDownloads: true });
      await choose(page, selfie);
      expect(await settle(page)).toBe('report');
      expectSame(await reportOnPage(page), await expected(selfie));
      await context.close();
    },
  );

  it('can be canceled at any time, and then analyzes another clip', async () => {
    const { page, context, problems } = await at.site.open();
    await choose(page, demo);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForSelector('[data-screen="start"]');
    await expect.poll(() => page.workers().length, { timeout: 60_000 }).toBe(0);
    await choose(page, join(at.folder, 'notes.mp4'));
    expect(await settle(page)).toBe('problem');
    expect(problems).toEqual([]);
    await context.close();
  });

  it('analyzes the camera and saves its last minute', async () => {
    const { page, context } = await at.site.open({
      permissions: ['camera'],
      acceptDownloads: true,
    });
    await page.getByRole('button', { name: 'Use the camera' }).click();
    // Chromium's test image has no face: the page reports that, and the last minute can be saved nevertheless.
    await page.getByText('No face detected.').waitFor();
    expect(await violations(page)).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the last minute' }).click(),
    ]);
    const words = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0'];
    const probe = spawnSync('ffprobe', [...words, await download.path()], { encoding: 'utf8' });
    expect(probe.stdout.trim()).toBe('vp9');
    await page.getByRole('button', { name: 'End' }).click();
    await page.waitForSelector('[data-screen="start"]');
    await expect.poll(() => page.workers().length, { timeout: 60_000 }).toBe(0);
    await context.close();
  });

  it('works offline after the first visit', async () => {
    const { page, context } = await at.site.open();
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await context.setOffline(true);
    await page.reload();
    await page.waitForSelector('[data-screen="start"] h1');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await choose(page, join(at.folder, 'notes.mp4'));
    expect(await settle(page)).toBe('problem');
    expect(await page.locator('h1').innerText()).toBe('This file is not a readable video.');
    await context.close();
  });
});

describe('telltale open', () => {
  it('refuses an invalid port and one in use', async () => {
    const wrong = await telltale('open', '--port', '70000', '--no-browser');
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('0 to 65535');
  });

  const built = fileURLToPath(new URL('../packages/app/dist/index.html', import.meta.url));
  it('serves the built page, or explains how to build it, and ends on a signal', async () => {
    const run = start(['open', '--no-browser']);
    if (!existsSync(built)) {
      const { status, stderr } = await run.ended;
      expect(status).toBe(2);
      expect(stderr).toContain('npm run app');
      return;
    }
    const address = await new Promise<string>((resolve) => {
      run.child.stdout!.on('data', (text: string) => resolve(text.trim()));
    });
    const response = await fetch(address);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('telltale');
    run.child.kill('SIGINT');
    expect((await run.ended).status).toBe(0);
  });
});

/** Requests to other hosts, and requests with a body. */
function outside({ requests }: OpenedPage, { address }: PageTest): string[] {
  return requests.filter(
    (one) => !/^GET (?:data|blob):/.test(one) && !one.startsWith(`GET ${address}`),
  );
}

async function expectValue(page: Page, name: string, value: number): Promise<void> {
  await page.waitForSelector(`[role="slider"][aria-label="${name}"][aria-valuenow="${value}"]`);
}
