/** @file The commands under their names, and that a command line loads only what it needs. */
import { describe, expect, test } from 'vitest';

import { loadCommands } from './command-list.ts';

const namesOf = async (...words: string[]): Promise<string[]> =>
  (await loadCommands(words)).map((command) => command.name());

describe('the commands', () => {
  test('are all there for the help, and each goes by the name that it has', async () => {
    const all = await namesOf('--help');
    expect(all).toEqual(expect.arrayContaining(['analyze', 'dataset', 'evaluate', 'fold']));
    for (const name of all) expect(await namesOf(name, '--version')).toEqual([name]);
  });

  test('are all there for a line that names none of them, so that a neighbor is found', async () => {
    const all = await namesOf('--help');
    for (const line of [[], ['analyse'], ['--json', 'analyze'], ['constructor'], ['-V', 'x']]) {
      expect(await namesOf(...line)).toEqual(all);
    }
  });

  test('are not loaded to print the version', async () => {
    expect(await namesOf('--version')).toEqual([]);
    expect(await namesOf('-V')).toEqual([]);
  });
});
