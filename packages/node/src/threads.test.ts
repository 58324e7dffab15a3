import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { threadFlags } from './threads.ts';

it('a thread inherits all flags, but those of a program in the command line', () => {
  expect(threadFlags(['--max-old-space-size=3000', '--import', './hooks.mjs'])).toBeUndefined();
  const words = ['-r', './a.cjs', '--max-old-space-size=99', '--conditions=x', '-e', 'run()'];
  expect(threadFlags(words)).toEqual(['-r', './a.cjs', '--conditions=x']);
});

it.each(['a file', 'a text'])(
  'threads start in a process with flags of V8 that runs %s',
  (kind) => {
    const [module, hooks] = ['./tools.ts', '../../../test/typescript.mjs']
    .map((path) => new URL(path, import.meta.url).href); // prettier-ignore
    const text = `
    const { openTools } = await import('${module}');
    await (await openTools({ recognizer: false, parallel: true })).close();
    console.log('closed');`;
    const flags = [
      '--max-old-space-size=3000',
      '--import',
      hooks!,
      '--conditions=@telltale/source',
    ];
    const folder = mkdtempSync(join(tmpdir(), 'telltale-'));
    const file = join(folder, 'program.mjs');
    writeFileSync(file, text);
    const words = kind === 'a file' ? [file] : ['--input-type=module', '-e', text];
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, ...words], {
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    expect(stderr).toBe('');
    expect(stdout).toBe('closed\n');
  },
);
