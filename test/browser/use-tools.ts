/**
 * @file The tools of the workspace used on a report, by any driven browser: curves, another coder's file, side by side, an
 * event as a clip, and what is chosen before an analysis.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { DrivenPage } from './drivers.ts';

/** What the tools did. */
export interface ToolsUsed {
  /** Lines of the legend of the curves. */
  readonly curves: number;
  /** What the page shows about the other coder's file. */
  readonly agreement: string;
  /** Frames of the player and of the image beside it. */
  readonly frames: readonly [here: number, beside: number];
  /** Whether the image beside the player shows anything. */
  readonly isDrawn: boolean;
  /** The event as an mp4, base64; or the message where the browser encodes none. */
  readonly clip: string;
  /** The archive of all events; or that message. */
  readonly all: string;
  /** How many faces the screen before the analysis found. */
  readonly faces: number;
  /** Start of the report of a part, seconds. */
  readonly from: string;
}

const KEEP_SAVED = `
  globalThis.savedFile = null;
  const make = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => {
    if (/video|zip/.test(blob.type)) {
      const reader = new FileReader();
      reader.onload = () => { globalThis.savedFile = reader.result; };
      reader.readAsDataURL(blob);
    }
    return make(blob);
  };
  return true;`;

/** Clicks the element of a kind with a text; whether it is there. */
const CLICK = `
  const found = [...document.querySelectorAll(args[0])].find((one) => one.textContent.includes(args[1]) && !one.disabled);
  found?.click();
  return found !== undefined;`;

const GIVE = `
  const list = new DataTransfer();
  list.items.add(new File([args[1]], args[0]));
  const input = document.querySelector('.coding input[type=file]');
  input.files = list.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));`;

/** Uses the tools on the report that is shown. @param limit - milliseconds for each */
export async function useTools(page: DrivenPage, limit: number): Promise<ToolsUsed> {
  const until = async (what: string, body: string, ...args: string[]): Promise<unknown> => {
    const end = Date.now() + limit;
    for (;;) {
      const value = await page.run(body, ...args);
      if (value !== false && value !== null && value !== '' && value !== 0) return value;
      if (Date.now() > end) {
        const shown = String(await page.run('return document.body.innerText'));
        throw new Error(`${what} did not come in ${limit / 1000} s. The page shows: ${shown}`);
      }
      await sleep(250);
    }
  };
  const click = (kind: string, text: string): Promise<unknown> => until(text, CLICK, kind, text);

  await page.run(KEEP_SAVED);
  await click('summary', 'Curves');
  await click('details.curves label', 'AU2 ');
  const curves = Number(await until('curves', `return document.querySelectorAll('.line .legend li').length`)); // prettier-ignore

  await page.run(GIVE, 'anna.csv', 'onset,offset,label\n0.2,0.9,sadness\n');
  const agreement = String(await until('the comparison', `return /With anna[^.]*\\./.exec(document.body.innerText)?.[0] ?? ''`)); // prettier-ignore

  await click('label', 'Side by side');
  const frames = (await until(
    'the image beside',
    `const beside = Number(document.querySelector('.beside canvas')?.dataset.frame ?? -1);
     return beside < 0 ? false : [Number(document.querySelector('.where strong').textContent), beside];`,
  )) as [number, number];
  const isDrawn = (await page.run(`
    const canvas = document.querySelector('.beside canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => i % 4 < 3 && value > 20);`)) as boolean;

  const savedFile = async (name: string): Promise<string> => {
    await page.run('globalThis.savedFile = null');
    const isOpen = await page.run(`return document.querySelector('#save-list') !== null`);
    if (isOpen !== true) await click('button', 'Save');
    await click('#save-list button', name);
    return String(await until(name, `return globalThis.savedFile ?? document.querySelector('#save-list [role=alert]')?.textContent ?? ''`)); // prettier-ignore
  };
  const clip = await savedFile('Clip of the selected event');
  const all = await savedFile('Clips and figures of all events');

  await click('button', 'Part, rotation, face');
  await until('the screen before the analysis', `return document.querySelector('[data-screen="prepare"]') !== null`); // prettier-ignore
  await click('button', 'Show everyone');
  const faces = Number(await until('faces', `return document.querySelectorAll('.faces img').length`)); // prettier-ignore
  await page.run(`
    const field = [...document.querySelectorAll('[data-screen="prepare"] input.field')][0];
    field.value = '0.5';
    field.dispatchEvent(new Event('input', { bubbles: true }));`);
  await click('[data-screen="prepare"] button', 'Analyze');
  const from = String(await until('the report of the part', `return document.querySelector('.timeline svg')?.dataset.from ?? ''`)); // prettier-ignore
  return { curves, agreement, frames, isDrawn, clip, all, faces, from };
}
