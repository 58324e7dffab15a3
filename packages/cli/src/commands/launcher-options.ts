/** @file Where the jobs of a command run: the same options for every command that has many. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

import type { OptionRule } from '../option-rules.ts';

type Launcher = 'local' | 'slurm';
type LauncherOption = Option<'--launcher <name>', undefined, 'local', undefined, false, Launcher>;

/** `--launcher`. @param jobs - what the command has many of */
export function launcherOption(jobs: string): LauncherOption {
  return new Option(
    '--launcher <name>',
    `where ${jobs} are processed: in processes on this machine, or on a Slurm cluster`,
  )
    .choices(['local', 'slurm'] as const)
    .default('local' as const);
}

/** `--sbatch`, which only has a meaning with `--launcher slurm`. */
export function sbatchOption(): Option<'--sbatch <words>'> {
  return new Option(
    '--sbatch <words>',
    "with --launcher slurm: more options for Slurm's sbatch, in one string",
  );
}

/** `--sbatch` is refused without `--launcher slurm`. @param words - the arguments that the command needs */
export function sbatchRule(...words: readonly string[]): OptionRule {
  return {
    mode: 'with --launcher local',
    unused: ['--sbatch'],
    applies: ({ launcher }) => launcher === 'local',
    instead: 'Add --launcher slurm, or leave out --sbatch.',
    example: [...words, '--launcher', 'local'],
  };
}

/** `--engine`, as `--launcher` was called in version 0.1: refused with its new name. */
export function engineOption(): Option<'--engine <name>', undefined, undefined, never> {
  return new Option('--engine <name>', 'now called --launcher').hideHelp().argParser((): never => {
    throw new InvalidArgumentError('This option is now called --launcher.');
  });
}
