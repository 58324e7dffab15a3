/**
 * @file Input that cannot be analyzed, or only in part: the page shows what is wrong and what to do in one message, and
 * can be used afterwards.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import {
  choose,
  differenceFromGolden,
  reportOnPage,
  saved,
  settle,
  violations,
  ALIKE,
  describePage,
  hasDecoder,
  PHOTO,
} from './app-page.ts';

const shared =
  process.env['TELLTALE_SHARED'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const cat = join(shared, 'clips/chelsea.png');

describePage('problems on the page', (at) => {
  const make = (name: string, ...words: readonly string[]): string => {
    const path = join(at.folder, name);
    const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...words, path]);
    if (status !== 0) throw new Error(String(stderr));
    return path;
  };
  /** A photograph as a clip of a few frames. */
  const still = (name: string, filter: string, frames = 12): string =>
    make(
      name,
      ...['-loop', '1', '-i', PHOTO, '-frames:v', String(frames), '-r', '30'],
      ...['-filter_complex', filter, '-pix_fmt', 'yuv420p', '-preset', 'ultrafast'],
    );

  /** One face of the photograph, scaled to `size` pixels. */
  const one = (size: number): string => `crop=600:600:40:340,scale=${size}:${size}`;

  it('files that are not a clip of a face each have their message and a way to continue', async () => {
    const { page, context, problems } = await at.site.open();
    const text = write('notes.mp4', 'This is not a video.');
    const pattern = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25:duration=0.4'];
    const longer = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25:duration=3'];
    const sound = ['-f', 'lavfi', '-i', 'sine=duration=0.3'];
    const yuv = ['-pix_fmt', 'yuv420p'];
    const whole = readFileSync(make('whole.mp4', ...longer, ...yuv, '-movflags', 'faststart'));
    const pieces = readFileSync(
      make('pieces.mp4', ...pattern, ...yuv, '-movflags', 'empty_moov+frag_keyframe'),
    );
    const old = readFileSync(make('pattern.avi', ...pattern, '-c:v', 'mpeg4', '-vtag', 'XVID'));
    const plain = readFileSync(make('plain.mp4', ...pattern, ...yuv));
    const cases = [
        [text, 'This file is not a readable video.'],
        [write('nothing.mp4', ''), 'This file is not a readable video.'],
        [write('cut.mp4', whole.subarray(0, 0.6 * whole.length)), 'No face detected.'],
        [make('sound.mp4', ...sound), 'This file has audio but no video.'],
        [make('sound.avi', ...sound), decoded('This file has audio but no video.')],
        [write('header.mp4', pieces.subarray(0, pieces.indexOf('moof') - 4)), 'This video has no frames.'],
        [write('unknown.mp4', renamed(plain, 'avc1', 'zzq7')), decoded('The codec of this video is not supported: zzq7.')],
        [write('unknown.avi', renamed(old, 'XVID', 'ZZQ8')), decoded('The codec of this video is not supported: ZZQ8.')],
        [make('pattern.mp4', ...pattern, ...yuv), 'No face detected.'],
        [join(at.folder, 'pattern.avi'), decoded('No face detected.')],
        ...(existsSync(cat)
          ? [[make('cat.webm', '-loop', '1', '-t', '0.3', '-i', cat, '-vf', 'scale=320:-2'), 'No face detected.']]
          : []),
      ] as const; // prettier-ignore
    for (const [path, title] of cases) {
      await choose(page, path);
      expect(await settle(page)).toBe('problem');
      expect(await page.locator('h1').innerText(), path).toBe(title);
      if (path === text) {
        expect(await violations(page)).toEqual([]);
        expect(await differenceFromGolden(page, 'problem')).toBeLessThan(ALIKE);
      }
      if (title.includes('zzq7')) {
        expect(await page.locator('main').innerText()).toContain('ffmpeg -i "unknown.mp4"');
        expect(await differenceFromGolden(page, 'codec')).toBeLessThan(ALIKE);
      }
      await page.getByRole('button', { name: 'Choose another video' }).click();
      await page.waitForSelector('[data-screen="start"]');
    }
    // Without the decoder, the requests for it are answered with 404.
    const isExpected = (one: string): boolean => !hasDecoder && /404|decoder/.test(one);
    expect(problems.filter((one) => !isExpected(one))).toEqual([]);
    await context.close();
  });

  it('several faces: shows that one was analyzed, which, and how to analyze another', async () => {
    const { page, context } = await at.site.open({ acceptDownloads: true });
    await choose(page, still('crowd.mp4', 'scale=800:-2'));
    expect(await settle(page)).toBe('report');
    expect((await reportOnPage(page)).face.faces).toBe(4);
    await page.getByText('Up to 4 faces are visible.').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await differenceFromGolden(page, 'several')).toBeLessThan(ALIKE);
    await context.close();
  });

  it('a 4K clip is analyzed, with advice on how to make that faster', async () => {
    const { page, context } = await at.site.open();
    await choose(page, still('large.mp4', 'scale=3840:-2,crop=3840:2160', 8));
    await page.getByText('At 3840 × 2160 pixels').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await settle(page)).toBe('report');
    expect(await page.locator('main').innerText()).toContain('3840 × 2160 pixels · 8 frames');
    await page.waitForSelector('canvas[data-frame="0"]');
    await context.close();
  });

  it('a clip of one frame has no movements', async () => {
    const { page, context } = await at.site.open();
    await choose(page, still('one.mp4', one(240), 1));
    expect(await settle(page)).toBe('report');
    expect(await page.locator('main').innerText()).toContain('No micro-expressions');
    await context.close();
  });

  it('the analysis continues while the tab is hidden', async () => {
    const { page, context } = await at.site.open();
    await choose(page, still('hidden.mp4', one(420), 20));
    await page.waitForSelector('[data-screen="working"]');
    await hide(page, true);
    expect(await settle(page)).toBe('report');
    await hide(page, false);
    await page.waitForSelector('canvas[data-frame="0"]');
    await context.close();
  });

  it('a worker that stops unexpectedly is noticed, and the analysis can be retried', async () => {
    const { page, context } = await at.site.open({ acceptDownloads: true });
    const clip = still('again.mp4', one(420), 150);
    await choose(page, clip);
    await page.waitForSelector('[data-screen="working"] li.now:nth-child(2)');
    // One of several is enough: the others would wait for it.
    await endWorkers(page, 'mesh.worker');
    expect(await settle(page)).toBe('problem');
    expect(await page.locator('h1').innerText()).toBe('The analysis stopped unexpectedly.');
    await page.getByRole('button', { name: 'Try again' }).click();
    expect(await settle(page)).toBe('report');

    // After the analysis as well: corrections are not lost.
    await page.getByRole('button', { name: 'Add an event here' }).click();
    await endWorkers(page);
    await page.getByText('Your corrections are still here.').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(JSON.parse(await saved(page, 'Review (JSON)'))).toHaveProperty('events.length', 1);
    await context.close();
  });

  it('a review is not shown on another clip, and its own clip can be chosen next', async () => {
    const { page, context } = await at.site.open({ acceptDownloads: true });
    const own = still('own.mp4', one(240), 6);
    const other = still('other.mp4', one(240), 7);
    await choose(page, own);
    expect(await settle(page)).toBe('report');
    const review = write('own.review.json', await saved(page, 'Review (JSON)'));
    await page.getByRole('button', { name: 'Another video' }).click();
    await page.locator('input[accept=".json"]').setInputFiles(review);
    await page.waitForSelector('[data-screen="reopen"] h1');
    await choose(page, other);
    expect(await settle(page)).toBe('problem');
    expect(await page.locator('h1').innerText()).toBe('The review belongs to another video.');
    expect(await page.locator('main').innerText()).toContain(
      'The review belongs to: own.mp4: 240 × 240, 6 frames',
    );
    expect(await page.locator('main').innerText()).toContain('You chose: other.mp4: 240 × 240, 7');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Choose the video again' }).click();
    await page.waitForSelector('[data-screen="reopen"] h1');
    await choose(page, own);
    expect(await settle(page)).toBe('report');

    await page.getByRole('button', { name: 'Another video' }).click();
    const wrong = write('wrong.json', '{"schema": "something else"}');
    await page.locator('input[accept=".json"]').setInputFiles(wrong);
    expect(await settle(page)).toBe('problem');
    expect(await page.locator('h1').innerText()).toBe(
      'This file is not a telltale review or report.',
    );
    await context.close();
  });

  it(`works when storage is full${hasDecoder ? '' : ' (in mp4: there is no @ffmpeg/core)'}`, async () => {
    const { page, context, problems } = await at.site.open();
    const devtools = await context.newCDPSession(page);
    const { origin } = new URL(at.site.address);
    await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 });
    await page.reload();
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.reload();
    const source = 'testsrc=size=320x240:rate=25:duration=0.2';
    const words = hasDecoder ? ['-c:v', 'mpeg4'] : ['-pix_fmt', 'yuv420p'];
    await choose(
      page,
      make(hasDecoder ? 'full.avi' : 'full.mp4', '-f', 'lavfi', '-i', source, ...words),
    );
    expect(await settle(page)).toBe('problem');
    expect(await page.locator('h1').innerText()).toBe('No face detected.');
    expect(problems).toEqual([]);
    await context.close();
  });

  it('camera: denied, missing, in use, unplugged, covered, and a tab that is hidden', async () => {
    const denied = await at.site.open();
    await denied.page.getByRole('button', { name: 'Use the camera' }).click();
    expect(await settle(denied.page)).toBe('problem');
    expect(await denied.page.locator('h1').innerText()).toBe('Access to the camera was denied.');
    await denied.context.close();

    const { page, context } = await at.site.open({ permissions: ['camera'] });
    for (const [name, title] of [
      ['NotFoundError', 'No camera found.'],
      ['NotReadableError', 'The camera sends no image.'],
    ] as const) {
      await page.evaluate((error) => {
        const { mediaDevices } = navigator;
        const real = mediaDevices.getUserMedia.bind(mediaDevices);
        // Only once: the next attempt is real.
        mediaDevices.getUserMedia = () => {
          mediaDevices.getUserMedia = real;
          return Promise.reject(new DOMException('', error));
        };
      }, name);
      await page.getByRole('button', { name: 'Use the camera' }).click();
      expect(await settle(page)).toBe('problem');
      expect(await page.locator('h1').innerText()).toBe(title);
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('No face detected.').waitFor();
      await page.getByRole('button', { name: 'End' }).click();
      await page.waitForSelector('[data-screen="start"]');
    }

    await page.getByRole('button', { name: 'Use the camera' }).click();
    const status = page.locator('[data-screen="live"] [role="status"]');
    await page.getByText('No face detected.').waitFor();
    await hide(page, true);
    await expect.poll(() => status.innerText()).toBe('Paused while this tab is hidden.');
    expect(await page.title()).toContain('Paused');
    await hide(page, false);
    await page.getByText('Paused while this tab was hidden. The analysis has restarted.').waitFor();
    await onTrack(page, 'mute');
    await expect.poll(() => status.innerText()).toContain('The camera sends no image');
    await onTrack(page, 'unmute');
    await expect.poll(() => status.innerText()).toContain('No face detected.');
    await onTrack(page, 'ended');
    await expect.poll(() => status.innerText()).toContain('The last minute is still available.');
    expect(await violations(page)).toEqual([]);
    expect(await differenceFromGolden(page, 'unplugged')).toBeLessThan(ALIKE);
    await page.getByRole('button', { name: 'Start again' }).click();
    await page.getByText('No face detected.').waitFor();
    await endWorkers(page);
    await expect.poll(() => status.innerText()).toContain('The analysis stopped unexpectedly');
    await context.close();
  });

  /** Writes a file into the folder. */
  function write(name: string, content: string | Uint8Array): string {
    const path = join(at.folder, name);
    writeFileSync(path, content);
    return path;
  }
});

/** The title of a problem that the additional decoder finds; without it, that it is missing. */
function decoded(title: string): string {
  return hasDecoder ? title : 'The additional decoder could not be loaded.';
}

/** A copy of a file in which a four-character code is replaced everywhere. */
function renamed(file: Buffer, from: string, to: string): Buffer {
  return Buffer.from(file.toString('latin1').replaceAll(from, to), 'latin1');
}

/** Reports the tab to the page as hidden or visible: a headless browser never hides one. */
async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value });
    const state = value ? 'hidden' : 'visible';
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: state });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
}

/** Dispatches an event on the camera's track, as a driver would cause it. */
async function onTrack(page: Page, name: string): Promise<void> {
  await page.locator('video').evaluate((video: HTMLVideoElement, type) => {
    const [track] = (video.srcObject as MediaStream).getVideoTracks();
    track!.dispatchEvent(new Event(type));
  }, name);
}

/** Ends the workers from within, as running out of memory does: the page is not notified. */
async function endWorkers(page: Page, name = ''): Promise<void> {
  for (const worker of page.workers().filter((one) => one.url().includes(name))) {
    // One may have ended with another.
    const ended = worker.evaluate(() => {
      close();
    });
    await ended.catch(() => undefined);
  }
}
