/** @file `telltale open`: the page, served to this computer only. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { portNumber } from '../open/port.ts';
import { SUMMARIES } from '../summaries.ts';

/** The command; its action loads the modules that it needs. */
export function openCommand(): CommandUnknownOpts {
  return new Command('open')
    .description(SUMMARIES.open.description)
    .option('--port <number>', 'port to serve on; 0: any free port', portNumber, 0)
    .option('--no-browser', 'print the address without opening the browser')
    .action(async (options) => {
      const { runOpen } = await import('../open/run.ts');
      await runOpen(options);
    });
}
