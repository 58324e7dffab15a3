/** @file Strain, the color wheel, and the 28×28 image: closed forms, mirrors and OpenCV's flow. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flowColors } from './colors.ts';
import { averageInto, faceBox, flowImage, rangedFlowImage } from './flow-image.ts';
import type { FlowField } from './flow.ts';
import { opticalStrain } from './strain.ts';
import { createTvl1 } from './tvl1.ts';
import { LIKE_OPENCV } from './tvl1-options.ts';

/** A flow from formulas. */
function field(
  width: number,
  height: number,
  at: (x: number, y: number) => readonly [number, number],
): FlowField {
  const cells = Array.from({ length: width * height }, (_, i) =>
    at(i % width, Math.floor(i / width)),
  );
  return {
    u: Float32Array.from(cells, ([u]) => u),
    v: Float32Array.from(cells, ([, v]) => v),
    width,
    height,
  };
}

const WHOLE = { left: 0, top: 0, width: 56, height: 56 };

describe('optical strain', () => {
  it('is √(a² + d² + ½(b + c)²) everywhere for u = ax + by, v = cx + dy', () => {
    const slope = fc.double({ min: -0.5, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(slope, slope, slope, slope, (a, b, c, d) => {
        const strain = opticalStrain(field(9, 7, (x, y) => [a * x + b * y + 3, c * x + d * y - 2]));
        const expected = Math.sqrt(a * a + d * d + 0.5 * (b + c) * (b + c));
        for (const value of strain.data) expect(value).toBeCloseTo(expected, 5);
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  it('of a quadratic field is exact inside', () => {
    // u = x², v = xy: uₓ = 2x, v_y = x, u_y + v_x = y.
    const strain = opticalStrain(field(12, 10, (x, y) => [x * x, x * y]));
    expect(strain.data[4 * 12 + 7]).toBeCloseTo(Math.sqrt(14 * 14 + 7 * 7 + 0.5 * 4 * 4), 4);
  });

  it('does not see shifts and small turns', () => {
    const turn = 0.01;
    const strain = opticalStrain(field(8, 8, (x, y) => [5 - turn * y, turn * x - 1]));
    for (const value of strain.data) expect(value).toBeCloseTo(0, 6);
  });
});

describe('the color wheel', () => {
  const colorOf = (u: number, v: number, fastest = 1): number[] => [
    ...flowColors(
      field(1, 1, () => [u, v]),
      fastest,
    ).data,
  ];

  it('is white where nothing moves, red to the right, and pales with slowness', () => {
    expect(colorOf(0, 0)).toEqual([255, 255, 255]);
    expect(colorOf(1, 0)).toEqual([255, 0, 0]);
    expect(colorOf(0.5, 0)).toEqual([255, 128, 128]);
  });

  it('turns through yellow, green, cyan, blue and magenta at the steps of Baker et al.', () => {
    const corners: readonly (readonly [number, readonly number[]])[] = [
      [15, [255, 255, 0]],
      [21, [0, 255, 0]],
      [25, [0, 255, 255]],
      [36, [0, 0, 255]],
      [49, [255, 0, 255]],
    ];
    for (const [step, color] of corners) {
      const angle = (2 * Math.PI * step) / 55;
      const drawn = colorOf(0.9999 * Math.cos(angle), 0.9999 * Math.sin(angle));
      for (const [channel, value] of color.entries()) {
        expect(Math.abs(drawn[channel]! - value)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('darkens what is faster than the full color, and takes the fastest pixel by default', () => {
    expect(colorOf(2, 0)).toEqual([191, 0, 0]);
    const two = flowColors(field(2, 1, (x) => [x === 0 ? 4 : 2, 0]));
    expect([...two.data]).toEqual([255, 0, 0, 255, 128, 128]);
  });
});

describe('the face box', () => {
  it('puts pupils and mouth where the training data has them, at its proportions', () => {
    const box = faceBox({
      left: { x: 100, y: 90 },
      right: { x: 151, y: 94 },
      mouth: { x: 126, y: 150.5 },
    });
    expect(box.width).toBeCloseTo(100, 6);
    expect((100 - box.left) / box.width).toBeCloseTo(0.225, 6);
    expect((92 - box.top) / box.height).toBeCloseTo(0.21, 6);
    expect((150.5 - box.top) / box.height).toBeCloseTo(0.69, 6);
    expect(box.width / box.height).toBeCloseTo(0.82, 2);
  });

  it('refuses eyes below the mouth', () => {
    const upsideDown = { left: { x: 10, y: 90 }, right: { x: 60, y: 90 }, mouth: { x: 35, y: 40 } };
    expect(() => faceBox(upsideDown)).toThrow(expect.objectContaining({ code: 'FACE_NOT_FOUND' }));
  });
});

describe('averaging into cells', () => {
  it('keeps the mean of a plane, whatever its size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 40 }),
        fc.integer({ min: 3, max: 40 }),
        (width, height) => {
          const data = Float32Array.from(
            { length: width * height },
            (_, i) => Math.sin(i * 12.9) * 10,
          );
          const cells = averageInto(
            { data, width, height },
            { left: 0, top: 0, width, height },
            28,
          );
          const mean = (values: Float32Array): number =>
            values.reduce((a, b) => a + b, 0) / values.length;
          expect(mean(cells.data)).toBeCloseTo(mean(data), 4);
        },
      ),
      { seed: 5, numRuns: 40 },
    );
  });

  it('shares a pixel between the cells that it lies in, and repeats the edges', () => {
    const plane = { data: Float32Array.from([0, 6, 12]), width: 3, height: 1 };
    const box = { left: 0, top: 0, width: 3, height: 1 };
    expect([...averageInto(plane, box, 2).data.subarray(0, 2)]).toEqual([2, 10]);
    const beyond = { left: -3, top: 0, width: 6, height: 1 };
    expect([...averageInto(plane, beyond, 2).data.subarray(0, 2)]).toEqual([0, 6]);
  });
});

describe('the flow image', () => {
  const wave = field(56, 56, (x, y) => [Math.sin(x / 9) + y / 50, Math.cos(y / 7) * (x / 40)]);

  it('is u, v and strain in red, green and blue, each from 0 to 255', () => {
    const image = flowImage(wave, WHOLE);
    expect([image.width, image.height, image.channels]).toEqual([28, 28, 3]);
    for (const channel of [0, 1, 2]) {
      const values = image.data.filter((_, i) => i % 3 === channel);
      expect([Math.min(...values), Math.max(...values)]).toEqual([0, 255]);
    }
    // Rightward at the right, downward at the bottom.
    const ramps = flowImage(
      field(56, 56, (x, y) => [x * x, y * y]),
      WHOLE,
    );
    const at = (x: number, y: number): number[] => [
      ...ramps.data.subarray(3 * (28 * y + x), 3 * (28 * y + x) + 3),
    ];
    expect(at(0, 0)).toEqual([0, 0, 0]);
    expect(at(27, 0).slice(0, 2)).toEqual([255, 0]);
    expect(at(0, 27).slice(0, 2)).toEqual([0, 255]);
    expect(at(27, 27)).toEqual([255, 255, 255]);
  });

  it('of a mirrored movement is the mirror image with red turned over', () => {
    const { u, v, width, height } = wave;
    const from = (i: number): number => i - 2 * (i % width) + width - 1;
    const mirrored = {
      u: u.map((_, i) => -u[from(i)]!),
      v: v.map((_, i) => v[from(i)]!),
      width,
      height,
    };
    const [straight, turned] = [flowImage(wave, WHOLE).data, flowImage(mirrored, WHOLE).data];
    for (let i = 0; i < 28 * 28; i++) {
      const other = 3 * (i - 2 * (i % 28) + 27);
      expect(Math.abs(turned[3 * i]! - (255 - straight[other]!))).toBeLessThanOrEqual(1);
      expect(turned[3 * i + 1]).toBe(straight[other + 1]);
      expect(Math.abs(turned[3 * i + 2]! - straight[other + 2]!)).toBeLessThanOrEqual(1);
    }
  });

  it('does not change when the whole head is shifted or the movement is twice as strong', () => {
    const { u, v, width, height } = wave;
    const moved = { u: u.map((x) => 2 * x + 3), v: v.map((x) => 2 * x - 1), width, height };
    const [a, b] = [flowImage(wave, WHOLE).data, flowImage(moved, WHOLE).data];
    for (const [i, value] of a.entries()) expect(Math.abs(value - b[i]!)).toBeLessThanOrEqual(1);
  });

  it('has ranges that give back the movement with its amplitude', () => {
    const strong = { ...wave, u: wave.u.map((x) => 2 * x), v: wave.v.map((x) => 2 * x) };
    const { image, ranges } = rangedFlowImage(wave, WHOLE, 28);
    const twice = rangedFlowImage(strong, WHOLE, 28);
    expect(image).toEqual(flowImage(wave, WHOLE));
    for (const [channel, plane] of [wave.u, wave.v].entries()) {
      const [least, most] = ranges[channel]!;
      const cells = averageInto({ ...wave, data: plane }, WHOLE, 28).data;
      for (const [i, value] of cells.entries()) {
        const back = least + (image.data[3 * i + channel]! / 255) * (most - least);
        expect(Math.abs(back - value)).toBeLessThan((most - least) / 255);
      }
    }
    for (const [channel, range] of ranges.entries())
      for (const end of [0, 1]) expect(twice.ranges[channel]![end]).toBeCloseTo(2 * range[end]!, 4);
  });

  it('is black where nothing moves', () => {
    const image = flowImage(
      field(40, 40, () => [0, 0]),
      { left: 0, top: 0, width: 30, height: 30 },
    );
    expect(Math.max(...image.data)).toBe(0);
  });

  it('refuses a box outside the image', () => {
    const away = { left: 80, top: 0, width: 20, height: 20 };
    expect(() => flowImage(wave, away)).toThrow(
      expect.objectContaining({ code: 'FACE_NOT_FOUND' }),
    );
  });
});

describe('against OpenCV', () => {
  const golden = JSON.parse(
    readFileSync(new URL('../../../../golden/flow/opencv-tvl1.json', import.meta.url), 'utf8'),
  ) as {
    width: number;
    height: number;
    box: { left: number; top: number; width: number; height: number };
    from_bytes: string;
    to_bytes: string;
    flow: string;
    image: number[];
    strain_rows: Record<string, number[]>;
  };
  const { width, height } = golden;
  const plane = (base64: string): { data: Float32Array; width: number; height: number } => ({
    data: Float32Array.from(Buffer.from(base64, 'base64')),
    width,
    height,
  });
  const kept = Buffer.from(golden.flow, 'base64');
  const theirs = Float32Array.from(
    { length: 2 * width * height },
    (_, i) => kept.readInt16LE(2 * i) / 1e4,
  );
  const flow: FlowField = {
    u: theirs.subarray(0, width * height),
    v: theirs.subarray(width * height),
    width,
    height,
  };

  const correlation = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    const n = a.length;
    const [meanA, meanB] = [a, b].map((x) => Array.from(x).reduce((s, y) => s + y, 0) / n) as [
      number,
      number,
    ];
    let [ab, aa, bb] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      ab += (a[i]! - meanA) * (b[i]! - meanB);
      aa += (a[i]! - meanA) ** 2;
      bb += (b[i]! - meanB) ** 2;
    }
    return ab / Math.sqrt(aa * bb);
  };

  it('the strain of its flow is that of numpy', () => {
    const strain = opticalStrain(flow);
    for (const [row, values] of Object.entries(golden.strain_rows)) {
      for (const [i, value] of values.entries()) {
        expect(Math.abs(strain.data[Number(row) * width + 8 * i]! - value)).toBeLessThan(2e-5);
      }
    }
  });

  it('the image of its flow is that of numpy to a grey level', () => {
    const image = flowImage(flow, golden.box);
    for (const [i, value] of golden.image.entries()) {
      expect(Math.abs(image.data[i]! - value)).toBeLessThanOrEqual(1);
    }
  });

  it('our flow makes the same image: every channel correlates at 0.95 or more', async () => {
    const tvl1 = await createTvl1();
    const ours = tvl1.compute(plane(golden.from_bytes), plane(golden.to_bytes), LIKE_OPENCV);
    expect(correlation(ours.u, flow.u)).toBeGreaterThan(0.98);
    expect(correlation(ours.v, flow.v)).toBeGreaterThan(0.98);
    const image = flowImage(ours, golden.box).data;
    for (const channel of [0, 1, 2]) {
      const pick = (data: ArrayLike<number>): number[] =>
        Array.from(data).filter((_, i) => i % 3 === channel);
      expect(correlation(pick(image), pick(golden.image))).toBeGreaterThanOrEqual(0.95);
    }
  });
});
