/** @file `telltale convert`: reports and coders' annotations to files of other programs. */
import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { overwriteOption } from './output-options.ts';
import { SUMMARIES } from '../summaries.ts';

/** The command; its action loads the modules that it needs. */
export function convertCommand(): CommandUnknownOpts {
  return new Command('convert')
    .description(SUMMARIES.convert.description)
    .argument(
      '<sources...>',
      'report.json, the folder of a report or RUN of telltale analyze; tables (CSV, TSV), .eaf and .TextGrid of coders',
    )
    .requiredOption(
      '--out <path>',
      'file that ends in .eaf, .TextGrid or .vtt; a folder for several clips',
    )
    .addOption(
      new Option('--format <format>', 'with a folder: format of its files').choices([
        'eaf',
        'textgrid',
        'vtt',
      ] as const),
    )
    .option(
      '--media <video>',
      'path of the video, for ELAN (default: the name of the clip beside the file)',
    )
    .addOption(overwriteOption())
    .action(async (sources, options) => {
      const { runConvert } = await import('../convert/run.ts');
      await runConvert(sources, options);
    });
}
