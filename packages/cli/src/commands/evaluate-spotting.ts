/** @file `telltale evaluate spotting` and `telltale evaluate spot-then-recognize`: the long videos of a dataset. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveInteger, seedNumber } from '../arguments.ts';
import { refuseUnused } from '../option-rules.ts';
import { launcherOption, sbatchOption, sbatchRule } from './launcher-options.ts';

/** The command, without having loaded what it works with. */
export function spottingCommand(): CommandUnknownOpts {
  const command = onDataset('spotting')
    .description(
      'Spot the expressions in every annotated video of a dataset, and score the intervals by the rules of the MEGC ' +
        'challenges: F1, precision, recall and average precision, with 95 % intervals over subjects. RUN gets ' +
        'result.json, result.md, report.html and the predictions as CSV. An interrupted run resumes when the command ' +
        'is repeated.',
    )
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runSpotting } = await import('../evaluate/spotting.ts');
      const { launcherOf } = await import('../jobs/run.ts');
      const launcher = launcherOf(options);
      await interruptible((signal) => runSpotting(options, { launcher, signal }));
    });
  return refuseUnused(command, [sbatchRule()]);
}

/** The command, without having loaded what it works with. */
export function spotThenRecognizeCommand(): CommandUnknownOpts {
  const command = onDataset('spot-then-recognize')
    .description(
      'As "telltale evaluate spotting", and recognize the emotion of each spotted micro-expression: for every subject, ' +
        'a network is trained on the annotated micro-expressions of all other subjects. RUN gets STRS, the score of ' +
        'both tasks together, in addition.',
    )
    .optionsGroup('Training:')
    .option('--network <name>', 'network to train', 'merba')
    .option('--config <name>', "configuration of the network (default: the network's own)")
    .option(
      '--epochs <count>',
      "epochs of every fold (default: the network's recipe)",
      positiveInteger,
    )
    .option('--seed <number>', 'seed of the trainings', seedNumber, 1)
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runSpotThenRecognize } = await import('../evaluate/spotting.ts');
      const { launcherOf } = await import('../jobs/run.ts');
      const launcher = launcherOf(options);
      await interruptible((signal) => runSpotThenRecognize(options, { launcher, signal }));
    });
  return refuseUnused(command, [sbatchRule()]);
}

/** A command over a dataset of long videos. */
function onDataset(name: string) {
  return new Command(name)
    .optionsGroup('Data:')
    .requiredOption('--dataset <name>', 'which dataset it is, such as sammlv')
    .requiredOption('--data <folder>', 'where the dataset was unpacked')
    .option('--sheet <file>', 'annotation file (default: found in the folder)')
    .option('--images <part>', 'part of the paths of the images to use, such as Cropped')
    .optionsGroup('Run:')
    .requiredOption('--out <run>', 'folder of the run: its videos, folds and results')
    .addOption(launcherOption('videos and clips'))
    .addOption(sbatchOption())
    .option(
      '--parallel <count>',
      'videos processed in parallel (default: all cores)',
      positiveInteger,
    );
}
