/** @file `telltale evaluate knockout`: what each part of a network does, seen by taking it out. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { refuseUnused, weightsRule } from '../option-rules.ts';

/** The command, without having loaded what it works with. */
export function knockoutCommand(): CommandUnknownOpts {
  const command = new Command('knockout')
    .description(
      'Take each part that its paper names out of a trained network, and see what changes: verdicts, probabilities and ' +
        'UF1, with 95 % intervals over subjects. The part is replaced by its neutral element; nothing is trained ' +
        '(see "evaluate recognition --ablation" for that). RUN gets knockout.json and knockout.md. An interrupted run ' +
        'resumes when the command is repeated.',
    )
    .requiredOption('--data <folder>', 'folder of flow images that holds samples.csv')
    .requiredOption('--out <run>', 'folder of the run: answers without each part, and the table')
    .option(
      '--weights <file>',
      'weights that "telltale train" wrote (default: those that ship for --network)',
    )
    .option(
      '--network <name>',
      'network that ships (default: merba, which is part of the default recognizer)',
    )
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runKnockout } = await import('../evaluate/knockout.ts');
      await interruptible((signal) => runKnockout(options, signal));
    });
  return refuseUnused(command, [weightsRule()]);
}
