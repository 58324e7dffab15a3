/** @file The file that a decoder logs to. */
import { constants, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

let count = 0;

/**
 * Opens a file without a name, which ends with the last process that has it open.
 *
 * On Linux it is in memory (`O_TMPFILE` in /dev/shm, open(2)): nothing reaches a disk. Elsewhere, and where there is no
 * shared memory, it is in the folder for temporary files.
 */
export function openLog(): number {
  if (process.platform === 'linux') {
    const unnamed = 0o20000000 | constants.O_DIRECTORY; // O_TMPFILE, which Node does not name
    try {
      return openSync('/dev/shm', unnamed | constants.O_RDWR | constants.O_EXCL, 0o600);
    } catch {
      // as elsewhere
    }
  }
  const path = join(tmpdir(), `telltale-${process.pid}-${Date.now()}-${count++}.log`);
  const handle = openSync(path, 'wx+', 0o600);
  rmSync(path);
  return handle;
}
