/**
 * @file The 478 points of a face whose region is known.
 *
 * Grishchenko et al. 2020, "Attention Mesh", arXiv:2006.10962. The crop is
 * averaged over at least 2 × 2 samples a pixel: landmarks follow the noise and
 * the grid of the pixels less that way.
 */
import type { RgbImage } from '../base/image.ts';
import { own } from '../base/own.ts';
import type { FaceRegion, Landmarks } from './landmarks.ts';
import { ALL_POINTS, MESH_POINTS, REFINED } from './mesh-indices.ts';
import { FACE_INPUT_SIZE, faceInput } from './models.ts';
import type { FaceModels, NetworkOutputs } from './models.ts';

/** Where a face is believed in. */
export const LEAST_PRESENCE = 0.5;
/** A region is larger than the face in it by this factor, as in the networks' training. */
const ENLARGE = 1.5;
/** Outer corners of the eyes, the viewer's left and right. */
const LEFT_CORNER = 33;
const RIGHT_CORNER = 263;

/** The landmarks of the face in `region`; whether there is one is in their `presence`. */
export async function findLandmarks(
  models: FaceModels,
  image: RgbImage,
  region: FaceRegion,
): Promise<Landmarks> {
  return landmarksOfInput(models, faceInput(image, region, { range: [0, 1] }), region);
}

/** The landmarks where the region has been cut out already, as `faceInput` does it with the range from 0 to 1. */
export async function landmarksOfInput(
  models: FaceModels,
  input: Float32Array,
  region: FaceRegion,
): Promise<Landmarks> {
  return landmarksOf(await models.mesh(input), region);
}

/** Landmarks with how far each lies behind the plane of the image. */
export interface FaceMesh {
  /** The 478 points in the plane. */
  readonly landmarks: Landmarks;
  /**
   * Depth of the first 468 points, pixels of the frame, less is nearer to the camera. The network was trained on
   * rendered faces for it and is less exact than in the plane.
   */
  readonly depths: Float32Array;
}

/** The landmarks of the face in `region`, with their depths. */
export async function findMesh(
  models: FaceModels,
  image: RgbImage,
  region: FaceRegion,
): Promise<FaceMesh> {
  return meshOfInput(models, faceInput(image, region, { range: [0, 1] }), region);
}

/** The mesh where the region has been cut out already, as `faceInput` does it with the range from 0 to 1. */
export async function meshOfInput(
  models: FaceModels,
  input: Float32Array,
  region: FaceRegion,
): Promise<FaceMesh> {
  const outputs = await models.mesh(input);
  const coarse = outputs['output_mesh_identity']!;
  const scale = region.size / FACE_INPUT_SIZE;
  const depths = Float32Array.from({ length: MESH_POINTS }, (_, i) => scale * coarse[3 * i + 2]!);
  return { landmarks: landmarksOf(outputs, region), depths };
}

function landmarksOf(outputs: NetworkOutputs, region: FaceRegion): Landmarks {
  const points = new Float32Array(2 * ALL_POINTS);
  const coarse = outputs['output_mesh_identity']!; // x, y and depth
  for (let i = 0; i < MESH_POINTS; i++) {
    points[2 * i] = coarse[3 * i]!;
    points[2 * i + 1] = coarse[3 * i + 1]!;
  }
  for (const [output, indices] of Object.entries(REFINED)) {
    const refined = own(outputs, output)!;
    indices.forEach((index, i) => {
      points[2 * index] = refined[2 * i]!;
      points[2 * index + 1] = refined[2 * i + 1]!;
    });
  }

  const scale = region.size / FACE_INPUT_SIZE;
  const cosine = scale * Math.cos(region.angle);
  const sine = scale * Math.sin(region.angle);
  for (let i = 0; i < ALL_POINTS; i++) {
    const x = points[2 * i]! - FACE_INPUT_SIZE / 2;
    const y = points[2 * i + 1]! - FACE_INPUT_SIZE / 2;
    points[2 * i] = region.x + x * cosine - y * sine;
    points[2 * i + 1] = region.y + x * sine + y * cosine;
  }
  const logit = outputs['conv_faceflag']![0]!;
  return { points, presence: 1 / (1 + Math.exp(-logit)) };
}

/** The square around the landmarks of a face, level with its eyes: a steadier region than the detector's. */
export function regionOfLandmarks({ points }: Landmarks): FaceRegion {
  const angle = Math.atan2(
    points[2 * RIGHT_CORNER + 1]! - points[2 * LEFT_CORNER + 1]!,
    points[2 * RIGHT_CORNER]! - points[2 * LEFT_CORNER]!,
  );
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const x = { least: Infinity, most: -Infinity };
  const y = { least: Infinity, most: -Infinity };
  for (let i = 0; i < MESH_POINTS; i++) {
    const across = points[2 * i]! * cosine + points[2 * i + 1]! * sine;
    const down = points[2 * i + 1]! * cosine - points[2 * i]! * sine;
    x.least = Math.min(x.least, across);
    x.most = Math.max(x.most, across);
    y.least = Math.min(y.least, down);
    y.most = Math.max(y.most, down);
  }
  const across = (x.least + x.most) / 2;
  const down = (y.least + y.most) / 2;
  return {
    x: across * cosine - down * sine,
    y: across * sine + down * cosine,
    size: Math.max(x.most - x.least, y.most - y.least) * ENLARGE,
    angle,
  };
}
