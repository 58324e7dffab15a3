/** @file What is believed of files that were seen before, and what is not: times, ticks of clocks, links, damage. */
import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { listFolder, lookAgainAtFolder, seeFolder } from './listing.ts';
import type { SeenFolder } from './listing.ts';
import { readManifest, stillTrue, writeManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { digestOf, isSettled, lookAgain, openSeenFiles } from './seen.ts';
import type { SeenFile, SeenTimes } from './seen.ts';

const LONG = 60_000;
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telltale-seen-'));
  path = join(folder, 'img1.jpg');
  await writeFile(path, 'before');
});
afterEach(() => rm(folder, { recursive: true }));

/** A file as one would have seen it who looked so long after its last change, milliseconds. */
async function seenAfter(wait: number, content: string, at = path): Promise<SeenFile> {
  const { size, mtimeMs, ctimeMs } = await stat(at);
  const taken = Math.max(mtimeMs, ctimeMs) + wait;
  return { size, changed: mtimeMs, touched: ctimeMs, taken, sha256: digestOf(content) };
}

describe('a file that was seen', () => {
  test('long after its change, and has its times, is not read', async () => {
    // What is claimed of the content is wrong, so that reading it would show.
    const before = await seenAfter(LONG, 'BEFORE');
    expect(lookAgain(path, before)).toBe(before);
    expect(await openSeenFiles(new Map([[path, before]])).digest(path)).toBe(digestOf('BEFORE'));
  });

  test('within a tick of its change is read, though size and times are the same', async () => {
    const before = await seenAfter(1, 'BEFORE');
    expect(isSettled(before)).toBe(false);
    expect(lookAgain(path, before)).toBeUndefined();
    expect(await openSeenFiles(new Map([[path, before]])).digest(path)).toBe(digestOf('before'));
    const same = await seenAfter(1, 'before');
    expect(lookAgain(path, same)).toMatchObject({ sha256: same.sha256, size: 6 });
    expect(lookAgain(path, same)).not.toBe(same);
  });

  test('is waited for as long as the clock of its file system needs to tick', () => {
    const seen = (changed: number, touched: number, wait: number): boolean =>
      isSettled({ size: 1, changed, touched, taken: Math.max(changed, touched) + wait });
    expect(seen(1_700_000_000_123.4, 1_700_000_000_123.4, 90)).toBe(false);
    expect(seen(1_700_000_000_123.4, 1_700_000_000_123.4, 110)).toBe(true);
    expect(seen(1_700_000_000_000, 1_700_000_000_000, 1990)).toBe(false); // FAT: every second second
    expect(seen(1_700_000_000_000, 1_700_000_000_000, 2010)).toBe(true);
    expect(seen(1_600_000_000_000, 1_700_000_000_123.4, 110)).toBe(true); // unpacked with its old time
  });

  test('from a clock that goes ahead is read, now and later', async () => {
    expect(isSettled(await seenAfter(-LONG, 'before'))).toBe(false);
  });

  test.each([
    ['another content of the same size, at another time', async () => writeFile(path, 'after!')],
    [
      'another content of the same size, its time set back',
      async () => {
        const { atime, mtime } = await stat(path);
        await writeFile(path, 'after!');
        await utimes(path, atime, mtime);
      },
    ],
    [
      'another file of its name, as old and as large',
      async () => {
        const { atime, mtime } = await stat(path);
        await writeFile(join(folder, 'new'), 'after!');
        await utimes(join(folder, 'new'), atime, mtime);
        await rename(join(folder, 'new'), path);
      },
    ],
  ])('is found to have %s', async (_, change) => {
    const before = await seenAfter(LONG, 'before');
    await change();
    expect(lookAgain(path, before)).toBeUndefined();
    const seen = openSeenFiles(new Map([[path, before]]));
    expect(await seen.digest(path)).toBe(digestOf('after!'));
  });

  test('is the same where it was only touched, and gone where it is gone', async () => {
    const before = await seenAfter(LONG, 'before');
    await utimes(path, 1000, 1000);
    expect(lookAgain(path, before)).toMatchObject({ sha256: before.sha256, changed: 1_000_000 });
    await rm(path);
    expect(lookAgain(path, before)).toBeUndefined();
    await mkdir(path);
    expect(lookAgain(path, before)).toBeUndefined();
  });

  test('is not read where it is too large', async () => {
    await expect(openSeenFiles().digest(path, 5)).rejects.toThrow('more than 5 bytes');
  });
});

describe('a folder', () => {
  const isFolderAsBefore = (place: string, before: SeenFolder): boolean =>
    lookAgainAtFolder(place, before) !== undefined;

  test('names what matters', async () => {
    for (const name of ['b.PNG', 'notes.txt', '.hidden.jpg', '~$a.xlsx', 'a.xlsx']) {
      await writeFile(join(folder, name), '');
    }
    for (const name of ['sub02', 'sub01', '__MACOSX']) await mkdir(join(folder, name));
    await symlink(join(folder, 'sub01'), join(folder, 'sub03'));
    await symlink(join(folder, 'nowhere'), join(folder, 'c.bmp'));
    const { pictures, sheets, folders, links, hasLinks } = listFolder(folder);
    expect([...pictures].sort()).toEqual(['b.PNG', 'c.bmp', 'img1.jpg']);
    expect(sheets).toEqual(['a.xlsx']);
    expect(folders).toEqual(['sub01', 'sub02', 'sub03']);
    expect([...links]).toEqual(['sub03']);
    expect(hasLinks).toBe(true);
  });

  test('is as before until something that matters comes or goes', async () => {
    const before = seeFolder(folder);
    expect(isFolderAsBefore(folder, before)).toBe(true);
    await writeFile(join(folder, 'notes.txt'), '');
    expect(isFolderAsBefore(folder, before)).toBe(true);
    await writeFile(join(folder, 'img2.jpg'), '');
    expect(isFolderAsBefore(folder, before)).toBe(false);
    await rm(join(folder, 'img2.jpg'));
    expect(isFolderAsBefore(folder, before)).toBe(true);
    await rename(path, join(folder, 'img3.jpg'));
    expect(isFolderAsBefore(folder, before)).toBe(false);
  });

  test('shows a new file where the file system leaves the times of the folder alone', async () => {
    await writeFile(join(folder, 'img2.jpg'), '');
    const { atime, mtime } = await stat(folder);
    const before = seeFolder(folder);
    await writeFile(join(folder, 'img3.jpg'), '');
    await utimes(folder, atime, mtime);
    const { mtimeMs, ctimeMs } = await stat(folder);
    const unmoved = { ...before, changed: mtimeMs, touched: ctimeMs, taken: ctimeMs + LONG };
    expect(isFolderAsBefore(folder, unmoved)).toBe(false);
  });

  test('shows a link that leads somewhere by now', async () => {
    const disk = `${folder}-disk`;
    await symlink(disk, join(folder, 'sub05'));
    const seen = seeFolder(folder);
    const before = { ...seen, taken: seen.taken + LONG };
    expect(isFolderAsBefore(folder, before)).toBe(true);
    await mkdir(disk);
    try {
      expect(isFolderAsBefore(folder, before)).toBe(false);
    } finally {
      await rm(disk, { recursive: true });
    }
  });
});

describe('a manifest', () => {
  const signal = new AbortController().signal;
  let places: { readonly root: string; readonly cache: string };
  let manifest: Manifest;

  beforeEach(async () => {
    places = { root: folder, cache: join(folder, 'cache') };
    await mkdir(places.cache);
    const kept = join(places.cache, 'flow.png');
    await writeFile(kept, 'picture');
    const elsewhere = `${folder}.csv`;
    await writeFile(elsewhere, 'sheet');
    const seen = openSeenFiles();
    for (const file of [path, kept, elsewhere]) await seen.digest(file);
    manifest = {
      ...{ question: 'what?', clips: 3, files: seen.files },
      folders: new Map([['', seeFolder(folder)]]),
    };
    await writeManifest('casme2', places, manifest);
  });
  afterEach(() => rm(`${folder}.csv`));

  test('comes back as it was written', async () => {
    expect(readManifest('casme2', places)).toEqual(manifest);
    expect(readManifest('samm', places)).toBeUndefined();
    await writeManifest('casme2', places, { ...manifest, question: undefined });
    expect(readManifest('casme2', places)!.question).toBeUndefined();
  });

  test('moves with the cache, but not with the dataset', async () => {
    const [cache, root] = [join(folder, 'moved'), join(folder, 'elsewhere')];
    await rename(places.cache, cache);
    const moved = readManifest('casme2', { root, cache })!;
    expect([...moved.files.keys()].slice(0, 2)).toEqual([
      join(cache, 'flow.png'),
      join(root, 'img1.jpg'),
    ]);
    expect(await stillTrue(moved, root, signal)).toBeUndefined();
  });

  test('is not believed where it is damaged', async () => {
    const file = join(places.cache, 'prepared/casme2.seen.json');
    const text = await readFile(file, 'utf8');
    const others = [text.slice(0, -5), text.replace('"clips":3', '"clips":4'), '', '{}', 'null\n'];
    for (const other of [...others, text.replace('telltale.seen/1', 'telltale.seen/0')]) {
      await writeFile(file, other);
      expect(readManifest('casme2', places), other.slice(0, 40)).toBeUndefined();
    }
  });

  test('is true as long as everything in it is', async () => {
    // Everything was made just now, and is read again until its times can be believed.
    const now = await stillTrue(manifest, folder, signal);
    expect(now).not.toBe(manifest);
    expect([...now!.files.keys()]).toEqual([...manifest.files.keys()]);
    const later = <T extends SeenTimes>(all: ReadonlyMap<string, T>): Map<string, T> =>
      new Map([...all].map(([at, one]) => [at, { ...one, taken: one.taken + LONG }]));
    const settled = { ...now!, files: later(now!.files), folders: later(now!.folders) };
    expect(await stillTrue(settled, folder, signal)).toBe(settled);
    await writeFile(`${folder}.csv`, 'SHEET');
    expect(await stillTrue(manifest, folder, signal)).toBeUndefined();
    await writeFile(`${folder}.csv`, 'sheet');
    expect(await stillTrue(manifest, folder, signal)).toBeDefined();
    await mkdir(join(folder, 'sub01'));
    expect(await stillTrue(manifest, folder, signal)).toBeUndefined();
    await rm(join(folder, 'sub01'), { recursive: true });
    await rm(places.cache, { recursive: true });
    expect(await stillTrue(manifest, folder, signal)).toBeUndefined();
  });

  test('is looked through no further once somebody says so', async () => {
    const stopped = AbortSignal.abort(new Error('enough'));
    await expect(stillTrue(manifest, folder, stopped)).rejects.toThrow('enough');
  });
});
