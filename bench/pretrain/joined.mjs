/**
 * @file Joins prepared caches whose samples may have the same names: each goes under its own folder name as a dataset,
 * that of the folder around it for a folder of further sizes, such as photographs/112.
 *
 * `node bench/pretrain/joined.mjs OUT CACHE…` copies the images and writes one samples.csv.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';

const [out, ...caches] = process.argv.slice(2);
if (out === undefined || caches.length === 0)
  throw new Error('node bench/pretrain/joined.mjs OUT CACHE…');
mkdirSync(out);
const lines = [];
for (const cache of caches.map((one) => resolve(one))) {
  const name = /^\d+$/.test(basename(cache)) ? basename(dirname(cache)) : basename(cache);
  const [head, ...rows] = readFileSync(join(cache, 'samples.csv'), 'utf8').trim().split(/\r?\n/);
  if (lines.length === 0) lines.push(head);
  // Caches of the same planes have the same columns; no cell of theirs has a comma.
  if (head !== lines[0]) throw new Error(`${cache} has other columns`);
  const columns = head.split(',');
  for (const row of rows)
    lines.push(
      row
        .split(',')
        .map((cell, i) => (columns[i] === 'dataset' ? name : cell.replace(/^clips\//, `${name}/`)))
        .join(','),
    );
  cpSync(join(cache, 'clips'), join(out, name), { recursive: true });
}
writeFileSync(join(out, 'samples.csv'), `${lines.join('\n')}\n`);
process.stdout.write(`${lines.length - 1} samples of ${caches.length} caches: ${out}\n`);
