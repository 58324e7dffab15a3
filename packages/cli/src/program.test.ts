import { Command } from '@commander-js/extra-typings';
import { TelltaleError } from '@telltale/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { version } from './overview.ts';
import { createProgram, runProgram } from './program.ts';

/** A tree shaped like the real one, whose commands record that they ran. */
function program(ran: string[]) {
  return createProgram([
    new Command('train')
      .argument('<folder>')
      .option('--epochs <count>')
      .action((folder) => void ran.push(folder)),
    new Command('predict').action(() => {
      throw new TelltaleError('FILE_MISSING', 'no file x', 'Check the path.');
    }),
    new Command('break').action(() => {
      throw new RangeError('index 7');
    }),
  ]);
}

describe('the command tree', () => {
  let stderr = '';
  let stdout = '';
  beforeEach(() => {
    [stderr, stdout] = ['', ''];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += String(text);
      return true;
    });
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      stdout += String(text);
      return true;
    });
  });
  afterEach(() => void vi.restoreAllMocks());

  async function run(...words: string[]) {
    const ran: string[] = [];
    const status = await runProgram(program(ran), words);
    return { status, ran, stderr, stdout };
  }

  it('runs a command it knows', async () => {
    expect(await run('train', 'here', '--epochs', '3')).toMatchObject({
      status: 0,
      ran: ['here'],
      stderr: '',
    });
  });

  it.each([
    [['train', 'here', '--epoch', '5'], "unknown option '--epoch'", 'Did you mean --epochs?'],
    [['trian', 'here'], "unknown command 'trian'", 'Did you mean train?'],
    [['train'], "missing required argument 'folder'", 'telltale train --help'],
    [['train', 'here', 'there'], 'too many arguments', 'telltale train --help'],
    [['train', 'here', '--epochs'], 'argument missing', 'telltale train --help'],
    [['--frobnicate'], "unknown option '--frobnicate'", 'telltale --help'],
  ])('refuses %j with one error and status 2', async (words, message, hint) => {
    const result = await run(...words);
    expect(result).toMatchObject({ status: 2, ran: [], stdout: '' });
    expect(result.stderr.match(/^error /gm)).toHaveLength(1);
    expect(result.stderr).toContain('error OPTION_INVALID: ');
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain(hint);
  });

  it.each([
    [['evaluate', 'bogus'], "unknown command 'bogus'", 'Run "telltale evaluate --help"'],
    [['evaluate', 'spoting', '--data', 'x'], "unknown command 'spoting'", 'Did you mean spotting?'],
    [['evaluate', 'help', 'spoting'], "unknown command 'spoting'", 'Did you mean spotting?'],
    [['help', 'trian'], "unknown command 'trian'", 'Did you mean train?'],
    [['trian', '--help'], "unknown command 'trian'", 'Did you mean train?'],
    [['TRAIN', 'here'], "unknown command 'TRAIN'", 'Did you mean train?'],
  ])('refuses %j, which names no command', async (words, message, hint) => {
    const ran: string[] = [];
    const evaluate = new Command('evaluate')
      .addCommand(new Command('recognition').requiredOption('--data <folder>'), { isDefault: true })
      .addCommand(new Command('spotting'));
    const tree = program(ran);
    tree.addCommand(evaluate);
    expect(await runProgram(tree, words)).toBe(2);
    expect({ ran, stdout }).toEqual({ ran: [], stdout: '' });
    expect(stderr).toContain(`error OPTION_INVALID: ${message}\n`);
    expect(stderr).toContain(hint);
  });

  it.each([
    [['train', ''], 'the argument folder is empty'],
    [['train', 'here', '--epochs', ''], '--epochs is empty'],
  ])('refuses the empty word in %j', async (words, message) => {
    const result = await run(...words);
    expect(result).toMatchObject({ status: 2, ran: [], stdout: '' });
    expect(result.stderr).toContain(`error OPTION_INVALID: ${message}\n`);
  });

  it('shows defaults in the help as they are typed, and none of switches', async () => {
    const tree = createProgram([
      new Command('one').option('--off', 'a switch', false).option('--size <n>', 'sizes', (text) => [Number(text)], [28, 56]), // prettier-ignore
    ]);
    await runProgram(tree, ['one', '--help']);
    expect(stdout).toContain('sizes (default: 28,56)');
    expect(stdout).toMatch(/a switch\n/);
  });

  it('answers --version and --help on standard output with status 0', async () => {
    expect(await run('--version')).toMatchObject({
      status: 0,
      stdout: `${version()}\n`,
      stderr: '',
    });
    const help = await run('train', '--help');
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toContain('--epochs');
  });

  it('takes help as a word before a command', async () => {
    const { stdout: help } = await run('train', '--help');
    stdout = '';
    expect(await run('help', 'train')).toMatchObject({ status: 0, stdout: help, stderr: '' });
    stdout = '';
    const all = await run('help');
    expect(all).toMatchObject({ status: 0, stderr: '' });
    expect(all.stdout).toContain('Usage: telltale');
  });

  it('shows its help on standard error, status 2, where no command is given', async () => {
    const result = await run();
    expect(result).toMatchObject({ status: 2, stdout: '' });
    expect(result.stderr).toContain('Usage: telltale');
  });

  it('distinguishes errors of the user (2) from its own (1)', async () => {
    expect(await run('predict')).toMatchObject({
      status: 2,
      stderr: 'error FILE_MISSING: no file x\nCheck the path.\n',
    });
    stderr = '';
    const ours = await run('break');
    expect(ours.status).toBe(1);
    expect(ours.stderr).toContain('RangeError: index 7');
    expect(ours.stderr).toContain('program.test.ts'); // the stack
  });
});
