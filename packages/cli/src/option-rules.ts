/**
 * @file Options that have no effect in a mode of a command, refused there: an option that is accepted and ignored is a
 * false result.
 */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { TelltaleError } from '@telltale/core/errors';

/** A mode of a command, and the options that it does not use. */
export interface OptionRule {
  /** How a message names the mode: `with --plan-only`. */
  readonly mode: string;
  /** Options without effect there, such as `--sbatch`. */
  readonly unused: readonly string[];
  /** Whether a command line, given by its options and its arguments, is in the mode. */
  readonly applies: (
    options: Readonly<Record<string, unknown>>,
    words: readonly string[],
  ) => boolean;
  /** What to do instead. */
  readonly instead: string;
  /** A command line in the mode, without its required options. The test gives each unused option to it. */
  readonly example: readonly string[];
}

/** `--network` is refused with `--weights`. @param example - the arguments that the command needs */
export function weightsRule(...example: readonly string[]): OptionRule {
  return {
    mode: 'with --weights: a weights file states its network',
    unused: ['--network'],
    applies: ({ weights }) => weights !== undefined,
    instead: 'Leave out one of them.',
    example: [...example, '--weights', 'mine.safetensors'],
  };
}

const known = new WeakMap<CommandUnknownOpts, readonly OptionRule[]>();

/**
 * Makes a command refuse, before it runs, each option that its mode does not use.
 *
 * @throws TelltaleError `OPTION_INVALID` when the command is run
 */
export function refuseUnused<C extends CommandUnknownOpts>(
  command: C,
  rules: readonly OptionRule[],
): C {
  known.set(command, rules);
  command.hook('preAction', (_, running) => {
    const { options, args } = running;
    const wrong = rules
      .filter(({ applies }) => applies(running.opts(), args))
      .flatMap((rule) => rule.unused.map((flag) => ({ ...rule, flag })))
      .find(({ flag }) => {
        const option = options.find(({ long }) => long === flag);
        return running.getOptionValueSource(option!.attributeName()) === 'cli';
      });
    if (wrong === undefined) return;
    const { flag, mode, instead } = wrong;
    throw new TelltaleError('OPTION_INVALID', `${flag} has no effect ${mode}`, instead);
  });
  return command;
}

/** The rules of a command; none where every option has an effect in every mode. */
export function rulesOf(command: CommandUnknownOpts): readonly OptionRule[] {
  return known.get(command) ?? [];
}
