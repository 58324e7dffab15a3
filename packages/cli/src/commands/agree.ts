/** @file `telltale agree`: how far coders agree, human or telltale. */
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { positiveNumber, seedNumber } from '../arguments.ts';
import { SUMMARIES } from '../summaries.ts';
import { overwriteOption } from './output-options.ts';

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 1)) {
    throw new InvalidArgumentError('It must be a number above 0, at most 1.');
  }
  return value;
}

/** The command; its action loads the modules that it needs. */
export function agreeCommand(): CommandUnknownOpts {
  return new Command('agree')
    .description(SUMMARIES.agree.description)
    .argument(
      '<coders...>',
      'two or more: a report.json, a table (CSV, TSV) with onset and offset in seconds, a file of ELAN (.eaf) or Praat (.TextGrid), the folder RUN of telltale ' +
        'analyze, or a folder with a file per clip',
    )
    .option('--out <folder>', 'write agreement.html, agreement.csv and agreement.json there')
    .addOption(overwriteOption())
    .option('--json', 'print the numbers as JSON', false)
    .addOption(
      new Option(
        '--label <column>',
        "what telltale's events are called: their kind, or the class that was recognized",
      )
        .choices(['kind', 'verdict'] as const)
        .default('kind' as const),
    )
    .option('--only <labels>', 'labels that count, such as micro,macro (default: all)', (text) =>
      text.split(',').map((label) => label.trim()),
    )
    .option('--overlap <part>', 'intersection over union from which two events are one', share, 0.5)
    .option('--rate <hertz>', 'frames per second that are compared', positiveNumber, 25)
    .option(
      '--bootstrap <count>',
      'resampled sets of clips for the intervals; 0: none',
      seedNumber,
      1000,
    )
    .action(async (coders, options) => {
      const { runAgree } = await import('../agree/run.ts');
      await runAgree(coders, options);
    });
}
