/**
 * @file How many of a camera's frames the page analyzes, of builds of the page in turn.
 *
 * `node bench/page/live.mjs --clip CLIP [BUILD…] [--runs 3] [--seconds 20]`: a clip of a face, which Chromium plays over and
 * over in place of a camera (the program ffmpeg makes the file), and folders that `vite build` wrote; without one, the page
 * is built as it is. Prints frames per second that the camera gave, that were analyzed, and CPU time by thread; and how many
 * frames the page counts as left out.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { openBrowser, openPage, startSite } from './browser.mjs';
import { spentBetween, threadTimes } from './processes.mjs';

const { servePage } = await import(
  new URL('../../packages/cli/dist/open/server.js', import.meta.url)
);
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    clip: { type: 'string' },
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
  },
});
if (options.clip === undefined) throw new Error('--clip CLIP is missing');
const room = mkdtempSync(join(tmpdir(), 'telltale-live-'));
const film = join(room, 'camera.mjpeg');

/** Counts what the camera delivers, and answers of the worker that analyzes; newer builds count what is analyzed themselves. */
function count() {
  const counts = { track: undefined, answers: 0 };
  globalThis.telltaleCounts = counts;
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    counts.track = stream.getVideoTracks()[0];
    return stream;
  };
  const send = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message?.name === 'watch') {
      const { id } = message;
      const answered = ({ data }) => {
        if (data?.id !== id || 'progress' in data) return;
        counts.answers += 'value' in data ? 1 : 0;
        this.removeEventListener('message', answered);
      };
      this.addEventListener('message', answered);
    }
    return send.call(this, message, ...rest);
  };
}

/** What was counted so far. */
function counted() {
  const { track, answers } = globalThis.telltaleCounts;
  const { analyzed = answers, leftOut = 0 } = document.querySelector('svg[data-samples]').dataset;
  const now = performance.now();
  return { given: track.stats.deliveredFrames, analyzed: Number(analyzed), leftOut: Number(leftOut), now }; // prettier-ignore
}

/** Frames per second and CPU time while the camera runs, after ten seconds that are not counted. */
async function measure(address) {
  const { browser, pid } = await openBrowser([`--use-file-for-fake-video-capture=${film}`]);
  try {
    const { page } = await openPage(browser, address);
    await page.evaluate(count);
    await page.getByRole('button', { name: 'Use the camera' }).click();
    await page.waitForSelector('svg[data-samples]:not([data-samples="0"])');
    await page.waitForTimeout(10_000);
    const seen = () => page.evaluate(counted);
    const [before, threads] = [await seen(), threadTimes(pid)];
    await page.waitForTimeout(1000 * Number(options.seconds));
    const after = await seen();
    const spent = spentBetween(threads, threadTimes(pid)).slice(0, 6);
    const seconds = (after.now - before.now) / 1000;
    return {
      given: (after.given - before.given) / seconds,
      analyzed: (after.analyzed - before.analyzed) / seconds,
      leftOut: after.leftOut - before.leftOut,
      threads: spent.map(([name, took]) => `${name} ${((100 * took) / seconds).toFixed(0)} %`),
    };
  } finally {
    await browser.close();
  }
}

const builds = new Map();
try {
  const size = 'scale=640:480:force_original_aspect_ratio=decrease,pad=640:480:-1:-1,fps=30';
  execFileSync('ffmpeg', ['-v', 'error', '-i', options.clip, '-an', '-vf', size, '-q:v', '3', film]); // prettier-ignore
  if (positionals.length === 0) builds.set('this page', await startSite());
  for (const folder of positionals) builds.set(folder, await servePage(folder, 0));
  for (let run = 0; run < Number(options.runs); run++) {
    for (const [name, { address }] of builds) {
      const { given, analyzed, leftOut, threads } = await measure(address);
      console.log(`${name}: ${analyzed.toFixed(1)} of ${given.toFixed(1)} frames a second, ${leftOut} left out; ${threads.join(', ')}`); // prettier-ignore
    }
  }
} finally {
  for (const build of builds.values()) await build.close();
  rmSync(room, { recursive: true, force: true });
}
