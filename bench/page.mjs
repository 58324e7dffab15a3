/**
 * @file How fast the page is, how responsive, and what memory it takes, in Debian's Chromium.
 *
 * `npm run build && node bench/page.mjs [paint] [analysis] [tasks]` measures the first paint, an analysis by the clock
 * and CPU time, and the longest tasks of the main thread; without words, all three. `--long` instead
 * analyzes five minutes (a shorter clip over and over, joined by the program ffmpeg) and samples the memory of all of
 * Chromium's processes. `--profile` prints who spends the time. Writes its part of bench/results/page.md; the other parts stay.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { openFaceModels } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { synthesize } from '@telltale/core/synth';

import { analyzeOn, openBrowser, openPage, scriptOf, seenOn, startSite } from './page/browser.mjs';
import { memoryOf, spentBetween, threadTimes } from './page/processes.mjs';
import { mainTasks, selfTimes } from './page/trace.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    long: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '20' },
    runs: { type: 'string', default: '5' },
    clip: { type: 'string' },
  },
});
const isMeasured = (name) =>
  options.long === (name === 'memory') &&
  (options.long || positionals.length === 0 || positionals.includes(name));
const results = fileURLToPath(new URL('results/page.md', import.meta.url));
const room = mkdtempSync(join(tmpdir(), 'telltale-bench-clip-'));
const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const whole = (value) => value.toFixed(0);
const tenth = (value) => value.toFixed(1);
const machine = () =>
  `${cpus().length} × ${cpus()[0].model}, load ${tenth(loadavg()[0])} at the end`;

/** A clip of 640×480 pixels at 30 frames per second with one planted expression and a blink, in H.264. */
async function makeClip(seconds) {
  if (options.clip) return options.clip;
  if (seconds > 60) return repeat(await makeClip(20), seconds / 20);
  const { loadRuntime, readFaceModelFiles, readImage, writeVideo } = await import('@telltale/node');
  const demo = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));
  const face = await openFaceModels(await loadRuntime(), await readFaceModelFiles(), {});
  const photo = await readImage(join(demo, 'demo', 'sample6.jpg'));
  const { landmarks } = await findFace(face, photo);
  await face.close();
  const made = synthesize(photo, landmarks, { seconds, blink: true, amplitude: 1.5, seed: 2 });
  const path = join(room, `${seconds} seconds.mp4`);
  await writeVideo(path, made.frames(), { rate: made.rate });
  return path;
}

/** A clip over and over, without encoding it again. */
function repeat(path, times) {
  const long = join(room, 'long.mp4');
  const words = ['-v', 'error', '-stream_loop', String(times - 1), '-i', path, '-c', 'copy', long];
  execFileSync('ffmpeg', words, { stdio: 'inherit' });
  return long;
}

/** First paint with nothing cached: a new browser each time. */
async function measurePaint(site) {
  const rows = [];
  let script = 0;
  for (let run = 0; run < Number(options.runs); run++) {
    const { browser } = await openBrowser();
    const { page } = await openPage(browser, site.address);
    await page.waitForFunction(() =>
      globalThis.telltaleSeen.paint.some(([name]) => name === 'first-contentful-paint'),
    );
    const { paint } = await seenOn(page);
    rows.push(new Map(paint).get('first-contentful-paint'));
    script = await scriptOf(page, site.folder);
    await browser.close();
  }
  console.log('first contentful paint, ms', rows.map(whole).join(' '));
  return `| | |
|---|---|
| first contentful paint, nothing cached, median of ${rows.length} | ${whole(middle(rows))} ms |
| worst | ${whole(Math.max(...rows))} ms |
| script before a clip is dropped, gzipped | ${tenth(script / 1000)} kB |`;
}

/** One analysis in wall time and CPU time; nothing observes while it runs. */
async function measureAnalysis(site, clip) {
  const rows = [];
  for (let run = 0; run < 2; run++) {
    const { browser, pid } = await openBrowser();
    const { page } = await openPage(browser, site.address);
    // What the service worker fetches at the first visit is over.
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForTimeout(1500);
    const before = threadTimes(pid);
    const { took } = await analyzeOn(page, clip);
    const spent = spentBetween(before, threadTimes(pid));
    const facts = await page.locator('.report > header > p.small').textContent();
    await browser.close();
    rows.push({ took, spent, facts });
    console.log(`${whole(took)} ms`, facts.trim(), spent.slice(0, 8));
  }
  const best = rows.reduce((a, b) => (b.took < a.took ? b : a));
  const frames = Number(/([\d,]+) frames/.exec(best.facts)[1].replace(',', ''));
  const length = frames / 30;
  const sum = best.spent.reduce((total, [, seconds]) => total + seconds, 0);
  return `A clip of 640×480 pixels at 30 frames per second, ${frames} frames, wasm alone, from the drop to the report, opening the networks included; the better of ${rows.length}.

| | |
|---|---|
| by the clock | ${tenth(best.took / 1000)} s, ${(length / (best.took / 1000)).toFixed(2)}× real time |
| CPU time, all of Chromium | ${tenth(sum)} s, ${tenth((1000 * sum) / frames)} ms a frame |
${best.spent
  .slice(0, 6)
  .map(([name, seconds]) => `| ${name} | ${tenth(seconds)} s |`)
  .join('\n')}`;
}

/** Tasks of the main thread, from the drop until the report has settled. */
async function measureTasks(site, clip) {
  const { browser } = await openBrowser();
  const { page } = await openPage(browser, site.address);
  await page.waitForTimeout(1500);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await browser.startTracing(page, {
    categories: [
      ...['toplevel', 'v8', 'devtools.timeline', '__metadata', 'disabled-by-default-v8.gc'],
      ...(options.profile ? ['disabled-by-default-v8.cpu_profiler'] : []),
    ],
  });
  const { from } = await analyzeOn(page, clip);
  await page.waitForSelector('img[alt^="Offset"]');
  await page.waitForTimeout(1000);
  const { long, frames } = await seenOn(page);
  const { traceEvents: events } = JSON.parse((await browser.stopTracing()).toString());
  await browser.close();
  const tasks = mainTasks(events, { url: site.address });
  const during = long.filter(({ startTime }) => startTime >= from);
  const over = during.filter(({ duration }) => duration > 100);
  console.log(
    'long tasks',
    during
      .map(
        ({ startTime, duration, screen }) =>
          `${whole(duration)} ms at ${whole(startTime - from)} (${screen})`,
      )
      .join(', '),
  );
  for (const frame of frames.filter(
    ({ startTime, duration }) => startTime >= from && duration > 80,
  )) {
    console.log('long frame', whole(frame.startTime - from), whole(frame.duration), frame.scripts);
  }
  for (const task of tasks.slice(0, 12)) {
    console.log(`task ${tenth(task.wall)} ms, CPU ${tenth(task.cpu)} ms`, task.parts);
  }
  if (options.profile) {
    for (const thread of [/CrRendererMain/, /DedicatedWorker/]) {
      const { total, functions } = selfTimes(events, thread);
      console.log(String(thread), `${whole(total)} ms`);
      for (const [name, time] of functions.slice(0, 40)) {
        console.log(`  ${tenth((100 * time) / total)} % ${whole(time)} ms ${name}`);
      }
    }
  }
  const longest = tasks.reduce((a, b) => (b.cpu > a.cpu ? b : a), {
    wall: 0,
    cpu: 0,
  });
  return `From the drop until the report has its images. A long task is one that the page sees as longer than 50 ms by the clock; its CPU time is what it would take on a machine that does nothing else.

| | |
|---|---|
| long tasks | ${during.length} |
| above 100 ms | ${over.length} |
| longest by the clock | ${whole(Math.max(0, ...during.map(({ duration }) => duration)))} ms |
| most CPU time in one task | ${whole(longest.cpu)} ms |`;
}

/** Five minutes: memory every second, of the browser with everything it started. */
async function measureMemory(site, clip) {
  const { browser, pid } = await openBrowser();
  const { page } = await openPage(browser, site.address);
  await page.waitForTimeout(1500);
  const empty = memoryOf(pid);
  const samples = [];
  const timer = setInterval(() => {
    samples.push(memoryOf(pid));
    if (samples.length % 10 === 0)
      console.log(samples.length, 's', whole(samples.at(-1) / 1e6), 'MB');
  }, 1000);
  const { took } = await analyzeOn(page, clip);
  await page.waitForTimeout(5000);
  clearInterval(timer);
  const own = await page.evaluate(async () => {
    const { bytes, breakdown } = await performance.measureUserAgentSpecificMemory();
    return { bytes, parts: breakdown.map(({ bytes: part, types }) => [types.join('+'), part]) };
  });
  console.log('the page itself', own);
  const facts = await page.locator('.report > header > p.small').textContent();
  const { long } = await seenOn(page);
  await browser.close();
  const over = long.filter(({ duration }) => duration > 100);
  for (const { startTime, duration, screen } of over) {
    console.log(`${whole(duration)} ms at ${whole(startTime)} ms (${screen})`);
  }
  const megabytes = (bytes) => `${whole(bytes / 1e6)} MB`;
  return `${facts.trim().replaceAll(/\s+/g, ' ')}; ${tenth(took / 1000)} s from the drop to the report.

| memory of all processes of Chromium (PSS) | |
|---|---|
| before the drop | ${megabytes(empty)} |
| most during the analysis, sampled every second | ${megabytes(Math.max(...samples))} |
| median | ${megabytes(middle(samples))} |
| with the report | ${megabytes(samples.at(-1))} |
| what the page itself counts then (\`measureUserAgentSpecificMemory\`) | ${megabytes(own.bytes)} |
| tasks of the main thread above 100 ms | ${over.length} |`;
}

const PARTS = [
  { name: 'paint', title: 'First paint', measure: measurePaint },
  { name: 'analysis', title: 'Analysis', measure: measureAnalysis, seconds: options.seconds },
  { name: 'tasks', title: 'Main thread', measure: measureTasks, seconds: options.seconds },
  { name: 'memory', title: 'Memory of five minutes', measure: measureMemory, seconds: '300' },
];

/** Puts a part into the file, replacing what it contained before. */
function write(name, body) {
  const before = existsSync(results) ? readFileSync(results, 'utf8') : '';
  const sections = new Map(
    [...before.matchAll(/^## (.+)\n\n([\s\S]*?)(?=\n## |$(?![\s\S]))/gm)].map(([, title, text]) => [
      title,
      text.trim(),
    ]),
  );
  sections.set(name, body);
  const text = PARTS.filter(({ title }) => sections.has(title))
    .map(({ title }) => `## ${title}\n\n${sections.get(title)}\n`)
    .join('\n');
  writeFileSync(
    results,
    `# The page\n\nMade by \`node bench/page.mjs\` and \`node bench/page.mjs --long\`; method in docs/benchmarks.md.\n\n${text}`,
  );
}

let site;
try {
  site = await startSite(!options.profile && undefined);
  const clips = new Map();
  for (const { name, title, measure, seconds } of PARTS) {
    if (!isMeasured(name)) continue;
    if (seconds !== undefined && !clips.has(seconds)) {
      clips.set(seconds, await makeClip(Number(seconds)));
    }
    const body = await measure(site, clips.get(seconds));
    console.log(`\n## ${title}\n\n${body}\n`);
    if (!options.clip && !options.profile) write(title, `${body}\n\n${machine()}.`);
  }
} finally {
  await site?.close();
  rmSync(room, { recursive: true, force: true });
}
