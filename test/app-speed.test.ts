/**
 * @file What keeps the page quick, as it is built and not as the clock has it: long reports come in pieces, and of a
 * camera that is too fast the page leaves pictures out instead of gathering them. Times are measured by bench/page.mjs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { choose, saved, settle, startPageTest, type PageTest } from './app-page.ts';
import { CHROMIUM, hasChromium } from './browser/chromium.ts';
import { telltale } from './telltale.ts';

const photo = fileURLToPath(
  new URL('../node_modules/@vladmandic/face-api/demo/sample6.jpg', import.meta.url),
);
const hasFfmpeg = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
const without = [...(hasChromium ? [] : [CHROMIUM]), ...(hasFfmpeg ? [] : ['ffmpeg'])].join(', ');
const title =
  without === ''
    ? 'the page stays quick'
    : `the page stays quick (skipped: there is no ${without})`;

/** A saved review, as far as it is changed here. */
interface Saved {
  events: { id: string; found?: number | undefined; onset: number; apex: number; offset: number }[];
}

describe.skipIf(without !== '')(title, { timeout: 900_000 }, () => {
  let site: PageTest;
  let room = '';
  let clip = '';

  beforeAll(async () => {
    room = mkdtempSync(join(tmpdir(), 'telltale-speed-'));
    clip = join(room, 'clip.mp4');
    const words = ['--out', clip, '--kind', 'brow-raise', '--seed', '7', '--seconds', '3'];
    const made = await telltale('synth', ...words, '--face', photo);
    if (made.status !== 0) throw new Error(made.stderr);
    site = await startPageTest();
  }, 900_000);
  afterAll(async () => {
    await (site as PageTest | undefined)?.close();
    rmSync(room, { recursive: true, force: true });
  });

  it('looks again at an event from near it, and sees what the analysis saw', async () => {
    const { page, context, troubles } = await site.open();
    await page.reload();
    await page.evaluate(() => {
      const told: unknown[] = [];
      Object.assign(globalThis, { told });
      const listen = Reflect.get(Worker.prototype, 'addEventListener') as (
        ...words: readonly unknown[]
      ) => void;
      Worker.prototype.addEventListener = function (this: Worker, ...words: unknown[]) {
        if (words[0] === 'message') {
          listen.call(this, 'message', ({ data }: MessageEvent<{ value?: unknown }>) => {
            if (data.value !== undefined) told.push(data.value);
          });
        }
        listen.apply(this, words);
      };
    });
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    await page.waitForSelector('img[alt^="Offset"]');
    const [seen, again] = await page.evaluate(() => {
      interface Seen {
        readonly pictures?: readonly Record<string, string>[];
        readonly report?: { readonly expressions: readonly { readonly kind: string }[] };
        readonly arrows?: unknown;
      }
      const { told } = globalThis as unknown as { told: readonly Seen[] };
      const result = told.find((one) => one.pictures !== undefined)!;
      const chosen = result.report!.expressions.findIndex(({ kind }) => kind === 'micro');
      const look = told.find((one) => one.arrows !== undefined)! as Record<string, string>;
      return [result.pictures![chosen]!, look] as const;
    });
    for (const name of ['onset', 'apex', 'flow', 'flowImage']) {
      expect(again[name], name).toBe(seen[name]);
    }
    expect(troubles).toEqual([]);
    await context.close();
  });

  it('lists three hundred events a few at a time, and all of them', async () => {
    const { page, context, troubles } = await site.open({ acceptDownloads: true });
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    const review = JSON.parse(await saved(page, 'Review (JSON)')) as Saved;
    const first = { ...review.events[0]!, found: undefined };
    review.events = Array.from({ length: 300 }, (_, i) => {
      const onset = Math.floor((i * 80) / 300);
      return { ...first, id: `added-${i}`, onset, apex: onset + 3, offset: onset + 6 };
    });
    const path = join(room, 'many.json');
    writeFileSync(path, JSON.stringify(review));

    await page.reload();
    await page.locator('input[accept=".json"]').setInputFiles(path);
    await page.waitForSelector('[data-screen="reopen"]');
    await page.evaluate(() => {
      const added: number[] = [];
      Object.assign(globalThis, { added });
      // An observer is told of everything that one task has built.
      new MutationObserver((records) => {
        const nodes = records.flatMap((record) => [...record.addedNodes]);
        const elements = nodes.filter((node) => node instanceof Element);
        added.push(
          elements.reduce(
            (sum, one) => sum + Number(one.matches('li')) + one.querySelectorAll('ol li').length,
            0,
          ),
        );
      }).observe(document.querySelector('main')!, { childList: true, subtree: true });
    });
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    await expect.poll(() => page.locator('.list ol > li').count(), { timeout: 120_000 }).toBe(300);
    await expect.poll(() => page.locator('svg g.event').count(), { timeout: 120_000 }).toBe(300);
    const added = await page.evaluate(
      () => (globalThis as unknown as { readonly added: number[] }).added,
    );
    expect(Math.max(...added)).toBeLessThanOrEqual(40);
    expect(troubles).toEqual([]);
    await context.close();
  });

  it('of a camera that is faster than it, leaves pictures out, says so, and keeps them in the minute', async () => {
    const film = join(room, 'camera.mjpeg');
    const made = spawnSync('ffmpeg', ['-v', 'error', '-i', clip, '-q:v', '3', film]);
    expect(made.status).toBe(0);
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
        ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
        `--use-file-for-fake-video-capture=${film}`,
      ],
    });
    try {
      const context = await browser.newContext({ acceptDownloads: true });
      context.setDefaultTimeout(300_000);
      const page = await context.newPage();
      // A hundred milliseconds of work for the watching worker with every picture: ten a second at most.
      await context.addInitScript(() => {
        const send = Reflect.get(Worker.prototype, 'postMessage') as (message: unknown) => void;
        const counts = { watch: 0, answered: 0, most: 0 };
        Object.assign(globalThis, { counts });
        interface Message {
          readonly name?: string;
          readonly ask: { readonly picture: VideoFrame };
        }
        Worker.prototype.postMessage = function (this: Worker, message: Message) {
          if (message.name === 'watch') {
            // The page lets go of its picture at once.
            const ask = { ...message.ask, picture: message.ask.picture.clone() };
            counts.watch++;
            counts.most = Math.max(counts.most, counts.watch - counts.answered);
            const answered = ({ data }: MessageEvent<object>): void => {
              if ('value' in data || 'problem' in data) {
                counts.answered++;
                this.removeEventListener('message', answered);
              }
            };
            this.addEventListener('message', answered);
            setTimeout(() => {
              send.call(this, { ...message, ask });
              ask.picture.close();
            }, 100);
          } else send.call(this, message);
        };
      });
      await page.goto(site.address);
      await page.getByRole('button', { name: 'Use the camera' }).click();
      const status = page.locator('[data-screen="live"] [role="status"]');
      const samples = page.locator('svg[data-samples]');
      await expect
        .poll(async () => Number(await samples.getAttribute('data-samples')), { timeout: 300_000 })
        .toBeGreaterThan(10);
      // Ten a second carry no short movement, fewer than eight none at all: what is said fits the rate that is said.
      const said = await status.innerText();
      const rate = Number(/Watching, (\d+) picture/.exec(said)?.[1]);
      expect(rate).toBeLessThanOrEqual(11);
      expect(said).toContain(rate < 8 ? 'too low to detect any movement' : 'too low');
      expect(await page.locator('[data-live-events] .micro').count()).toBe(0);
      const { watch, most } = await page.evaluate(
        () => (globalThis as unknown as { counts: { watch: number; most: number } }).counts,
      );
      expect(most).toBe(1);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save the last minute' }).click(),
      ]);
      const words = ['-v', 'error', '-count_packets', '-of', 'csv=p=0'];
      const entries = ['-show_entries', 'stream=nb_read_packets', await download.path()];
      const probe = spawnSync('ffprobe', [...words, ...entries], { encoding: 'utf8' });
      expect(Number.parseInt(probe.stdout, 10)).toBeGreaterThan(watch);
    } finally {
      await browser.close();
    }
  });
});
