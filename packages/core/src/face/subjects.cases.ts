/** @file Clips of several subjects who move, pasted from photographs, with where everyone is, for tests. */
import type { RgbImage } from '../base/image.ts';
import type { Clip, Frame } from '../video/frames.ts';
import { sampleImage } from './face.cases.ts';
import { detectFaces, regionOfDetection } from './detect.ts';
import type { FaceRegion } from './landmarks.ts';
import type { FaceModels } from './models.ts';

/** A face cut out of a photograph. */
export interface CutFace {
  readonly photo: RgbImage;
  readonly region: FaceRegion;
}

/** Where a subject is at a time: center of the region, and its side, pixels. */
export type Path = (time: number) => {
  readonly x: number;
  readonly y: number;
  readonly size: number;
};

/** The faces of a sample photograph, largest first. */
export async function cutFaces(models: FaceModels, number: 1 | 3 | 4 | 5): Promise<CutFace[]> {
  const photo = await sampleImage(number, 900);
  const found = await detectFaces(models, photo);
  return found.map((detection) => ({
    photo,
    region: { ...regionOfDetection(detection), angle: 0 },
  }));
}

/** Options of {@link subjectsClip}. */
export interface SubjectsClipOptions {
  readonly rate: number;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
}

/** A clip of subjects on a plain wall, who are drawn in their order: the last one is in front. */
export function subjectsClip(
  subjects: readonly { readonly face: CutFace; readonly path: Path }[],
  { rate, frames, width, height }: SubjectsClipOptions,
): Clip {
  return {
    ...{ name: 'subjects', width, height, rate, expectedFrames: frames },
    async *frames(): AsyncGenerator<Frame> {
      for (let index = 0; index < frames; index++) {
        const data = new Uint8Array(3 * width * height).fill(150);
        for (const { face, path } of subjects)
          paste(data, { width, height }, { face, at: path(index / rate) });
        yield await Promise.resolve({
          data,
          width,
          height,
          channels: 3,
          index,
          time: index / rate,
        });
      }
    },
  };
}

/** Draws an upright ellipse of the photograph. */
function paste(
  data: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  { face: { photo, region }, at }: { readonly face: CutFace; readonly at: ReturnType<Path> },
): void {
  const scale = region.size / at.size;
  const [across, down] = [0.36 * at.size, 0.46 * at.size];
  for (let y = Math.max(0, Math.ceil(at.y - down)); y < Math.min(height, at.y + down); y++) {
    for (let x = Math.max(0, Math.ceil(at.x - across)); x < Math.min(width, at.x + across); x++) {
      if (((x - at.x) / across) ** 2 + ((y - at.y) / down) ** 2 > 1) continue;
      const fromX = Math.round(region.x + scale * (x - at.x));
      const fromY = Math.round(region.y + scale * (y - at.y));
      if (fromX < 0 || fromY < 0 || fromX >= photo.width || fromY >= photo.height) continue;
      const from = photo.channels * (fromY * photo.width + fromX);
      data.set(photo.data.subarray(from, from + 3), 3 * (y * width + x));
    }
  }
}
