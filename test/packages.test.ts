/**
 * @file The packages as users install them: packed, installed into an empty
 * project, and used from there by Node, by TypeScript and by a bundler.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CHROMIUM, hasChromium } from './browser/chromium.ts';
import { expectPlanted, makeClip, readmeExample } from './readme.ts';
import { makeFlowFolder } from './telltale.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const tool = (name: string): string => join(root, 'node_modules/.bin', name);
const { packed, missingFiles } = (await import(
  new URL('../scripts/publish.mjs', import.meta.url).href
)) as {
  readonly packed: (name: string, folder: string) => Promise<string>;
  readonly missingFiles: (content: string) => string[];
};
const names = ['engine', 'core', 'figures', 'node', 'web', 'app', 'cli'] as const;

let room = '';
let project = '';
const tarballs = new Map<string, string>();

/** Runs a program in the project in which the packages are installed. */
async function there(program: string, ...words: readonly string[]): Promise<string> {
  try {
    return (await run(program, words, { cwd: project, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${words.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

beforeAll(async () => {
  room = mkdtempSync(join(tmpdir(), 'telltale-packages-'));
  project = join(room, 'project');
  await mkdir(project);
  for (const name of names) tarballs.set(name, await packed(name, room));
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await there('npm', 'install', ...quiet, ...tarballs.values());
  await makeFlowFolder(join(project, 'data'), 6);
}, 900_000);
afterAll(() => rmSync(room, { recursive: true, force: true }));

describe('each package', () => {
  it.each(names)('%s passes publint', async (name) => {
    expect(await there(tool('publint'), tarballs.get(name)!, '--strict')).toContain('All good!');
  });

  it.each(['engine', 'core', 'figures', 'node', 'web'])(
    '%s gives its types to every resolver',
    async (name) => {
      const words = [tarballs.get(name)!, '--profile', 'esm-only', '--no-color', '--no-emoji'];
      expect(await there(tool('attw'), ...words)).toContain('node16 (from ESM)');
    },
  );

  it.each(names)(
    '%s holds its license and readme, no tests and no build leftovers',
    async (name) => {
      const files = (await run('tar', ['tzf', tarballs.get(name)!])).stdout.split('\n');
      expect(files).toContain('package/LICENSE');
      expect(files).toContain('package/README.md');
      expect(files.filter((file) => /\.(test|cases)\.|tsbuildinfo|golden/.test(file))).toEqual([]);
    },
  );
});

describe('what is published', () => {
  it('goes through scripts/publish.mjs alone, and is not private itself', async () => {
    for (const name of names) {
      const own = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8');
      expect(JSON.parse(own), name).toMatchObject({ private: true });
      const { stdout } = await run('tar', ['xzfO', tarballs.get(name)!, 'package/package.json']);
      expect(JSON.parse(stdout), name).not.toHaveProperty('private');
    }
    // Nothing listens there; npm refuses before it connects.
    const nowhere = ['--fetch-retries', '0', '--registry', 'http://127.0.0.1:1/', '--//127.0.0.1:1/:_authToken=none']; // prettier-ignore
    const refused = run('npm', ['publish', join(root, 'packages/engine'), ...nowhere], {
      cwd: room,
    });
    await expect(refused).rejects.toMatchObject({ stderr: expect.stringContaining('EPRIVATE') as string }); // prettier-ignore
  });

  it('is whole: a page that is not built, or in part, is named', async () => {
    await run('tar', ['xzf', tarballs.get('app')!, '-C', room]);
    const content = join(room, 'package');
    expect(missingFiles(content)).toEqual([]);
    const [script] = readdirSync(join(content, 'dist/assets')).filter((name) => /^page-.*js$/.test(name)); // prettier-ignore
    rmSync(join(content, 'dist/assets', script!));
    expect(missingFiles(content)).toContain(`dist/assets/${script}`);
    rmSync(join(content, 'dist'), { recursive: true });
    expect(missingFiles(content)).toEqual(['dist/index.html', 'dist/offline.json']);
  });
});

describe('installed into an empty project', () => {
  it('npx telltale prints its version', async () => {
    const { version } = JSON.parse(
      readFileSync(join(root, 'packages/cli/package.json'), 'utf8'),
    ) as { version: string };
    expect(await there('npx', 'telltale', '--version')).toBe(`${version}\n`);
  });

  it('telltale synth draws a face where no photograph is given', async () => {
    await there('npx', 'telltale', 'synth', '--out', 'drawn.mp4', '--seconds', '2');
    const { events } = JSON.parse(readFileSync(join(project, 'drawn.json'), 'utf8')) as {
      events: unknown[];
    };
    expect(events).toHaveLength(1);
    const spotted = await there('npx', 'telltale', 'spot', 'drawn.mp4');
    expect(spotted).toContain('drawn.mp4,micro,');
  }, 60_000);

  it('telltale open serves the whole page, the decoder of other licenses from its own package', async () => {
    const program = join(project, 'node_modules/telltale/bin/telltale.js');
    const server = spawn(process.execPath, [program, 'open', '--no-browser'], { cwd: project });
    try {
      const address = await new Promise<string>((resolve, reject) => {
        let printed = '';
        server.stderr.on('data', (text: Buffer) => (printed += text.toString()));
        server.stdout.on('data', (text: Buffer) => resolve(text.toString().trim()));
        server.on('close', () => reject(new Error(printed)));
      });
      const read = async (path: string): Promise<string> => {
        const response = await fetch(new URL(path, address));
        expect(response.status, path).toBe(200);
        return response.text();
      };
      const page = await read('./');
      const named = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) => path!);
      const { files } = JSON.parse(await read('offline.json')) as { files: string[] };
      const manifest = JSON.parse(await read('manifest.webmanifest')) as {
        icons: { src: string }[];
      };
      const icons = manifest.icons.map(({ src }) => src);
      const all = [...named, ...files, ...icons, 'service-worker.js', 'licenses.txt'];
      expect(named.length).toBeGreaterThan(2);
      expect(files.length).toBeGreaterThan(15);
      // Every asset that any of them names is there too; the names hold a hash.
      const asked = new Set(all);
      for (const path of asked) {
        const text = await read(path);
        if (!/\.(?:js|css)$/.test(path)) continue;
        for (const [name] of text.matchAll(
          /[\w.-]+-(?=\w*[A-Z\d])[\w-]{8}\.(?:js|mjs|css|wasm|data|tflite|safetensors|jpg)\b/g,
        )) {
          asked.add(`assets/${name}`);
        }
      }
      expect([...asked].filter((path) => path.includes('webgpu-runtime'))).toHaveLength(1);
    } finally {
      server.kill('SIGINT');
    }
  });

  it('the page that is published holds nothing under the GPL', () => {
    const folder = join(project, 'node_modules/@telltale/app');
    const files = readdirSync(folder, { recursive: true }).map(String);
    expect(files.filter((file) => /decoder|ffmpeg-core/i.test(file))).toEqual([]);
    const licenses = readFileSync(join(folder, 'dist/licenses.txt'), 'utf8');
    expect(licenses).toContain('mediabunny');
    expect(licenses).not.toMatch(/^@ffmpeg\/core/m);
  });

  it('telltale predict works with the weights that ship', async () => {
    const words = ['telltale', 'predict', '--data', 'data', '--out', 'predictions.csv'];
    expect(await there('npx', ...words)).toMatch(/^UF1 [\d.]+\nUAR [\d.]+\n$/);
    const lines = readFileSync(join(project, 'predictions.csv'), 'utf8').trim().split(/\r?\n/);
    expect(lines).toHaveLength(7);
  });

  it('the example of the README for Node, pasted into a file, prints the movement of a clip', async () => {
    await makeClip(join(project, 'clip.mp4'));
    writeFileSync(join(project, 'example.js'), readmeExample('@telltale/node'));
    expectPlanted(await there('node', 'example.js'), join(project, 'clip.json'));
  });

  it.skipIf(!hasChromium)(
    hasChromium
      ? 'the example of the README for browsers, built by Vite, prints the movement of a clip in a page and in a worker'
      : `the example of the README for browsers (skipped: there is no ${CHROMIUM})`,
    async () => {
      const page = join(project, 'page');
      await mkdir(join(page, 'public'), { recursive: true });
      const clip = join(page, 'public/clip.mp4');
      await makeClip(clip);
      const example = readmeExample('@telltale/web');
      writeFileSync(join(page, 'example.js'), example);
      // Relative addresses in a worker start from its script, which the build puts in assets/.
      writeFileSync(join(page, 'absolute.js'), example.replace("'clip.mp4'", "'/clip.mp4'"));
      writeFileSync(join(page, 'page.js'), "await import('./example.js'); console.info('end');\n");
      writeFileSync(
        join(page, 'worker.js'),
        "await import('./absolute.js'); console.info('end');\n",
      );
      writeFileSync(
        join(page, 'in-worker.js'),
        "new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });\n",
      );
      const pages = { index: 'page.js', worker: 'in-worker.js' };
      for (const [name, script] of Object.entries(pages)) {
        const html = `<!doctype html><title>${name}</title><link rel="icon" href="data:,"><script type="module" src="./${script}"></script>\n`;
        writeFileSync(join(page, `${name}.html`), html);
      }
      writeFileSync(
        join(page, 'vite.config.js'),
        `const input = ['index.html', 'worker.html'].map((name) => new URL(name, import.meta.url).pathname);
         export default { worker: { format: 'es' }, build: { rollupOptions: { input } } };\n`,
      );
      await there(
        tool('vite'),
        'build',
        'page',
        '--config',
        'page/vite.config.js',
        '--logLevel',
        'error',
      );
      for (const name of Object.keys(pages)) {
        expectPlanted(
          await printedInBrowser(join(page, 'dist'), name),
          clip.replace(/mp4$/, 'json'),
        );
      }
    },
  );

  it('Node imports every entry', async () => {
    const { exports } = JSON.parse(
      readFileSync(join(root, 'packages/core/package.json'), 'utf8'),
    ) as { exports: Record<string, unknown> };
    const entries = Object.keys(exports)
      .filter((entry) => !/json$|\*$/.test(entry))
      .map((entry) => entry.slice(1));
    const code = [
      ...entries.map((entry) => `await import('@telltale/core${entry}');`),
      `await import('@telltale/engine'); await import('@telltale/figures'); await import('@telltale/node');`,
      `await import('@telltale/node/report'); await import('@telltale/node/output');`,
      `const { analyze } = await import('@telltale/core'); console.log(typeof analyze);`,
      `import schema from '@telltale/core/report.schema.json' with { type: 'json' };`,
      `console.log(schema.$id);`,
    ].join('\n');
    writeFileSync(join(project, 'entries.js'), code);
    expect(await there('node', '--no-warnings', 'entries.js')).toBe(
      'function\ntelltale.report/1\n',
    );
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('its types hold in strict TypeScript (%s, %s)', async (module, moduleResolution) => {
    writeFileSync(
      join(project, 'use.ts'),
      `import { analyze, readReport, TelltaleError } from '@telltale/core';
       import type { Clip, Report } from '@telltale/core';
       import { reportPage, timeline } from '@telltale/figures';

       export async function run(clip: Clip, tools: Parameters<typeof analyze>[1]): Promise<Report> {
         const { report, images } = await analyze(clip, tools);
         const width: number | undefined = images[0]?.flowImage.width;
         if (width !== 28) throw new TelltaleError('SHAPE_MISMATCH', String(width), '');
         return readReport(JSON.stringify(report));
       }
       export const figures = { reportPage, timeline };
       // @ts-expect-error A report has no such member: the types are real ones.
       export const nothing = (report: Report): unknown => report.lies;\n`,
    );
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          ...{ module, moduleResolution, target: 'es2022', lib: ['ES2023', 'DOM'], types: [] },
          ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true },
        },
        files: ['use.ts'],
      }),
    );
    await there(tool('tsc'), '-p', '.');
  });

  it.each([
    '@telltale/core',
    '@telltale/figures',
    '@telltale/core/nets',
    '@telltale/core/recognize',
  ])('a bundler makes a browser script of %s with nothing of Node in it', async (entry) => {
    const file = join(project, 'entry.js');
    writeFileSync(file, `export * from '${entry}';\n`);
    const outDir = join(project, 'bundle');
    const warnings: string[] = [];
    await build({
      root: project,
      configFile: false,
      logLevel: 'silent',
      build: {
        outDir,
        emptyOutDir: true,
        minify: false,
        lib: { entry: file, formats: ['es'], fileName: 'bundle' },
        rollupOptions: { onwarn: ({ message }) => void warnings.push(message) },
      },
    });
    const code = readdirSync(outDir)
      .map((name) => readFileSync(join(outDir, name), 'utf8'))
      .join('\n');
    expect(code).not.toMatch(/["']node:|__vite-browser-external|\brequire\(/);
    expect(code).not.toMatch(/["'](onnxruntime-node|sharp|@node-webcodecs)["']/);
    expect(warnings.filter((message) => message.includes('externalized'))).toEqual([]);
  });
});

/**
 * Serves a built site to this computer, opens one of its pages and returns what the page or its worker logs before its
 * `end`.
 */
async function printedInBrowser(folder: string, name: string): Promise<string> {
  const server = await preview({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    build: { outDir: '.' },
    preview: { host: '127.0.0.1', port: 0 },
  });
  const { port } = server.httpServer.address() as AddressInfo;
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    const page = await browser.newPage();
    const printed = new Promise<string>((resolve, reject) => {
      let text = '';
      page.on('console', (message) => {
        if (message.type() === 'log') text += `${message.text()}\n`;
        else if (message.type() === 'info') resolve(text);
        else if (message.type() === 'error') reject(new Error(message.text()));
      });
      page.on('pageerror', reject);
      page.on('requestfailed', (request) => reject(new Error(`failed: ${request.url()}`)));
    });
    await page.goto(`http://127.0.0.1:${port}/${name}.html`);
    return await printed;
  } finally {
    await browser.close();
    await server.close();
  }
}
