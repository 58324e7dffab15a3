/**
 * @file ONNX Runtime collects nothing: no files in an empty home and temporary folder, from the main thread, worker
 * threads and child processes alike. Where `strace` is installed, also no name lookups and no connections.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const room = mkdtempSync(join(tmpdir(), 'telltale-telemetry-'));
afterAll(() => rmSync(room, { recursive: true }));
const hasStrace = spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0;

const node = pathToFileURL(join(root, 'packages/node/dist/index.js')).href;
const runtime = pathToFileURL(join(root, 'node_modules/onnxruntime-node/dist/index.js')).href;
const model = "{ network: 'merba', threads: 1 }";
const wait = 'await new Promise((done) => setTimeout(done, 1000));';
const own = `const { openRecognizer } = await import('${node}'); const it = await openRecognizer(${model}); await it.release(); ${wait}`;

/** Runs a module in an empty home, and lists the files that it left there. */
async function leftBy(
  code: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const place = mkdtempSync(join(room, 'home-'));
  const file = join(room, `${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(file, code);
  const folders = { HOME: join(place, 'home'), TMPDIR: join(place, 'tmp') };
  for (const folder of Object.values(folders)) mkdirSync(folder);
  const { PATH } = process.env;
  // Nothing else of this environment: variables of CI services turn the telemetry off too.
  const env = { ...(PATH === undefined ? {} : { PATH }), ...folders, ...variables };
  await run(process.execPath, [file], { cwd: place, env });
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

describe('opening a network', () => {
  it('leaves files behind where telemetry is on, so that this test would see it', async () => {
    const code = `
      const ort = await import('${runtime}');
      const { exportModel } = await import('${pathToFileURL(join(root, 'packages/core/dist/recognize/index.js')).href}');
      const { readWeights } = await import('${node}');
      const session = await ort.InferenceSession.create(exportModel(await readWeights(), 'model.onnx').onnx);
      ${wait}`;
    expect(await leftBy(code)).toContain('deviceid');
  });

  it('leaves nothing in the main thread', async () => {
    expect(await leftBy(own)).toEqual([]);
  });

  it('leaves nothing in a child process', async () => {
    const child = JSON.stringify(own);
    const code = `import { spawnSync } from 'node:child_process';
      const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', ${child}], { stdio: 'inherit' });
      process.exitCode = status;`;
    expect(await leftBy(code)).toEqual([]);
  });

  const worker = `import { Worker } from 'node:worker_threads';
    const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(own)})));
    worker.on('error', (error) => { process.stderr.write(error.code); process.exitCode = 1; });`;

  it('leaves nothing in a worker thread of a process that was started with the variable', async () => {
    expect(await leftBy(worker, { ORT_DISABLE_TELEMETRY: '1' })).toEqual([]);
    expect(await leftBy(`process.env.ORT_DISABLE_TELEMETRY = '1';\n${worker}`)).toEqual([]);
  });

  it('is refused in a worker thread that cannot turn it off', async () => {
    await expect(leftBy(worker)).rejects.toMatchObject({ stderr: 'OPTION_INVALID' });
  });

  it.skipIf(!hasStrace)(
    `connects to nothing and looks up nothing${hasStrace ? '' : ' (skipped: strace is not installed)'}`,
    async () => {
      const [file, trace] = [join(room, 'own.mjs'), join(room, 'trace')];
      writeFileSync(file, own);
      const env = { PATH: process.env['PATH']!, HOME: room, TMPDIR: room };
      const words = ['-f', '-e', 'trace=socket,connect,sendto,sendmsg,sendmmsg', '-o', trace];
      await run('strace', [...words, process.execPath, file], { env });
      const calls = readFileSync(trace, 'utf8').split('\n');
      expect(calls.filter((line) => /AF_INET|AF_NETLINK|sin_port/.test(line))).toEqual([]);
      expect(calls.some((line) => line.includes('exited with 0'))).toBe(true);
    },
  );
});
