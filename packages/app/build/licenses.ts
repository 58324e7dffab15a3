/** @file Writes the licenses of all code in the build, as these licenses require. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Plugin } from 'vite';

/**
 * `licenses.txt`: for each package of which the build holds a part its name, version, license and the license's text.
 *
 * @returns one plugin for the page and one for its workers, which are bundled apart
 */
export function licenseList(): { readonly page: Plugin; readonly worker: () => Plugin } {
  const folders = new Set<string>();
  const seen = {
    moduleParsed({ id }: { readonly id: string }): void {
      // The innermost package: `…/node_modules/@scope/name` or `…/node_modules/name`.
      const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0];
      if (folder !== undefined) folders.add(folder.replace(/^\0+/, ''));
    },
  };
  return {
    page: {
      name: 'telltale-licenses',
      apply: 'build',
      ...seen,
      generateBundle() {
        const source = [...folders]
          .sort()
          .map(entryOf)
          .join(`\n${'-'.repeat(72)}\n\n`);
        this.emitFile({ type: 'asset', fileName: 'licenses.txt', source });
      },
    },
    worker: () => ({ name: 'telltale-licenses-of-workers', ...seen }),
  };
}

function entryOf(folder: string): string {
  const manifest = join(folder, 'package.json');
  const { name, version, license } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const texts = files
    .filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `${[`${name} ${version} (${license ?? 'see its text'})`, ...texts].join('\n\n')}\n`;
}
