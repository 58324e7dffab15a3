/**
 * @file Which Markdown files are pages of the site, and under which address.
 *
 * The site is built from the files where they are: nothing is copied. What Git hosts show as a folder's README is a
 * page with a better address here.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

const OTHER_FOLDERS = ['bench', 'golden', 'demo-output', 'examples', 'test'];

/** Markdown files that are not pages, as globs. */
export const excluded: string[] = [
  '.*/**',
  '**/.*/**',
  ...OTHER_FOLDERS.map((folder) => `${folder}/**`),
];

const ADDRESSES: readonly (readonly [RegExp, string])[] = [
  [/^README\.md$/, 'index.md'],
  [/^README\.zh-CN\.md$/, 'zh/index.md'],
  [/^packages\/core\/models\/MODEL_CARD\.md$/, 'models/merba.md'],
  [/^packages\/core\/models\/MODEL_CARD-(.+)\.md$/, 'models/$1.md'],
  [/^packages\/([^/]+)\/README\.md$/, 'packages/$1.md'],
  [/^docs\/(.+)\.md$/, '$1.md'],
];

/**
 * The place of a Markdown file in the site.
 *
 * @param file - path from the root of the repository, with forward slashes
 */
export function addressOf(file: string): string {
  const rule = ADDRESSES.find(([pattern]) => pattern.test(file));
  if (rule) return file.replace(...rule);
  return file.includes('/') ? file : file.toLowerCase();
}

/**
 * Resolves a relative link.
 *
 * @param href - as written, without its fragment
 * @param from - absolute path of the file that contains it
 * @returns the address of the page; `file` where the target exists and is not a page; `missing` where it does not exist
 */
export function resolveLink(
  href: string,
  from: string,
): { readonly page: string } | 'file' | 'missing' {
  let target = join(dirname(from), decodeURIComponent(href));
  if (!existsSync(target)) return 'missing';
  if (statSync(target).isDirectory()) target = join(target, 'README.md');
  const path = relative(root, target).replaceAll('\\', '/');
  const [top = ''] = path.split('/');
  if (!path.endsWith('.md') || !existsSync(target) || OTHER_FOLDERS.includes(top)) return 'file';
  return { page: posix.join('/', addressOf(path)) };
}
