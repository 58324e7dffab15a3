/**
 * @file The built page on a static host: plain files below a path, no special headers. The service worker makes it
 * cross-origin isolated, so that threads share memory and FFmpeg can decode; afterwards it works offline.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { choose, settle, describePage, hasDecoder } from './app-page.ts';

/** Path below which the page is served. */
const PATH = '/some/where/';
/** Media types that every static host sends. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' },
  ...{ '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml' },
  ...{ '.wasm': 'application/wasm', '.png': 'image/png', '.jpg': 'image/jpeg' },
};

describePage('the page on any static host', (at) => {
  let host: Server;
  let address = '';
  const asked: string[] = [];

  beforeAll(async () => {
    host = createServer((request, response) => {
      const path = (request.url ?? '').replace(/[?#].*$/, '');
      const inside = path.endsWith('/') ? `${path}index.html` : path;
      const file = join(at.site.folder, inside.slice(PATH.length));
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
  afterAll(() => {
    (host as Server | undefined)?.closeAllConnections();
    if ((host as Server | undefined)?.listening === true) host.close();
  });

  it('explains what to do if the decoder is not served', async () => {
    const { page, context } = await at.site.open({}, address);
    await page.waitForFunction(() => crossOriginIsolated);
    await page.waitForSelector('[data-screen="start"]');
    await context.route('**/decoder/**', (route) => route.fulfill({ status: 404 }));
    const clip = join(at.folder, 'old.avi');
    writeFileSync(clip, `RIFF\0\0\0\0AVI LIST${'\0'.repeat(64)}`);
    await choose(page, clip);
    expect(await settle(page)).toBe('problem');
    expect(await page.locator('h1').innerText()).toBe(
      'The additional decoder could not be loaded.',
    );
    await context.close();
  });

  const decodes = hasDecoder ? 'decodes with FFmpeg' : 'decodes mp4 (there is no @ffmpeg/core)';
  it(`is isolated by its service worker, ${decodes}, and works offline`, async () => {
    const { page, context, problems } = await at.site.open({}, address);
    await page.waitForFunction(() => crossOriginIsolated);
    const pattern = join(at.folder, hasDecoder ? 'pattern.avi' : 'pattern.mp4');
    const source = 'testsrc=size=320x240:rate=25:duration=0.4';
    const coding = hasDecoder ? ['-c:v', 'mpeg4'] : ['-pix_fmt', 'yuv420p'];
    const words = ['-v', 'error', '-f', 'lavfi', '-i', source, ...coding, pattern];
    expect(spawnSync('ffmpeg', words).status).toBe(0);
    const look = async (): Promise<string> => {
      await page.waitForSelector('[data-screen="start"]');
      await choose(page, pattern);
      expect(await settle(page)).toBe('problem');
      return page.locator('h1').innerText();
    };
    expect(await look()).toBe('No face detected.');
    expect(asked.filter((path) => !path.startsWith(PATH))).toEqual([]);
    if (hasDecoder) expect(asked).toContain(`${PATH}decoder/ffmpeg-core.wasm`);
    expect(problems).toEqual([]);

    // Models, networks and the decoder are cached once used.
    host.closeAllConnections();
    await new Promise((resolve) => host.close(resolve));
    await page.reload();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await look()).toBe('No face detected.');
    await context.close();
  });
});
