/**
 * @file The code that a result depends on, as a digest.
 *
 * For each kind of result there is a list of modules. Their text, that of all modules which they import, and the
 * versions of the packages that compute make the digest: as the modules are run, built or from their sources. So a rule
 * that was edited makes old results stale, without anybody having to raise a number; a new release that leaves these
 * modules as they were does not. Lines that are comments do not count.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { digestOf } from './key.ts';

/** A module: package of this project, and path in its sources without extension. */
type Module = readonly [packageName: string, path: string];

interface Code {
  readonly modules: readonly Module[];
  /** Packages from npm that decode or compute. */
  readonly packages: readonly string[];
}

/** Kinds of results that are kept. */
export type Computed = 'clip' | 'video' | 'fold';

/** What each kind of result is computed by. */
const CODE: Readonly<Record<Computed, Code>> = {
  /** A clip of a dataset: face, flow and face images from frames. */
  clip: {
    modules: [
      ['@telltale/core', 'prepare/clip'],
      ['@telltale/core', 'face/models'],
      ['@telltale/core', 'motion/tvl1'],
      ['@telltale/node', 'images/images'],
    ],
    packages: ['onnxruntime-node', 'sharp'],
  },
  /** A long video: its intervals. */
  video: {
    modules: [
      ['@telltale/core', 'analyze/spot-clip'],
      ['@telltale/core', 'face/models'],
      ['@telltale/node', 'video/frames-folder'],
    ],
    packages: ['onnxruntime-node', 'sharp'],
  },
  /** A fold: training and prediction. */
  fold: {
    modules: [
      ['@telltale/core', 'evaluate/record'],
      ['@telltale/core', 'evaluate/network'],
      ['@telltale/core', 'classical/index'],
    ],
    packages: ['onnxruntime-node'],
  },
};

/** Modules that no result depends on. */
const WITHOUT_EFFECT = new Set(['base/version', 'base/errors']);

/** Where the packages of this project lie. */
export type PackageRoots = (name: string) => string;

/**
 * Digest of the code that computes a kind of result, SHA-256, hexadecimal.
 *
 * @param rootOf - folder of the modules of a package; those that are running by default
 */
export function codeDigest(kind: Computed, rootOf: PackageRoots = runningRoot): string {
  const { modules, packages } = CODE[kind];
  const texts = new Map<string, string>();
  for (const [name, path] of modules) collect(name, path, { rootOf, texts });
  const code = [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
  const versions = packages.map((name) => [name, versionOf(name)]);
  return digestOf(JSON.stringify({ code, versions }));
}

/** Extension of the modules that are running: `.ts` in tests, else `.js`. */
const EXTENSION = extname(import.meta.url);

/** Imports that are there when the module runs. */
const IMPORT =
  /^(?:import|export)\s(?!type\b)[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;

/** Adds a module and all that it imports within this project, but for what the command line is to the library. */
function collect(
  name: string,
  path: string,
  into: { readonly rootOf: PackageRoots; readonly texts: Map<string, string> },
): void {
  const id = `${name}/${path}`;
  if (into.texts.has(id) || WITHOUT_EFFECT.has(path)) return;
  const root = into.rootOf(name);
  const file = join(root, `${path}${EXTENSION}`);
  const text = readFileSync(file, 'utf8');
  into.texts.set(id, withoutComments(text));
  for (const [, from, bare, later] of text.matchAll(IMPORT)) {
    const target = (from ?? bare ?? later)!;
    if (target.startsWith('.')) {
      const found = relative(root, resolve(dirname(file), target));
      collect(name, found.slice(0, -EXTENSION.length).split(sep).join('/'), into);
    } else if (target.startsWith('@telltale/engine')) {
      const part = target.slice('@telltale/engine'.length + 1);
      collect('@telltale/engine', part === '' ? 'index' : `${part}/index`, into);
    }
  }
}

/** The lines of a module that are not comments, without indentation. */
function withoutComments(text: string): string {
  const kept: string[] = [];
  let isInside = false;
  for (const line of text.split('\n').map((one) => one.trim())) {
    const end = line.indexOf('*/');
    const isComment = isInside || line.startsWith('/*');
    if (isComment) isInside = end === -1;
    // What stands behind the end of a comment is code.
    if (isComment ? end !== -1 && end + 2 < line.length : line !== '' && !line.startsWith('//')) {
      kept.push(line);
    }
  }
  return kept.join('\n');
}

/** Folder of the modules of a package as they are running: its sources in tests, else what was built. */
function runningRoot(name: string): string {
  const { resolve: find } = createRequire(import.meta.url);
  return join(dirname(find(`${name}/package.json`)), EXTENSION === '.ts' ? 'src' : 'dist');
}

/** Version of a package from npm. */
function versionOf(name: string): string {
  const places = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const place of [...places, dirname(fileURLToPath(import.meta.url))]) {
    try {
      const text = readFileSync(join(place, name, 'package.json'), 'utf8');
      return (JSON.parse(text) as { readonly version: string }).version;
    } catch {
      // in another folder
    }
  }
  throw new Error(`the package ${name} is not installed`);
}
