/**
 * The API reference: one page per entry point of every package, from the doc comments of what it exports.
 * TypeDoc reads the TypeScript sources that `exports` names under the condition `@telltale/source`.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { Application } from 'typedoc';

/** In the order of the data; a package without entry points has no page. */
const PACKAGES = ['core', 'node', 'web', 'figures', 'engine'];

/**
 * Writes the pages.
 *
 * @param {string} folder - emptied first
 * @returns {Promise<number>} the number of entry points
 */
export async function writeApiPages(folder) {
  const entries = new Map(PACKAGES.flatMap((name) => entryPoints(`packages/${name}`)));
  // TypeDoc calls an entry point by its path below the common folder.
  const names = new Map(
    [...entries].map(([source, name]) => [
      source.replace('packages/', '').replace(/(?:\/index)?\.ts$/, ''),
      name,
    ]),
  );
  const app = await Application.bootstrapWithPlugins({
    name: 'API',
    tsconfig: 'tsconfig.tools.json',
    entryPoints: [...entries.keys()],
    plugin: ['typedoc-plugin-markdown'],
    readme: 'none',
    cleanOutputDir: false, // it would delete the folder docs
    router: 'module',
    groupOrder: ['Functions', 'Classes', 'Variables', 'Interfaces', 'Type Aliases'],
    excludeExternals: true,
    excludePrivate: true,
    excludeInternal: true,
    disableSources: true,
    sanitizeComments: true,
    useHTMLAnchors: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    skipErrorChecking: true, // `tsc` checks types; this only reads them
    logLevel: 'Error',
    validation: { notExported: false, invalidLink: false },
  });
  const project = await app.convert();
  if (!project) throw new Error('TypeDoc could not read the sources.');
  for (const module of project.children ?? []) {
    const name = names.get(module.name);
    if (name === undefined)
      throw new Error(`TypeDoc read ${module.name}, which no package exports.`);
    module.name = name;
  }
  // File names are given in this order, and the interface Expression of `core` would take `core/expression`.
  for (const list of [project.children, project.childrenIncludingDocuments]) {
    list?.sort((a, b) => b.name.length - a.name.length);
  }
  rmSync(folder, { recursive: true, force: true });
  await app.outputs.writeOutput({ name: 'markdown', path: resolve(folder) }, project);
  return entries.size;
}

function entryPoints(folder) {
  const path = join(folder, 'package.json');
  let manifest;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return [];
  }
  return Object.entries(manifest.exports ?? {}).flatMap(([key, value]) => {
    const source = value?.['@telltale/source'];
    if (typeof source !== 'string') return [];
    return [
      [join(folder, source), key === '.' ? manifest.name : `${manifest.name}${key.slice(1)}`],
    ];
  });
}
