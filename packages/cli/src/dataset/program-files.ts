/** @file The modules that telltale itself is made of: a changed program is a changed program, released or not. */
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute paths of the built modules of telltale and its packages; of the sources where those are run. */
export async function programFiles(): Promise<string[]> {
  const { resolve } = createRequire(import.meta.url);
  const others = ['@telltale/core', '@telltale/engine', '@telltale/node'].map((name) =>
    join(dirname(resolve(`${name}/package.json`)), 'dist'),
  );
  const own = fileURLToPath(new URL('..', import.meta.url));
  const found = await Promise.all([own, ...others].map(modulesIn));
  return found.flat().sort();
}

async function modulesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && /(?<!\.d)\.[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
