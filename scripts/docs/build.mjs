/**
 * Builds the documentation as static pages into `docs/.vitepress/dist`: generates the reference, then the site.
 *
 *     npm run docs
 *     npm run docs -- --base /telltale/     # for a site that is not at the root of its host
 *     npm run docs -- --outDir FOLDER       # any option of `vitepress build`
 *     npm run docs:preview                  # serves the result
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import process from 'node:process';

import { writeApiPages } from './api.mjs';
import { writeCommandPages } from './commands.mjs';

process.chdir(new URL('../..', import.meta.url).pathname);
rmSync('docs/reference', { recursive: true, force: true });
const commands = await writeCommandPages('docs/reference/commands');
const entries = await writeApiPages('docs/reference/api');
process.stderr.write(`docs: ${commands} commands, ${entries} entry points\n`);
const words = [
  'node_modules/vitepress/bin/vitepress.js',
  'build',
  'docs',
  ...process.argv.slice(2),
];
const { status } = spawnSync(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] });
process.exitCode = status ?? 1;
