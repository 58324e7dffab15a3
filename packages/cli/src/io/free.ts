/** @file Results never replace what is there, unless the user requests it. */
import { stat } from 'node:fs/promises';

import { TelltaleError } from '@telltale/core/errors';

/** What the user permits. */
export interface Overwrite {
  /** Whether files that are there are replaced. @defaultValue false */
  readonly overwrite?: boolean | undefined;
}

/**
 * Checks before the work that no file of the results is there already.
 *
 * @throws TelltaleError `OUTPUT_UNWRITABLE` that names the first one that is
 */
export async function assertFree(
  paths: readonly string[],
  { overwrite = false }: Overwrite,
): Promise<void> {
  if (overwrite) return;
  for (const path of paths) {
    const there = await stat(path).catch(() => undefined);
    if (there?.isFile() !== true) continue;
    throw new TelltaleError(
      'OUTPUT_UNWRITABLE',
      `${path} is there already, and would be replaced`,
      'Give another place with --out, or add --overwrite to replace it.',
    );
  }
}
