/**
 * @file How long networks take in Debian's Chromium by the way ONNX Runtime runs them: one thread of WebAssembly, two,
 * and WebGPU where there is an adapter; and whether a second thread makes an analysis shorter.
 *
 * `npm run build && node bench/page/runtime.mjs [--swiftshader] [NETWORK…]` measures single answers, the ways taken in
 * turns so that other work on the computer meets all of them alike: alone, and beside a thread that keeps a core busy,
 * as the decoder does. `--swiftshader` adds WebGPU on the CPU, which shows that its answers are the same, not how
 * fast a GPU is. `--analysis` measures a whole analysis with one thread and with two, in turns. Each
 * writes its part of bench/results/page-runtime.md.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { exportNetwork, findConfig, findNetwork } from '@telltale/core/nets';
import { exportOnnx, shippedRecognizers } from '@telltale/core/recognize';
import { chromium } from 'playwright-core';

import { analyzeOn, openBrowser, openPage, startSite } from './browser.mjs';
import { spentBetween, threadTimes } from './processes.mjs';

const withGpu = process.argv.includes('--swiftshader');
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const ROUNDS = 30;
const ANALYSES = 3;
const results = fileURLToPath(new URL('../results/page-runtime.md', import.meta.url));
const machine = () =>
  `${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)} at the end`;
const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const cell = (values) => `${middle(values).toFixed(2)} (${Math.min(...values).toFixed(2)})`;
const dist = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const core = new URL('../../packages/core/', import.meta.url);
const { tfliteToOnnx } = await import(new URL('dist/face/tflite-to-onnx.js', core));
const { createRandom } = await import(new URL('dist/base/random.js', core));
const { readFaceModelFiles } = await import('@telltale/node');

async function measureAnswers() {
  const { detection } = await readFaceModelFiles();
  const models = new Map([['face detector', tfliteToOnnx(detection)]]);
  for (const [name, file] of Object.entries(shippedRecognizers)) {
    models.set(name, exportOnnx(new Uint8Array(readFileSync(new URL(`models/${file}`, core)))));
  }
  // What a user may supply: networks at the size of their papers, never trained.
  for (const [name, size] of [
    ['merba', 'flow112'],
    ['mfdan', 'full112'],
    ['densemix', 'full112'],
  ]) {
    const network = findNetwork(name);
    const config = findConfig(network, size);
    const params = network.init(config, createRandom(1));
    models.set(`${name} ${size}`, exportNetwork(network, { config, params }, { batch: 1 }));
  }

  for (const name of models.keys()) {
    if (wanted.length > 0 && !wanted.includes(name)) models.delete(name);
  }

  /** Runs in a worker: opens models, answers with milliseconds and numbers. */
  const worker = `
let ort, sessions = new Map();
const feeds = new Map();
onmessage = async ({ data: { id, begin, open, run } }) => {
  try {
    let value;
    if (begin) {
      ort = await import(begin.gpu ? '/ort.jspi.min.mjs' : '/ort.wasm.min.mjs');
      ort.env.wasm.wasmPaths = '/';
      ort.env.wasm.numThreads = begin.threads;
      ort.env.logLevel = 'error';
      value = begin.gpu ? !!(await navigator.gpu?.requestAdapter()) : crossOriginIsolated;
    } else if (open) {
      const bytes = new Uint8Array(await (await fetch('/model/' + encodeURIComponent(open.name))).arrayBuffer());
      const from = performance.now();
      const session = await ort.InferenceSession.create(bytes, open.gpu ? { executionProviders: ['webgpu'] } : {});
      sessions.set(open.name, session);
      const [{ name, shape }] = session.inputMetadata;
      const length = shape.reduce((a, b) => a * b, 1);
      feeds.set(open.name, { [name]: new ort.Tensor('float32', Float32Array.from({ length }, (_, i) => Math.sin(0.37 * i) / 3), shape) });
      value = performance.now() - from;
    } else {
      const from = performance.now();
      const answers = await sessions.get(run).run(feeds.get(run));
      const took = performance.now() - from;
      value = { took, answer: [...Object.values(answers)[0].data].slice(0, 16) };
    }
    postMessage({ id, value });
  } catch (error) { postMessage({ id, problem: String(error) }); }
};`;
  const busy = `let x = 1; for (;;) x = Math.sin(x) + 1;`;
  const types = {
    '.mjs': 'text/javascript',
    '.js': 'text/javascript',
    '.wasm': 'application/wasm',
  };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url);
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Content-Type', types[extname(path)] ?? 'text/html');
    if (path === '/') response.end('<!doctype html><title>runtime</title>');
    else if (path === '/worker.js') response.end(worker);
    else if (path === '/busy.js') response.end(busy);
    else if (path.startsWith('/model/')) response.end(models.get(path.slice('/model/'.length)));
    else if (/^\/ort[\w.-]+$/.test(path)) response.end(readFileSync(join(dist, path)));
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));

  const gpuFlags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', ...(withGpu ? gpuFlags : [])].filter(
      (flag) => !(withGpu && flag === '--disable-gpu'),
    ),
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.evaluate(() => {
    const workers = {};
    let last = 0;
    globalThis.ask = (name, what) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        workers[name] ??= new Worker('/worker.js', { type: 'module' });
        workers[name].addEventListener('message', function on({ data }) {
          if (data.id !== id) return;
          workers[name].removeEventListener('message', on);
          if ('problem' in data) reject(new Error(data.problem));
          else resolve(data.value);
        });
        workers[name].postMessage({ id, ...what });
      });
    globalThis.busy = () => new Worker('/busy.js');
  });
  const ask = (name, what) => page.evaluate(([n, w]) => globalThis.ask(n, w), [name, what]);

  const ways = [
    { name: '1 thread', threads: 1, gpu: false },
    { name: '2 threads', threads: 2, gpu: false },
    ...(withGpu ? [{ name: 'WebGPU', threads: 1, gpu: true }] : []),
  ];
  for (const way of ways) {
    if (!(await ask(way.name, { begin: way }))) throw new Error(`${way.name}: not to be had here`);
  }
  const rows = [];
  let furthest = 0;
  for (const name of models.keys()) {
    const times = ways.map(() => []);
    for (const way of ways) await ask(way.name, { open: { name, gpu: way.gpu } });
    for (let round = -3; round < ROUNDS; round++) {
      const answers = [];
      for (const [i, way] of ways.entries()) {
        const { took, answer } = await ask(way.name, { run: name });
        answers.push(answer);
        if (round >= 0) times[i].push(took);
      }
      for (const other of answers.slice(1)) {
        other.forEach((p, k) => {
          furthest = Math.max(furthest, Math.abs(p - answers[0][k]) / Math.max(1, Math.abs(p)));
        });
      }
    }
    rows.push({ name, times });
    process.stderr.write(`${name}: ${times.map(cell).join('  ')}\n`);
  }
  await page.evaluate(() => void (globalThis.kept = globalThis.busy()));
  for (const row of rows) {
    row.beside = ways.map(() => []);
    for (let round = -1; round < ROUNDS / 2; round++) {
      for (const [i, way] of ways.entries()) {
        const { took } = await ask(way.name, { run: row.name });
        if (round >= 0) row.beside[i].push(took);
      }
    }
    process.stderr.write(`${row.name}, a core busy: ${row.beside.map(cell).join('  ')}\n`);
  }
  const version = browser.version();
  await browser.close();
  server.close();

  const head = ways.flatMap(({ name }) => [name, `${name}, a core busy`]);
  const table = rows.map(({ name, times, beside }) =>
    [
      name,
      `${(models.get(name).length / 1e6).toFixed(2)} MB`,
      ...ways.flatMap((_, i) => [cell(times[i]), cell(beside[i])]),
    ].join(' | '),
  );
  return `Made by \`node bench/page/runtime.mjs${withGpu ? ' --swiftshader' : ''}\`, Chromium ${version}, ${machine()}. Milliseconds, median (least) of
${ROUNDS}. The ways' answers differ by at most ${furthest.toExponential(1)}.${withGpu ? ' WebGPU is SwiftShader, on the CPU: its times do not show those of a GPU.' : ''}

| network | size | ${head.join(' | ')} |
|---|---|${head.map(() => '---').join('|')}|
${table.map((row) => `| ${row} |`).join('\n')}`;
}

/** The page as it is built, and the same with two threads; one analysis of a made clip after the other. */
async function measureAnalysis() {
  const room = mkdtempSync(join(tmpdir(), 'telltale-bench-clip-'));
  const clip = join(room, 'clip.mp4');
  const program = fileURLToPath(new URL('../../packages/cli/bin/telltale.js', import.meta.url));
  const words = ['--out', clip, '--seconds', '8', '--blink', '--seed', '2'];
  execFileSync(process.execPath, [program, 'synth', ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const site = await startSite();
  const rows = [[], []];
  for (let run = 0; run < ANALYSES; run++) {
    for (const i of [0, 1]) {
      const { browser, pid } = await openBrowser();
      const { page } = await openPage(browser, `${site.address}?threads=${i + 1}`);
      await page.evaluate(() => navigator.serviceWorker.ready);
      const before = threadTimes(pid);
      const { took } = await analyzeOn(page, clip);
      const spent = spentBetween(before, threadTimes(pid));
      rows[i].push({
        took: took / 1000,
        spent: spent.reduce((sum, [, seconds]) => sum + seconds, 0),
      });
      await browser.close();
      process.stderr.write(`${i + 1} thread(s): ${(took / 1000).toFixed(1)} s\n`);
    }
  }
  await site.close();
  rmSync(room, { recursive: true });
  const of = (i, what) => rows[i].map((row) => row[what]);
  return `Made by \`node bench/page/runtime.mjs --analysis\`, ${machine()}. An analysis of 8 seconds, 640×480 pixels at 30 frames per second, from
the drop to the report, in turns; seconds, median (least) of ${ANALYSES}.

| threads of ONNX Runtime | wall time | CPU time, all of Chromium |
|---|---|---|
| 1 | ${cell(of(0, 'took'))} | ${cell(of(0, 'spent'))} |
| 2 | ${cell(of(1, 'took'))} | ${cell(of(1, 'spent'))} |`;
}

const part = process.argv.includes('--analysis') ? 'A whole analysis' : 'One answer';
const text = await (part === 'One answer' ? measureAnswers() : measureAnalysis());
process.stdout.write(`${text}\n`);
if (wanted.length === 0) {
  const old = existsSync(results) ? readFileSync(results, 'utf8') : '';
  const parts = new Map(
    old
      .split(/^## /m)
      .slice(1)
      .map((one) => [one.slice(0, one.indexOf('\n')), one.slice(one.indexOf('\n')).trim()]),
  );
  parts.set(part, text);
  const body = [...parts].sort().map(([name, content]) => `## ${name}\n\n${content}\n`);
  writeFileSync(results, `# How networks run in the page\n\n${body.join('\n')}`);
}
