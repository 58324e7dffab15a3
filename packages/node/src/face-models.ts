/** @file The files of the face models, in the npm packages that ship them. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { TelltaleError } from '@telltale/core/errors';
import type { FaceModelFiles } from '@telltale/core';

const MESH = ['@mediapipe/face_mesh', 'face_mesh_solution_packed_assets.data'] as const;
const DETECTION = ['@mediapipe/face_detection', 'face_detection_full_range.tflite'] as const;

/**
 * Reads the files of the face models from `@mediapipe/face_mesh` and `@mediapipe/face_detection`.
 *
 * @throws TelltaleError `FILE_MISSING` where one of the packages is not installed
 */
export async function readFaceModelFiles(): Promise<FaceModelFiles> {
  const [meshAssets, detection] = await Promise.all([
    inPackage(MESH, (path) => readFile(path)),
    inPackage(DETECTION, (path) => readFile(path)),
  ]);
  return { meshAssets, detection };
}

/**
 * Calls a function with the path of each file of the face models.
 *
 * @throws TelltaleError `FILE_MISSING` where one of the packages is not installed
 */
export function lookAtFaceModelFiles<T>(look: (path: string) => Promise<T>): Promise<T[]> {
  return Promise.all([MESH, DETECTION].map((one) => inPackage(one, look)));
}

async function inPackage<T>(
  [name, file]: readonly [name: string, file: string],
  use: (path: string) => Promise<T>,
): Promise<T> {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return await use(join(dirname(manifest), file));
  } catch (error) {
    throw new TelltaleError(
      'FILE_MISSING',
      `the face model ${file} of the package ${name} is not installed`,
      'Install telltale again with npm install, with its dependencies.',
      { cause: error },
    );
  }
}
