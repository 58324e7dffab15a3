/** @file A `report.json` or a review, read so that an error names the file. */
import { readFile } from 'node:fs/promises';

import { readReport, TelltaleError } from '@telltale/core';
import type { Report } from '@telltale/core';

/**
 * Reads a `report.json`.
 *
 * @throws TelltaleError `REPORT_INVALID` naming the file; the error of the system where it cannot be read
 */
export async function readReportFile(path: string): Promise<Report> {
  return readNamed(path, readReport);
}

/**
 * Reads a file as `read` does, and names it in the error.
 *
 * @throws TelltaleError what `read` throws, with the path
 */
export async function readNamed<T>(path: string, read: (text: string) => T): Promise<T> {
  const text = await readFile(path, 'utf8');
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error;
    throw new TelltaleError(error.code, `${path}: ${error.message}`, error.hint, { cause: error });
  }
}
