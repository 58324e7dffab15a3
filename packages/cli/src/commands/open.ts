/** @file `telltale open`: the page, served to this computer alone. */
import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import { portNumber } from '../open/port.ts';

/** The command, without having loaded what it works with. */
export function openCommand(): CommandUnknownOpts {
  return new Command('open')
    .description(
      'Open the page: drop a clip, see the micro-expressions, correct them by hand. It is served to this ' +
        'computer alone, and no clip leaves the browser.',
    )
    .option('--port <number>', 'port to serve on; else one that is free', portNumber, 0)
    .option('--no-browser', 'print the address without opening the browser')
    .action(async (options) => {
      const { runOpen } = await import('../open/run.ts');
      await runOpen(options);
    });
}
