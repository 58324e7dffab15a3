/** @file Which face models the results of this process depend on. */
import { readFaceModelFiles } from '@telltale/node';

import { digestOf } from './key.ts';

/**
 * SHA-256 of the files of the face models, hexadecimal.
 *
 * @throws TelltaleError `FILE_MISSING` where a package is not installed
 */
export async function faceModelDigests(): Promise<readonly string[]> {
  const { meshAssets, detection } = await readFaceModelFiles();
  return [meshAssets, detection].map((bytes) => digestOf(bytes));
}
