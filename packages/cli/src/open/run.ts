/** @file Serves the page and opens it in the browser. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';

import { servePage, type Beside } from './server.ts';

/** Options of the command. */
export interface OpenRun {
  /** 0: any free port. */
  readonly port: number;
  readonly browser: boolean;
}

/**
 * Serves the page until the process is interrupted.
 *
 * @throws TelltaleError `FILE_MISSING` where the page is not built, `OPTION_INVALID` where the port is taken
 */
export async function runOpen({ port, browser }: OpenRun): Promise<void> {
  const { folder, beside } = builtPage();
  const page = await servePage(folder, port, beside);
  try {
    process.stdout.write(`${page.address}\n`);
    process.stderr.write('The page is served to this computer only. Press Ctrl-C to stop.\n');
    if (browser) openBrowser(page.address);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  } finally {
    await page.close();
  }
}

/**
 * The built page, and the decoder, which has another license and is therefore in a package of its own.
 *
 * @throws TelltaleError `FILE_MISSING`
 */
function builtPage(): { readonly folder: string; readonly beside?: Beside } {
  let manifest: string;
  try {
    manifest = createRequire(import.meta.url).resolve('@telltale/app/package.json');
  } catch (cause) {
    throw new TelltaleError(
      'FILE_MISSING',
      'the page is not installed',
      'Install it with npm install @telltale/app.',
      { cause },
    );
  }
  const folder = join(dirname(manifest), 'dist');
  if (!existsSync(join(folder, 'index.html'))) {
    throw new TelltaleError(
      'FILE_MISSING',
      `the page is not built in ${folder}`,
      'Build it with npm run app.',
    );
  }
  try {
    const decoder = join(dirname(createRequire(manifest).resolve('@ffmpeg/core')), '../esm');
    return { folder, beside: { decoder } };
  } catch {
    return { folder }; // without it the page reads only what the browser decodes, and reports the rest
  }
}

/** Opens the default browser of the system. Without one, the user opens the address that was printed. */
function openBrowser(address: string): void {
  const [program, ...words] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address];
  const child = spawn(program, words, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
