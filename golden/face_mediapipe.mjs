/**
 * @file Landmarks of three photographs by MediaPipe's own program, `@mediapipe/face_mesh`, in a browser.
 *
 * Run by hand: node golden/face_mediapipe.mjs
 * It needs Chromium at CHROMIUM or /usr/bin/chromium. Nothing leaves the computer:
 * the browser is served the package's files from node_modules.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

import { chromium } from 'playwright-core';
import sharp from 'sharp';

const modules = join(import.meta.dirname, '../node_modules');
const package_ = join(modules, '@mediapipe/face_mesh');
const WIDTH = 960;
const types = { js: 'text/javascript; charset=utf-8', wasm: 'application/wasm', html: 'text/html' };

const server = createServer(async (request, response) => {
  try {
    const name = basename(request.url);
    if (name === '') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end('<script src="/face_mesh.js"></script>');
      return;
    }
    const sample = /^sample(\d)\.png$/.exec(name);
    const body = sample
      ? await sharp(join(modules, `@vladmandic/face-api/demo/sample${sample[1]}.jpg`))
          .resize(WIDTH)
          .png()
          .toBuffer()
      : await readFile(join(package_, name));
    response.setHeader('content-type', types[name.split('.').at(-1)] ?? 'application/octet-stream');
    response.end(body);
  } catch {
    response.statusCode = 404;
    response.end();
  }
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--ignore-gpu-blocklist',
  ],
});
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
const faces = await page.evaluate(async () => {
  const mesh = new FaceMesh({ locateFile: (file) => `/${file}` });
  let results;
  mesh.onResults((each) => (results = each));
  mesh.setOptions({
    maxNumFaces: 5,
    refineLandmarks: true,
    selfieMode: false,
    staticImageMode: true,
  });
  const out = [];
  for (const number of [3, 5, 6]) {
    const image = new Image();
    image.src = `/sample${number}.png`;
    await image.decode();
    // A still picture is refined over a few passes, as a clip is.
    for (let pass = 0; pass < 4; pass++) await mesh.send({ image });
    out.push({
      sample: number,
      faces: (results.multiFaceLandmarks ?? []).map((points) =>
        points.flatMap(({ x, y }) => [x * image.width, y * image.height]),
      ),
    });
  }
  return out;
});
await browser.close();
server.close();

const { version } = JSON.parse(await readFile(join(package_, 'package.json'), 'utf8'));
const rounded = faces.map(({ sample, faces: all }) => ({
  sample,
  faces: all.map((points) => points.map((value) => Number(value.toFixed(2)))),
}));
await writeFile(
  join(import.meta.dirname, 'face-mediapipe.json'),
  JSON.stringify({ program: `@mediapipe/face_mesh ${version}`, width: WIDTH, pictures: rounded }),
);
