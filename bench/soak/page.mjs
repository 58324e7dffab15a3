/**
 * @file The page on a clip of ten minutes in Chromium, to the end: time, CPU time and memory while it runs.
 *
 * `npm run build && node bench/soak/page.mjs [seconds]` writes its part of bench/results/soak.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { analyzeOn, openBrowser, openPage, startSite } from '../page/browser.mjs';
import { memoryOf, spentBetween, threadTimes } from '../page/processes.mjs';
import { longClip, memoryRow, writePart } from './watch.mjs';

const seconds = Number(process.argv[2] ?? 600);
const room = mkdtempSync(join(tmpdir(), 'telltale-soak-'));
let site;
try {
  site = await startSite();
  const clip = longClip(room, { seconds, rate: 30 });
  const { browser, pid } = await openBrowser();
  const { page } = await openPage(browser, site.address);
  await page.waitForTimeout(1500);
  const empty = memoryOf(pid);
  const before = threadTimes(pid);
  const samples = [];
  const timer = setInterval(() => samples.push(memoryOf(pid)), 5000);
  const { took } = await analyzeOn(page, clip);
  clearInterval(timer);
  const cpu = spentBetween(before, threadTimes(pid)).reduce((sum, [, spent]) => sum + spent, 0);
  const facts = (await page.locator('.report > header > p.small').textContent()).trim().replaceAll(/\s+/g, ' '); // prettier-ignore
  await browser.close();
  const frames = Number(/([\d,]+) frames/.exec(facts)[1].replaceAll(',', ''));
  if (frames !== 30 * seconds) throw new Error(`${frames} frames`);
  writePart(
    'page',
    `\`node bench/soak/page.mjs ${seconds}\`: ${facts}. Before the drop, Chromium takes ${Math.round(empty / 1e6)} MB.

| elapsed, s | CPU, s | CPU, ms a frame | memory of all of Chromium, MB, after 10 % | 25 % | 50 % | 75 % | at the end | most |
|---|---|---|---|---|---|---|---|---|
| ${(took / 1000).toFixed(0)} | ${cpu.toFixed(0)} | ${((1000 * cpu) / frames).toFixed(1)} | ${memoryRow(samples).join(' | ')} |`,
  );
} finally {
  await site?.close();
  rmSync(room, { recursive: true, force: true });
}
