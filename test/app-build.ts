/** @file The page, built once for all test files of a run: whoever comes first builds, the others wait. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'vite';

/** Where the page of a run lies, by the process that runs the test files. */
export function builtFolder(run: number): string {
  return join(tmpdir(), `telltale-page-${run}`);
}

/** Builds the page, or waits until it is built. */
export async function buildPage(): Promise<string> {
  const room = builtFolder(process.ppid);
  const folder = join(room, 'dist');
  const done = join(room, 'done');
  while (!existsSync(done)) {
    try {
      mkdirSync(room);
    } catch {
      await sleep(200); // somebody else builds
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
  // The page is what people get, not what vitest's own mode would make of it.
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
