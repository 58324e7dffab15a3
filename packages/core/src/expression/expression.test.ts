/** @file What a recognizer is shown: flow and faces in one box, only those it wants, in its size. */
import { expect, test } from 'vitest';

import { EYE_CORNERS } from '../face/regions.ts';
import { averageInto, flowImage } from '../motion/flow-image.ts';
import { grayOf } from '../base/image.ts';
import { recognizerInput } from './classify.ts';
import { CUT_SIZE, type FaceCut } from './cut.ts';
import { boxOfLandmarks } from './flow.ts';

/** A face of a few points, `across` pixels to the right; shades of gray that tell every place. */
function cut(across: number, shade: (x: number, y: number) => number): FaceCut {
  const points = new Float32Array(2 * 478);
  const put = (point: number, x: number, y: number): void => points.set([x + across, y], 2 * point);
  put(EYE_CORNERS.rightOuter, 70, 90);
  put(EYE_CORNERS.rightInner, 90, 90);
  put(EYE_CORNERS.leftInner, 134, 90);
  put(EYE_CORNERS.leftOuter, 154, 90);
  put(13, 112, 150);
  put(14, 112, 154);
  const data = Uint8Array.from({ length: 3 * CUT_SIZE * CUT_SIZE }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return shade(pixel % CUT_SIZE, Math.floor(pixel / CUT_SIZE));
  });
  return {
    picture: { data, width: CUT_SIZE, height: CUT_SIZE, channels: 3 },
    landmarks: { points, presence: 1 },
  };
}

const onset = cut(0, (x, y) => (x + y) / 2);
const apex = cut(30, (x) => 255 - x);
const flow = {
  u: Float32Array.from({ length: CUT_SIZE * CUT_SIZE }, (_, i) => Math.sin(i / 999)),
  v: Float32Array.from({ length: CUT_SIZE * CUT_SIZE }, (_, i) => Math.cos(i / 77)),
  width: CUT_SIZE,
  height: CUT_SIZE,
};
const box = boxOfLandmarks(onset.landmarks);

test('faces lie in the box of the flow, which is that of the onset', () => {
  const shown = recognizerInput(
    { size: 14, pictures: ['flow', 'apex', 'onset'] },
    { onset, apex, flow },
  );
  expect(shown.flow).toEqual(flowImage(flow, box, 14));
  for (const [name, from] of Object.entries({ apex, onset })) {
    const picture = shown[name as 'apex' | 'onset']!;
    expect(picture).toMatchObject({ width: 14, height: 14, channels: 3 });
    averageInto(grayOf(from.picture), box, 14).data.forEach((gray, i) => {
      for (let c = 0; c < 3; c++)
        expect(Math.abs(picture.data[3 * i + c]! - gray)).toBeLessThanOrEqual(0.5001);
    });
  }
});

test('only what is wanted is made, and nothing is magnified', () => {
  const faces = { onset, apex, flow };
  expect(Object.keys(recognizerInput({ size: 28, pictures: ['flow'] }, faces))).toEqual(['flow']);
  const magnified = recognizerInput({ size: 28, pictures: ['flow', 'magnified'] }, faces);
  expect(magnified).not.toHaveProperty('magnified');
});
