/** @file `telltale spot`: when something moved, and nothing else. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveInteger, positiveNumber } from '../arguments.ts';
import {
  csvLocaleOption,
  fromOption,
  oneFaceOption,
  rotateOption,
  sensitivityOption,
  toOption,
} from './clip-options.ts';
import { overwriteOption } from './output-options.ts';
import { launcherOption, sbatchOption, sbatchRule } from './launcher-options.ts';
import { refuseUnused } from '../option-rules.ts';
import { SUMMARIES } from '../summaries.ts';

/** The command, without having loaded what it works with. */
export function spotCommand(): CommandUnknownOpts {
  const command = new Command('spot')
    .description(SUMMARIES.spot.description)
    .argument('[clip]', 'video file, or folder of frames in the order of their numbers')
    .option(
      '--data <folder>',
      'instead of a clip: folder into which a dataset of long videos was unpacked',
    )
    .option('--dataset <name>', 'name of that dataset, such as sammlv')
    .option(
      '--out <path>',
      'file for the intervals of a clip (.csv, .json, .xlsx, .eaf); folder RUN of a dataset',
    )
    .option(
      '--fps <rate>',
      'frames per second: of a folder, or instead of the rate in the file',
      positiveNumber,
    )
    .addOption(fromOption())
    .addOption(toOption())
    .addOption(rotateOption())
    .addOption(oneFaceOption())
    .addOption(sensitivityOption())
    .addOption(csvLocaleOption())
    .addOption(overwriteOption())
    .option(
      '--units',
      'intervals of each action unit and side (1, 2, 4, 5, 9, 10, 12, 14, 15, 17), from how far it moves the skin: as CSV ' +
        'in place of those of movement, in the other formats beside them',
      false,
    )
    .option('--json', 'JSON with the curve of movement instead of CSV', false)
    .option('--sheet <file>', 'annotation file (default: searched for in the folder)')
    .option('--images <part>', 'part of the paths of the frames to use')
    .option('--parallel <count>', 'videos at a time (default: all cores)', positiveInteger)
    .addOption(launcherOption('videos'))
    .addOption(sbatchOption())
    .action(async (clip, options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runSpot } = await import('../spot/run.ts');
      await interruptible((signal) => runSpot(clip, options, signal));
    });
  return refuseUnused(command, [
    {
      mode: 'with a clip',
      unused: [
        '--data',
        '--dataset',
        '--sheet',
        '--images',
        '--parallel',
        '--launcher',
        '--sbatch',
      ],
      applies: (_, [clip]) => clip !== undefined,
      instead:
        'Leave it out, or leave the clip out and give --data, --dataset and --out for all videos of a dataset.',
      example: ['clip.mp4'],
    },
    {
      mode: 'with --data: clips and their rate are those of the dataset',
      unused: [
        ...[
          '--fps',
          '--from',
          '--to',
          '--rotate',
          '--face',
          '--sensitivity',
          '--units',
          '--overwrite',
        ],
      ],
      applies: ({ data }) => data !== undefined,
      instead: 'Leave it out.',
      example: ['--data', 'folder'],
    },
    {
      mode: 'with --json',
      unused: ['--csv-locale'],
      applies: ({ json }) => json === true,
      instead: 'Leave out one of them.',
      example: ['clip.mp4', '--json'],
    },
    sbatchRule('--data', 'folder'),
  ]);
}
