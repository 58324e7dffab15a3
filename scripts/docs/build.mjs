/**
 * Builds the documentation as static pages into `docs/.vitepress/dist`: generates the reference, then the site.
 *
 *     npm run docs
 *     npm run docs -- --base /telltale/     # for a site that is not at the root of its host
 *     npm run docs -- --outDir FOLDER       # any option of `vitepress build`
 *     npm run docs:preview                  # serves the result
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';

import { writeApiPages } from './api.mjs';
import { writeCommandPages } from './commands.mjs';

process.chdir(new URL('../..', import.meta.url).pathname);
rmSync('docs/reference', { recursive: true, force: true });
const commands = await writeCommandPages('docs/reference/commands');
const entries = await writeApiPages('docs/reference/api');
writeFileSync('docs/reference/index.md', referenceIndex());
process.stderr.write(`docs: ${commands} commands, ${entries} entry points\n`);
const words = [
  'node_modules/vitepress/bin/vitepress.js',
  'build',
  'docs',
  ...process.argv.slice(2),
];
const { status } = spawnSync(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] });
process.exitCode = status ?? 1;
if (status === 0) {
  const at = words.indexOf('--outDir');
  const folder = resolve(at < 0 ? 'docs/.vitepress/dist' : words[at + 1]);
  process.stderr.write(`docs: the site is in ${folder}; \`npm run docs:preview\` serves it\n`);
}

/** The page `/reference/`: all pages of the reference. */
function referenceIndex() {
  const links = (folder, nameOf) =>
    readdirSync(`docs/reference/${folder}`)
      .filter((file) => file.endsWith('.md'))
      .map((file) => file.replace(/\.md$/, ''))
      .map((file) => `- [${nameOf(file)}](${folder}/${file}.md)`)
      .join('\n');
  return `# Reference

## Commands

${links('commands', (name) => `telltale ${name.replaceAll(/-(?!then|recognize)/g, ' ')}`.replace('spot then', 'spot-then'))}

## API

${links('api', (name) => `@telltale/${name.replaceAll('-', '/')}`)}
`;
}
