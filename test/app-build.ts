/** @file Builds the page once per test run: the first test file builds it, the others wait. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'vite';

/** Folder of the page built in this run, by the process that runs the test files. */
export function builtFolder(run: number): string {
  return join(tmpdir(), `telltale-page-${run}`);
}

/** Builds the page, or waits for another test file to build it. */
export async function buildPage(): Promise<string> {
  const room = builtFolder(process.ppid);
  const folder = join(room, 'dist');
  const done = join(room, 'done');
  while (!existsSync(done)) {
    try {
      mkdirSync(room);
    } catch {
      await sleep(200); // another process builds
      continue;
    }
    try {
      await buildInto(folder);
      writeFileSync(done, '');
    } catch (error) {
      rmSync(room, { recursive: true, force: true });
      throw error;
    }
  }
  return folder;
}

async function buildInto(folder: string): Promise<void> {
  // Built in production mode, as it is published, and not in vitest's own mode.
  const mode = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({
      configFile: fileURLToPath(new URL('../packages/app/vite.config.ts', import.meta.url)),
      mode: 'production',
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true },
    });
  } finally {
    process.env['NODE_ENV'] = mode;
  }
}
