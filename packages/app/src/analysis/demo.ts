/** @file The demonstration clip: a photograph with a synthetic brow raise, generated on demand. */
import { findFace } from '@telltale/core/face';
import type { FaceModels, RgbImage } from '@telltale/core';
import { synthesize } from '@telltale/core/synth';
import photograph from '@vladmandic/face-api/demo/sample6.jpg?url';

import { openEncoder } from './encode.ts';

/** Makes the clip. */
export async function makeDemonstration(
  models: FaceModels,
  seed: number,
  onProgress: (done: number, total: number) => void,
): Promise<Blob> {
  const photo = await loadImage();
  const { landmarks } = await findFace(models, photo);
  const clip = synthesize(photo, landmarks, { kind: 'brow-raise', blink: true, seed });
  const { width, height, rate, expectedFrames } = clip;
  const encoder = await openEncoder({ width, height, rate });
  const data = new Uint8Array(4 * width * height);
  for await (const frame of clip.frames()) {
    const rgb = frame.data;
    for (let i = 0; i < width * height; i++) {
      data[4 * i] = rgb[3 * i]!;
      data[4 * i + 1] = rgb[3 * i + 1]!;
      data[4 * i + 2] = rgb[3 * i + 2]!;
    }
    await encoder.add({ data, format: 'RGBX', time: frame.time });
    onProgress(frame.index + 1, expectedFrames);
  }
  return encoder.finish();
}

async function loadImage(): Promise<RgbImage> {
  const response = await fetch(new URL(photograph, import.meta.url));
  const bitmap = await createImageBitmap(await response.blob());
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  return { data: context.getImageData(0, 0, width, height).data, width, height, channels: 4 };
}
