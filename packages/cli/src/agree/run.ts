/** @file `telltale agree`: how far coders agree, printed, and as files where a folder is named. */
import process from 'node:process';
import { join } from 'node:path';

import { agreement } from '@telltale/core/agreement';
import type { Coder } from '@telltale/core/agreement';
import { agreementPage } from '@telltale/figures/agreement';
import { assertWritable, writeFolderWhole } from '@telltale/node/output';
import { parseHTML } from 'linkedom/worker';

import { assertFree } from '../io/free.ts';
import type { Overwrite } from '../io/free.ts';
import { alignSingleClips, readCoder } from './read.ts';
import type { ReadCoder } from './read.ts';
import { agreementCsv, agreementText } from './table.ts';

/** The files that are written. */
const FILES = ['agreement.json', 'agreement.csv', 'agreement.html'] as const;

/** What the command takes. */
export interface AgreeRun extends ReadCoder, Overwrite {
  /** Folder of the files. */
  readonly out?: string | undefined;
  readonly json: boolean;
  /** Overlap from which two events are one. */
  readonly overlap: number;
  /** Frames per second that are compared. */
  readonly rate: number;
  /** Resampled sets of clips. */
  readonly bootstrap: number;
}

/**
 * Compares coders.
 *
 * @param paths - a file or folder of each coder
 * @throws TelltaleError `OPTION_INVALID`, `OUTPUT_UNWRITABLE`, and what reading the files throws
 */
export async function runAgree(paths: readonly string[], options: AgreeRun): Promise<void> {
  const { out, overlap, rate, label, only } = options;
  if (out !== undefined) {
    await assertWritable(out, 'folder');
    await assertFree(FILES.map((name) => join(out, name)), options); // prettier-ignore
  }
  const coders: Coder[] = [];
  for (const path of paths) coders.push(await readCoder(path, { label, only }));
  const result = agreement(alignSingleClips(coders), { overlap, rate, samples: options.bootstrap });
  if (out !== undefined) {
    const { document } = parseHTML('<!doctype html><html><body></body></html>');
    const contents = [
      `${JSON.stringify(result, null, 1)}\n`,
      agreementCsv(result),
      agreementPage(result, { document }),
    ];
    await writeFolderWhole(out, new Map(FILES.map((name, i) => [name, contents[i]!])));
    for (const name of FILES) process.stdout.write(`${join(out, name)}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else if (out === undefined) process.stdout.write(agreementText(result));
  else process.stderr.write(agreementText(result));
}
