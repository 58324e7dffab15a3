/**
 * @file Movement of the face's regions against the head, out of one flow field.
 *
 * The head's own motion between two aligned frames is a small similarity (shift, turn, scale). It is
 * fitted to the flow at the anchors by iteratively reweighted least squares with Cauchy weights
 * (Holland and Welsch 1977, "Robust regression using iteratively reweighted least-squares"), so that
 * anchors which do move, such as a raised cheek, lose their weight.
 */
import { interocularDistance } from '../face/regions.ts';
import type { Landmarks } from '../face/landmarks.ts';
import type { FlowField } from '../motion/flow.ts';
import { ANCHORS, LIPS, REGIONS, regionPoints } from './regions.ts';

/** Radius of a region and of an anchor, interocular distances. */
const REGION_RADIUS = 0.13;
const LIP_RADIUS = 0.1;
const ANCHOR_RADIUS = 0.06;
const ITERATIONS = 8;

/** What {@link faceDisplacements} finds, pixels at an interocular distance of 100 pixels. */
export interface FaceDisplacements {
  /** Displacement of each of {@link REGIONS} less the head's: x and y in turn. */
  readonly regions: Float64Array;
  /** How much farther apart the middles of both lips are; negative where they are pressed together. */
  readonly lips: number;
}

/**
 * Displacement of the face from the first frame of the flow to the second, less the head's.
 *
 * @param flow - from a frame to another, both aligned alike
 * @param landmarks - of the first frame, pixels of the flow
 */
export function faceDisplacements(flow: FlowField, landmarks: Landmarks): FaceDisplacements {
  const unit = interocularDistance(landmarks);
  const head = headMotion(flow, landmarks);
  const moved = (indices: readonly number[], radius: number): readonly [number, number] => {
    const [x, y] = centerOf(landmarks, indices);
    const [u, v] = meanFlow(flow, [x, y], radius * unit);
    const [headU, headV] = displacementAt(head, x, y);
    return [((u - headU) * 100) / unit, ((v - headV) * 100) / unit];
  };
  const regions = REGIONS.flatMap((region) => moved(regionPoints(region), REGION_RADIUS));
  const [[, upper], [, lower]] = LIPS.map((points) => moved(points, LIP_RADIUS)) as [
    readonly [number, number],
    readonly [number, number],
  ];
  return { regions: Float64Array.from(regions), lips: lower - upper };
}

/** {@link FaceDisplacements.regions} alone. */
export const regionDisplacements = (flow: FlowField, landmarks: Landmarks): Float64Array =>
  faceDisplacements(flow, landmarks).regions;

function centerOf({ points }: Landmarks, indices: readonly number[]): readonly [number, number] {
  let [x, y] = [0, 0];
  for (const index of indices) {
    x += points[2 * index]! / indices.length;
    y += points[2 * index + 1]! / indices.length;
  }
  return [x, y];
}

/**
 * The head's own motion: the similarity that the anchors follow.
 *
 * @param flow - from a frame to another, both aligned alike
 * @param landmarks - of the first frame, pixels of the flow
 */
export function headMotion(flow: FlowField, landmarks: Landmarks): Similarity {
  const unit = interocularDistance(landmarks);
  const { points } = landmarks;
  const anchors = ANCHORS.map((index) => {
    const [x, y] = [points[2 * index]!, points[2 * index + 1]!];
    const [u, v] = meanFlow(flow, [x, y], ANCHOR_RADIUS * unit);
    return { x, y, u, v };
  });
  let weights = anchors.map(() => 1);
  let fit: Similarity = { x: 0, y: 0, u: 0, v: 0, along: 0, across: 0 };
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    fit = weightedSimilarity(anchors, weights);
    const residuals = anchors.map((anchor) => {
      const [u, v] = displacementAt(fit, anchor.x, anchor.y);
      return Math.hypot(anchor.u - u, anchor.v - v);
    });
    const scale = Math.max(1e-3, [...residuals].sort((a, b) => a - b)[anchors.length >> 1]!);
    weights = residuals.map((residual) => 1 / (1 + (residual / (1.5 * scale)) ** 2));
  }
  return fit;
}

/** A small shift, turn and change of scale as a displacement that depends on the place. */
export interface Similarity {
  /** Place that the shift belongs to, pixels. */
  readonly x: number;
  /** Place that the shift belongs to, pixels. */
  readonly y: number;
  /** Rightward shift of that place, pixels. */
  readonly u: number;
  /** Downward shift of that place, pixels. */
  readonly v: number;
  /** Real part of the linear map less the identity: change of scale. */
  readonly along: number;
  /** Imaginary part: turn, clockwise. */
  readonly across: number;
}

/** Displacement at a place, pixels. */
export const displacementAt = (
  { x: cx, y: cy, u, v, along, across }: Similarity,
  x: number,
  y: number,
): readonly [number, number] => [
  u + along * (x - cx) - across * (y - cy),
  v + across * (x - cx) + along * (y - cy),
];

function weightedSimilarity(
  anchors: readonly {
    readonly x: number;
    readonly y: number;
    readonly u: number;
    readonly v: number;
  }[],
  weights: readonly number[],
): Similarity {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (read: (anchor: (typeof anchors)[number]) => number): number =>
    anchors.reduce((sum, anchor, i) => sum + weights[i]! * read(anchor), 0) / total;
  const [x, y, u, v] = [mean((a) => a.x), mean((a) => a.y), mean((a) => a.u), mean((a) => a.v)];
  let [spread, along, across] = [0, 0, 0];
  anchors.forEach((anchor, i) => {
    const [dx, dy] = [anchor.x - x, anchor.y - y];
    const [du, dv] = [anchor.u - u, anchor.v - v];
    spread += weights[i]! * (dx * dx + dy * dy);
    along += weights[i]! * (dx * du + dy * dv);
    across += weights[i]! * (dx * dv - dy * du);
  });
  return { x, y, u, v, along: along / spread, across: across / spread };
}

/** Mean flow of a disc, with a weight that falls from its center to its edge. */
function meanFlow(
  { u, v, width, height }: FlowField,
  [x, y]: readonly [number, number],
  radius: number,
): readonly [number, number] {
  const reach = Math.max(1, radius);
  let [sum, sumU, sumV] = [0, 0, 0];
  // Pixel centers lie at whole numbers plus a half.
  const rows = [Math.max(0, Math.floor(y - reach)), Math.min(height - 1, Math.ceil(y + reach))];
  const columns = [Math.max(0, Math.floor(x - reach)), Math.min(width - 1, Math.ceil(x + reach))];
  for (let row = rows[0]!; row <= rows[1]!; row++) {
    for (let column = columns[0]!; column <= columns[1]!; column++) {
      const [dx, dy] = [column + 0.5 - x, row + 0.5 - y];
      const weight = 1 - (dx * dx + dy * dy) / (reach * reach);
      if (weight <= 0) continue;
      const i = row * width + column;
      sum += weight;
      sumU += weight * u[i]!;
      sumV += weight * v[i]!;
    }
  }
  return sum > 0 ? [sumU / sum, sumV / sum] : [0, 0];
}
