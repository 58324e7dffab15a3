/**
 * @file What keeps the page responsive, without measuring time: long reports are rendered in parts, and frames of a
 * fast camera that there is no time for are dropped instead of queued. Times are measured by bench/page.mjs.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { chromium } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import { choose, describePage, keepAnswers, marksOn, saved, settle } from './app-page.ts';
import { CHROMIUM } from './browser/chromium.ts';

/** The members of a saved review that are changed here. */
interface Saved {
  events: { id: string; found?: number | undefined; onset: number; apex: number; offset: number }[];
}

describePage('the page stays quick', (at) => {
  let clip = '';

  beforeAll(async () => {
    clip = await at.synthesize('clip.mp4', '--seconds', '3');
  }, 900_000);

  it('reads a clip once, and re-examines an event from a nearby keyframe with the result of the analysis', async () => {
    const { page, context, problems } = await at.site.open();
    await keepAnswers(page);
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    await page.waitForSelector('img[alt^="Offset"]');
    const [seen, again] = await page.evaluate(() => {
      interface Seen {
        readonly images?: readonly Record<string, string>[];
        readonly report?: { readonly expressions: readonly { readonly kind: string }[] };
        readonly arrows?: unknown;
      }
      const { sent } = globalThis as unknown as { sent: readonly Seen[] };
      const result = sent.find((one) => one.images !== undefined)!;
      const chosen = result.report!.expressions.findIndex(({ kind }) => kind === 'micro');
      const look = sent.find((one) => one.arrows !== undefined)! as Record<string, string>;
      return [result.images![chosen]!, look] as const;
    });
    for (const name of ['onset', 'apex', 'flow', 'flowImage']) {
      expect(again[name], name).toBe(seen[name]);
    }
    // One reading: movement is measured while the face is found; landmarks and flow have workers of their own.
    const steps = await page.evaluate(() => {
      interface Step {
        readonly stage: string;
        readonly done: number;
        readonly total?: number;
      }
      const { steps: all } = globalThis as unknown as { readonly steps: readonly Step[] };
      return all.filter(({ stage }) => stage === 'face' || stage === 'movement');
    });
    expect(steps.some(({ stage, done }) => stage === 'face' && done > 1)).toBe(true);
    const measured = steps.filter(({ stage }) => stage === 'movement');
    expect(measured.length).toBeGreaterThan(0);
    expect(measured.every(({ done, total }) => done === total)).toBe(true);
    for (const name of ['follow.worker', 'mesh.worker']) {
      expect(page.workers().some((worker) => worker.url().includes(name))).toBe(true);
    }
    expect(problems).toEqual([]);
    await context.close();
  });

  it('renders three hundred events in parts, completely', async () => {
    const { page, context, problems } = await at.site.open({ acceptDownloads: true });
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    const review = JSON.parse(await saved(page, 'Review (JSON)')) as Saved;
    const first = { ...review.events[0]!, found: undefined };
    review.events = Array.from({ length: 300 }, (_, i) => {
      const onset = Math.floor((i * 80) / 300);
      return { ...first, id: `added-${i}`, onset, apex: onset + 3, offset: onset + 6 };
    });
    const path = join(at.folder, 'many.json');
    writeFileSync(path, JSON.stringify(review));

    await page.reload();
    await page.locator('input[accept=".json"]').setInputFiles(path);
    await page.waitForSelector('[data-screen="reopen"]');
    await page.evaluate(() => {
      const added: number[] = [];
      Object.assign(globalThis, { added });
      // One callback of the observer reports what one task has added.
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
    // Events that are too close to be drawn apart share a mark.
    const marks = await marksOn(page);
    // One path for each kind and for the chosen event, however many there are.
    expect(await page.locator('.timeline .band').count()).toBeLessThanOrEqual(4);
    expect(marks).toBeGreaterThan(20);
    expect(marks).toBeLessThanOrEqual(300);
    const added = await page.evaluate(
      () => (globalThis as unknown as { readonly added: number[] }).added,
    );
    expect(Math.max(...added)).toBeLessThanOrEqual(40);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('drops frames of a fast camera, reports it, and keeps them in the last minute', async () => {
    const film = join(at.folder, 'camera.mjpeg');
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
      const context = await browser.newContext({ acceptDownloads: true, serviceWorkers: 'block' });
      context.setDefaultTimeout(300_000);
      const page = await context.newPage();
      // 100 ms of additional work per frame for the live worker: at most ten frames per second.
      await page.route(/live\.worker-.*\.js$/, async (route) => {
        const response = await route.fetch();
        const slow = `const send = MessagePort.prototype.postMessage;
          MessagePort.prototype.postMessage = function (message, ...rest) {
            const end = performance.now() + 100;
            while (message?.seen && performance.now() < end);
            return send.call(this, message, ...rest);
          };`;
        await route.fulfill({ response, body: slow + (await response.text()) });
      });
      await page.goto(at.site.address);
      await page.getByRole('button', { name: 'Use the camera' }).click();
      const status = page.locator('[data-screen="live"] [role="status"]');
      const samples = page.locator('svg[data-samples]');
      const numberOf = async (name: string): Promise<number> =>
        Number(await samples.getAttribute(name));
      for (const name of ['data-samples', 'data-left-out']) {
        await expect.poll(() => numberOf(name), { timeout: 300_000 }).toBeGreaterThan(10);
      }
      // Frames that wait before the first is left out follow each other as fast as the camera: the rate comes down after them.
      const rateIn = (text: string): number => Number(/Analyzing (\d+) frame/.exec(text)?.[1]);
      let shownText = '';
      await expect
        .poll(async () => rateIn((shownText = await status.innerText())), { timeout: 300_000 })
        .toBeLessThanOrEqual(11);
      // Ten frames per second are too few for brief movements, fewer than eight for any: the message has to match the rate.
      expect(shownText).toContain(
        rateIn(shownText) < 8 ? 'too low to detect any movement' : 'too low',
      );
      expect(await page.locator('[data-live-events] .micro').count()).toBe(0);
      const analyzed = await numberOf('data-analyzed');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save the last minute' }).click(),
      ]);
      const words = ['-v', 'error', '-count_packets', '-of', 'csv=p=0'];
      const entries = ['-show_entries', 'stream=nb_read_packets', await download.path()];
      const probe = spawnSync('ffprobe', [...words, ...entries], { encoding: 'utf8' });
      expect(Number.parseInt(probe.stdout, 10)).toBeGreaterThan(analyzed);
    } finally {
      await browser.close();
    }
  });
});
