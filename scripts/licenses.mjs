/**
 * Lists the license of every package that a default installation of telltale contains, and what the license
 * requires, in docs/licenses.md and NOTICE.
 *
 *     node scripts/licenses.mjs            # write both
 *     node scripts/licenses.mjs --check    # fail where they are out of date; part of `npm run lint`
 *
 * Both fail where a package is under the GPL or AGPL, states no license, or holds a binary that was built with FFmpeg's
 * GPL or non-free parts, whatever its manifest states. Optional peer dependencies are not installed by default.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

import prettier from 'prettier';

/** Development dependencies of the page that are not bundled into it. */
const TOOLS = /^(vite|svelte-check|linkedom|@sveltejs\/vite-plugin-svelte|@telltale\/.*)$/;

/** What licenses ask of someone who passes the package on. The first that matches counts. */
const TERMS = [
  [/\bLGPL-3/, 'Keep the notice; pass on the source of the library, and let users replace it.'],
  [/\bLGPL-2/, 'Keep the notice; pass on the source of the library, and let users replace it.'],
  [/\bMPL-2/, 'Keep the notice; pass on the source of changed files.'],
  [/\bApache-2/, 'Keep the notice and NOTICE; state changes.'],
  [/\b(MIT|ISC|BSD|Zlib|Python-2\.0|BlueOak)/, 'Keep the notice.'],
  [/\b(0BSD|CC0|Unlicense|WTFPL)/, 'Nothing.'],
];

/** Built into packages whose manifest does not state it. */
const INSIDE = {
  'onnxruntime-node': 'also holds Eigen (MPL-2.0) and others: its ThirdPartyNotices.txt',
  'onnxruntime-web': 'also holds Eigen (MPL-2.0) and others: ThirdPartyNotices.txt of onnxruntime',
  '@node-webcodecs/static-linux-x64':
    'FFmpeg and LAME (LGPL-2.1-or-later), OpenH264, dav1d (BSD-2-Clause), libvpx, SVT-AV1, Opus (BSD-3-Clause), zlib',
};

/**
 * Packages that a default installation contains.
 *
 * @param lock - the content of package-lock.json
 * @returns by name and version, each with the workspaces that need it
 */
export function packagesOf(lock) {
  const { packages } = lock;
  const workspaces = Object.entries(packages).filter(([path]) => path.startsWith('packages/'));
  const found = new Map();
  const missing = new Set();
  for (const [path, manifest] of workspaces) {
    const wanted = { ...manifest.dependencies, ...manifest.optionalDependencies };
    if (path === 'packages/app') {
      for (const [name, range] of Object.entries(manifest.devDependencies ?? {})) {
        if (!TOOLS.test(name)) wanted[name] = range;
      }
    }
    const seen = new Set();
    const visit = (names, from) => {
      for (const name of names) {
        const at = locate(packages, name, from);
        if (at === undefined) {
          missing.add(name);
          continue;
        }
        const entry = packages[at];
        if (entry.link || seen.has(at)) continue;
        seen.add(at);
        const key = `${name} ${entry.version}`;
        const one = found.get(key) ?? { name, at, ...entry, users: new Set() };
        one.users.add(path.replace('packages/', ''));
        found.set(key, one);
        const peers = Object.keys(entry.peerDependencies ?? {}).filter(
          (peer) => entry.peerDependenciesMeta?.[peer]?.optional !== true,
        );
        const own = { ...entry.dependencies, ...entry.optionalDependencies };
        visit([...Object.keys(own), ...peers], at);
      }
    };
    visit(Object.keys(wanted), path);
  }
  const list = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { list, missing: [...missing].sort() };
}

/** The place in the lock file that `name` means where `from` imports it, by Node's rule. */
function locate(packages, name, from) {
  for (let folder = from; ;) {
    const at = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[at] !== undefined) return at;
    if (folder === '') return undefined;
    const end = folder.lastIndexOf('/node_modules/');
    folder = end < 0 ? '' : folder.slice(0, end);
  }
}

/** Why a default installation must not contain these packages. */
export function problemsOf(list) {
  return list.flatMap(({ name, version, license }) => {
    if (!license) return [`${name} ${version} states no license`];
    // In "MIT OR GPL-2.0" the user may choose; LGPL is not GPL.
    const choices = license.replaceAll(/[()]/g, '').split(/ OR /i);
    return choices.every((choice) => /(^|[^L])GPL|SSPL|BUSL|NonCommercial|-NC-/i.test(choice))
      ? [`${name} ${version} is under ${license}`]
      : [];
  });
}

/** Binaries built with FFmpeg's GPL or non-free parts, among the files of a package. */
export function binaryProblems(folder, name) {
  if (!existsSync(folder)) return []; // for another system
  const binaries = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => /\.(node|wasm|so[\d.]*|dylib|dll)$/.test(file));
  return binaries.flatMap((file) => {
    const bytes = readFileSync(join(folder, file));
    const found = ['--enable-gpl', '--enable-nonfree'].filter((flag) => bytes.includes(flag));
    return found.map((flag) => `${name}: ${file} was built with ${flag}`);
  });
}

function termsOf(license) {
  return TERMS.find(([pattern]) => pattern.test(license))?.[1];
}

async function markdown({ list, missing }) {
  const rows = list.map(
    ({ name, version, license, users }) =>
      `| \`${name}\` | ${version} | ${license}${INSIDE[name] ? `; ${INSIDE[name]}` : ''} | ${[...users].sort().join(', ')} | ${termsOf(license)} |`,
  );
  const text = `# Licenses

telltale is under the Apache License 2.0. This page lists every package that \`npm install telltale\` installs or that
is bundled into the page, on any system, with its license and what that license requires from someone who passes it on. It is
written by \`node scripts/licenses.mjs\`; the tests fail where it is out of date, or where a default installation would
contain code under the GPL.

- **No package of a default installation is under the GPL or AGPL**, and no binary in one is FFmpeg with its GPL or
  non-free parts: the command reads the binaries too.
- Video is decoded and encoded by FFmpeg without its GPL parts (LGPL 2.1 or later) and OpenH264 (BSD) in
  \`@node-webcodecs/static-*\`, in a process of its own. The packages hold unmodified releases and name the script that
  builds them. H.264 and HEVC are subject to patents in some countries; neither telltale nor these packages give a
  license for them.
- **Your choice:** the program \`ffmpeg\` on the PATH reads formats that the built-in decoder does not. It runs as a
  program of its own, under the license that its build has. \`@ffmpeg/core\` (GPL 2.0 or later) gives the page the same
  formats once you install it beside telltale; telltale does not contain it.
- Images are decoded by libvips in \`@img/sharp-libvips-*\` (LGPL 3.0 or later), a shared library that can be replaced.
${missing.length === 0 ? '' : `- The registry used for this list does not have ${missing.map((name) => `\`${name}\``).join(', ')}: builds for other systems of packages below, under the same licenses.\n`}
| package | version | license | needed by | passing it on |
| ------- | ------- | ------- | --------- | ------------- |
${rows.join('\n')}
`;
  const options = (await prettier.resolveConfig('docs/licenses.md')) ?? {};
  return prettier.format(text, { ...options, parser: 'markdown' });
}

function notice({ list }) {
  const lines = list.map(({ name, version, license }) => `  ${name} ${version}: ${license}`);
  return `telltale
Licensed under the Apache License, Version 2.0 (see LICENSE).

A default installation contains the following packages, each under its own license.
docs/licenses.md states what each license requires. This file is written by
"node scripts/licenses.mjs".

${lines.join('\n')}
`;
}

async function main() {
  process.chdir(new URL('..', import.meta.url).pathname);
  const found = packagesOf(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  const problems = [
    ...problemsOf(found.list),
    ...found.list.filter(({ license }) => license && !termsOf(license)).map(({ name, license }) => `${name}: add what ${license} requires to TERMS`), // prettier-ignore
    ...found.list.flatMap(({ at, name }) => binaryProblems(at, name)),
  ];
  const files = { 'docs/licenses.md': await markdown(found), NOTICE: notice(found) };
  for (const [path, text] of Object.entries(files)) {
    if (!process.argv.includes('--check')) writeFileSync(path, text);
    else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
      problems.push(`${path} is out of date: run "node scripts/licenses.mjs"`);
    }
  }
  for (const problem of problems) console.error(`licenses: ${problem}`);
  if (problems.length === 0) console.log(`licenses: ${found.list.length} packages`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
