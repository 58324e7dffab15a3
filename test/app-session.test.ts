/**
 * @file An edit session on the page: 200 random edits with exports, reloads and reopened reviews in between. After each of
 * them the events are what they were.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { choose, describePage, saved, settle } from './app-page.ts';

/** What a review file holds, as far as the test reads it. */
interface Saved {
  readonly events: readonly { readonly id: string }[];
}

/** Linear congruential generator (Numerical Recipes): the same session in every run. */
function chooser(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}

describePage('an edit session', (at) => {
  it('of 200 random edits, exports and reloads loses nothing', async () => {
    const clip = await at.synthesize('clip.mp4', '--seconds', '2.5', '--blink');
    const { page, problems, context } = await at.site.open({ acceptDownloads: true });
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    const pick = chooser(11);
    let reloads = 0;
    for (let i = 1; i <= 200; i++) {
      await edit(page, pick, i);
      if (i % 25 !== 0) continue;
      const before = await review(page);
      const table = await saved(page, 'Table (CSV)');
      expect(table.trim().split('\r\n')).toHaveLength(before.events.length + 1);
      // In turn: the page is loaded again, or the saved file is opened.
      if (i % 50 === 0) {
        await page.getByText('All corrections are kept.').waitFor();
        await page.reload();
        await page.waitForSelector('[data-screen="start"]');
        await choose(page, clip);
      } else {
        const file = join(at.folder, `${i}.review.json`);
        writeFileSync(file, JSON.stringify(before));
        await page.getByRole('button', { name: 'Another video' }).click();
        await page.getByLabel('Open a saved review').setInputFiles(file);
        await page.waitForSelector('[data-screen="reopen"] h1');
        await choose(page, clip);
      }
      expect(await settle(page)).toBe('report');
      expect((await review(page)).events).toEqual(before.events);
      reloads += 1;
    }
    expect(reloads).toBe(8);
    expect(problems).toEqual([]);
    await context.close();
  });
});

async function review(page: Page): Promise<Saved> {
  return JSON.parse(await saved(page, 'Review (JSON)')) as Saved;
}

/** One edit, by the ways that a coder has. */
async function edit(page: Page, pick: (count: number) => number, i: number): Promise<void> {
  const events = page.locator('.list li button');
  const count = await events.count();
  if (count > 0) await events.nth(pick(count)).click();
  const ways = [
    async () => {
      await page.getByRole('slider', { name: 'Playhead' }).focus();
      await page.keyboard.press(pick(2) === 0 ? 'Shift+ArrowLeft' : 'Shift+ArrowRight');
      await page.getByRole('button', { name: 'Add an event here' }).click();
    },
    async () => {
      const name = ['Onset', 'Apex', 'Offset'][pick(3)]!;
      await page.getByRole('slider', { name }).focus();
      await page.keyboard.press(['ArrowLeft', 'ArrowRight', 'Shift+ArrowRight'][pick(3)]!);
    },
    async () => {
      await page.getByLabel('Your label').fill(`label ${i}`);
      await page.getByLabel('Your label').press('Tab');
    },
    async () => {
      await page.getByLabel('Comment').fill(`"comment", ${i}; ü 表情`);
      await page.getByLabel('Comment').press('Tab');
    },
    async () => {
      await page.locator('.detail select').selectOption(['micro', 'macro', 'blink'][pick(3)]!); // prettier-ignore
    },
    () => page.keyboard.press('Control+z'),
    () => page.keyboard.press('Control+Shift+z'),
    async () => {
      if (count > 3) await page.keyboard.press('Delete');
    },
  ];
  const way = count === 0 ? 0 : pick(ways.length);
  await ways[way]!();
}
