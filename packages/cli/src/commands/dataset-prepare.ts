/** @file `telltale dataset prepare`: from a licensed dataset to what networks are trained on, once. */
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveInteger, positiveNumber } from '../arguments.ts';

/** The command, without having loaded what it works with. */
export function prepareCommand(): CommandUnknownOpts {
  return new Command('prepare')
    .description(
      'Prepare a dataset for training: find and cut out faces, find the apex where none is annotated, compute ' +
        'onset-to-apex flow and pictures of the face. CACHE gets samples.csv, as "telltale train" and "telltale ' +
        'evaluate" take it, and keeps every clip under a key of all it depends on: interrupt it anywhere, the same ' +
        'command does what is missing. Several datasets may share a cache.',
    )
    .argument('<name>', 'which dataset, such as casme2')
    .argument('<folder>', 'where it was unpacked')
    .requiredOption('--out <cache>', 'where the prepared clips go')
    .option('--size <pixels>', 'sides of the pictures, such as 28 or 28,112', sizes, [28])
    .option(
      '--planes <names>',
      'flow, and which pictures of the face: apex, onset, magnified',
      planes,
      ['apex', 'onset'] as const,
    )
    .option('--alpha <factor>', 'how much the magnified apex is magnified', positiveNumber, 10)
    .option('--aligned', 'the pictures are faces cut out, and nothing else', false)
    .addOption(
      new Option('--kind <kind>', 'which expressions')
        .choices(['micro', 'macro', 'all'])
        .default('micro' as const),
    )
    .option('--sheet <file>', 'annotation file; else it is looked for in the folder')
    .option('--images <part>', 'part of the paths of the pictures to use, such as Cropped')
    .option('--parallel <count>', 'clips at a time; else all cores', positiveInteger)
    .action(async (name, folder, options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runPrepare } = await import('../dataset/prepare.ts');
      const { size, ...rest } = options;
      await interruptible((signal) => runPrepare(name, folder, { ...rest, sizes: size, signal }));
    });
}

/** What `prepare` starts; no person needs it. */
export function prepareClipsCommand(): CommandUnknownOpts {
  return new Command('prepare-clips')
    .description('A process of "telltale dataset prepare".')
    .action(async () => {
      const { runWorker } = await import('../dataset/worker.ts');
      const { openPrepareWorkshop } = await import('../dataset/prepare-job.ts');
      await runWorker(openPrepareWorkshop);
    });
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
