/**
 * Packs, checks and publishes packages; the only way to publish them: every manifest here is private, because npm runs
 * no scripts in this repository (.npmrc), and what is not built would be published without a word, the page as an empty
 * package.
 *
 *     node scripts/publish.mjs                     # pack and check all
 *     node scripts/publish.mjs --publish           # and publish them, in the order of their dependencies
 *     node scripts/publish.mjs --publish app cli -- --tag next    # some; words for npm publish
 *
 * What is checked is what is published: the file.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
/** Folders of the packages, in the order of their dependencies. */
export const PACKAGES = ['engine', 'core', 'figures', 'node', 'web', 'app', 'cli'];

/**
 * Packs one package, with the page built, and checks it.
 *
 * @param name - its folder in packages/
 * @param folder - where the file is written
 * @returns path of the file
 * @throws Error where it lacks a file that it needs
 */
export async function packed(name, folder) {
  const room = mkdtempSync(join(tmpdir(), 'telltale-pack-'));
  try {
    // Packing the page builds it: a script.
    const made = await npmPack(['--ignore-scripts=false', '-w', `packages/${name}`], room);
    await run('tar', ['xzf', made, '-C', room]);
    const content = join(room, 'package');
    const missing = missingFiles(content);
    if (missing.length > 0) {
      throw new Error(`packages/${name} lacks ${missing.join(', ')}: run "npm run build" first.`);
    }
    const manifest = manifestOf(content);
    delete manifest.private;
    writeFileSync(join(content, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    const file = join(folder, basename(made));
    await run('tar', ['czf', file, '-C', room, 'package']);
    return file;
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/**
 * Files that a package promises and does not hold: entry points, programs, and of the page everything that it loads.
 *
 * @param content - folder of the package as it is installed
 */
export function missingFiles(content) {
  const { exports = {}, bin = {}, name } = manifestOf(content);
  const targets = (entry) => typeof entry === 'string' ? [entry] : Object.values(entry ?? {}).flatMap(targets); // prettier-ignore
  const promised = [...targets(exports), ...targets(bin)].filter((path) => !path.includes('*'));
  const lists = name === '@telltale/app' ? ['dist/index.html', 'dist/offline.json'] : [];
  const isThere = (path) => existsSync(join(content, path));
  if (lists.length > 0 && lists.every(isThere)) {
    const page = readFileSync(join(content, 'dist/index.html'), 'utf8');
    const { files } = JSON.parse(readFileSync(join(content, 'dist/offline.json'), 'utf8'));
    const named = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) => path);
    lists.push(...[...named, ...files].map((path) => join('dist', path)));
  }
  return [...promised, ...lists].filter((path) => !isThere(path));
}

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Runs `npm pack`. @returns path of the file */
async function npmPack(words, room) {
  // As it is published, not as a test's own mode would make it.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { stdout: printed } = await run(
    'npm',
    ['pack', '--json', '--pack-destination', room, ...words],
    {
      ...{ cwd: root, env, maxBuffer: 1 << 26 },
    },
  );
  const [{ filename }] = JSON.parse(printed.slice(printed.indexOf('[\n')));
  return join(room, filename);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const all = process.argv.slice(2);
  const end = all.includes('--') ? all.indexOf('--') : all.length;
  const names = all.slice(0, end).filter((word) => word !== '--publish');
  const unknown = names.find((name) => !PACKAGES.includes(name));
  if (unknown !== undefined) {
    console.error(`${unknown} is not a package; packages are ${PACKAGES.join(', ')}.`);
    process.exit(2);
  }
  const room = mkdtempSync(join(tmpdir(), 'telltale-publish-'));
  try {
    const files = [];
    for (const name of PACKAGES.filter((one) => names.length === 0 || names.includes(one))) {
      files.push(await packed(name, room));
      console.log(`${basename(files.at(-1))} is whole`);
    }
    if (all.slice(0, end).includes('--publish')) {
      for (const file of files) {
        execFileSync('npm', ['publish', file, ...all.slice(end + 1)], { stdio: 'inherit' });
      }
    }
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}
