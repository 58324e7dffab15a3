/** @file A clip analyzed on the built page by any driven browser: the report that "Review (JSON)" saves. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Report } from '@telltale/core';

import type { DrivenPage } from './drivers.ts';

/** Bytes of a file that one step carries. */
const PART = 1_500_000;

/** Keeps what the page saves, because a driven browser has no folder of downloads to look into. */
const KEEP_SAVED = `
  globalThis.parts = [];
  globalThis.savedText = null;
  const make = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => {
    if (/json/.test(blob.type)) blob.text().then((text) => { globalThis.savedText = text; });
    return make(blob);
  };`;

const CHOOSE = `
  const bytes = Uint8Array.from(atob(globalThis.parts.join('')), (letter) => letter.charCodeAt(0));
  const list = new DataTransfer();
  list.items.add(new File([bytes], args[0]));
  const input = document.querySelector('input[accept^="video"]');
  input.files = list.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));`;

/** Clicks the button with a text; whether it is there. */
const CLICK = `
  const found = [...document.querySelectorAll('button')].find((button) => button.textContent.includes(args[0]));
  found?.click();
  return found !== undefined;`;

/**
 * @param limit - milliseconds
 * @returns the report, and milliseconds from choosing the file to the report
 */
export async function analyzeOnPage(
  page: DrivenPage,
  {
    address,
    clip,
    limit,
  }: { readonly address: string; readonly clip: string; readonly limit: number },
): Promise<{ readonly report: Report; readonly elapsed: number }> {
  const end = Date.now() + limit;
  const until = async (what: string, body: string, ...args: readonly string[]): Promise<void> => {
    while (!(await page.run(body, ...args))) {
      if (Date.now() > end) {
        const shown = await page.run('return document.body.innerText');
        throw new Error(`${basename(clip)}: ${what} did not come in ${limit / 1000} s. The page shows: ${String(shown)}`); // prettier-ignore
      }
      await sleep(250);
    }
  };
  await page.goto(address);
  await until('the start', `return document.querySelector('[data-screen="start"]') !== null`);
  await page.run(KEEP_SAVED);
  const text = readFileSync(clip).toString('base64');
  for (let at = 0; at < text.length; at += PART) {
    await page.run('globalThis.parts.push(args[0])', text.slice(at, at + PART));
  }
  const start = Date.now();
  await page.run(CHOOSE, basename(clip));
  const screen = (name: string): string => `document.querySelector('[data-screen="${name}"] h1')`;
  await until('the report', `return (${screen('report')} ?? ${screen('problem')}) !== null`);
  const elapsed = Date.now() - start;
  const problem = await page.run(`return ${screen('problem')}?.closest('[data-screen]').textContent ?? ''`); // prettier-ignore
  if (problem !== '') throw new Error(`${basename(clip)}: ${String(problem)}`);
  await until('the menu', CLICK, 'Save');
  await until('the review', CLICK, 'Review (JSON)');
  await until('the saved file', 'return globalThis.savedText !== null');
  const review = JSON.parse((await page.run('return globalThis.savedText')) as string) as {
    readonly report: Report;
  };
  return { report: review.report, elapsed };
}
