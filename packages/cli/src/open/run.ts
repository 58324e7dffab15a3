/** @file Serves the page and opens it in the browser, until it is interrupted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';

import { servePage } from './server.ts';

/** Options of the command. */
export interface OpenRun {
  /** 0 for any that is free. */
  readonly port: number;
  readonly browser: boolean;
}

/**
 * Serves the page until somebody ends it, which is how it should end.
 *
 * @throws TelltaleError `FILE_MISSING` where the page is not built, `OPTION_INVALID` where the port is taken
 */
export async function runOpen({ port, browser }: OpenRun): Promise<void> {
  const page = await servePage(pageFolder(), port);
  try {
    process.stdout.write(`${page.address}\n`);
    process.stderr.write('The page is open to this computer alone. Ctrl-C ends it.\n');
    if (browser) openBrowser(page.address);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  } finally {
    await page.close();
  }
}

/** Where the built page lies. */
export function pageFolder(): string {
  let folder: string | undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve('@telltale/app/package.json');
    folder = join(dirname(manifest), 'dist');
  } catch {
    // Not installed: the error below says what to do.
  }
  if (folder !== undefined && existsSync(join(folder, 'index.html'))) return folder;
  throw new TelltaleError(
    'FILE_MISSING',
    folder === undefined ? 'the page is not installed' : `the page is not built in ${folder}`,
    folder === undefined
      ? 'Install it with npm install @telltale/app.'
      : 'Build it with npm run app.',
  );
}

/** Asks the system for its browser. Where there is none, the address that was printed will do. */
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
