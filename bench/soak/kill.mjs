/** @file What the soak runs share that are killed: random moments, the kill, and the comparison of two folders. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { telltale } from './watch.mjs';

/** Park and Miller's generator: the same moments from the same seed. */
export function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/**
 * Starts the command and kills it after some milliseconds, with SIGKILL: nothing can be tidied up.
 *
 * @param options - `isGroup`: everything that it started is killed as well; otherwise the command alone
 * @returns whether it was still running
 */
export async function interrupt(words, { after, isGroup = true }) {
  const child = spawn(process.execPath, [telltale, ...words], { detached: true, stdio: 'ignore' });
  const ended = new Promise((resolve) => {
    child.on('close', (_, signal) => resolve(signal === 'SIGKILL'));
  });
  const timer = setTimeout(() => process.kill(isGroup ? -child.pid : child.pid, 'SIGKILL'), after);
  const isKilled = await ended;
  clearTimeout(timer);
  return isKilled;
}

/** Every file below a folder, but for logs, with the digest of its text. */
export function digests(folder, read = (text) => text) {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile() && !name.startsWith('logs'))
    .sort();
  const digestOf = (name) =>
    createHash('sha256').update(read(readFileSync(join(folder, name), 'latin1')), 'latin1').digest('hex'); // prettier-ignore
  return new Map(files.map((name) => [name, digestOf(name)]));
}

/** Names of the files that two runs do not share. */
export function differences(one, other, read) {
  const [a, b] = [digests(one, read), digests(other, read)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}
