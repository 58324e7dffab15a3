/** @file `telltale dataset prepare`: from a licensed dataset to training data, once. */
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveInteger, positiveNumber } from '../arguments.ts';
import { launcherOption, sbatchOption, sbatchRule } from './launcher-options.ts';
import { refuseUnused } from '../option-rules.ts';

/** The command, without having loaded what it works with. */
export function prepareCommand(): CommandUnknownOpts {
  const command = new Command('prepare')
    .description(
      'Prepare a dataset for training: find and cut out faces, find the apex where none is annotated, compute ' +
        'onset-to-apex flow and images of the face. CACHE gets samples.csv, the input of "telltale train" and ' +
        '"telltale evaluate", and keeps every clip under a key of all that it depends on: interrupt it at any time, ' +
        'the same command does what is missing. Several datasets may share a cache.',
    )
    .argument('<name>', 'which dataset, such as casme2')
    .argument('<folder>', 'folder into which it was unpacked')
    .requiredOption('--out <cache>', 'folder for the prepared clips')
    .option('--size <pixels>', 'sides of the images in pixels, such as 28 or 28,112', sizes, [28])
    .option(
      '--planes <names>',
      'flow, and which images of the face: apex, onset, magnified',
      planes,
      ['apex', 'onset'] as const,
    )
    .option('--alpha <factor>', 'magnification factor of the magnified apex', positiveNumber, 10)
    .addOption(
      new Option('--kind <kind>', 'which expressions')
        .choices(['micro', 'macro', 'all'])
        .default('micro' as const),
    )
    .option('--sheet <file>', 'annotation file (default: searched for in the folder)')
    .option('--images <part>', 'part of the paths of the frames to use, such as Cropped')
    .option('--parallel <count>', 'clips at a time (default: all cores)', positiveInteger)
    .addOption(launcherOption('clips'))
    .addOption(sbatchOption())
    .action(async (name, folder, options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runPrepare } = await import('../dataset/prepare.ts');
      const { launcherOf } = await import('../jobs/run.ts');
      const { size, launcher: named, sbatch, ...rest } = options;
      const launcher = launcherOf({ launcher: named, sbatch });
      await interruptible((signal) =>
        runPrepare(name, folder, { ...rest, sizes: size, launcher, signal }),
      );
    });
  return refuseUnused(command, [
    sbatchRule('casme2', 'folder'),
    {
      mode: 'without magnified planes',
      unused: ['--alpha'],
      applies: ({ planes: chosen }) => !(chosen as readonly FacePlane[]).includes('magnified'),
      instead: 'Add magnified to --planes, or leave it out.',
      example: ['casme2', 'folder', '--planes', 'apex,onset'],
    },
  ]);
}

function sizes(text: string): number[] {
  return text.split(',').map((word) => positiveInteger(word.trim()));
}

type FacePlane = 'apex' | 'onset' | 'magnified';

function planes(text: string): readonly FacePlane[] {
  const names = text.split(',').map((word) => word.trim().toLowerCase());
  const known = ['flow', 'apex', 'onset', 'magnified'];
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) {
    throw new InvalidArgumentError(`There is no plane "${wrong}"; there are ${known.join(', ')}.`);
  }
  return names.filter((name): name is FacePlane => name !== 'flow');
}
