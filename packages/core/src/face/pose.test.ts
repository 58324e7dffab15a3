/** @file Head pose: of points that were turned in space, and of a photograph that was mirrored and turned. */
import { describe, expect, test } from 'vitest';

import type { RgbImage } from '../base/image.ts';
import { mirrored, openTestModels, sampleImage } from './face.cases.ts';
import { findFace } from './find.ts';
import { findMesh } from './mesh.ts';
import type { FaceMesh } from './mesh.ts';
import { headPose } from './pose.ts';
import type { HeadPose } from './pose.ts';

/** A head of four points: eye corners level, chin below the forehead and deeper, as the mesh measures it; then turned. */
function turned(yaw: number, pitch: number, roll: number): FaceMesh {
  const rad = Math.PI / 180;
  const points = new Float32Array(956);
  const depths = new Float32Array(468);
  // What the mesh measures of a face that looks into the camera.
  const neutral = Math.tan(7 * rad);
  const head: [index: number, x: number, y: number, z: number][] = [
    ...([[33, -50, 0, 0], [263, 50, 0, 0], [10, 0, -70, 0], [152, 0, 90, 160 * neutral]] as const), // prettier-ignore
  ].map(([index, x, y, z]) => [index, x, y, z]);
  for (const [index, x, y, z] of head) {
    // About the horizontal axis (down is positive), then the vertical, then that of the camera.
    const [a, b, c] = [pitch * rad, yaw * rad, roll * rad];
    const [y1, z1] = [y * Math.cos(a) - z * Math.sin(a), y * Math.sin(a) + z * Math.cos(a)];
    const [x2, z2] = [x * Math.cos(b) - z1 * Math.sin(b), x * Math.sin(b) + z1 * Math.cos(b)];
    points[2 * index] = x2 * Math.cos(c) - y1 * Math.sin(c);
    points[2 * index + 1] = x2 * Math.sin(c) + y1 * Math.cos(c);
    depths[index] = z2;
  }
  return { landmarks: { points, presence: 1 }, depths };
}

describe('of a head that was turned in space', () => {
  test.each([
    [0, 0, 0],
    [20, 0, 0],
    [-35, 0, 0],
    [0, 15, 0],
    [0, -20, 0],
    [0, 0, 30],
    [0, 0, -30],
  ])('yaw %i, pitch %i, roll %i', (yaw, pitch, roll) => {
    const pose = headPose(turned(yaw, pitch, roll));
    expect(pose.yaw).toBeCloseTo(yaw, 0);
    expect(pose.pitch).toBeCloseTo(pitch, 0);
    expect(pose.roll).toBeCloseTo(roll, 0);
  });
});

test('of a photograph: mirrored, yaw and roll change their sign', async () => {
  const models = await openTestModels();
  const poseOf = async (image: RgbImage): Promise<HeadPose> => {
    const { region } = await findFace(models, image);
    return headPose(await findMesh(models, image, region));
  };
  const image = await sampleImage(3, 960);
  const [pose, other] = [await poseOf(image), await poseOf(mirrored(image))];
  await models.close();
  expect(Math.abs(pose.yaw)).toBeGreaterThan(10);
  expect(Math.abs(pose.yaw + other.yaw)).toBeLessThan(4);
  expect(Math.abs(pose.roll + other.roll)).toBeLessThan(3);
  expect(Math.abs(pose.pitch - other.pitch)).toBeLessThan(4);
});
