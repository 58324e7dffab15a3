/** @file `telltale dataset check`: which edition a licensed dataset is, and what is wrong with it. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { refuseUnused } from '../option-rules.ts';

/** The command, without having loaded what it works with. */
export function checkCommand(): CommandUnknownOpts {
  const command = new Command('check')
    .description(
      'Check a dataset: which edition it is, its clips, subjects and classes beside the published numbers, ' +
        'missing frames, odd rows, and every correction that would be applied, with its source. Nothing is ' +
        'changed. The exit status is 2 where published numbers are not met, or no expression has a frame.',
    )
    .argument(
      '<name>',
      'casme, casme2, samm, sammlv, smic, smic-vis, smic-nir, casmesq, casme3, casme3c, mmew, 4dme, dfme or generic',
    )
    .argument('<folder>', 'folder into which it was unpacked')
    .option('--sheet <file>', 'annotation file (default: searched for in the folder)')
    .option('--images <part>', 'part of the paths of the frames to use, such as Cropped')
    .option(
      '--synthetic',
      'compare with what "telltale synth dataset" wrote beside the data',
      false,
    )
    .option('--json', 'everything that was found, as JSON', false)
    .option('--all', 'list every finding', false)
    .action(async (name, folder, options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runCheck } = await import('../dataset/check.ts');
      await interruptible((signal) => runCheck(name, folder, { options, signal }));
    });
  return refuseUnused(command, [
    {
      mode: 'with --json, which has every finding',
      unused: ['--all'],
      applies: ({ json }) => json === true,
      instead: 'Leave it out.',
      example: ['casme2', 'folder', '--json'],
    },
  ]);
}
