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
  const [meshAssets, detection] = await Promise.all([inPackage(MESH), inPackage(DETECTION)]);
  return { meshAssets, detection };
}

async function inPackage([name, file]: readonly [name: string, file: string]): Promise<Uint8Array> {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return await readFile(join(dirname(manifest), file));
  } catch (error) {
    throw new TelltaleError(
      'FILE_MISSING',
      `the face model ${file} of the package ${name} is not installed`,
      'Install telltale again with npm install, with its dependencies.',
      { cause: error },
    );
  }
}
