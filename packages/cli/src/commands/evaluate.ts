/** @file `telltale evaluate`: leave-one-subject-out, honestly, resumable, on this machine or a cluster. */
import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveInteger, seedNumber } from '../arguments.ts';
import { engineOption, launcherOption, sbatchOption } from './launcher-options.ts';

/** The list is checked against the library by a test: the library is loaded when the command runs. */
const PROTOCOLS = [
  ...(['loso', 'lodo', 'kfold', 'hde'] as const),
  ...(['megc2019', 'casme2-5', 'samm-5', 'smic-3', 'casme3-4', 'dfme-7'] as const),
];

/** The command, without having loaded what it works with. */
export function evaluateCommand(): CommandUnknownOpts {
  return new Command('evaluate')
    .description(
      'Measure recognizers: leave one subject out, train on the others, pool the predictions of ' +
        'all folds, repeat with other seeds. RUN gets result.json, tables in Markdown and LaTeX, ' +
        'report.html and MEGC logs. Interrupt it anywhere: the same command does what is missing.',
    )
    .addOption(
      new Option(
        '--task <what>',
        'recognition of clips; or, in the long videos of a dataset, spotting, alone or with recognition of what was spotted',
      )
        .choices(['recognition', 'spotting', 'spot-then-recognize'])
        .default('recognition' as const),
    )
    .requiredOption(
      '--data <folder>',
      'folder that holds samples.csv; to spot, where the dataset of --dataset was unpacked',
    )
    .option('--dataset <name>', 'to spot: which dataset that is, such as sammlv')
    .option('--sheet <file>', 'to spot: annotation file; else it is looked for in the folder')
    .option('--images <part>', 'to spot: part of the paths of the pictures to use')
    .requiredOption('--out <run>', 'folder of the run: its plan, its folds, its results')
    .option('--network <name>', 'network to train, such as merba')
    .option('--networks <names>', 'several, compared on the same folds: merba,ststnet:authors,svm')
    .option('--config <name>', 'configuration of the network; else its default')
    .option(
      '--from <weights>',
      'weights of "telltale pretrain": networks that can begin with them get a second row in which they do; ' +
        'none: no network begins with weights, not even with those that ship',
    )
    .option(
      '--classical',
      "with the field's baselines: linear and Gaussian SVM, STSTNet, OFF-ApexNet",
      false,
    )
    .option(
      '--ensemble <rows>',
      'one more row: the mean of the probabilities of these, such as merba,mfdan',
    )
    .option('--ablation', 'the parts of MERba, one exchanged at a time', false)
    .addOption(
      new Option(
        '--protocol <name>',
        'which clips, which classes and how folds are cut: leave one subject out, one dataset out, k groups of ' +
          'subjects, train on one of two datasets and test on the other; or a protocol with published numbers',
      )
        .choices(PROTOCOLS)
        .default('loso' as const),
    )
    .option('--folds <count>', 'groups of subjects with --protocol kfold; else 10', positiveInteger)
    .option(
      '--allow-count-mismatch',
      'go on where the data are not those that the protocol was published with; the result says so',
      false,
    )
    .option('--epochs <count>', "epochs of every fold; else each network's recipe", positiveInteger)
    .addOption(
      new Option(
        '--select <how>',
        'epochs fixed in advance, or chosen on subjects inside each training part',
      )
        .choices(['fixed', 'inner'])
        .default('fixed'),
    )
    .option(
      '--also-leaky',
      'tell, beside the honest result, what choosing the epoch on the tested subject would give',
      false,
    )
    .option('--seeds <count>', 'number of seeds', positiveInteger, 1)
    .option('--seed <number>', 'first seed', seedNumber, 1)
    .addOption(launcherOption('folds, clips and videos'))
    .addOption(engineOption())
    .option('--parallel <count>', 'folds at a time; else all cores', positiveInteger)
    .addOption(sbatchOption())
    .option('--plan-only', 'write plan.json and stop, for other clusters', false)
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { task } = options;
      if (task !== 'recognition') {
        const { runSpotting } = await import('../evaluate/spotting.ts');
        const { launcherOf } = await import('../jobs/run.ts');
        const launcher = launcherOf(options);
        await interruptible((signal) => runSpotting({ ...options, task }, { launcher, signal }));
        return;
      }
      const { runEvaluate } = await import('../evaluate/run.ts');
      await interruptible((signal) => runEvaluate(options, signal));
    });
}
