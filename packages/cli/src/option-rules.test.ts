/** @file No option is accepted and ignored: each has a reader, and each is refused in the modes that do not use it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { TelltaleError } from '@telltale/core';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';

import { loadAllCommands, loadCommands } from './command-list.ts';
import { readersOf } from './option-readers.cases.ts';
import type { Readers } from './option-readers.cases.ts';
import { rulesOf } from './option-rules.ts';
import { createProgram } from './program.ts';

const source = dirname(fileURLToPath(import.meta.url));
const SETTINGS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ['@telltale/source'],
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  skipLibCheck: true,
};

// `jobs` is what other commands start; no help lists it.
const all = createProgram([...(await loadAllCommands()), ...(await loadCommands(['jobs']))]);
/** Commands that do something, with the words that name them. */
const leaves = leavesOf(all, []);

function leavesOf(
  command: CommandUnknownOpts,
  words: readonly string[],
): { readonly command: CommandUnknownOpts; readonly words: readonly string[] }[] {
  if (command.commands.length === 0) return [{ command, words }];
  return command.commands.flatMap((one) => leavesOf(one, [...words, one.name()]));
}

describe('every option of every command has a reader', () => {
  let readers: Readers;
  beforeAll(() => {
    const program = ts.createProgram([join(source, 'main.ts')], SETTINGS);
    readers = readersOf(program, (path) => path.startsWith(join(source, 'commands')));
  }, 120_000);

  test('the tree has commands, and each has an action that was found', () => {
    expect(leaves.length).toBeGreaterThan(15);
    expect([...readers.keys()].sort()).toEqual(leaves.map(({ command }) => command.name()).sort());
  });

  test.each(leaves.map(({ command, words }) => [words.join(' '), command] as const))(
    '%s',
    (_, command) => {
      const read = readers.get(command.name());
      const ignored = command.options
        .filter((option) => !read!.has(option.attributeName()) && !isRefused(option))
        .map(({ long }) => long);
      expect(ignored).toEqual([]);
    },
  );
});

test('an option that is only passed on has no reader', () => {
  const path = '/commands/x.ts';
  const text = `
    declare class Command { constructor(name: string); action(run: (options: O) => void): this }
    interface O { readonly a: string; readonly b: string; readonly c: string; readonly d: string; readonly e: string }
    new Command('x').action((options) => { run({ ...options, more: 1 }); nested({ options, more: 2 }); });
    function run({ a, ...rest }: O & { more: number }): string { return a + last(rest); }
    function last(rest: { b: string; c: string; d: string; e: string }): string { return rest.b; }
    function nested({ options: { c }, more }: { options: O; more: number }): string { return c + more; }
  `;
  const host = ts.createCompilerHost({});
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const program = ts.createProgram(
    [path],
    { noLib: true },
    { ...host, getSourceFile: (name) => (name === path ? file : undefined) },
  );
  const read = readersOf(program, (name) => name === path).get('x')!;
  expect(['a', 'b', 'c', 'd', 'e'].filter((name) => read.has(name))).toEqual(['a', 'b', 'c']);
});

/** Whether an option is there only to be refused with its new name. */
function isRefused({ hidden, parseArg }: Option): boolean {
  try {
    parseArg?.('word', undefined);
    return false;
  } catch {
    return hidden;
  }
}

/** A value that the option takes. */
function wordsFor(option: Option): string[] {
  if (!option.required && !option.optional) return [option.long!];
  const { argChoices, parseArg } = option;
  if (argChoices) return [option.long!, argChoices[0]!];
  const value = ['3', '90', 'apex', '320x240', 'word'].find((word) => {
    try {
      parseArg?.(word, undefined);
      return true;
    } catch {
      return false;
    }
  });
  return [option.long!, value!];
}

const cases = leaves.flatMap(({ command, words }) =>
  rulesOf(command).flatMap((rule) =>
    rule.unused.map((flag) => [[...words, ...rule.example].join(' '), flag, rule, words] as const),
  ),
);

describe('an option without effect in a mode is refused there', () => {
  test('there are such modes', () => expect(cases.length).toBeGreaterThan(15));

  test.each(cases)('%s: %s', async (_, flag, rule, words) => {
    // A tree of its own: commands keep the values that they were called with.
    const run = async (...more: readonly string[]): Promise<boolean> => {
      const program = createProgram(await loadCommands(words));
      const { command } = leavesOf(program, []).find(
        ({ words: own }) => own.join(' ') === words.join(' '),
      )!;
      let ran = false;
      command.action(() => void (ran = true));
      const required = command.options.filter(
        ({ mandatory, long }) => mandatory && !rule.example.includes(long!),
      );
      await program.parseAsync(
        [...words, ...rule.example, ...required.flatMap(wordsFor), ...more],
        {
          from: 'user',
        },
      );
      return ran;
    };
    const option = leaves
      .find(({ words: own }) => own.join(' ') === words.join(' '))!
      .command.options.find(({ long }) => long === flag);
    expect(option, `${flag} is not an option`).toBeDefined();
    expect(await run()).toBe(true);
    await expect(run(...wordsFor(option!))).rejects.toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: `${flag} has no effect ${rule.mode}`,
      }),
    );
  });
});

test('the option that version 0.1 chose the task with is refused with the command of now', async () => {
  const run = async (...words: readonly string[]): Promise<TelltaleError> => {
    const program = createProgram(await loadCommands(['evaluate']));
    try {
      await program.parseAsync(['evaluate', ...words], { from: 'user' });
    } catch (error) {
      if (error instanceof TelltaleError) return error;
      throw error;
    }
    throw new Error('accepted');
  };
  const spotting = await run(
    '--data',
    'my data',
    '--task',
    'spotting',
    '--dataset',
    'sammlv',
    '--out',
    'run',
  );
  expect(spotting.code).toBe('OPTION_INVALID');
  expect(spotting.hint).toBe(
    `Run "telltale evaluate spotting --data 'my data' --dataset sammlv --out run".`,
  );
  const inline = await run('--task=spot-then-recognize', '--out', 'run');
  expect(inline.hint).toBe('Run "telltale evaluate spot-then-recognize --out run".');
});
