/**
 * @file The report on paper: everything within the page, nothing folded away, no controls, bars and colors printed. The
 * page and the saved report are printed to PDF, and their pages are drawn and looked at where there is poppler.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';

import { choose, describePage, saved, settle } from './app-page.ts';

const hasPoppler = spawnSync('pdftoppm', ['-v'], { stdio: 'ignore' }).status === 0;

describePage('the report on paper', (at) => {
  let page: Page;

  beforeAll(async () => {
    const clip = await at.synthesize('clip.mp4', '--seconds', '2.5', '--blink');
    ({ page } = await at.site.open({ acceptDownloads: true }));
    await choose(page, clip);
    expect(await settle(page)).toBe('report');
    await page.waitForSelector('img[alt^="Offset"]');
  }, 900_000);

  it('has no controls, nothing beyond its edges, and nothing folded away', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const seen = await page.evaluate(() => {
      const isSeen = (one: Element): boolean => one.checkVisibility({ visibilityProperty: true });
      const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
      const lists = 'button, input, select, textarea, summary';
      return {
        controls: all(lists)
          .filter(
            (one) =>
              isSeen(one) &&
              one.closest('.list li') === null &&
              !one.matches('.thumb, .meaning summary'),
          ) // prettier-ignore
          .map((one) => one.outerHTML.slice(0, 80)),
        drawn: all('.timeline svg, .tracks svg').map((one) => Number(one.getAttribute('width'))),
        folded: all('.meaning details:not([open])').length,
        bars: all('.bar').map((one) => getComputedStyle(one).printColorAdjust),
      };
    });
    expect(seen.controls).toEqual([]);
    expect(seen.drawn.length).toBeGreaterThan(0);
    expect(Math.max(...seen.drawn)).toBeLessThanOrEqual(718);
    expect(seen.folded).toBe(0);
    expect(seen.bars.length).toBeGreaterThan(3);
    expect([...new Set(seen.bars)]).toEqual(['exact']);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await page.emulateMedia({ media: 'screen' });
    expect(await page.locator('.meaning details').getAttribute('open')).toBeNull();
  });

  it(`fills few pages, in color${hasPoppler ? '' : ' (pages are not drawn: there is no poppler)'}`, async () => {
    const files = { page: join(at.folder, 'page.pdf'), saved: join(at.folder, 'saved.pdf') };
    await page.pdf({ path: files.page, format: 'A4' });
    const html = await saved(page, 'Report (HTML)');
    const other = await page.context().newPage();
    await other.setContent(html);
    await other.pdf({ path: files.saved, format: 'A4' });
    for (const [name, path] of Object.entries(files)) {
      const pages = readFileSync(path, 'latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
      expect(pages, name).toBeGreaterThanOrEqual(2);
      expect(pages, name).toBeLessThanOrEqual(5);
      if (!hasPoppler) continue;
      const drawn = spawnSync('pdftoppm', ['-r', '40', '-png', path, path]);
      expect(drawn.status).toBe(0);
      const shares = [];
      for (let i = 1; i <= pages; i++) shares.push(await paintOf(`${path}-${i}.png`));
      // No page is empty, and the color of micro-expressions is on the paper: bars, numbers, the timeline.
      expect(Math.min(...shares.map(({ ink }) => ink)), name).toBeGreaterThan(0.01);
      expect(Math.max(...shares.map(({ red }) => red)), name).toBeGreaterThan(0.004);
    }
  });
});

/** How much of an image is not white, and how much has the color of micro-expressions. */
async function paintOf(path: string): Promise<{ readonly ink: number; readonly red: number }> {
  const { data } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let [ink, red] = [0, 0];
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
    if (r + g + b < 690) ink++;
    if (r > 140 && r < 230 && g < 110 && b < 80 && r > 2 * g) red++;
  }
  return { ink: (3 * ink) / data.length, red: (3 * red) / data.length };
}
