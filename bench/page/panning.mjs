/**
 * @file What a frame of panning the timeline costs with 2,000 events, of two builds of the page in turn.
 *
 * `node bench/page/panning.mjs BEFORE AFTER [--clip CLIP] [--runs 5]`: two folders that `vite build` wrote, and a short clip
 * of a face, which is repeated. Prints CPU time of the page's main thread for one frame; the clock is given beside it, for
 * a machine that does nothing else.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { openBrowser, openPage } from './browser.mjs';
import { threadTimes } from './processes.mjs';

const { servePage } = await import(
  new URL('../../packages/cli/dist/open/server.js', import.meta.url)
);
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, clip: { type: 'string' } },
});
const [EVENTS, FRAMES, STEPS] = [2000, 6000, 150];
const room = mkdtempSync(join(tmpdir(), 'telltale-panning-'));

/** 6,000 frames of the clip over and over, and a review of it with 2,000 events. */
function prepare() {
  const clip = join(room, 'long.mp4');
  const ffprobe = ['-v', 'error', '-count_packets', '-of', 'csv=p=0', '-show_entries'];
  const asked = 'stream=width,height,nb_read_packets,codec_type';
  const [, width, height, count] = execFileSync('ffprobe', [...ffprobe, asked, '-select_streams', 'v', options.clip], { encoding: 'utf8' }).trim().split(','); // prettier-ignore
  const times = String(Math.ceil(FRAMES / Number(count)) - 1);
  const words = ['-v', 'error', '-stream_loop', times, '-i', options.clip, '-c', 'copy', '-an'];
  execFileSync('ffmpeg', [...words, '-frames:v', String(FRAMES), clip]);
  const rate = 30;
  const moment = (frame) => ({ frame, time: frame / rate });
  const report = {
    schema: 'telltale.report/1',
    clip: { name: 'long.mp4', width: Number(width), height: Number(height), frames: FRAMES, rate, duration: FRAMES / rate }, // prettier-ignore
    face: { frames: FRAMES, faces: 1, gaps: [] },
    movement: {
      times: Array.from({ length: FRAMES }, (_, i) => i / rate),
      values: Array.from({ length: FRAMES }, (_, i) => Math.abs(Math.sin(i / 7)) + (i % 5) / 20),
      threshold: 0.8,
    },
    expressions: Array.from({ length: EVENTS }, (_, i) => ({
      ...{ onset: moment(3 * i), apex: moment(3 * i + 1), offset: moment(3 * i + 2) },
      ...{ duration: 2 / rate, kind: ['micro', 'macro', 'blink'][i % 3], confidence: 0.5 },
      regions: {},
    })),
    ...{ caveats: [], made: [] },
  };
  const review = {
    schema: 'telltale.review/1',
    events: report.expressions.map(({ kind, onset, apex, offset }, i) => ({
      ...{ id: `found-${i}`, found: i, kind, label: '', comment: '' },
      ...{ onset: onset.frame, apex: apex.frame, offset: offset.frame },
    })),
    ...{ measurements: [], report, regions: report.movement.times.map(() => null) },
  };
  const path = join(room, 'many.json');
  writeFileSync(path, JSON.stringify(review));
  return { clip, path };
}

const isRenderer = (pid) =>
  readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('--type=renderer');

/** Milliseconds of CPU time of the main thread, and of the clock, for one frame. */
async function measure(folder, { clip, path }) {
  const served = await servePage(folder, 0);
  const { browser, pid } = await openBrowser();
  try {
    const { page } = await openPage(browser, served.address);
    await page.locator('input[accept=".json"]').setInputFiles(path);
    await page.waitForSelector('[data-screen="reopen"]');
    await page.locator('input[accept^="video"]').setInputFiles(clip);
    await page.waitForSelector('[data-screen="report"] h1');
    await page.waitForFunction((all) => document.querySelectorAll('.list ol > li').length === all, EVENTS); // prettier-ignore
    await page.waitForTimeout(3000);
    for (let i = 0; i < 3; i++) await page.locator('.tools .zoom').last().click();
    await page.waitForTimeout(1000);
    const before = threadTimes(pid);
    const clock = await page.evaluate(async (steps) => {
      const svg = document.querySelector('.timeline svg');
      const { left, top } = svg.getBoundingClientRect();
      const start = performance.now();
      for (let i = 0; i < steps; i++) {
        const deltaX = i % 100 < 50 ? 12 : -12;
        const at = { clientX: left + 300, clientY: top + 60, bubbles: true, cancelable: true };
        svg.dispatchEvent(new WheelEvent('wheel', { ...at, deltaX }));
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return (performance.now() - start) / steps;
    }, STEPS);
    const after = threadTimes(pid);
    // The main thread of a process has its number.
    const spent = [...after].map(([id, { seconds }]) => {
      const [process, thread] = id.split('/');
      const isMain = process === thread && isRenderer(process);
      return isMain ? seconds - (before.get(id)?.seconds ?? 0) : 0;
    });
    const elements = await page.locator('.timeline svg *').count();
    const cpu = (1000 * Math.max(...spent)) / STEPS;
    return { cpu, clock, elements };
  } finally {
    await browser.close();
    await served.close();
  }
}

try {
  const files = prepare();
  const rows = new Map(positionals.map((folder) => [folder, []]));
  for (let run = 0; run < Number(options.runs); run++) {
    for (const [folder, own] of rows) {
      own.push(await measure(folder, files));
      const { cpu, clock, elements } = own.at(-1);
      console.log(folder, `CPU ${cpu.toFixed(1)} ms, clock ${clock.toFixed(1)} ms, ${elements} elements`); // prettier-ignore
    }
  }
  for (const [folder, own] of rows) {
    const middle = (name) => own.map((row) => row[name]).sort((a, b) => a - b)[own.length >> 1];
    console.log(`${folder}: median CPU ${middle('cpu').toFixed(1)} ms a frame, clock ${middle('clock').toFixed(1)} ms`); // prettier-ignore
  }
} finally {
  rmSync(room, { recursive: true, force: true });
}
