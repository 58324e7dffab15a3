import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { alignmentOf, CANONICAL_POINTS, fromCrop, landmarksInCrop, toCrop } from './align.ts';
import type { Landmarks } from './landmarks.ts';

const regions = fc.record({
  x: fc.double({ min: 0, max: 2000, noNaN: true }),
  y: fc.double({ min: 0, max: 1000, noNaN: true }),
  size: fc.double({ min: 50, max: 800, noNaN: true }),
  angle: fc.double({ min: -3, max: 3, noNaN: true }),
});

describe('the alignment', () => {
  it('finds the square that the canonical face was put into', () => {
    fc.assert(
      fc.property(regions, (region) => {
        const points = new Float32Array(956);
        for (const [index, x, y] of CANONICAL_POINTS) {
          const place = fromCrop({ x, y }, region, 1);
          points.set([place.x, place.y], 2 * index);
        }
        const landmarks: Landmarks = { points, presence: 1 };
        const found = alignmentOf(landmarks);
        expect(found.x).toBeCloseTo(region.x, 1);
        expect(found.y).toBeCloseTo(region.y, 1);
        expect(found.size / region.size).toBeCloseTo(1, 3);
        expect(Math.cos(found.angle - region.angle)).toBeCloseTo(1, 5);

        const aligned = landmarksInCrop(landmarks, found, 128);
        for (const [index, x, y] of CANONICAL_POINTS) {
          expect(aligned.points[2 * index]).toBeCloseTo(128 * x, 1);
          expect(aligned.points[2 * index + 1]).toBeCloseTo(128 * y, 1);
        }
      }),
    );
  });

  it('is the square with the least squared error', () => {
    const random = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), {
      minLength: 2 * CANONICAL_POINTS.length,
      maxLength: 2 * CANONICAL_POINTS.length,
    });
    const nudge = fc.tuple(
      ...[1, 1, 1, 0.01].map((m) => fc.double({ min: -m, max: m, noNaN: true })),
    );
    fc.assert(
      fc.property(regions, random, nudge, (region, noise, [x, y, size, angle]) => {
        const points = new Float32Array(956);
        CANONICAL_POINTS.forEach(([index, u, v], i) => {
          const place = fromCrop({ x: u, y: v }, region, 1);
          points.set([place.x + noise[2 * i]!, place.y + noise[2 * i + 1]!], 2 * index);
        });
        const error = (square: typeof region): number =>
          CANONICAL_POINTS.reduce((sum, [index, u, v]) => {
            const place = fromCrop({ x: u, y: v }, square, 1);
            return (
              sum + (place.x - points[2 * index]!) ** 2 + (place.y - points[2 * index + 1]!) ** 2
            );
          }, 0);
        const best = alignmentOf({ points, presence: 1 });
        const other = {
          x: best.x + x!,
          y: best.y + y!,
          size: best.size + size!,
          angle: best.angle + angle!,
        };
        expect(error(best)).toBeLessThanOrEqual(error(other) + 1e-6);
      }),
    );
  });

  it('takes places to the crop and back', () => {
    fc.assert(
      fc.property(regions, (region) => {
        const back = fromCrop(toCrop({ x: 123, y: 45 }, region, 224), region, 224);
        expect(back.x).toBeCloseTo(123, 6);
        expect(back.y).toBeCloseTo(45, 6);
      }),
    );
  });
});
