/** @file The commands under their names, and that a command line loads only what it needs. */
import { describe, expect, test } from 'vitest';

import { loadAllCommands, loadCommands } from './command-list.ts';
import { createProgram } from './program.ts';

const namesOf = async (...words: string[]): Promise<string[]> =>
  (await loadCommands(words)).map((command) => command.name());

describe('the commands', () => {
  test('are all there for the help, and each goes by the name that it has', async () => {
    const all = await namesOf('--help');
    expect(all).toEqual(expect.arrayContaining(['analyze', 'dataset', 'evaluate', 'fold']));
    for (const name of all) expect(await namesOf(name, '--version')).toEqual([name]);
  });

  test('are in the help as they are, though it loads none of them', async () => {
    const listed = createProgram(await loadCommands(['--help'])).helpInformation();
    expect(listed).toBe(createProgram(await loadAllCommands()).helpInformation());
  });

  test('are loaded where one of them is not the first word', async () => {
    const options = (await loadCommands(['--json', 'analyze'])).map(
      ({ options }) => options.length,
    );
    expect(options).toEqual((await loadAllCommands()).map(({ options }) => options.length));
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
