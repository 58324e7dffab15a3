/** @file Regions' movement against the head, and faces without their light. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRandom } from '../base/random.ts';
import { FACE_PARTS } from '../face/regions.ts';
import type { Landmarks } from '../face/landmarks.ts';
import type { FlowField } from '../motion/flow.ts';
import { faceDisplacements, regionDisplacements } from './displacement.ts';
import { normalizeIllumination } from './illumination.ts';
import { ANCHORS, REGIONS } from './regions.ts';

const SIZE = 144;

/** Every landmark somewhere of its own, the eyes 50 pixels apart, brows and mouth apart from the anchors. */
function landmarks(): Landmarks {
  const random = createRandom(5);
  const points = new Float32Array(2 * 478);
  for (let i = 0; i < 478; i++) {
    points[2 * i] = 30 + 84 * random.uniform();
    points[2 * i + 1] = 50 + 35 * random.uniform();
  }
  const eye = { 33: 36, 133: 58, 362: 86, 263: 108 };
  for (const [index, x] of Object.entries(eye)) points.set([x, 55], 2 * Number(index));
  for (const index of FACE_PARTS.rightMouthCorner) points.set([50, 115], 2 * index);
  for (const index of FACE_PARTS.leftMouthCorner) points.set([94, 115], 2 * index);
  for (const index of FACE_PARTS.upperLip) points.set([72, 108], 2 * index);
  for (const index of FACE_PARTS.lowerLip) points.set([72, 120], 2 * index);
  return { points, presence: 1 };
}

function field(at: (x: number, y: number) => readonly [number, number]): FlowField {
  const [u, v] = [new Float32Array(SIZE * SIZE), new Float32Array(SIZE * SIZE)];
  for (let i = 0; i < u.length; i++) {
    [u[i], v[i]] = at((i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5) as [number, number];
  }
  return { u, v, width: SIZE, height: SIZE };
}

describe('faceDisplacements', () => {
  it('measures how far lips part and press, whatever the head does', () => {
    const jaw = (by: number) => (x: number, y: number) =>
      [2 + 0.01 * (x - 72), 1 + 0.01 * (y - 72) + (y > 114 ? by : -by / 4)] as const;
    for (const by of [2, -2, 0]) {
      const { lips } = faceDisplacements(field(jaw(by)), landmarks());
      // 1 px of 50 between the eyes is 2 of 100.
      expect(lips).toBeCloseTo(2 * 1.25 * by, 1);
    }
  });
});

describe('regionDisplacements', () => {
  const face = landmarks();

  it('sees no movement in a head that shifts, turns and grows', () => {
    const number = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true });
    fc.assert(
      fc.property(number(3), number(3), number(0.03), number(0.03), (x, y, turn, growth) => {
        const moved = regionDisplacements(
          field((px, py) => [
            x + growth * (px - 72) - turn * (py - 72),
            y + turn * (px - 72) + growth * (py - 72),
          ]),
          face,
        );
        for (const value of moved) expect(Math.abs(value)).toBeLessThan(0.05);
      }),
      { numRuns: 30 },
    );
  });

  it('measures a mouth corner at an interocular distance of 100, whatever the head does', () => {
    const moved = regionDisplacements(
      field((x, y) => {
        const near = Math.max(0, 1 - Math.hypot(x - 50, y - 115) / 25);
        return [1 - 0.01 * (y - 72) + near, 0.01 * (x - 72) - 2 * near];
      }),
      face,
    );
    const corner = REGIONS.indexOf('rightMouthCorner');
    const other = REGIONS.indexOf('leftMouthCorner');
    // The eyes are 50 pixels apart; a disc of 6.5 pixels averages the cone to about 0.86.
    expect(moved[2 * corner]).toBeCloseTo(2 * 0.86, 0);
    expect(moved[2 * corner + 1]).toBeCloseTo(-4 * 0.86, 0);
    expect(Math.abs(moved[2 * other]!)).toBeLessThan(0.1);
  });

  it('does not take anchors that move for the head', () => {
    const [x, y] = [face.points[2 * ANCHORS[9]!]!, face.points[2 * ANCHORS[9]! + 1]!];
    const moved = regionDisplacements(
      field((px, py) => (Math.hypot(px - x, py - y) < 5 ? [6, -6] : [0, 0])),
      face,
    );
    const corner = REGIONS.indexOf('leftMouthCorner');
    expect(Math.hypot(moved[2 * corner]!, moved[2 * corner + 1]!)).toBeLessThan(0.3);
  });
});

describe('flatten', () => {
  const random = createRandom(3);
  const data = Float32Array.from(
    { length: 64 * 48 },
    (_, i) => 100 + (i % 64) + 20 * random.normal(),
  );
  const image = { data, width: 64, height: 48 };

  it('hardly sees the light', () => {
    const flat = normalizeIllumination(image, 5).data;
    const dim = normalizeIllumination({ ...image, data: data.map((value) => 0.9 * value) }, 5).data;
    for (let i = 0; i < flat.length; i++) expect(Math.abs(flat[i]! - dim[i]!)).toBeLessThan(2);
  });

  it('makes an even image even, and keeps its border', () => {
    const even = normalizeIllumination({ ...image, data: data.map(() => 120) }, 7).data;
    for (const value of even) expect(value).toBeCloseTo((128 * 120) / 128, 2);
  });

  it('removes shading and keeps texture', () => {
    const flat = normalizeIllumination(image, 5).data;
    const mean = (from: number, to: number): number => {
      let [sum, count] = [0, 0];
      for (let i = 0; i < flat.length; i++) {
        if (i % 64 < from || i % 64 >= to) continue;
        sum += flat[i]!;
        count++;
      }
      return sum / count;
    };
    expect(Math.abs(mean(10, 20) - mean(44, 54))).toBeLessThan(3);
    const spread = Math.sqrt(flat.reduce((a, b) => a + (b - 118) ** 2, 0) / flat.length);
    expect(spread).toBeGreaterThan(8);
  });
});
