/**
 * @file Appearance and operation of the page in every main state: golden images, no findings of axe, keyboard only,
 * dark mode, phone, wide screen, and Chinese without a sentence in English.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import {
  ALIKE,
  choose,
  differenceFromGolden,
  saved,
  settle,
  violations,
  type OpenedPage,
  describePage,
} from './app-page.ts';

describePage('the look of the page', (at) => {
  let demo = '';
  let shown: OpenedPage;
  const looks = async (name: string, isWhole = false): Promise<void> => {
    expect(await differenceFromGolden(shown.page, name, isWhole), name).toBeLessThan(ALIKE);
  };

  beforeAll(async () => {
    demo = await at.synthesize('demonstration.mp4', '--seconds', '2.5', '--blink');
  }, 600_000);

  it('the start and a running analysis, without animation under prefers-reduced-motion', async () => {
    shown = await at.site.open({ acceptDownloads: true });
    const { page } = shown;
    expect(await violations(page)).toEqual([]);
    await looks('start');
    await choose(page, demo);
    await page.waitForSelector('li.now:nth-child(2)');
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

  it('every control of the report is reachable by keyboard, with a visible focus', async () => {
    const { page } = shown;
    const { reached, unseen } = await walk(page);
    expect(unseen).toEqual([]);
    const missed = await page.evaluate(() =>
      [...document.querySelectorAll('button, select, input, textarea, summary, a, [role=slider]')]
        .filter((one) => !one.matches(':disabled, [tabindex="-1"]'))
        .filter((one) => one.closest('details:not([open]) > :not(summary)') === null)
        .filter((one) => !one.hasAttribute('data-reached'))
        .map((one) => one.outerHTML.slice(0, 120)),
    );
    expect(missed).toEqual([]);
    for (const name of ['Skip to content', 'Playhead', 'Apex', 'Save', 'Delete', 'Keyboard']) {
      expect(reached).toContain(name);
    }
    // The list of keys describes each of them.
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

  it('optical flow over the face, arrows, and the magnified view', async () => {
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

  it('a corrected report and the menu to save', async () => {
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

  it('Chinese on a wide screen, without a sentence in English, in the saved report as well', async () => {
    const { page } = shown;
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.locator('nav select').selectOption('zh');
    for (const one of await page.locator('summary').all()) await one.click();
    await page.waitForSelector('img[alt^="结束"]');
    const shownText = (await page.locator('body').innerText())
      .replaceAll(/demonstration\.mp4|brows up|seen twice/g, '')
      // Names of recognizers follow each other in lists.
      .replaceAll(/merba|mfdan|densemix|svm-rbf|flow28/g, '')
      .replaceAll(/Ctrl\+\S+/g, '');
    expect(/[A-Za-z][a-z]+(?: [a-z]+){2,}/.exec(shownText)?.[0]).toBeUndefined();
    expect(await violations(page)).toEqual([]);
    expect(await differenceFromGolden(page, 'wide-chinese', true)).toBeLessThan(2 * ALIKE);
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

  // 640 × 450 is what a window of 1280 × 900 has at a zoom of 200 %.
  it.each([
    [320, 640],
    [390, 844],
    [430, 932],
    [640, 450],
  ])('every control of the report can be reached by pointer at %i × %i', async (width, height) => {
    const { page } = shown;
    await page.setViewportSize({ width, height });
    expect(await outOfReach(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Report (HTML)' }).waitFor();
    expect(await outOfReach(page, '#save-list')).toEqual([]);
    await page.keyboard.press('Escape');
    const whole = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(whole).toBeLessThanOrEqual(width);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('a review whose clip has not been chosen yet', async () => {
    const { page } = shown;
    const file = join(at.folder, 'demonstration.review.json');
    writeFileSync(file, await saved(page, 'Review (JSON)'));
    await page.getByRole('button', { name: 'Another video' }).click();
    await page.locator('input[accept=".json"]').setInputFiles(file);
    await page.waitForSelector('[data-screen="reopen"] h1');
    expect(await violations(page)).toEqual([]);
    await looks('reopen');
    expect(shown.problems).toEqual([]);
    await shown.context.close();
  });

  it('the camera', async () => {
    shown = await at.site.open({ permissions: ['camera'] });
    const { page } = shown;
    await page.getByRole('button', { name: 'Use the camera' }).click();
    await page.getByText('No face detected.').waitFor();
    expect(await violations(page)).toEqual([]);
    await looks('live', true);
    await shown.context.close();
  });

  it('the start on a phone, dark and in Chinese, by keyboard', async () => {
    shown = await at.site.open({
      locale: 'zh-CN',
      colorScheme: 'dark',
      viewport: { width: 360, height: 740 },
    });
    const { page } = shown;
    expect(await page.locator('html').getAttribute('lang')).toBe('zh');
    expect(await page.locator('h1').innerText()).toBe('检测视频中的微表情。');
    // Without a Chinese font, characters are drawn as boxes.
    expect(await differenceFromGolden(page, 'phone')).toBeLessThan(2 * ALIKE);
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
});

/** Controls that a pointer cannot reach: outside the window even after scrolling, or covered by something else. */
async function outOfReach(page: Page, within = 'body'): Promise<string[]> {
  return page.evaluate((within) => {
    const all = 'button, select, input, textarea, summary, a[href], [role=slider]';
    const shown = [...document.querySelectorAll(`:is(${within}) :is(${all})`)].filter(
      (one) =>
        !one.matches('[tabindex="-1"], .skip, .head, progress') &&
        one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }),
    );
    if (shown.length === 0) return ['no control at all'];
    return shown.flatMap((one) => {
      one.scrollIntoView({ block: 'center', inline: 'nearest' });
      const { left, right, top, bottom, width } = one.getBoundingClientRect();
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      const isHit = hit !== null && (one.contains(hit) || hit.contains(one));
      const isInside = left >= 0 && right <= document.documentElement.clientWidth + 0.5;
      const isMoment = one.getAttribute('role') === 'slider'; // its handle may end beyond the first frame
      if (width > 0 && isHit && (isInside || isMoment)) return [];
      const name = one.getAttribute('aria-label') ?? one.textContent.trim().slice(0, 40);
      return [`${name} at ${Math.round(left)} to ${Math.round(right)}`];
    });
  }, within);
}

/** Tabs through the page. Returns the names of the controls reached and of those without a visible focus. */
async function walk(page: Page): Promise<{ reached: string[]; unseen: string[] }> {
  await page.evaluate(() => {
    scrollTo(0, 0);
    (document.activeElement as HTMLElement | null)?.blur();
    getSelection()?.removeAllRanges();
  });
  // Starts at the top of the page.
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

/** Whether a canvas shows more than one color. */
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
