/**
 * @file How the page looks and how it is worked, in every main state: kept as golden pictures, without a finding of axe,
 * by keyboard alone, in the dark, on a phone, on a wide screen, and in Chinese without a sentence in English.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  ALIKE,
  choose,
  lookUnlike,
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
const hasFfmpeg = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
const without = [...(hasChromium ? [] : [CHROMIUM]), ...(hasFfmpeg ? [] : ['ffmpeg'])].join(', ');
const title = 'the look of the page';

describe.skipIf(without !== '')(
  without === '' ? title : `${title} (skipped: there is no ${without})`,
  { timeout: 600_000 },
  () => {
    let site: PageTest;
    let room = '';
    let demo = '';
    let shown: OpenedPage;
    const looks = async (name: string, isWhole = false): Promise<void> => {
      expect(await lookUnlike(shown.page, name, isWhole), name).toBeLessThan(ALIKE);
    };

    beforeAll(async () => {
      room = mkdtempSync(join(tmpdir(), 'telltale-looks-'));
      demo = join(room, 'demonstration.mp4');
      const words = ['--kind', 'brow-raise', '--seed', '7', '--seconds', '2.5', '--blink'];
      const made = await telltale('synth', '--out', demo, ...words, '--face', photo);
      if (made.status !== 0) throw new Error(made.stderr);
      site = await startPageTest();
    }, 600_000);
    afterAll(async () => {
      await (site as PageTest | undefined)?.close();
      rmSync(room, { recursive: true, force: true });
    });

    it('start, and work under way, which holds still where motion is not wanted', async () => {
      shown = await site.open({ acceptDownloads: true });
      const { page } = shown;
      expect(await violations(page)).toEqual([]);
      await looks('start');
      await choose(page, demo);
      await page.waitForSelector('li.now:nth-child(3)');
      expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
      await looks('working');
      expect(await violations(page)).toEqual([]);
      expect(await settle(page)).toBe('report');
      await page.waitForSelector('img[alt^="Offset"]');
      await page.locator('h1').focus();
    });

    it('the report, light and dark', async () => {
      const { page } = shown;
      expect(await violations(page)).toEqual([]);
      await looks('report', true);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await violations(page)).toEqual([]);
      await looks('report-dark', true);
      await page.emulateMedia({ colorScheme: 'light' });
    });

    it('everything in the report is reached by keyboard, and seen to be', async () => {
      const { page } = shown;
      const { reached, unseen } = await walk(page);
      expect(unseen).toEqual([]);
      const missed = await page.evaluate(() =>
        [...document.querySelectorAll('button, select, input, textarea, summary, a, [role=slider]')]
          .filter((one) => !one.matches(':disabled, [tabindex="-1"]'))
          .filter((one) => !one.hasAttribute('data-reached'))
          .map((one) => one.outerHTML.slice(0, 120)),
      );
      expect(missed).toEqual([]);
      for (const name of ['Skip to content', 'Playhead', 'Apex', 'Save', 'Delete', 'Keyboard']) {
        expect(reached).toContain(name);
      }
      // The list of keys says what they do.
      await page.locator('summary', { hasText: 'Keyboard' }).focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('kbd').count()).toBeGreaterThan(5);
      await page.keyboard.press('Enter');
      await page.locator('h1').focus();
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    });

    it('movement over the face, arrows, and the magnified view', async () => {
      const { page } = shown;
      await page.getByLabel('Show movement').check();
      await page.getByLabel('Arrows').check();
      await page.getByRole('button', { name: 'Magnify movements' }).click();
      await page.waitForSelector('figure canvas[aria-label="Magnified"]');
      expect(await drawn(page, 'figure canvas[aria-label="Magnified"]')).toBe(true);
      expect(await violations(page)).toEqual([]);
      await page.locator('#magnified-title').scrollIntoViewIfNeeded();
      await looks('magnified', true);
    });

    it('corrected, and the menu to save', async () => {
      const { page } = shown;
      await page.getByRole('slider', { name: 'Apex' }).focus();
      await page.keyboard.press('Shift+ArrowRight');
      await page.getByLabel('Your label').fill('brows up');
      await page.getByLabel('Comment').fill('seen twice');
      await page.getByRole('button', { name: 'Add an event here' }).click();
      await page.getByRole('button', { name: 'Save', exact: true }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Report (HTML)' }).waitFor();
      await page.waitForSelector('img[alt^="Offset"]');
      expect(await violations(page)).toEqual([]);
      await looks('corrected', true);
      await page.keyboard.press('Escape');
      expect(await page.getByRole('button', { name: 'Report (HTML)' }).count()).toBe(0);
    });

    it('in Chinese on a wide screen, without a sentence in English; the saved report too', async () => {
      const { page } = shown;
      await page.setViewportSize({ width: 1920, height: 1080 });
      await page.locator('nav select').selectOption('zh');
      for (const one of await page.locator('summary').all()) await one.click();
      await page.waitForSelector('img[alt^="结束"]');
      const said = (await page.locator('body').innerText())
        .replaceAll(/demonstration\.mp4|brows up|seen twice/g, '')
        .replaceAll(/Ctrl\+\S+/g, '');
      expect(/[A-Za-z][a-z]+(?: [a-z]+){2,}/.exec(said)?.[0]).toBeUndefined();
      expect(await violations(page)).toEqual([]);
      expect(await lookUnlike(page, 'wide-chinese', true)).toBeLessThan(2 * ALIKE);
      await page.getByRole('button', { name: '保存', exact: true }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: '报告（HTML）' }).click(),
      ]);
      const html = readFileSync(await download.path(), 'utf8');
      expect(html).toContain('<html lang="zh">');
      expect(html).toContain('运动随时间的变化');
      expect(html).toContain('这不是测谎仪');
      expect(html).toContain('手动标注为“brows up”');
      await page.locator('nav select').selectOption('en');
    });

    it('the report on a phone', async () => {
      const { page } = shown;
      await page.setViewportSize({ width: 390, height: 844 });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);
      expect(await violations(page)).toEqual([]);
      await looks('report-phone', true);
      await page.setViewportSize({ width: 1280, height: 900 });
    });

    it('a review that waits for its clip', async () => {
      const { page } = shown;
      const file = join(room, 'demonstration.review.json');
      writeFileSync(file, await saved(page, 'Review (JSON)'));
      await page.getByRole('button', { name: 'Another video' }).click();
      await page.locator('input[accept=".json"]').setInputFiles(file);
      await page.waitForSelector('[data-screen="reopen"] h1');
      expect(await violations(page)).toEqual([]);
      await looks('reopen');
      expect(shown.troubles).toEqual([]);
      await shown.context.close();
    });

    it('the camera', async () => {
      shown = await site.open({ permissions: ['camera'] });
      const { page } = shown;
      await page.getByRole('button', { name: 'Use the camera' }).click();
      await page.getByText('No face detected.').waitFor();
      expect(await violations(page)).toEqual([]);
      await looks('live', true);
      await shown.context.close();
    });

    it('the start on a phone, dark and in Chinese, worked by keyboard', async () => {
      shown = await site.open({
        locale: 'zh-CN',
        colorScheme: 'dark',
        viewport: { width: 360, height: 740 },
      });
      const { page } = shown;
      expect(await page.locator('html').getAttribute('lang')).toBe('zh');
      expect(await page.locator('h1').innerText()).toBe('检测视频中的微表情。');
      // A computer without Chinese letters shows boxes in their place.
      expect(await lookUnlike(page, 'phone')).toBeLessThan(2 * ALIKE);
      expect(await violations(page)).toEqual([]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(360);
      const { reached, unseen } = await walk(page);
      expect(unseen).toEqual([]);
      for (const name of [
        '跳转到正文',
        '选择视频',
        '查看演示',
        '使用摄像头',
        '打开已保存的审阅文件',
      ]) {
        expect(reached).toContain(name);
      }
      await page.locator('select').first().selectOption('en');
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      await shown.context.close();
    });
  },
);

/** Walks through the page with the tabulator: the names that were reached, and those on which no focus was seen. */
async function walk(page: Page): Promise<{ reached: string[]; unseen: string[] }> {
  await page.evaluate(() => {
    scrollTo(0, 0);
    (document.activeElement as HTMLElement | null)?.blur();
    getSelection()?.removeAllRanges();
  });
  // Begins at the top of the page, wherever the focus was.
  await page.locator('a.skip').focus();
  const reached: string[] = [];
  const unseen: string[] = [];
  for (let i = 0; i < 120; i++) {
    const found = await page.evaluate(() => {
      const one = document.activeElement;
      if (one === null || one === document.body || one.hasAttribute('data-reached'))
        return undefined;
      one.setAttribute('data-reached', '');
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      const isInside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
      const name =
        one.getAttribute('aria-label') ??
        (one as HTMLElement).innerText.trim().split('\n')[0] ??
        '';
      return { name, isSeen: isInside && outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
    });
    if (found === undefined) break;
    reached.push(found.name);
    if (!found.isSeen) unseen.push(found.name);
    await page.keyboard.press('Tab');
  }
  return { reached, unseen };
}

/** Whether a canvas holds a picture, and not one color. */
async function drawn(page: Page, selector: string): Promise<boolean> {
  const handle = page.locator(selector);
  await expect
    .poll(
      () =>
        handle.evaluate((canvas: HTMLCanvasElement) => {
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
          return new Set(data).size > 20;
        }),
      { timeout: 120_000 },
    )
    .toBe(true);
  return true;
}
