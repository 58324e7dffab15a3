/** @file What a recognizer is shown: flow and faces in one box, only those it wants, in its size. */
import { describe, expect, test } from 'vitest';

import { EYE_CORNERS } from '../face/regions.ts';
import { cropGray } from '../face/crop.ts';
import { magnifiedApex } from '../magnify/index.ts';
import { averageInto, flowImage } from '../motion/flow-image.ts';
import { grayOf, type RgbImage } from '../base/image.ts';
import { createTvl1 } from '../motion/tvl1.ts';
import { alignApex } from './align.ts';
import { attentionOverlay, lookAt } from './attention.ts';
import { recognizerInput } from './classify.ts';
import { FACE_CROP_SIZE, cropFace, cropRegion, type FaceCrop } from './crop.ts';
import { boxOfLandmarks } from './flow.ts';
import { ALPHA, openMagnified, WARM_UP } from './magnified.ts';

/** A face of a few points, `across` pixels to the right; gray values that differ from place to place. */
function cut(across: number, shade: (x: number, y: number) => number): FaceCrop {
  const points = new Float32Array(2 * 478);
  const put = (point: number, x: number, y: number): void => points.set([x + across, y], 2 * point);
  put(EYE_CORNERS.rightOuter, 70, 90);
  put(EYE_CORNERS.rightInner, 90, 90);
  put(EYE_CORNERS.leftInner, 134, 90);
  put(EYE_CORNERS.leftOuter, 154, 90);
  put(13, 112, 150);
  put(14, 112, 154);
  const data = Uint8Array.from({ length: 3 * FACE_CROP_SIZE * FACE_CROP_SIZE }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return shade(pixel % FACE_CROP_SIZE, Math.floor(pixel / FACE_CROP_SIZE));
  });
  return {
    image: { data, width: FACE_CROP_SIZE, height: FACE_CROP_SIZE, channels: 3 },
    region: { x: 0, y: 0, size: FACE_CROP_SIZE, angle: 0 },
    landmarks: { points, presence: 1 },
  };
}

const onset = cut(0, (x, y) => (x + y) / 2);
const apex = cut(30, (x) => 255 - x);
const flow = {
  u: Float32Array.from({ length: FACE_CROP_SIZE * FACE_CROP_SIZE }, (_, i) => Math.sin(i / 999)),
  v: Float32Array.from({ length: FACE_CROP_SIZE * FACE_CROP_SIZE }, (_, i) => Math.cos(i / 77)),
  width: FACE_CROP_SIZE,
  height: FACE_CROP_SIZE,
};
const box = boxOfLandmarks(onset.landmarks);

test('faces lie in the box of the flow, which is that of the onset', () => {
  const shown = recognizerInput(
    { size: 14, images: ['flow', 'apex', 'onset'] },
    { onset, apex, flow },
  );
  expect(shown.flow).toEqual(flowImage(flow, box, 14));
  for (const [name, from] of Object.entries({ apex, onset })) {
    const image = shown[name as 'apex' | 'onset']!;
    expect(image).toMatchObject({ width: 14, height: 14, channels: 3 });
    averageInto(grayOf(from.image), box, 14).data.forEach((gray, i) => {
      for (let c = 0; c < 3; c++)
        expect(Math.abs(image.data[3 * i + c]! - gray)).toBeLessThanOrEqual(0.5001);
    });
  }
});

test('only what is wanted is made, and nothing is magnified', () => {
  const faces = { onset, apex, flow };
  expect(Object.keys(recognizerInput({ size: 28, images: ['flow'] }, faces))).toEqual(['flow']);
  const magnified = recognizerInput({ size: 28, images: ['flow', 'magnified'] }, faces);
  expect(magnified).not.toHaveProperty('magnified');
});

describe('the apex', () => {
  const image = (turn: number, shift: number): RgbImage => {
    // A textured plane, turned about its middle and shifted to the right.
    const [width, height, middle] = [400, 400, 200];
    const data = new Uint8Array(3 * width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [dx, dy] = [x + 0.5 - middle - shift, y + 0.5 - middle];
        const a = dx * Math.cos(turn) + dy * Math.sin(turn);
        const b = dy * Math.cos(turn) - dx * Math.sin(turn);
        const value =
          128 + 50 * Math.sin(a / 6) * Math.cos(b / 7) + 30 * Math.sin((a + 2 * b) / 11);
        data.fill(value, 3 * (y * width + x), 3 * (y * width + x) + 3);
      }
    }
    return { data, width, height, channels: 3 };
  };
  const spread = (landmark: number): readonly [number, number] => [
    200 + 70 * Math.cos(2.4 * landmark) * Math.sqrt((landmark % 97) / 97),
    200 + 70 * Math.sin(2.4 * landmark) * Math.sqrt((landmark % 97) / 97),
  ];
  const points = Float32Array.from({ length: 2 * 478 }, (_, i) => spread(i >> 1)[i % 2]!);
  for (const [corner, x] of Object.entries({ 33: 140, 133: 180, 362: 220, 263: 260 })) {
    points.set([x, 190], 2 * Number(corner));
  }
  const region = { x: 200, y: 200, size: 360, angle: 0 };

  test.each([
    [0.02, 1.5],
    [-0.01, -3],
    [0, 0],
  ])(
    'is cut by the region of the onset, turned by %f and shifted by %f pixels with the head',
    async (turn, shift) => {
      const from = cropFace(image(0, 0), { region, landmarks: { points, presence: 1 } });
      const frame = image(turn, shift);
      const cut = alignApex(from, { frame, face: undefined }, await createTvl1());
      expect(cut.region.x).toBeCloseTo(200 + shift, 1);
      expect(cut.region.y).toBeCloseTo(200, 1);
      expect(cut.region.angle).toBeCloseTo(turn, 2);
      expect(cut.region.size / region.size).toBeCloseTo(1, 2);
      const change = Array.from(cut.image.data, (value, i) =>
        Math.abs(value - from.image.data[i]!),
      );
      expect(change.reduce((a, b) => a + b, 0) / change.length).toBeLessThan(2);
    },
  );
});

test('the apex is magnified while a clip is read, as preparing does it from frames that are kept', () => {
  const [rate, onsetAt, apexAt] = [30, 12, 20];
  const side = 64;
  const frames = Array.from({ length: 26 }, (_, t): RgbImage => {
    const height = Math.max(0, 1 - Math.abs(t - apexAt) / (apexAt - onsetAt));
    const data = Uint8Array.from({ length: 3 * side * side }, (__, i) => {
      const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
      return 120 + 80 * Math.sin((x + height) / 5) * Math.cos(y / 7);
    });
    return { data, width: side, height: side, channels: 3 };
  });
  const region = { x: 30, y: 33, size: 70, angle: 0.1 };
  const regions = frames.map((_, i) => (i === 3 ? null : region));
  const times = frames.map((_, i) => i / rate);
  const reader = openMagnified({ onset: onsetAt, apex: apexAt }, { regions, times })!;
  expect(reader.first).toBe(5); // a quarter of a second before the onset
  frames.forEach((frame, i) => reader.take(i, frame));
  const planes = frames
    .slice(5, apexAt + 1)
    .map((frame) => cropGray(frame, cropRegion(region), { size: FACE_CROP_SIZE }));
  const moment = { onset: onsetAt - 5, apex: apexAt - 5, framesPerSecond: rate };
  const expected = magnifiedApex(planes, moment, { alpha: ALPHA, warmUp: WARM_UP });
  const { data } = reader.result()!;
  let [far, moved] = [0, 0];
  data.forEach((value, i) => {
    far = Math.max(far, Math.abs(value - expected.data[i]!));
    moved = Math.max(moved, Math.abs(value - planes.at(-1)!.data[i]!));
  });
  expect(far).toBeLessThan(0.01);
  expect(moved).toBeGreaterThan(10); // it is magnified
  const shown = recognizerInput(
    { size: 14, images: ['flow', 'onset', 'magnified'] },
    { onset, apex, flow, magnified: reader.result()! },
  );
  expect(shown.magnified).toMatchObject({ width: 14, height: 14, channels: 3 });
  expect(shown).not.toHaveProperty('apex');
  // A gap without a face ends what is looked at; an onset without one has nothing to cut by.
  expect(openMagnified({ onset: 7, apex: 12 }, { regions, times })!.first).toBe(4);
  expect(openMagnified({ onset: 3, apex: 9 }, { regions, times })).toBeUndefined();
  // Where the face is seen in one frame alone, nothing moves, and the apex is shown as it is.
  const alone = openMagnified({ onset: 4, apex: 4 }, { regions, times })!;
  alone.take(4, frames[4]!);
  const plain = cropGray(frames[4]!, cropRegion(region), { size: FACE_CROP_SIZE });
  expect(Math.max(...alone.result()!.data.map((v, i) => Math.abs(v - plain.data[i]!)))).toBeLessThan(0.01); // prettier-ignore
});

describe('attention', () => {
  test('lies over the face in its box: movement left, attention right, gray outside', () => {
    const face = cut(0, () => 100).image;
    const at = { left: 20, top: 40, width: 100, height: 120 };
    const overlay = attentionOverlay(face, {
      ...{ side: 2, box: at, share: 0.5 },
      movement: Float32Array.of(0, 4, 4 / 3, 1),
      attention: Float32Array.of(1, 1, 9, 1),
    });
    expect(overlay).toMatchObject({ width: 448, height: 224, channels: 3 });
    const pixel = (x: number, y: number) => [...overlay.data.subarray(3 * (448 * y + x)).slice(0, 3)]; // prettier-ignore
    const over = (...color: number[]) => color.map((part) => Math.round(0.6 * part + 40));
    expect(pixel(19, 100)).toEqual([100, 100, 100]);
    expect(pixel(20, 40)).toEqual(over(0, 0, 0));
    expect(pixel(119, 40)).toEqual(over(255, 255, 255));
    expect(pixel(20, 159)).toEqual(over(255, 0, 0));
    expect(pixel(120, 159)).toEqual([100, 100, 100]);
    expect(pixel(20, 160)).toEqual([100, 100, 100]);
    expect(pixel(224 + 20, 159)).toEqual(over(255, 255, 255)); // brighter than white there is none
  });

  test('a recognizer whose attention no flow drives is refused', async () => {
    const faces = { onset, apex, flow };
    await expect(lookAt(undefined, faces)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});
