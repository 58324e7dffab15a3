import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { assertWritable, writeFolderWhole, writeThrough, writeWhole } from './output.ts';

const unwritable = { code: 'OUTPUT_UNWRITABLE' };
let room = '';
beforeEach(() => void (room = mkdtempSync(join(tmpdir(), 'telltale-output-'))));
afterEach(() => rmSync(room, { recursive: true }));

describe('writeWhole', () => {
  it('writes through new folders and leaves no temporary file', async () => {
    await writeWhole(join(room, 'a/b/report.json'), '{}');
    await writeWhole(join(room, 'a/b/report.json'), '{"x":1}');
    expect(readdirSync(room, { recursive: true })).toEqual(['a', 'a/b', 'a/b/report.json']);
    expect(readFileSync(join(room, 'a/b/report.json'), 'utf8')).toBe('{"x":1}');
  });

  it('refuses a path below a file, and a path that is a folder', async () => {
    writeFileSync(join(room, 'file'), 'kept');
    await expect(writeWhole(join(room, 'file/below/x.json'), '{}')).rejects.toMatchObject(
      unwritable,
    );
    await expect(writeWhole(room, '{}')).rejects.toMatchObject(unwritable);
    expect(readdirSync(room)).toEqual(['file']);
  });
});

describe('a long name', () => {
  it('is written as far as file systems take it, and refused before the work where it is longer', async () => {
    const longest = `${'面'.repeat(83)}.mp4`; // 253 bytes
    await writeWhole(join(room, longest), 'whole');
    await writeFolderWhole(join(room, 'b'.repeat(255)), new Map([['report.json', '{}']]));
    expect(readdirSync(room).sort()).toEqual(['b'.repeat(255), longest]);
    const tooLong = join(room, `${'面'.repeat(84)}.mp4`);
    for (const kind of ['file', 'folder'] as const) {
      await expect(assertWritable(tooLong, kind)).rejects.toMatchObject({
        ...unwritable,
        message: expect.stringContaining('256 bytes') as string,
      });
    }
  });
});

describe('writeThrough', () => {
  it('keeps the extension for the writer, and the old file until the new one is whole', async () => {
    const path = join(room, 'clip.mp4');
    writeFileSync(path, 'old');
    await writeThrough(path, async (temporary) => {
      expect(temporary).toMatch(/\.part\.mp4$/);
      await writeFile(temporary, 'new');
      expect(readFileSync(path, 'utf8')).toBe('old');
    });
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('leaves nothing where the writer fails, not even the folder it made', async () => {
    const failing = writeThrough(join(room, 'new/folder/clip.mp4'), async (temporary) => {
      await writeFile(temporary, 'half');
      throw new RangeError('encoder');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(readdirSync(room)).toEqual([]);
  });

  it('leaves nothing where the process ends while it writes', () => {
    const module = new URL('./output.ts', import.meta.url).href;
    const path = JSON.stringify(join(room, 'clip.mp4'));
    const write = `async (temporary) => { await writeFile(temporary, 'half'); console.log(readdirSync(process.argv[1]).length); process.exit(3); }`;
    const code = `import { readdirSync } from 'node:fs'; import { writeFile } from 'node:fs/promises'; const { writeThrough } = await import(${JSON.stringify(module)}); await writeThrough(${path}, ${write});`;
    const words = [...process.execArgv, '--input-type=module', '-e', code, room];
    const { status, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 3, stdout: '1\n' });
    expect(readdirSync(room)).toEqual([]);
  });
});

describe('what a killed process left', () => {
  /** Names of files that a process writes when it is killed. */
  async function killed(write: string): Promise<string[]> {
    const module = new URL('./output.ts', import.meta.url).href;
    const code = `const { writeThrough, writeFolderWhole } = await import(${JSON.stringify(module)}); ${write}`;
    const words = [...process.execArgv, '--input-type=module', '-e', code, room];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    return readdirSync(room);
  }
  const HALF = `await writeThrough(process.argv[1] + '/clip.mp4', async (path) => {
    (await import('node:fs')).writeFileSync(path, 'half');
    console.log('now');
    await new Promise((resolve) => setTimeout(resolve, 1e6));
  });`;

  it('is removed when the same output is written again', async () => {
    const [left, ...others] = await killed(HALF);
    expect(left).toMatch(/^\.clip\..*\.part\.mp4$/);
    expect(others).toEqual([]);
    await writeWhole(join(room, 'other.mp4'), 'whole');
    expect(readdirSync(room)).toContain(left);
    await writeWhole(join(room, 'clip.mp4'), 'whole');
    expect(readdirSync(room).sort()).toEqual(['clip.mp4', 'other.mp4']);
  });

  it('stays where its process runs, and where it is of another computer', async () => {
    const [left] = await killed(HALF);
    const running = left!.replace(/-\d+\.part/, `-${process.ppid}.part`);
    const elsewhere = left!.replace(/\.[\da-f]{8}-/, '.00000000-');
    for (const name of [running, elsewhere]) writeFileSync(join(room, name), 'half');
    await writeWhole(join(room, 'clip.mp4'), 'whole');
    expect(readdirSync(room).sort()).toEqual([running, elsewhere, 'clip.mp4'].sort());
  });
});

describe('writeFolderWhole', () => {
  const files = new Map([
    ['report.json', '{}'],
    ['images/1.png', 'png'],
  ]);
  const listed = ['images', 'images/1.png', 'report.json'];
  const list = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort();

  it('makes a new folder with all its files', async () => {
    await writeFolderWhole(join(room, 'deep/out'), files);
    expect(list(join(room, 'deep'))).toEqual(['out', ...listed.map((name) => `out/${name}`)]);
  });

  it('updates an existing folder and leaves its other files alone', async () => {
    await writeFolderWhole(room, new Map([...files, ['other.txt', 'kept']]));
    await writeFolderWhole(room, new Map([['report.json', '{"second":true}']]));
    expect(list(room)).toEqual(['images', 'images/1.png', 'other.txt', 'report.json']);
    expect(readFileSync(join(room, 'report.json'), 'utf8')).toBe('{"second":true}');
  });

  it('changes nothing where one of the files cannot take its place', async () => {
    await writeFolderWhole(room, new Map([['images', 'a file in the way']]));
    await expect(writeFolderWhole(room, files)).rejects.toMatchObject(unwritable);
    expect(list(room)).toEqual(['images']);
  });
});

describe('assertWritable', () => {
  it('accepts what can be made, without making it', async () => {
    await assertWritable(join(room, 'new/folder'), 'folder');
    await assertWritable(join(room, 'new/file.json'), 'file');
    await assertWritable(room, 'folder');
    expect(readdirSync(room)).toEqual([]);
  });

  it('refuses a folder where a file is, at any depth', async () => {
    writeFileSync(join(room, 'file'), '');
    for (const path of ['file', 'file/out', 'file/out/deeper']) {
      await expect(assertWritable(join(room, path), 'folder')).rejects.toMatchObject(unwritable);
    }
  });
});
