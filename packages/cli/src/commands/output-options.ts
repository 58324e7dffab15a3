/** @file Options of the commands that write files of their own. */
import { Option } from '@commander-js/extra-typings';

/** Whether files that are there are replaced. */
export function overwriteOption(): Option<'--overwrite', undefined, false, boolean> {
  return new Option(
    '--overwrite',
    'replace files that are there; without it, they are left alone and the command is refused',
  ).default(false as const);
}
