/** @file The face networks and images of faces, for tests. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

import ort from 'onnxruntime-node';
import sharp from 'sharp';

import type { RgbImage } from '../base/image.ts';
import type { Ort } from '../base/ort.ts';
import { openFaceModels } from './models.ts';
import type { FaceModelFiles, FaceModels } from './models.ts';

const require = createRequire(import.meta.url);
const inPackage = (name: string, file: string): string =>
  join(dirname(require.resolve(`${name}/package.json`)), file);

/** The files of MediaPipe's packages. */
export async function readModelFiles(): Promise<FaceModelFiles> {
  const [meshAssets, detection] = await Promise.all([
    readFile(inPackage('@mediapipe/face_mesh', 'face_mesh_solution_packed_assets.data')),
    readFile(inPackage('@mediapipe/face_detection', 'face_detection_full_range.tflite')),
  ]);
  return { meshAssets, detection };
}

/** ONNX Runtime for Node. */
export const runtime: Ort = ort;

/** The networks on ONNX Runtime for Node. */
export async function openTestModels(): Promise<FaceModels> {
  return openFaceModels(runtime, await readModelFiles());
}

/** A photograph of several faces from `@vladmandic/face-api`; resized to `width` where given. */
export function sampleImage(number: 1 | 2 | 3 | 4 | 5 | 6, width?: number): Promise<RgbImage> {
  return readImage(inPackage('@vladmandic/face-api', `demo/sample${number}.jpg`), width);
}

/** Where the shared clips and images are, or undefined. */
export const sharedClips: string | undefined = [
  process.env['TELLTALE_SHARED'] ?? join(import.meta.dirname, '../../../../../shared/data'),
]
  .map((folder) => join(folder, 'clips'))
  .find((folder) => existsSync(folder));

/** Reads an image file, resized to `width` where given. */
export async function readImage(path: string, width?: number): Promise<RgbImage> {
  const image = sharp(path).removeAlpha().toColorspace('srgb');
  if (width) image.resize(width);
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data: Uint8Array.from(data), width: info.width, height: info.height, channels: 3 };
}

/** The image as a mirror shows it. */
export function mirrored({ data, width, height, channels }: RgbImage): RgbImage {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < width * height; i++) {
    const from = channels * (i - (i % width) + (width - 1 - (i % width)));
    out.set(data.subarray(from, from + channels), channels * i);
  }
  return { data: out, width, height, channels };
}

/** The part of an image that starts at (x, y); what lies outside is gray. */
export function shifted({ data, width, height }: RgbImage, x: number, y: number): RgbImage {
  const out = new Uint8Array(data.length).fill(128);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [fromX, fromY] = [column + x, row + y];
      if (fromX < 0 || fromY < 0 || fromX >= width || fromY >= height) continue;
      const from = 3 * (fromY * width + fromX);
      out.set(data.subarray(from, from + 3), 3 * (row * width + column));
    }
  }
  return { data: out, width, height, channels: 3 };
}
