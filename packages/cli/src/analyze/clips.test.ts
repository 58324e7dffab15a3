/** @file Which clips a command line means, and that no two of them get one name. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { findClips, isMany } from './clips.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'telltale-clips-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), 'x');
  }
}
const find = (...words: readonly string[]): ReturnType<typeof findClips> =>
  findClips(
    words.map((word) => join(folder, word)),
    { except: join(folder, 'run'), signal: new AbortController().signal },
  );
const idsOf = async (...words: readonly string[]): Promise<string[]> =>
  (await find(...words)).map(({ id }) => id);

test('a folder is searched for videos and folders of frames, not for the run in it', async () => {
  await put('S02/clip.mp4', 'S01/clip.mp4', 'S01/clip.avi', 'S01/notes.txt', 'S01/.hidden.mp4');
  await put('frames/a/1.png', 'frames/a/2.png', 'frames/b/cover.jpg', 'run/clips/x/report.mp4');
  await put('S03/thumb1.jpg', 'S03/thumb2.jpg', 'S03/x.MOV', 'code/program.ts');
  await writeFile(join(folder, 'S03/y.ts'), Buffer.alloc(376 + 188, 0x47));
  expect(await idsOf('.')).toEqual([
    ...['S01/clip.avi', 'S01/clip.mp4', 'S02/clip.mp4', 'S03/x.MOV', 'S03/y.ts', 'frames/a'],
  ]);
});

test('words and patterns; ids are relative to what they share', async () => {
  await put('a/S01/clip.mp4', 'a/S02/clip.mp4', 'a/S02/x.avi', 'b/clip.mp4', 'b/1.png');
  expect(await idsOf('a/S01/clip.mp4', 'a/S02')).toEqual([
    ...['S01/clip.mp4', 'S02/clip.mp4', 'S02/x.avi'],
  ]);
  expect(await idsOf('a/S01/clip.mp4', 'a/S01/clip.mp4', 'b')).toEqual([
    ...['a/S01/clip.mp4', 'b/clip.mp4'],
  ]);
  expect(await idsOf('a/**/*.mp4')).toEqual(['S01/clip.mp4', 'S02/clip.mp4']);
  expect(await idsOf('*/clip.mp4')).toEqual(['b/clip.mp4']);
  await expect(find('none/*.mp4')).rejects.toMatchObject({ code: 'FILE_MISSING' });
  await expect(find('b/none.mp4')).rejects.toMatchObject({ code: 'FILE_MISSING' });
});

test('no two clips share a folder, and none has a name that a file system refuses', async () => {
  const long = 'x'.repeat(240);
  await put('s1.mp4', 's1.avi', 'S1.mp4', 'a/b.mp4', 'a_b.mp4', 'a b.mp4', `${long}.mp4`);
  await put(`${'长'.repeat(80)}.mp4`, `${long}/1.mp4`, 'q?.mp4', 'q_.mp4', '.._x.mp4', 'end..mp4');
  const clips = await find('.');
  expect(clips).toHaveLength(12); // the hidden one is not a clip
  const names = clips.map((clip) => clip.folder);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  for (const name of names) {
    expect(Buffer.byteLength(name)).toBeLessThan(120);
    expect(name).toMatch(/^[\p{L}\p{N}_][^/\\:*?"<>|]*[^. ]$/u);
  }
  expect(names).toContain('a b.mp4');
});

test('many are several words, a pattern, or a folder without frames of its own', async () => {
  await put('one/1.png', 'one/2.png', 'all/x.mp4', 'both/1.png', 'both/x.mp4');
  const many = (...words: readonly string[]): boolean => isMany(words.map((one) => join(folder, one))); // prettier-ignore
  expect(many('one')).toBe(false);
  expect(many('all')).toBe(true);
  expect(many('both')).toBe(true);
  expect(many('all/x.mp4')).toBe(false);
  expect(many('all/none.mp4')).toBe(false);
  expect(many('all/*.mp4')).toBe(true);
  expect(many('one', 'all')).toBe(true);
});
