/**
 * @file The built page on a host that knows nothing of it: plain files below a path, no headers. The service worker
 * isolates it, so that threads share memory and FFmpeg can decode; and it works without a network afterwards.
 */
import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { choose, settle, startPageTest, type PageTest } from './app-page.ts';
import { CHROMIUM, hasChromium } from './browser/chromium.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
const without = [...(hasChromium ? [] : [CHROMIUM]), ...(hasFfmpeg ? [] : ['ffmpeg'])].join(', ');
const title = 'the page on any static host';
/** Where somebody put it. */
const PATH = '/some/where/';
/** What every static host knows. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' },
  ...{ '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml' },
  ...{ '.wasm': 'application/wasm', '.png': 'image/png', '.jpg': 'image/jpeg' },
};

describe.skipIf(without !== '')(
  without === '' ? title : `${title} (skipped: there is no ${without})`,
  { timeout: 600_000 },
  () => {
    let site: PageTest;
    let host: Server;
    let room = '';
    let address = '';
    const asked: string[] = [];

    beforeAll(async () => {
      room = mkdtempSync(join(tmpdir(), 'telltale-elsewhere-'));
      site = await startPageTest();
      host = createServer((request, response) => {
        const path = (request.url ?? '').replace(/[?#].*$/, '');
        const inside = path.endsWith('/') ? `${path}index.html` : path;
        const file = join(site.folder, inside.slice(PATH.length));
        asked.push(path);
        if (!path.startsWith(PATH) || !existsSync(file) || !statSync(file).isFile()) {
          response.writeHead(404).end();
          return;
        }
        response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'text/plain' });
        createReadStream(file).pipe(response);
      });
      await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
      address = `http://127.0.0.1:${(host.address() as AddressInfo).port}${PATH}`;
    }, 600_000);
    afterAll(async () => {
      (host as Server | undefined)?.closeAllConnections();
      if ((host as Server | undefined)?.listening === true) host.close();
      await (site as PageTest | undefined)?.close();
      rmSync(room, { recursive: true, force: true });
    });

    it('says what to do where the decoder was left out', async () => {
      const { page, context } = await site.open({}, address);
      await page.waitForFunction(() => crossOriginIsolated);
      await page.waitForSelector('[data-screen="start"]');
      await context.route('**/decoder/**', (route) => route.fulfill({ status: 404 }));
      const clip = join(room, 'old.avi');
      writeFileSync(clip, `RIFF\0\0\0\0AVI LIST${'\0'.repeat(64)}`);
      await choose(page, clip);
      expect(await settle(page)).toBe('problem');
      expect(await page.locator('h1').innerText()).toBe(
        'The additional decoder could not be loaded.',
      );
      await context.close();
    });

    it('is isolated by its service worker, decodes with FFmpeg, and goes on without a network', async () => {
      const { page, context, troubles } = await site.open({}, address);
      await page.waitForFunction(() => crossOriginIsolated);
      const pattern = join(room, 'pattern.avi');
      const source = 'testsrc=size=320x240:rate=25:duration=0.4';
      const words = ['-v', 'error', '-f', 'lavfi', '-i', source, '-c:v', 'mpeg4', pattern];
      expect(spawnSync('ffmpeg', words).status).toBe(0);
      const look = async (): Promise<string> => {
        await page.waitForSelector('[data-screen="start"]');
        await choose(page, pattern);
        expect(await settle(page)).toBe('problem');
        return page.locator('h1').innerText();
      };
      expect(await look()).toBe('No face detected.');
      expect(asked.filter((path) => !path.startsWith(PATH))).toEqual([]);
      expect(asked).toContain(`${PATH}decoder/ffmpeg-core.wasm`);
      expect(troubles).toEqual([]);

      // What was used once is kept: models, networks and the decoder.
      host.closeAllConnections();
      await new Promise((resolve) => host.close(resolve));
      await page.reload();
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      expect(await look()).toBe('No face detected.');
      await context.close();
    });
  },
);
