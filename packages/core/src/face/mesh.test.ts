import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RgbImage } from '../base/image.ts';
import { createRandom } from '../base/random.ts';
import { detectFaces, regionOfDetection } from './detect.ts';
import {
  mirrored,
  openTestModels,
  readModelFiles,
  readImage,
  runtime,
  sampleImage,
  sharedClips,
  shifted,
} from './face.cases.ts';
import { findFace } from './find.ts';
import type { FoundFace } from './find.ts';
import { findLandmarks, regionOfLandmarks } from './mesh.ts';
import { openFaceModels } from './models.ts';
import type { FaceModels } from './models.ts';
import { EYE_CORNERS, eyeAspectRatio, FACE_PARTS, interocularDistance } from './regions.ts';
import { tfliteToOnnx } from './tflite-to-onnx.ts';

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../golden/face-mediapipe.json'), 'utf8'),
) as {
  readonly width: number;
  readonly pictures: readonly { readonly sample: number; readonly faces: readonly number[][] }[];
};

let models: FaceModels;
let image: RgbImage;
let face: FoundFace;
beforeAll(async () => {
  models = await openTestModels();
  image = await sampleImage(3, 960);
  face = await findFace(models, image);
});
afterAll(() => models.close());

/** Root mean square distance between two sets of landmarks, pixels. */
function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt((2 * a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0)) / a.length);
}

describe('landmarks', () => {
  it('are found in every sample, in the places that faces have them', async () => {
    for (const number of [1, 2, 3, 4, 5, 6] as const) {
      const { landmarks, region, faces } = await findFace(models, await sampleImage(number, 960));
      expect(faces).toBeGreaterThanOrEqual(2);
      expect(landmarks.presence).toBeGreaterThan(0.9);
      expect(landmarks.points).toHaveLength(956);
      const ratio = interocularDistance(landmarks) / region.size;
      expect(ratio).toBeGreaterThan(0.18);
      expect(ratio).toBeLessThan(0.3);
      for (const eye of ['left', 'right'] as const) {
        expect(eyeAspectRatio(landmarks, eye)).toBeGreaterThan(0.05);
        expect(eyeAspectRatio(landmarks, eye)).toBeLessThan(0.6);
      }
      // Turned upright, the parts lie below each other from the brows to the chin.
      const heights = [EYE_CORNERS.rightInner, FACE_PARTS.noseTip[0], 13, 152].map((index) => {
        const [x, y] = landmarks.points.subarray(2 * index);
        return y! * Math.cos(region.angle) - x! * Math.sin(region.angle);
      });
      expect(heights).toEqual([...heights].sort((a, b) => a - b));
    }
  });

  it('of the mirrored image are the mirrored landmarks', async () => {
    const { width } = image;
    const region = { ...face.region, x: width - face.region.x, angle: -face.region.angle };
    const { points } = await findLandmarks(models, mirrored(image), region);
    const pairs = [
      [EYE_CORNERS.leftInner, EYE_CORNERS.rightInner],
      [EYE_CORNERS.leftOuter, EYE_CORNERS.rightOuter],
      ...FACE_PARTS.leftInnerBrow.map((left, i) => [left, FACE_PARTS.rightInnerBrow[i]!] as const),
      ...FACE_PARTS.leftOuterBrow.map((left, i) => [left, FACE_PARTS.rightOuterBrow[i]!] as const),
      ...FACE_PARTS.leftNoseWing.map((left, i) => [left, FACE_PARTS.rightNoseWing[i]!] as const),
      ...FACE_PARTS.leftMouthCorner.map(
        (left, i) => [left, FACE_PARTS.rightMouthCorner[i]!] as const,
      ),
      ...FACE_PARTS.leftCheek.map((left, i) => [left, FACE_PARTS.rightCheek[i]!] as const),
      [152, 152],
      [168, 168],
    ] as const;
    const original = face.landmarks.points;
    const distances = pairs.flatMap(([a, b]) =>
      [
        [a, b],
        [b, a],
      ].map(([from, to]) =>
        Math.hypot(
          width - points[2 * from!]! - original[2 * to!]!,
          points[2 * from! + 1]! - original[2 * to! + 1]!,
        ),
      ),
    );
    // The network itself is not symmetric: what remains is its own error.
    const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
    expect(mean / interocularDistance(face.landmarks)).toBeLessThan(0.03);
    expect(Math.max(...distances) / interocularDistance(face.landmarks)).toBeLessThan(0.08);
  });

  it('move with the image', async () => {
    const moved = shifted(image, 7, -12);
    const region = { ...face.region, x: face.region.x - 7, y: face.region.y + 12 };
    const { points } = await findLandmarks(models, moved, region);
    const expected = face.landmarks.points.map((value, i) => value + (i % 2 === 0 ? -7 : 12));
    expect(distance(points, expected)).toBeLessThan(0.05);
  });

  it('hardly depend on the region they are looked for in', async () => {
    const { x, y, size, angle } = face.region;
    const region = {
      x: x + 0.02 * size,
      y: y - 0.02 * size,
      size: 1.05 * size,
      angle: angle + 0.1,
    };
    const { points } = await findLandmarks(models, image, region);
    const apart = distance(points, face.landmarks.points);
    expect(apart / interocularDistance(face.landmarks)).toBeLessThan(0.03);
  });

  it('stay within a tenth of a pixel under camera noise', async () => {
    const random = createRandom(2);
    const { x, y, size } = face.region;
    // Only the face and what surrounds it, because making the noise takes longest.
    const side = Math.ceil(size);
    const whole = shifted(image, Math.round(x - side / 2), Math.round(y - side / 2));
    const width = whole.width;
    const data = whole.data.subarray(0, 3 * width * side);
    const region = { ...face.region, x: side / 2, y: side / 2 };
    const runs: Float32Array[] = [];
    for (let run = 0; run < 12; run++) {
      const noisy = data.map((value, i) => {
        if (Math.floor(i / 3) % width > side) return value;
        return Math.max(0, Math.min(255, Math.round(value + 2 * random.normal())));
      });
      const noise: RgbImage = { data: noisy, width, height: side, channels: 3 };
      runs.push((await findLandmarks(models, noise, region)).points);
    }
    const shifts = Array.from(runs[0]!, (_, i) => {
      const mean = runs.reduce((sum, points) => sum + points[i]!, 0) / runs.length;
      const square = runs.reduce((sum, points) => sum + (points[i]! - mean) ** 2, 0);
      return Math.sqrt(square / (runs.length - 1));
    });
    const mean = shifts.reduce((sum, value) => sum + value, 0) / shifts.length;
    expect(mean).toBeLessThan(0.1);
  });
});

describe('against MediaPipe itself (golden/face_mediapipe.mjs)', () => {
  it.for(golden.pictures)(
    'the faces of sample $sample have the same landmarks',
    async (expected) => {
      const sample = await sampleImage(expected.sample as 3 | 5 | 6, golden.width);
      const detections = await detectFaces(models, sample);
      for (const face of expected.faces) {
        const points = Float32Array.from(face);
        const wanted = regionOfLandmarks({ points, presence: 1 });
        const nearest = detections
          .map(regionOfDetection)
          .sort(
            (a, b) =>
              Math.hypot(a.x - wanted.x, a.y - wanted.y) -
              Math.hypot(b.x - wanted.x, b.y - wanted.y),
          )[0]!;
        let landmarks = await findLandmarks(models, sample, nearest);
        for (let pass = 0; pass < 2; pass++) {
          landmarks = await findLandmarks(models, sample, regionOfLandmarks(landmarks));
        }
        // It crops with one sample a pixel and keeps the detector's region on a still image.
        const apart = distance(landmarks.points, points) / interocularDistance(landmarks);
        expect(apart).toBeLessThan(0.035);
      }
    },
  );
});

describe('no face', () => {
  it('is found where there is none', async () => {
    const random = createRandom(3);
    for (const value of [() => 0, () => 200, () => random.integer(256)]) {
      const blank = { ...image, data: image.data.map(value) };
      expect(await detectFaces(models, blank)).toEqual([]);
      await expect(findFace(models, blank)).rejects.toMatchObject({ code: 'FACE_NOT_FOUND' });
    }
  });

  it('is present in a region beside it', async () => {
    const { presence } = await findLandmarks(models, image, {
      ...face.region,
      x: face.region.size / 2,
      y: image.height - face.region.size / 4,
      size: face.region.size / 2,
    });
    expect(presence).toBeLessThan(0.5);
  });
});

describe.skipIf(sharedClips === undefined)(
  'in the shared images (skipped where the shared data is missing)',
  () => {
    it.for([
      ['astronaut.png', 1],
      ['pyfeat_multi_face.jpg', 5],
      ['chelsea.png', 0],
      ['coffee.png', 0],
    ] as const)('%s has %i faces', async ([name, count]) => {
      const faces = await detectFaces(models, await readImage(join(sharedClips!, name)));
      expect(faces).toHaveLength(count);
    });
  },
);

describe('models', () => {
  it('of another release are refused', async () => {
    const files = await readModelFiles();
    const meshAssets = files.meshAssets.subarray(1);
    await expect(openFaceModels(runtime, { ...files, meshAssets })).rejects.toMatchObject({
      code: 'WEIGHTS_MISMATCH',
    });
  });

  it('that are damaged are refused', async () => {
    const { detection } = await readModelFiles();
    const corrupt = expect.objectContaining({ code: 'WEIGHTS_CORRUPT' }) as unknown;
    expect(() => tfliteToOnnx(new Uint8Array(100))).toThrow(corrupt);
    expect(() => tfliteToOnnx(detection.subarray(0, 5000))).toThrow(corrupt);
  });
});
