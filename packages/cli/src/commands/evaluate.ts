/** @file `telltale evaluate`: scores of recognition, of spotting, of both and of action units, each a subcommand. */
import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { TelltaleError } from '@telltale/core/errors';

import { eachOf, positiveInteger, seedNumber } from '../arguments.ts';
import { engineOption, launcherOption, sbatchOption, sbatchRule } from './launcher-options.ts';
import { refuseUnused } from '../option-rules.ts';
import { SUMMARIES } from '../summaries.ts';
import { knockoutCommand } from './evaluate-knockout.ts';
import { scoresCommand } from './evaluate-scores.ts';
import { unitsCommand } from './evaluate-units.ts';
import { spottingCommand, spotThenRecognizeCommand } from './evaluate-spotting.ts';

/** Protocols that only split samples. A test compares both lists with the library, which loads when the command runs. */
const SPLITS = ['loso', 'lodo', 'kfold', 'hde'] as const;

/** Protocols with published numbers. */
const PUBLISHED = ['megc2019', 'casme2-5', 'samm-5', 'smic-3', 'casme3-4', 'dfme-7'] as const;

/** The command, without having loaded what it works with. */
export function evaluateCommand(): CommandUnknownOpts {
  return new Command('evaluate')
    .description(SUMMARIES.evaluate.description)
    .addCommand(recognitionCommand(), { isDefault: true })
    .addCommand(spottingCommand())
    .addCommand(spotThenRecognizeCommand())
    .addCommand(knockoutCommand())
    .addCommand(unitsCommand())
    .addCommand(scoresCommand())
    .hook('preSubcommand', ({ args }) => refuseTask(args));
}

/**
 * Version 0.1 chose what to evaluate with `--task`.
 *
 * @throws TelltaleError `OPTION_INVALID` with the command to run instead
 */
function refuseTask(words: readonly string[]): void {
  const at = words.findIndex((word) => word === '--task' || word.startsWith('--task='));
  if (at < 0) return;
  const [flag, inline] = words[at]!.split('=');
  const task = inline ?? words[at + 1] ?? 'recognition';
  const rest = words.filter((_, i) => i !== at && (inline !== undefined || i !== at + 1));
  const quoted = rest.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  throw new TelltaleError(
    'OPTION_INVALID',
    `${flag!} is no longer an option: what is evaluated is a subcommand`,
    `Run "${['telltale', 'evaluate', task, ...quoted].join(' ')}".`,
  );
}

function recognitionCommand(): CommandUnknownOpts {
  const command = new Command('recognition')
    .description(
      'Measure recognizers: leave one subject out, train on the others, pool the predictions of all folds, repeat ' +
        'with other seeds. RUN gets result.json, tables in Markdown and LaTeX, report.html and MEGC logs. An ' +
        'interrupted run resumes when the command is repeated.',
    )
    .optionsGroup('Data:')
    .requiredOption('--data <folder>', 'folder that holds samples.csv')
    .addOption(
      new Option(
        '--protocol <name>',
        'which clips and classes, and how folds are split: leave one subject out, one dataset out, k groups of ' +
          'subjects, train on one of two datasets and test on the other; or a protocol with published numbers',
      )
        .choices([...SPLITS, ...PUBLISHED])
        .default('loso' as const),
    )
    .option(
      '--folds <count>',
      'groups of subjects with --protocol kfold (default: 10)',
      positiveInteger,
    )
    .option(
      '--allow-count-mismatch',
      'continue where the data differ from those that the protocol was published with; the result states it',
      false,
    )
    .optionsGroup('Methods:')
    .option('--network <name>', 'network to train (default: merba)')
    .option('--networks <names>', 'several, compared on the same folds: merba,ststnet:authors,svm')
    .option('--config <name>', "configuration of the network (default: the network's own)")
    .option(
      '--from <weights>',
      'weights of "telltale pretrain": networks that can be initialized from them get a second row in which they are; ' +
        'none: every network is initialized at random, also those that ship with pretrained weights',
    )
    .option(
      '--classical',
      "with the field's baselines: linear and Gaussian SVM, STSTNet, OFF-ApexNet",
      false,
    )
    .option(
      '--ensemble <rows>',
      'one more row: the mean of the probabilities of these, such as merba,mfdan; may be given several times',
      eachOf,
    )
    .option(
      '--fine [file]',
      'a second row for networks with a head of two granularities: trained with fine emotions below the classes, from ' +
        'the column fine_emotion of samples.csv or from a CSV file with dataset, subject, clip and emotion_fine',
    )
    .option(
      '--ablation [rows]',
      "the network without each of its parts, one at a time, and MERba's parts exchanged; initialized at random unless " +
        '--from is given; or only the rows with one of these words in their names, such as scan,attention',
      false,
    )
    .optionsGroup('Training:')
    .option(
      '--epochs <count>',
      "epochs of every fold (default: each network's recipe)",
      positiveInteger,
    )
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
      'report, beside the honest result, the score with the epoch chosen on the tested subject',
      false,
    )
    .option('--seeds <count>', 'number of seeds', positiveInteger, 1)
    .option('--seed <number>', 'first seed', seedNumber, 1)
    .optionsGroup('Run:')
    .requiredOption('--out <run>', 'folder of the run: its plan, its folds, its results')
    .addOption(launcherOption('folds'))
    .addOption(engineOption())
    .option('--parallel <count>', 'folds in parallel (default: all cores)', positiveInteger)
    .addOption(sbatchOption())
    .option('--plan-only', 'write plan.json and stop, for other clusters', false)
    .action(async (options) => {
      const { interruptible } = await import('../terminal.ts');
      const { runEvaluate } = await import('../evaluate/run.ts');
      await interruptible((signal) => runEvaluate(options, signal));
    });
  return refuseUnused(command, [
    {
      mode: 'with --plan-only',
      unused: ['--launcher', '--parallel', '--sbatch', '--ensemble'],
      applies: ({ planOnly }) => planOnly === true,
      instead:
        'Leave it out of the planning, and give it to the command that runs or scores the folds.',
      example: ['--plan-only'],
    },
    sbatchRule(),
    {
      mode: 'with this protocol, whose folds are subjects or datasets',
      unused: ['--folds'],
      applies: ({ protocol }) => protocol !== 'kfold',
      instead: 'Use --protocol kfold to choose the number of folds.',
      example: ['--protocol', 'loso'],
    },
    {
      mode: 'with a protocol without published numbers',
      unused: ['--allow-count-mismatch'],
      applies: ({ protocol }) => SPLITS.some((name) => name === protocol),
      instead: `Leave it out, or choose a protocol that has them: ${PUBLISHED.join(', ')}.`,
      example: ['--protocol', 'lodo'],
    },
    {
      mode: 'with --networks',
      unused: ['--network'],
      applies: ({ networks }) => networks !== undefined,
      instead: 'Give one of them.',
      example: ['--networks', 'merba,svm'],
    },
    {
      mode: 'with several networks',
      unused: ['--config'],
      applies: ({ networks }) => String(networks).includes(','),
      instead: 'Name the configuration behind each network: --networks merba,ststnet:authors.',
      example: ['--networks', 'merba,svm'],
    },
    {
      mode: 'with --ablation',
      unused: ['--networks', '--classical', '--fine'],
      applies: ({ ablation }) => ablation !== undefined && ablation !== false,
      instead:
        'The ablation takes the parts of one network. Leave it out, or choose the network with --network.',
      example: ['--ablation'],
    },
  ]);
}
