/**
 * @file Part, rotation and face chosen on the page before the analysis: the answer is that of the command line with
 * `--from`, `--to`, `--rotate` and `--face`, and the player, a saved review and the storage know what was chosen.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';

import type { Report } from '@telltale/core';
import {
  choose,
  describePage,
  expectSame,
  reportOnPage,
  saved,
  settle,
  violations,
  type OpenedPage,
} from './app-page.ts';
import { telltale } from './telltale.ts';

describePage('before the analysis', (at) => {
  let clip = '';
  let shown: OpenedPage;
  let page: Page;
  let report: Report;

  beforeAll(async () => {
    const upright = await at.synthesize('upright.mp4', '--seconds', '2.5', '--blink');
    clip = join(at.folder, 'sideways.mp4');
    // Two faces, lying on their left side, and without a word about it in the file.
    const beside = '[0]split[a][b];[b]hflip,scale=480:360,pad=480:480[c];[a][c]hstack,transpose=2';
    const turn = ['-i', upright, '-filter_complex', beside, '-c:v', 'libx264', '-crf', '8', clip];
    expect(spawnSync('ffmpeg', ['-v', 'error', '-y', ...turn]).status).toBe(0);
    shown = await at.site.open({ acceptDownloads: true });
    page = shown.page;
  }, 900_000);

  it('a part, a rotation and a face are chosen, by keyboard too', async () => {
    await page.getByLabel('Choose part, rotation and face first').setInputFiles(clip);
    await page.waitForSelector('[data-screen="prepare"] canvas');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Analyze', exact: true }).waitFor();
    // An empty part is refused at once.
    await page.getByLabel('From', { exact: true }).fill('9');
    await page.getByText('Give a start before the end').waitFor();
    expect(await page.getByRole('button', { name: 'Analyze', exact: true }).isDisabled()).toBe(true); // prettier-ignore
    await page.getByLabel('From', { exact: true }).fill('0:00.5');
    await page.getByLabel('Position in the video').focus();
    await page.keyboard.press('End');
    for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
    await page.getByRole('button', { name: 'To: here' }).press('Enter');
    const to = await page.getByLabel('To', { exact: true }).inputValue();
    expect(Number(to)).toBeGreaterThan(2);
    await page.getByLabel('Rotation').selectOption({ label: '90° clockwise' });
    await expect
      .poll(() =>
        page.locator('canvas').evaluate((one: HTMLCanvasElement) => one.width > one.height),
      ) // prettier-ignore
      .toBe(true);
    await page.getByRole('button', { name: 'Show everyone in the video' }).click();
    const second = page.getByRole('radio', { name: 'Face 2' });
    await second.waitFor({ timeout: 300_000 });
    expect(await violations(page)).toEqual([]);
    await second.check();
    const order = await page.locator('code').innerText();
    expect(order).toBe(`--from 0:00.5 --to ${to} --rotate 90 --face 2`);
    await page.getByRole('button', { name: 'Analyze', exact: true }).click();
    expect(await settle(page)).toBe('report');
    report = await reportOnPage(page);
    const { stdout } = await telltale('analyze', clip, '--json', ...order.split(' '));
    const expected = JSON.parse(stdout) as Report;
    expectSame(report, expected);
    expect(report.clip).toEqual(expected.clip);
    expect(report.clip.rotated).toBe(90);
    expect(report.face.subject).toEqual(expected.face.subject);
    expect(report.face.subject?.number).toBe(2);
    expect(report.movement.times).toEqual(expected.movement.times);
  });

  it('player and timeline begin with the part, upright', async () => {
    const canvas = page.locator('.player canvas');
    await page.getByRole('slider', { name: 'Playhead' }).focus();
    await page.keyboard.press('Home');
    await page.waitForSelector('.player canvas[data-frame="0"]');
    expect(await page.locator('.where .quiet').innerText()).toBe('0:00.50');
    expect(await page.locator('.timeline svg').getAttribute('data-from')).toBe('0.500');
    const size = await canvas.evaluate((one: HTMLCanvasElement) => [one.width, one.height]);
    expect(size).toEqual([report.clip.width, report.clip.height]);
    // At the end, playback starts again from the first frame of the part.
    await page.keyboard.press('End');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await expect.poll(() => page.locator('.where strong').innerText()).not.toBe(String(report.clip.frames - 1)); // prettier-ignore
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
  });

  it('a saved review finds its part again, and what is measured is the same', async () => {
    await page.getByRole('slider', { name: 'Playhead' }).focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < 2; i++) await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('button', { name: 'Add an event here' }).click();
    const bars = page.locator('.detail .columns dl').first();
    await bars.waitFor({ timeout: 60_000 });
    await page.waitForSelector('img[alt^="Offset"]');
    const before = await bars.innerText();
    const file = join(at.folder, 'part.review.json');
    const review = JSON.parse(await saved(page, 'Review (JSON)')) as object;
    writeFileSync(file, JSON.stringify({ ...review, measurements: [] }));
    await page.getByRole('button', { name: 'Another video' }).click();
    await page.getByLabel('Open a saved review').setInputFiles(file);
    await page.waitForSelector('[data-screen="reopen"] h1');
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    await page.locator('.list li button', { hasText: 'added by' }).click();
    await expect.poll(() => bars.innerText().catch(() => ''), { timeout: 60_000 }).toBe(before);
    expect(shown.problems).toEqual([]);
    // From the report, another part of the same video is chosen with what was chosen before in the fields.
    await page.getByRole('button', { name: 'Part, rotation, face…' }).first().click();
    await page.waitForSelector('[data-screen="prepare"] h1');
    expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe('0.5');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await shown.context.close();
  });
});
