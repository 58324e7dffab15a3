/**
 * @file The code that a result depends on, as a digest.
 *
 * For each kind of result there is a list of functions that compute it. The text of their modules, that of all modules
 * which these import, and the versions of the packages that compute make the digest: as the modules are run, built or
 * from their sources. So a rule that was edited makes old results stale, without a number that has to be raised; a new
 * release that leaves these modules as they were does not. Lines that are comments do not count.
 */
import { own } from '@telltale/core/report';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import type * as core from '@telltale/core';
import type * as classical from '@telltale/core/classical';
import type * as evaluate from '@telltale/core/evaluate';
import type * as motion from '@telltale/core/motion';
import type * as prepare from '@telltale/core/prepare';
import type * as recognize from '@telltale/core/recognize';
import type * as synth from '@telltale/core/synth';
import type * as figures from '@telltale/figures';
import type * as run from '@telltale/figures/run';
import type * as node from '@telltale/node';
import type * as report from '@telltale/node/report';

import { digestOf } from './key.ts';

/**
 * Kinds of results that are kept: a clip of a dataset, the intervals of a long video, a fold, the report of a clip, the
 * answers of a network without one of its parts.
 */
export type Computed = 'clip' | 'video' | 'fold' | 'analysis' | 'knockout';

/** What the packages of this project export, so that a function that was renamed is a type error here. */
interface Exports {
  '@telltale/core': typeof core;
  '@telltale/core/classical': typeof classical;
  '@telltale/core/evaluate': typeof evaluate;
  '@telltale/core/motion': typeof motion;
  '@telltale/core/prepare': typeof prepare;
  '@telltale/core/recognize': typeof recognize;
  '@telltale/core/synth': typeof synth;
  '@telltale/figures': typeof figures;
  '@telltale/figures/run': typeof run;
  '@telltale/node': typeof node;
  '@telltale/node/report': typeof report;
}

/** Functions of one package. */
type Functions = { [P in keyof Exports]: readonly [P, keyof Exports[P] & string] }[keyof Exports];

interface Code {
  readonly functions: readonly Functions[];
  /** Packages from npm that decode or compute. */
  readonly packages: readonly string[];
}

const CODE: Readonly<Record<Computed, Code>> = {
  clip: {
    functions: [
      ['@telltale/core/prepare', 'prepareClip'],
      ['@telltale/core/motion', 'createTvl1'],
      ['@telltale/core', 'openFaceModels'],
      ['@telltale/node', 'readImage'],
    ],
    packages: ['onnxruntime-node', 'sharp'],
  },
  video: {
    functions: [
      ['@telltale/core', 'spotClip'],
      ['@telltale/core', 'openFaceModels'],
      ['@telltale/node', 'openFramesFolder'],
    ],
    packages: ['onnxruntime-node', 'sharp'],
  },
  analysis: {
    functions: [
      ['@telltale/core', 'analyze'],
      ['@telltale/core', 'measureFrames'],
      ['@telltale/core', 'openFaceModels'],
      ['@telltale/figures', 'reportPage'],
      ['@telltale/figures/run', 'smallTimeline'],
      ['@telltale/node', 'openClip'],
      ['@telltale/node', 'openTools'],
      ['@telltale/node/report', 'writeReport'],
    ],
    packages: ['onnxruntime-node', 'sharp'],
  },
  fold: {
    functions: [
      ['@telltale/core/evaluate', 'runFold'],
      ['@telltale/core/evaluate', 'recognizeFold'],
      ['@telltale/core/evaluate', 'networkMethod'],
      ['@telltale/core/classical', 'classicalMethods'],
      ['@telltale/core/evaluate', 'unitsMethod'],
      ['@telltale/core/synth', 'unitSamples'],
    ],
    packages: ['onnxruntime-node'],
  },
  knockout: {
    functions: [
      ['@telltale/core/recognize', 'openRecognizer'],
      ['@telltale/node', 'readImage'],
    ],
    packages: ['onnxruntime-node', 'sharp'],
  },
};

/** Modules that no result depends on. */
const WITHOUT_EFFECT = new Set(['base/version', 'base/errors']);

/** Where the modules of the packages of this project are. */
export type PackageRoots = (name: string) => string;

/**
 * Digest of the code that computes a kind of result, SHA-256, hexadecimal.
 *
 * @param rootOf - folder of the modules of a package; those that are running by default
 */
export function codeDigest(kind: Computed, rootOf: PackageRoots = runningRoot): string {
  const { functions, packages } = CODE[kind];
  const into: Collected = { rootOf, texts: new Map() };
  for (const [specifier, name] of functions) {
    const [owner, index] = moduleOf(specifier);
    const path = definingModule(join(rootOf(owner), index), name, rootOf(owner));
    if (path === undefined) throw new Error(`${specifier} does not export a function ${name}`);
    collect(owner, path, into);
  }
  const code = [...into.texts].sort(([a], [b]) => (a < b ? -1 : 1));
  const versions = packages.map((name) => [name, versionOf(name)]);
  return digestOf(JSON.stringify({ code, versions }));
}

/** Extension of the modules that are running: `.ts` in tests, else `.js`. */
const EXTENSION = extname(import.meta.url);

/** Imports that are there when the module runs; the compiler changes the quotes of some. */
const IMPORT =
  /^(?:import|export)\s(?!type\b)[^;]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)/gm;

/** What an index exports from other modules. */
const EXPORT = /^export\s*(?:\{([^}]*)\}|\*)\s*from\s*['"]([^'"]+)['"]/gm;

/** Name of the package, and path of the module that a specifier stands for, relative to its root without extension. */
function moduleOf(specifier: string): readonly [owner: string, path: string] {
  const [scope, name, ...rest] = specifier.split('/');
  const owner = `${scope!}/${name!}`;
  const manifest = createRequire(import.meta.url).resolve(`${owner}/package.json`);
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  const target = own(exports, ['.', ...rest].join('/'))!;
  const path = EXTENSION === '.ts' ? target['@telltale/source'] : target.default;
  return [owner, withoutExtension(path.split('/').slice(2).join('/'))];
}

interface Manifest {
  readonly exports: Readonly<
    Record<string, { readonly '@telltale/source': string; readonly default: string }>
  >;
}

/**
 * Path of the module in which a function is defined, relative to the root without extension.
 *
 * @param index - path of a module that exports it
 * @returns `undefined` where it does not
 */
function definingModule(index: string, name: string, root: string): string | undefined {
  const text = readFileSync(index + EXTENSION, 'utf8');
  const defined = new RegExp(`^export (?:async )?(?:function\\*?|const|class) ${name}\\b`, 'm');
  if (defined.test(text)) return relative(root, index).split(sep).join('/');
  for (const [, names, from] of text.matchAll(EXPORT)) {
    if (names !== undefined && !names.split(',').some((one) => one.trim() === name)) continue;
    const there = withoutExtension(resolve(dirname(index), from!));
    const found = definingModule(there, name, root);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Collected {
  readonly rootOf: PackageRoots;
  /** By package and path. */
  readonly texts: Map<string, string>;
}

/** Adds a module and all that it imports in its own package and in the engine. */
function collect(owner: string, path: string, into: Collected): void {
  const id = `${owner}/${path}`;
  if (into.texts.has(id) || WITHOUT_EFFECT.has(path)) return;
  const root = into.rootOf(owner);
  const file = join(root, path + EXTENSION);
  const text = readFileSync(file, 'utf8');
  into.texts.set(id, withoutComments(text));
  for (const [, from, bare, later] of text.matchAll(IMPORT)) {
    const target = (from ?? bare ?? later)!;
    if (target.startsWith('.')) {
      const found = relative(root, resolve(dirname(file), target));
      collect(owner, withoutExtension(found.split(sep).join('/')), into);
    } else if (target.startsWith('@telltale/engine')) {
      collect(...moduleOf(target), into);
    }
  }
}

function withoutExtension(path: string): string {
  return path.slice(0, -extname(path).length);
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

/** Version of a package from npm that `@telltale/node` depends on. */
function versionOf(name: string): string {
  const manifest = createRequire(import.meta.url).resolve('@telltale/node/package.json');
  const places = createRequire(manifest).resolve.paths(name) ?? [];
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
